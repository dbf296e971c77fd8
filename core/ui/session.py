"""Who is at the browser, and the workspace that this process has open for all of them."""

import atexit
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache

import streamlit as st

from core.settings import Settings, read_settings
from core.ui.roles import Role
from core.workspace.opened import OpenWorkspace, open_workspace

MEMORY_SHARE = 0.25


def workspace() -> OpenWorkspace:
    """Return the open workspace, shared by all sessions of this process.

    Raises: StoreError, UsageError.
    """
    settings = _settings(frozenset(_ours()))
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    return _opened(str(settings.home), url, settings).workspace


def _ours() -> Iterator[tuple[str, str]]:
    return ((name, v) for name, v in os.environ.items() if name.upper().startswith("ROLLCALL_"))


@lru_cache(maxsize=8)
def _settings(_: frozenset[tuple[str, str]]) -> Settings:
    """Return what the variables say: to read them takes longer than to draw a small page."""
    return read_settings()


def actor() -> str:
    """Return who acts, for the activity log."""
    return "browser"


def role() -> Role:
    """Return what who is at the browser may do; without sign-in everybody is an admin."""
    return Role.ADMIN


def guard(least: Role) -> None:
    """Stop the page with a sentence unless who is at the browser may see it."""
    if not role().includes(least):
        st.info(f"This page is for those who are at least {least}. Ask an admin to make you one.")
        st.stop()


def may(least: Role) -> bool:
    """Return whether who is at the browser is at least that."""
    return role().includes(least)


@dataclass(frozen=True)
class _Opened:
    """A workspace with what closes it, which must live as long."""

    workspace: OpenWorkspace
    stack: ExitStack


def _close(opened: _Opened) -> None:
    opened.stack.close()


@st.cache_resource(max_entries=8, show_spinner=False, on_release=_close)
def _opened(home: str, url: str, _settings: Settings) -> _Opened:
    stack = ExitStack()
    atexit.register(stack.close)  # a thread that still counts would bring the process down hard
    return _Opened(stack.enter_context(open_workspace(_settings, MEMORY_SHARE)), stack)

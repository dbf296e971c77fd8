"""Who is at the browser, and the workspace that this process has open for all of them."""

import atexit
from contextlib import ExitStack
from dataclasses import dataclass

import streamlit as st

from core.settings import Settings, read_settings
from core.ui.roles import Role
from core.workspace.opened import OpenWorkspace, open_workspace

MEMORY_SHARE = 0.25


def workspace() -> OpenWorkspace:
    """Return the open workspace, shared by all sessions of this process.

    Raises: StoreError, UsageError.
    """
    settings = read_settings()
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    return _opened(str(settings.home), url, settings).workspace


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

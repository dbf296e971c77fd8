"""The load that is under way, live, and the one that failed."""

import streamlit as st

from core.store.loads import LoadState, LoadView
from core.store.snapshots import current_snapshot
from core.ui.data.state import DataState
from core.ui.edge import draw_again, errors_shown, on_click, plain, say_next
from core.ui.navigation import show
from core.ui.roles import Role
from core.ui.session import actor, may, workspace
from core.workspace.data_source import (
    accept_fewer,
    keep_current,
    load_under_way,
    refresh,
    stop_load,
)
from core.workspace.uploads import upload_of

_EVERY_S = 1.0


@st.fragment(run_every=_EVERY_S)
def draw_progress() -> None:
    """Draw the load that is under way until it ends, then draw the page anew."""
    with errors_shown():
        with workspace().store.read() as session:
            load, is_first = load_under_way(session), current_snapshot(session) is None
        if load is None:
            draw_again()
        _draw_load(load, is_first)


def draw_failure(state: DataState, load: LoadView) -> None:
    """Draw why the last load failed, what that means, and what can be done about it."""
    with st.container(border=True):
        draw_reason(state, load, _meant(state))
        if may(Role.ADMIN):
            with st.container(horizontal=True):
                _draw_remedies(state, load)


def draw_reason(state: DataState, load: LoadView, meant: str) -> None:
    """Draw that a load failed and why, and what that means."""
    current = state.current
    is_refresh = current is not None and current.manifest_path == load.manifest_path
    what = "refresh" if is_refresh else "load"
    why = plain(_sentence(load.error or "It did not say why."))
    began = state.when(load.started_at or load.queued_at)
    st.error(f"**The {what} of {began} failed.** {why} {meant}", icon=":material/error:")


def _meant(state: DataState) -> str:
    current = state.current
    if current is None:
        return "Nothing is loaded yet."
    if state.is_gone:
        return (
            "The data from before cannot be used either, as its file is gone from the disk: "
            "nothing can be counted until a refresh succeeds."
        )
    return f"The data of {state.when(current.created_at)} stays in use."


def _draw_load(load: LoadView, is_first: bool) -> None:
    waits = load.state is LoadState.QUEUED
    with st.container(border=True):
        st.header(_named(waits=waits, is_first=is_first), anchor=False)
        st.progress(min(1.0, load.share if not waits else 0.0), text=_doing(load, waits))
        if may(Role.ADMIN):
            _draw_cancel(load)


def _named(*, waits: bool, is_first: bool) -> str:
    if is_first:
        return "Your data waits to be loaded" if waits else "Your data is being loaded"
    return "The refresh waits for its turn" if waits else "The data is being refreshed"


def _doing(load: LoadView, waits: bool) -> str:
    if waits:
        return plain(_sentence(load.error)) if load.error else "It begins by itself"
    return plain(load.doing or "Starting")


def _draw_cancel(load: LoadView) -> None:
    asked = load.cancel_asked_by is not None
    label = "Being cancelled …" if asked else "Cancel"
    if st.button(label, key="data:cancel", icon=":material/close:", disabled=asked):
        stop_load(workspace(), load.id, actor())
        st.rerun()


def _draw_remedies(state: DataState, load: LoadView) -> None:
    upload = upload_of(workspace().settings, load.manifest_path)
    if upload and st.button(
        "See what is wrong and correct it",
        key="data:correct",
        type="primary" if load.error_kind != "FewerRows" else "secondary",
        icon=":material/edit:",
    ):
        show(upload=upload.id)
    if upload and st.button("Replace the files", key="data:mended", icon=":material/upload_file:"):
        show(replace="files")
    if load.error_kind == "FewerRows":
        st.button(
            "Refresh all the same",
            key="data:accept",
            type="primary",
            on_click=_accept_fewer,
            args=(load.id,),
        )
    elif st.button("Try again", key="data:again", icon=":material/refresh:"):
        refresh(workspace(), actor())
        st.rerun()
    current = state.current
    elsewhere = current is not None and current.manifest_path != load.manifest_path
    if elsewhere and st.button("Keep the current data", key="data:keep"):
        keep_current(workspace(), actor())
        say_next("The current data stays in use, and is refreshed from where it came.")
        st.rerun()


@on_click
def _accept_fewer(failed_id: int) -> None:
    accept_fewer(workspace(), failed_id, actor())


def _sentence(said: str) -> str:
    return said if said.endswith((".", "!", "?")) else f"{said}."

"""What a human can do with an activation: run it now, pause it, change it, put it away."""

import streamlit as st

from core.store.activations import archive_activation, pause_activation, resume_activation
from core.ui.activations.state import ActivationState
from core.ui.edge import on_click, say_next
from core.ui.roles import Role
from core.ui.running import queue_run_of
from core.ui.session import actor, may, workspace
from core.ui.words import STATE_WORDS

_PAUSING = "Nothing runs until you resume it; the list stays in the platform as it is."


def draw_actions(state: ActivationState) -> None:
    """Draw the buttons that this activation has for who is at the browser."""
    if not may(Role.EDITOR) or state.view.archived_at is not None:
        return
    key, paused = state.view.key, state.view.paused_at is not None
    with st.container(horizontal=True):
        st.button(
            "Run now",
            type="primary" if state.asking is None else "secondary",
            icon=":material/play_arrow:",
            disabled=paused or state.moving is not None,
            help=_why_not(state),
            on_click=_run,
            args=(key,),
        )
        if paused:
            st.button("Resume", icon=":material/resume:", on_click=_resume, args=(key,))
        else:
            st.button("Pause", icon=":material/pause:", help=_PAUSING, on_click=_pause, args=(key,))
        st.button("Edit", icon=":material/edit:", on_click=_edit, args=(key,))
        with st.popover("Archive …", icon=":material/archive:"):
            st.write(
                f"Nothing keeps the list in step any more; it stays in {state.place} as it is."
            )
            st.button("Archive it", on_click=_archive, args=(key,))


def _why_not(state: ActivationState) -> str | None:
    moving = state.moving
    return f"A run is under way already: {STATE_WORDS[moving.state]}." if moving else None


@on_click
def _run(key: str) -> None:
    queue_run_of(key)


@on_click
def _pause(key: str) -> None:
    with workspace().store.write(actor()) as session:
        was_going = pause_activation(session, key)
    say_next("Paused: nothing runs until you resume it." if was_going else "It was paused already.")


@on_click
def _resume(key: str) -> None:
    with workspace().store.write(actor()) as session:
        was_paused = resume_activation(session, key)
    say_next("Resumed: it runs when it is due." if was_paused else "It was resumed already.")


@on_click
def _edit(key: str) -> None:
    st.query_params.from_dict({"activation": key, "edit": "1"})


@on_click
def _archive(key: str) -> None:
    with workspace().store.write(actor()) as session:
        archive_activation(session, key)
    say_next("Archived: nothing keeps the list in step any more.")

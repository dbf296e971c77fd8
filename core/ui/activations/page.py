"""One activation: whether its list is ready, what comes next, what ran last."""

from functools import partial

import streamlit as st

from core.destinations import destination_type
from core.schedule.definition import describe_schedule, schedule_from_json
from core.store.run_states import RunState
from core.store.runs import RunView
from core.sync.outcome import stored_counts
from core.ui.activations.actions import draw_actions
from core.ui.activations.state import ActivationState, read_activation
from core.ui.edge import plain
from core.ui.frame import draw_practice_badge
from core.ui.list_words import (
    BEHIND,
    LEFT_ICON,
    READINESS_ICONS,
    UPDATE_ICON,
    left_words,
    next_run_words,
    readiness_words,
)
from core.ui.mending import APPROVAL_ICON, DECIDE, draw_way_button
from core.ui.navigation import link
from core.ui.run_words import run_badge
from core.ui.schedule_form import next_moments
from core.ui.watching import watch
from core.ui.words import count, shortened
from core.workspace.destinations import is_practice
from core.workspace.needs import Place
from core.workspace.readiness import is_behind, left_by, readiness_of

_LOOK_AGAIN_S = 2


def draw_activation(key: str) -> None:
    """Draw the page of an activation. Raises: UnknownName."""
    state = read_activation(key)
    st.title(plain(state.view.display_name), anchor=False)
    _draw_joined(state)
    if state.asking is not None:
        _draw_asking(state.asking)
    draw_actions(state)
    _draw_obstacles(state)
    watch(
        state,
        partial(read_activation, key),
        _draw_moving,
        is_moving=lambda each: each.moving is not None,
        every_s=_LOOK_AGAIN_S,
    )


def _draw_asking(run: RunView) -> None:
    """Say that somebody is to decide on a run, before all else."""
    reasons = "; ".join(plain(reason) for reason in run.hold_reasons or ())
    with (
        st.container(border=True),
        st.container(horizontal=True, vertical_alignment="center"),
    ):
        with st.container():
            st.markdown(
                f"{APPROVAL_ICON} **A run waits for approval**: "
                f"{reasons or 'somebody has to look at it'}. Until then the list stays as it is."
            )
        draw_way_button(Place.RUN, str(run.id), "activation:decide", label=DECIDE, type_="primary")


def _draw_moving(state: ActivationState) -> None:
    for draw in (_draw_readiness, _draw_next, _draw_runs):
        with st.container(border=True):
            draw(state)


def _draw_joined(state: ActivationState) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if is_practice(state.destination):
            draw_practice_badge()
        link("segments", plain(shortened(state.segment.name)), segment=state.segment.key)
        st.markdown(":material/arrow_forward:", width="content")
        to = state.destination
        link("destinations", plain(shortened(to.name)), destination=to.key)


def _draw_readiness(state: ActivationState) -> None:
    """Say whether a campaign may use the list, and under which name."""
    audience = state.audience
    st.header(f"In {state.place}", anchor=False)
    ready = readiness_of(audience)
    said = readiness_words(ready, state.destination, state.zone, state.now)
    st.markdown(f"{READINESS_ICONS[ready.kind]} {said}")
    if audience.ledger_file is not None:
        people = plain(state.workspace.people_word)
        st.markdown(f"**{count(audience.ledger_rows)}** {people} are in the list.")
    left = left_by(state.last)
    if left is not None:
        st.markdown(f"{LEFT_ICON} {left_words(left)}.")
    if is_behind(state.runs[0] if state.runs else None, state.versions):
        st.markdown(f"{UPDATE_ICON} {BEHIND}, by itself or by “Run now”.")
    st.caption(destination_type(state.destination.platform).name_label)
    st.code(audience.name, language=None, wrap_lines=True)


def _draw_next(state: ActivationState) -> None:
    st.header("When", anchor=False)
    schedule = schedule_from_json(state.view.schedule)
    said = describe_schedule(schedule)
    st.markdown(f"{said[:1].upper()}{said[1:]}")
    found = next_moments(schedule, state.zone.key, state.view.started_at, state.now)
    if found and state.view.paused_at is None:
        st.caption(f"Next: {' · '.join(state.at(at) for at in found)} · {state.zone.key}")
    elif not isinstance(schedule, str) or state.view.paused_at is not None:
        st.caption(next_run_words(state.view, state.zone, state.now))


def _draw_runs(state: ActivationState) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.header("Last runs", width="content", anchor=False)
        if state.runs:
            link("runs", "All its runs", activation=state.view.key)
    if not state.runs:
        st.caption("It never ran.")
    for run in state.runs:
        with st.container(horizontal=True, vertical_alignment="center"):
            link("runs", state.at(run.started_at or run.queued_at), run=str(run.id))
            st.markdown(run_badge(run), width="content")
            st.caption(_told(run), width="content")


def _told(run: RunView) -> str:
    if run.state in (RunState.SUCCEEDED, RunState.PARTLY, RunState.CONFIRMING):
        return f"{count(run.sent_adds)} entered · {count(run.sent_removes)} left"
    if run.state is RunState.SENDING:
        return f"{count(run.cursor)} of {count(stored_counts(run.counts).rows)} changes sent"
    if run.state is RunState.HELD:
        return plain("; ".join(run.hold_reasons or []))
    return plain(shortened(run.error or "", 120))


def _draw_obstacles(state: ActivationState) -> None:
    """Say what keeps the list from being kept in step."""
    view, to = state.view, state.destination
    if view.archived_at is not None:
        st.warning("**Archived**: the list stays where it is, and nothing keeps it in step.")
    elif view.paused_at is not None:
        why = f" {plain(view.paused_reason)}" if view.paused_reason else ""
        st.warning(
            f"**Paused** since {state.at(view.paused_at)}.{why} The list stays in {state.place} "
            "as it is.",
            icon=":material/pause_circle:",
        )
    if to.paused_at is not None:
        st.error(
            f"**Nothing is sent to {plain(shortened(to.name))}** since {state.at(to.paused_at)}: "
            f"{plain(to.paused_reason or '')} An admin mends this on the destination's page; what "
            "is due then runs by itself.",
            icon=":material/key_off:",
        )
        link("destinations", "Open the destination", destination=to.key)
    if state.segment.paused_reason is not None:
        st.error(
            f"**The segment cannot be worked out**: {plain(state.segment.paused_reason)}",
            icon=":material/error:",
        )
        link("segments", "Open the segment", segment=state.segment.key)

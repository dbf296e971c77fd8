"""One activation: whether its list is ready, what comes next, what ran last."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from core.destinations import destination_type
from core.schedule.definition import describe_schedule, schedule_from_json
from core.store.activations import (
    ActivationView,
    archive_activation,
    get_activation,
    pause_activation,
    resume_activation,
)
from core.store.audiences import AudienceView, get_audience
from core.store.database import WriteSession
from core.store.destinations import DestinationView, get_destination
from core.store.run_states import FINAL, RunState
from core.store.runs import RunView, list_runs
from core.store.segments import SegmentView, get_segment
from core.store.workspace import WorkspaceView, get_workspace
from core.sync.queueing import queue_by_hand
from core.ui.edge import draw_again, errors_shown, plain
from core.ui.frame import draw_practice_badge
from core.ui.navigation import link
from core.ui.roles import Role
from core.ui.schedule_form import next_moments
from core.ui.session import actor, may, workspace
from core.ui.words import STATE_WORDS, count, moment, shortened, state_badge
from core.workspace.destinations import is_practice

_LAST_RUNS = 5
_LOOK_AGAIN_S = 2
_RESTING = {*FINAL, RunState.HELD, RunState.NEEDS_ATTENTION}


@dataclass(frozen=True, slots=True)
class Shown:
    """An activation with all that its page tells."""

    view: ActivationView
    segment: SegmentView
    destination: DestinationView
    audience: AudienceView
    runs: Sequence[RunView]
    workspace: WorkspaceView
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.workspace.zone)

    @property
    def place(self) -> str:
        return destination_type(self.destination.platform).place

    @property
    def is_moving(self) -> bool:
        """Return whether a run waits or is under way."""
        return any(run.state not in _RESTING for run in self.runs)

    def at(self, at: datetime) -> str:
        return moment(at, self.zone, self.now)


def draw_activation(key: str) -> None:
    """Draw the page of an activation. Raises: UnknownName."""
    shown = _read(key)
    st.title(plain(shown.view.display_name), anchor=False)
    _draw_joined(shown)
    _draw_actions(shown)
    _draw_obstacles(shown)
    # What moves is looked at again by itself, until it rests.
    st.fragment(_draw_moving, run_every=_LOOK_AGAIN_S if shown.is_moving else None)(key)


def _draw_moving(key: str) -> None:
    with errors_shown():
        shown = _read(key)
        for draw in (_draw_readiness, _draw_next, _draw_runs):
            with st.container(border=True):
                draw(shown)
        if not shown.is_moving and st.session_state.pop("activation:moved", False):
            draw_again()
        if shown.is_moving:
            st.session_state["activation:moved"] = True


def _read(key: str) -> Shown:
    with workspace().store.read() as session:
        view = get_activation(session, key)
        return Shown(
            view=view,
            segment=get_segment(session, view.segment_key),
            destination=get_destination(session, view.destination_key),
            audience=get_audience(session, view.audience_id),
            runs=list_runs(session, activation_id=view.id, limit=_LAST_RUNS),
            workspace=get_workspace(session),
            now=session.now(),
        )


def _draw_joined(shown: Shown) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if is_practice(shown.destination):
            draw_practice_badge()
        link("segments", plain(shortened(shown.segment.name)), segment=shown.segment.key)
        st.markdown(":material/arrow_forward:", width="content")
        to = shown.destination
        link("destinations", plain(shortened(to.name)), destination=to.key)


def _draw_readiness(shown: Shown) -> None:
    """Say whether a campaign may use the list, and under which name."""
    audience = shown.audience
    st.header(f"In {shown.place}", anchor=False)
    if audience.applied_at is not None and audience.ledger_file is not None:
        st.markdown(
            f":green[:material/check_circle:] **Ready in {shown.place}** since "
            f"{shown.at(audience.applied_at)}"
        )
    elif audience.last_write_at is not None:
        st.markdown(
            ":orange[:material/hourglass_top:] **Do not send a campaign yet**: "
            f"{shown.place} has not taken in what was sent {shown.at(audience.last_write_at)}."
        )
    else:
        st.markdown(
            ":gray[:material/schedule:] **Not there yet**: the first run makes the list. Do not "
            "send a campaign yet."
        )
    if audience.ledger_file is not None:
        people = plain(shown.workspace.people_word)
        st.markdown(f"**{count(audience.ledger_rows)}** {people} are in the list.")
    st.caption(destination_type(shown.destination.platform).name_label)
    st.code(audience.name, language=None, wrap_lines=True)


def _draw_next(shown: Shown) -> None:
    st.header("When", anchor=False)
    schedule = schedule_from_json(shown.view.schedule)
    said = describe_schedule(schedule)
    st.markdown(f"{said[:1].upper()}{said[1:]}")
    if shown.view.paused_at is not None:
        st.caption("Nothing runs while it is paused.")
        return
    zone = shown.workspace.zone
    found = next_moments(schedule, zone, shown.view.started_at, shown.now)
    if found:
        st.caption(f"Next: {' · '.join(shown.at(at) for at in found)} · {zone}")
    elif not isinstance(schedule, str):
        st.caption("No moment is left for this schedule.")


def _draw_runs(shown: Shown) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.header("Last runs", width="content", anchor=False)
        if shown.runs:
            link("runs", "All its runs", activation=shown.view.key)
    if not shown.runs:
        st.caption("It never ran.")
    for run in shown.runs:
        with st.container(horizontal=True, vertical_alignment="center"):
            link("runs", shown.at(run.started_at or run.queued_at), run=str(run.id))
            st.markdown(state_badge(run.state), width="content")
            st.caption(_told(run), width="content")


def _told(run: RunView) -> str:
    if run.state in (RunState.SUCCEEDED, RunState.PARTLY, RunState.CONFIRMING):
        return f"{count(run.sent_adds)} entered · {count(run.sent_removes)} left"
    if run.state is RunState.SENDING:
        return f"{count(run.cursor)} of {count(_rows(run))} changes sent"
    if run.state is RunState.HELD:
        return plain("; ".join(run.hold_reasons or []))
    return plain(shortened(run.error or "", 120))


def _rows(run: RunView) -> int:
    return sum(run.counts.get(kind, 0) for kind in ("adds", "changes", "resent", "removes"))


def _draw_obstacles(shown: Shown) -> None:
    """Say what keeps the list from being kept in step."""
    view, to = shown.view, shown.destination
    if view.archived_at is not None:
        st.warning("**Archived**: the list stays where it is, and nothing keeps it in step.")
    elif view.paused_at is not None:
        why = f" {plain(view.paused_reason)}" if view.paused_reason else ""
        st.warning(
            f"**Paused** since {shown.at(view.paused_at)}.{why} The list stays in {shown.place} "
            "as it is.",
            icon=":material/pause_circle:",
        )
    if to.paused_at is not None:
        st.error(
            f"**Nothing is sent to {plain(shortened(to.name))}** since {shown.at(to.paused_at)}: "
            f"{plain(to.paused_reason or '')} Whoever administers Rollcall mends this on the "
            "destination's page; what is due then runs by itself.",
            icon=":material/key_off:",
        )
        link("destinations", "Open the destination", destination=to.key)
    if shown.segment.paused_reason is not None:
        st.error(
            f"**The segment cannot be worked out**: {plain(shown.segment.paused_reason)}",
            icon=":material/error:",
        )
        link("segments", "Open the segment", segment=shown.segment.key)


def _draw_actions(shown: Shown) -> None:
    if not may(Role.EDITOR) or shown.view.archived_at is not None:
        return
    view, paused = shown.view, shown.view.paused_at is not None
    with st.container(horizontal=True):
        if st.button(
            "Run now",
            type="primary",
            icon=":material/play_arrow:",
            disabled=paused or shown.is_moving,
            help=_why_not(shown),
        ):
            _do(lambda session: queue_by_hand(session, view))
        if paused:
            if st.button("Resume", icon=":material/resume:"):
                _do(lambda session: resume_activation(session, view.key))
        elif st.button("Pause", icon=":material/pause:", help=_PAUSE):
            _do(lambda session: pause_activation(session, view.key))
        if st.button("Edit", icon=":material/edit:"):
            st.query_params.from_dict({"activation": view.key, "edit": "1"})
            st.rerun()
        with st.popover("Archive …", icon=":material/archive:"):
            st.write(
                f"Nothing keeps the list in step any more; it stays in {shown.place} as it is."
            )
            if st.button("Archive it"):
                _do(lambda session: archive_activation(session, view.key))


_PAUSE = "Nothing runs until you resume it; the list stays in the platform as it is."


def _why_not(shown: Shown) -> str | None:
    moving = next((run for run in shown.runs if run.state not in _RESTING), None)
    return f"A run is under way already: {STATE_WORDS[moving.state]}." if moving else None


def _do(change: Callable[[WriteSession], object]) -> None:
    """Make the change and show the page as it is then."""
    with errors_shown():
        with workspace().store.write(actor()) as session:
            change(session)
        st.rerun()

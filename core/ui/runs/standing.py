"""What a run's state means right now, in a sentence, and what a human can do about it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from core.store.run_states import RunState
from core.ui.edge import plain
from core.ui.list_words import UPDATE_ICON, complete_words
from core.ui.mending import draw_way
from core.ui.run_words import acted, by_whom
from core.ui.words import count, full_moment, moment, number_of, shortened
from core.workspace.attention import advice_on
from core.workspace.needs import Place
from core.workspace.run_told import RunTold, SegmentChange, is_joined, is_waiting_for_approval


def draw_standing(told: RunTold, zone: ZoneInfo, now: datetime) -> None:
    """Draw the sentence that says how the run stands."""
    if told.run.state in (RunState.FAILED, RunState.PARTLY):
        _draw_failure(told)
        return
    said = _SAYING.get(told.run.state, _nothing)(told, zone, now)
    if said:
        st.markdown(said)
    if told.segment_change is not None:
        st.markdown(_changed(told.segment_change, zone, now))
    if told.waits_because:
        st.caption(f":material/pause: It waits because {plain(told.waits_because)}.")
    if told.run.cancel_asked_by and told.run.state in (RunState.SENDING, RunState.COMPUTING):
        asked = plain(acted("Asked to stop", told.run.cancel_asked_by))
        st.caption(f"{asked}: it ends with what is sent.")


def _draw_failure(told: RunTold) -> None:
    run, destination = told.run, told.destination.name
    advice = advice_on(run, plain(destination))
    with st.container(border=True):
        st.markdown(f":material/error: **{advice.said}**")
        if run.refused:
            st.markdown(f"{number_of(run.refused, 'change')} of {count(told.counts.rows)} refused.")
        if run.error:
            st.caption(f"What was answered: {plain(run.error)}")
        st.markdown(f"{advice.mender[:1].upper()}{advice.mender[1:]} mends it.")
        keys = {
            Place.SEGMENT: told.activation.segment_key,
            Place.DESTINATION: told.activation.destination_key,
            Place.ACTIVATION: told.activation.key,
        }
        if advice.place is not Place.RUN:
            draw_way(advice.place, keys.get(advice.place, ""))


def _changed(change: SegmentChange, zone: ZoneInfo, now: datetime) -> str:
    """Return that the run would do what it would also because of another segment."""
    name, since = plain(shortened(change.name)), moment(change.since, zone, now)
    means = "Who would enter and leave comes from that too, not only from new data."
    if change.at is None or change.actor is None:
        said = f"The list did not rest on the segment “{name}” in the run before"
        return f"{UPDATE_ICON} **{said}** ({since}). {means}"
    who, at = plain(by_whom(change.actor)), moment(change.at, zone, now)
    said = f"The segment “{name}” was changed {who} {at}"
    return f"{UPDATE_ICON} **{said}**, after the run before ({since}). {means}"


Saying = Callable[[RunTold, ZoneInfo, datetime], str]


def _nothing(told: RunTold, zone: ZoneInfo, now: datetime) -> str:
    return ""


def _held(told: RunTold, zone: ZoneInfo, now: datetime) -> str:
    if not is_waiting_for_approval(told.run):
        return f"{plain(acted('Approved', told.run.decided_by or ''))}: it is sent next."
    reasons = "; ".join(plain(reason) for reason in told.run.hold_reasons or ())
    said = f"**Waiting for approval: {reasons or 'somebody has to look at it'}.**"
    return f"{said} Nothing is sent until somebody approves it."


def _waiting(told: RunTold, zone: ZoneInfo, now: datetime) -> str:
    said = f"**{told.place[:1].upper()}{told.place[1:]} cannot take it right now.**"
    if told.run.next_try_at is not None:
        said += f" It goes on by itself, next {moment(told.run.next_try_at, zone, now)}."
    return said + (f" {plain(told.run.error)}" if told.run.error else "")


def _confirming(told: RunTold, zone: ZoneInfo, now: datetime) -> str:
    return (
        f"**All is sent, and {told.place} is preparing the list: "
        "do not send a campaign yet.** This page says when it is ready."
    )


def _succeeded(told: RunTold, zone: ZoneInfo, now: datetime) -> str:
    if told.run.applied_at is None:
        return f"All was taken, but {told.place} never confirmed that the list is ready."
    said = f"**{complete_words(told.destination)}** since {full_moment(told.run.applied_at, zone)}."
    shown = told.run.platform_count
    if shown is not None and shown != told.counts.wanted:
        said += (
            f" It shows {shown:,} in the list where Rollcall keeps {told.counts.wanted:,}: it may "
            "not know all IDs, or somebody changed the list there."
        )
    return said


def _cancelled(told: RunTold, zone: ZoneInfo, now: datetime) -> str:
    who = told.run.cancel_asked_by or (told.events[-1].actor if told.events else "")
    return f"{plain(acted('Cancelled', who))}. What was sent until then stays."


def _rejected(told: RunTold, zone: ZoneInfo, now: datetime) -> str:
    at = told.run.decided_at or now
    who = plain(acted("Rejected", told.run.decided_by or ""))
    return f"{who}, {moment(at, zone, now)}. Nothing was sent."


def _replaced(told: RunTold, zone: ZoneInfo, now: datetime) -> str:
    if not is_joined(told.run):
        return "A later run looked at the list anew and stands for this one."
    if told.stand_in is not None and is_waiting_for_approval(told.stand_in):
        return "A run that waits for approval stands for this one: it would change the same."
    return "A run that waited for approval stood for this one: it would have changed the same."


_SAYING: Mapping[RunState, Saying] = {
    RunState.QUEUED: lambda *_: "It starts as soon as it is its turn.",
    RunState.COMPUTING: lambda *_: "Who should be in the list is being worked out.",
    RunState.HELD: _held,
    RunState.WAITING: _waiting,
    RunState.CONFIRMING: _confirming,
    RunState.SUCCEEDED: _succeeded,
    RunState.UNCHANGED: lambda *_: "The list was up to date already, so nothing was sent.",
    RunState.CANCELLED: _cancelled,
    RunState.REJECTED: _rejected,
    RunState.REPLACED: _replaced,
    RunState.NEEDS_ATTENTION: lambda *_: (
        "**It was begun again and again and never ended.** Cancel it, then run the list again; if "
        "that happens too, whoever runs Rollcall finds more in the scheduler's log."
    ),
}

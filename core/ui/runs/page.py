"""One run's story: how it stands, what it changes and why, and what happened step by step."""

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from core.store.run_states import FINAL, RunState
from core.store.runs import RunView, get_run
from core.store.workspace import WorkspaceView, get_workspace
from core.sync.outcome import RunCounts, stored_counts
from core.ui.edge import draw_again, errors_shown, plain
from core.ui.navigation import back
from core.ui.run_words import by, losses, run_badge, started_by, story, took
from core.ui.runs.actions import draw_actions
from core.ui.runs.figures import draw_chart, waterfall_figure, waterfall_steps
from core.ui.runs.people import draw_people
from core.ui.runs.state import draw_state
from core.ui.session import workspace
from core.ui.words import count, full_moment, length, moment, number_of, shortened
from core.workspace.run_told import RunTold, tell_run

_AGAIN_S = 2.0
_TITLE_LETTERS = 90


def draw_run(asked: str) -> None:
    """Draw the run whose number the address gives, or say that there is none."""
    back("All runs", key="runs:back")
    with workspace().store.read() as session:
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
        told = tell_run(session, number)
        saved, now = get_workspace(session), session.now()
    if told is None:
        st.title("Runs")
        st.markdown(f"There is no run {plain(shortened(asked))}. The address may be cut or old.")
        return
    _draw_head(told, saved, now)
    _draw_numbers(told, saved)
    draw_people(told)
    _draw_story(told, saved)


def _draw_head(told: RunTold, saved: WorkspaceView, now: datetime) -> None:
    zone, run = ZoneInfo(saved.zone), told.run
    st.title(plain(shortened(told.activation.display_name, _TITLE_LETTERS)))
    at = run.now or run.started_at or run.queued_at
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{run_badge(run)} Run {run.id} · {full_moment(at, zone)}", width="content")
    draw_state(told, zone, now)
    if run.state not in (*FINAL, RunState.HELD, RunState.NEEDS_ATTENTION):
        _follow(run.id, run.state)
    draw_actions(told)
    st.caption(_circumstances(told, zone, now))


def _circumstances(told: RunTold, zone: ZoneInfo, now: datetime) -> str:
    run = told.run
    parts = [f"Started {plain(started_by(run.trigger, told.asked_by))}"]
    if (span := took(run)) is not None:
        parts.append(f"took {length(span)}")
    if told.data_at is not None:
        parts.append(f"data of {moment(told.data_at, zone, now)}")
    parts.append(f"to {plain(shortened(told.destination.name))}")
    if run.merged_slots:
        parts.append(f"stands for {number_of(run.merged_slots, 'further time')} that it was due")
    if run.full_resync:
        parts.append("sends everybody again")
    if run.healed:
        parts.append("takes the place of one that waited for approval")
    return " · ".join(parts)


@st.fragment(run_every=_AGAIN_S)
def _follow(run_id: int, seen: RunState) -> None:
    """Show how far the run is; once its state is another, draw the page anew."""
    with errors_shown():
        with workspace().store.read() as session:
            run = get_run(session, run_id)
        if run.state is not seen:
            draw_again()
        _draw_progress(run)


def _draw_progress(run: RunView) -> None:
    rows = stored_counts(run.counts).rows
    if run.state in (RunState.SENDING, RunState.WAITING) and rows:
        done = min(run.cursor, rows)
        said = f"{count(done)} of {number_of(rows, 'change')} sent"
        st.progress(done / rows, text=said)


def _draw_numbers(told: RunTold, saved: WorkspaceView) -> None:
    if told.run.plan_id is None:
        return
    counts, people = told.counts, plain(saved.people_word)
    with st.container(border=True):
        st.markdown(_way(counts, people))
        st.markdown(_change(told))
        if _is_lossy(counts):
            draw_chart(
                waterfall_figure(waterfall_steps(counts)),
                sentence=f":gray[{_lost(counts)}]",
                alt=f"From {counts.segment:,} in the segment to {counts.wanted:,} in the list.",
                table={
                    "Step": [label for label, _, _ in waterfall_steps(counts)],
                    people.capitalize(): [number for _, number, _ in waterfall_steps(counts)],
                },
                key="runs:waterfall",
            )


def _way(counts: RunCounts, people: str) -> str:
    """Return how the segment became the list, step by step."""
    steps = [
        f"**{count(counts.segment)}** {people} in the segment",
        *(f"{count(number)} {why}" for why, number in losses(counts)),
        f"**{count(counts.wanted)}** should be in the list",
    ]
    return " → ".join(steps)


def _change(told: RunTold) -> str:
    counts = told.counts
    after = counts.held + counts.adds - counts.removes
    was = "were" if told.run.state in FINAL else "are"
    parts = [
        f"**{count(counts.held)}** {was} in it",
        f"**+ {count(counts.adds)}** enter",
        f"**− {count(counts.removes)}** leave",
    ]
    if counts.changes:
        parts.append(f"{count(counts.changes)} get other attributes")
    if counts.resent:
        parts.append(f"{count(counts.resent)} are sent again to be sure")
    return f"{' · '.join(parts)} → **{count(after)}**"


def _is_lossy(counts: RunCounts) -> bool:
    return counts.segment != counts.wanted


def _lost(counts: RunCounts) -> str:
    number = counts.segment - counts.wanted
    return f"{count(number)} of {count(counts.segment)} in the segment are not sent, because:"


def _draw_story(told: RunTold, saved: WorkspaceView) -> None:
    zone = ZoneInfo(saved.zone)
    st.header("Step by step")
    st.caption(f"Times in {plain(saved.zone)}")
    said = story(told.events, saved.people_word)
    st.table(
        {
            "When": [f"{event.at.astimezone(zone):%d %b %H:%M:%S}" for event in told.events],
            "What happened": [plain(each) for each in said],
            "By": [plain(by(event.actor)) for event in told.events],
        },
        border="horizontal",
        alt="What happened in this run, oldest first",
    )

"""One run's story: how it stands, what it changes and why, and what happened step by step."""

import streamlit as st

from core.store.run_states import FINAL, RunState
from core.store.runs import RunView, get_run
from core.sync.outcome import RunCounts, losses, stored_counts
from core.ui.edge import plain
from core.ui.frame import draw_practice_badge
from core.ui.navigation import back
from core.ui.run_words import by, run_badge, started_by, story, took, waits_told
from core.ui.runs.actions import draw_actions
from core.ui.runs.figures import draw_chart, waterfall_figure, waterfall_steps
from core.ui.runs.people import draw_people
from core.ui.runs.standing import draw_standing
from core.ui.runs.state import StoryState, read_story
from core.ui.session import workspace
from core.ui.watching import watch
from core.ui.words import count, full_moment, length, moment, number_of, shortened
from core.workspace.destinations import is_practice
from core.workspace.run_told import RunTold, is_at_rest

_LOOK_AGAIN_S = 2
_TITLE_LETTERS = 90


def draw_run(asked: str) -> None:
    """Draw the run whose number the address gives, or say that there is none."""
    back("All runs", key="runs:back")
    state = read_story(int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0)
    if state is None:
        st.title("Runs")
        st.markdown(f"There is no run {plain(shortened(asked))}. The address may be cut or old.")
        return
    _draw_head(state)
    _draw_numbers(state)
    draw_people(state.told)
    _draw_story(state)


def _draw_head(state: StoryState) -> None:
    told, run = state.told, state.told.run
    st.title(plain(shortened(told.activation.display_name, _TITLE_LETTERS)))
    at = run.now or run.started_at or run.queued_at
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"{run_badge(run)} Run {run.id} · {full_moment(at, state.zone)}", width="content"
        )
        if is_practice(told.destination):
            draw_practice_badge()
    draw_standing(told, state.zone, state.now)
    if not is_at_rest(run):
        _watch_progress(run)
    draw_actions(told)
    st.caption(_circumstances(state))


def _circumstances(state: StoryState) -> str:
    told, run = state.told, state.told.run
    parts = [f"Started {plain(started_by(run.trigger, told.asked_by))}"]
    if (span := took(run, told.waits)) is not None:
        parts.append(f"took {length(span)}")
    parts += waits_told(told.waits)
    if told.data_at is not None:
        parts.append(f"data of {moment(told.data_at, state.zone, state.now)}")
    parts.append(f"to {plain(shortened(told.destination.name))}")
    if run.merged_slots:
        parts.append(f"stands for {number_of(run.merged_slots, 'further time')} that it was due")
    if run.full_resync:
        parts.append("sends everybody again")
    if run.healed:
        parts.append("takes the place of one that waited for approval")
    return " · ".join(parts)


def _watch_progress(run: RunView) -> None:
    """Show how far the run is; once its state is another, the page is drawn anew."""
    watch(
        run,
        lambda: _read(run.id),
        _draw_progress,
        is_moving=lambda each: each.state is run.state,
        every_s=_LOOK_AGAIN_S,
    )


def _read(run_id: int) -> RunView:
    with workspace().store.read() as session:
        return get_run(session, run_id)


def _draw_progress(run: RunView) -> None:
    rows = stored_counts(run.counts).rows
    if run.state in (RunState.SENDING, RunState.WAITING) and rows:
        done = min(run.cursor, rows)
        said = f"{count(done)} of {number_of(rows, 'change')} sent"
        st.progress(done / rows, text=said)


def _draw_numbers(state: StoryState) -> None:
    told = state.told
    if told.run.plan_id is None or told.run.state is RunState.REPLACED:
        return
    counts, people = told.counts, plain(state.saved.people_word)
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


def _draw_story(state: StoryState) -> None:
    events = state.told.events
    st.header("Step by step")
    st.caption(f"Times in {plain(state.saved.zone)}")
    said = story(events, state.saved.people_word)
    st.table(
        {
            "When": [f"{event.at.astimezone(state.zone):%d %b %H:%M:%S}" for event in events],
            "What happened": [plain(each) for each in said],
            "By": [plain(by(event.actor)) for event in events],
        },
        border="horizontal",
        alt="What happened in this run, oldest first",
    )

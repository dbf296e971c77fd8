"""How one list did over time: its size, who entered and left, how long runs take, how many fail."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from statistics import median
from zoneinfo import ZoneInfo

import streamlit as st

from core.store.run_history import ENDED_WELL, RunPoint, Waits
from core.store.run_states import RunState
from core.ui.run_words import took
from core.ui.runs.figures import draw_chart, ended_at, moves_figure, size_figure
from core.ui.words import STATE_WORDS, count, length, number_of, share


def draw_list_charts(
    points: Sequence[RunPoint], waits: Mapping[int, Waits], zone: ZoneInfo, people: str
) -> None:
    """Draw figures and charts of a list's last runs, oldest first."""
    ended = [point for point in points if point.state is not RunState.FAILED]
    if not ended:
        st.caption("Charts stand here once a run of this list has ended well.")
        return
    _draw_figures(points, ended, waits)
    left, right = st.columns(2)
    with left, st.container(border=True):
        _draw_size(ended, zone, people)
    with right, st.container(border=True):
        _draw_moves(ended, zone, people)


def _draw_figures(
    points: Sequence[RunPoint], ended: Sequence[RunPoint], waits: Mapping[int, Waits]
) -> None:
    well = sum(point.state in ENDED_WELL for point in points)
    with st.container(horizontal=True):
        st.metric("Should be in the list", count(ended[-1].size), border=True)
        st.metric(
            "Ended well",
            share(well, len(points)),
            border=True,
            help=f"{count(well)} of the last {number_of(len(points), 'run')}.",
        )
        st.metric(
            "A run takes",
            _typical(points, waits),
            border=True,
            help="Half of the runs take less. Waiting for approval or for the platform is not in "
            "it.",
        )


def _typical(points: Sequence[RunPoint], waits: Mapping[int, Waits]) -> str:
    spans = [
        span.total_seconds()
        for point in points
        if (span := took(point, waits.get(point.run_id, {}))) is not None
    ]
    return length(timedelta(seconds=median(spans))) if spans else "–"


def _draw_size(points: Sequence[RunPoint], zone: ZoneInfo, people: str) -> None:
    first, last = points[0].size, points[-1].size
    runs, before = number_of(len(points), "run"), number_of(len(points) - 1, "run")
    if len(points) == 1:
        said = f"**{count(last)} {people}** after one run."
    elif first == last:
        said = f"**{count(last)} {people}**, as {before} before."
    else:
        word = "more" if last > first else "fewer"
        said = (
            f"**{count(last)} {people}**, {count(abs(last - first))} {word} than {before} before."
        )
    draw_chart(
        size_figure(points, zone),
        sentence=said,
        alt=f"Size of the list after each of {runs}: from {count(first)} to {count(last)}.",
        table={
            "Run": [point.run_id for point in points],
            "Ended": [ended_at(point, zone) for point in points],
            "Should be in the list": [point.size for point in points],
        },
        key="runs:size",
    )


def _draw_moves(points: Sequence[RunPoint], zone: ZoneInfo, people: str) -> None:
    entered, left = (sum(point.entered for point in points), sum(point.left for point in points))
    said = (
        f"**{count(entered)} entered and {count(left)} left** in {number_of(len(points), 'run')}."
    )
    draw_chart(
        moves_figure(points, zone),
        sentence=said,
        alt=f"{people.capitalize()} by run: {count(entered)} entered, {count(left)} left.",
        table={
            "Run": [point.run_id for point in points],
            "Ended": [ended_at(point, zone) for point in points],
            "State": [STATE_WORDS[point.state] for point in points],
            "Entered": [point.entered for point in points],
            "Left": [point.left for point in points],
        },
        key="runs:moves",
    )

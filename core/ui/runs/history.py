"""The history of runs: one row a run, page by page, each with a way to its story."""

from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from core.store.run_history import HistoryRow, RunFilter
from core.ui.edge import plain
from core.ui.navigation import link, show
from core.ui.paging import draw_pages
from core.ui.run_words import (
    PRACTICE_BADGE,
    changes_of,
    run_badge,
    run_not_sent,
    started_by,
    took,
    wait_told,
)
from core.ui.runs.filters import forget_filters, is_narrowed
from core.ui.runs.state import PAGE, HistoryState, read_history
from core.ui.watching import watch
from core.ui.words import count, length, number_of, shortened

_LOOK_AGAIN_S = 3
_NAME_LETTERS = 44
_WIDTHS = (3.6, 3.1, 2.5, 2.3)


def draw_history(wanted: RunFilter, zone: ZoneInfo) -> None:
    """Draw the page of the history that the address asks for."""
    state = read_history(wanted, zone)
    if state.number == 0:
        _draw_nothing()
        return
    st.caption(f"{number_of(state.number, 'run')}, newest first · + entered, − left")
    watch(
        state,
        partial(read_history, wanted, zone),
        _draw_rows,
        is_moving=lambda each: each.is_moving,
        every_s=_LOOK_AGAIN_S,
    )
    draw_pages("runs:page", state.number, PAGE)


def _draw_rows(state: HistoryState) -> None:
    with st.container(border=True, gap="xxsmall", key="runs:rows"):
        for row in state.rows:
            draw_row(row, state)


def draw_row(row: HistoryRow, state: HistoryState) -> None:
    """Draw one run: when, its list, its state, by whom, and what it changed."""
    opens, badge, asked, changes = st.columns(_WIDTHS, vertical_alignment="center", gap="small")
    at = state.at(row.run.started_at or row.run.queued_at)
    name = plain(shortened(row.activation_name, _NAME_LETTERS))
    if opens.button(f"{at} · **{name}**", key=f"runs:open:{row.run.id}", type="tertiary"):
        # No callback: in a part that is watched it would draw that part alone.
        show(run=str(row.run.id))
    practice = f" {PRACTICE_BADGE}" if row.destination_key in state.practice else ""
    badge.markdown(f"{run_badge(row.run)}{practice}")
    asked.caption(_asked(row))
    changes.markdown(_figures(row))


def _asked(row: HistoryRow) -> str:
    asked, span = plain(started_by(row.run.trigger, row.actor)), took(row.run, row.waits)
    if span is None:
        return asked
    return ", ".join(filter(None, (asked, length(span), wait_told(row.waits))))


def _figures(row: HistoryRow) -> str:
    if not changes_of(row.run):
        return ""
    parts = [f"**{changes_of(row.run)}**"]
    if number := run_not_sent(row.run):
        parts.append(f":gray[{count(number)} not sent]")
    if row.run.refused:
        parts.append(f":red[{count(row.run.refused)} refused]")
    return " · ".join(parts)


def _draw_nothing() -> None:
    with st.container(border=True):
        if is_narrowed():
            st.markdown("**No run fits these filters.**")
            st.button("Show all runs", key="runs:all", on_click=forget_filters)
        else:
            st.markdown(
                "**Nothing has run yet.** A run works out who belongs in a list and brings the "
                "list up to date. It starts when a list is due, or when you ask for it."
            )
            link("activations", "Go to the activations", icon=":material/send:")

"""The history of runs: one row a run, page by page, each with a way to its story."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from core.store.run_history import HistoryRow, RunFilter, count_history, list_history
from core.store.run_states import FINAL, RunState
from core.ui.edge import errors_shown, plain
from core.ui.navigation import link
from core.ui.paging import asked_page, draw_pages
from core.ui.run_words import changes_of, run_badge, run_not_sent, started_by, took
from core.ui.runs.filters import forget_filters, is_narrowed
from core.ui.session import workspace
from core.ui.words import count, length, moment, number_of, shortened

PAGE = 25
_AGAIN_S = 3.0
_NAME_LETTERS = 44
_WIDTHS = (4.2, 1.9, 2.3, 3.6)


def draw_history(wanted: RunFilter, zone: ZoneInfo) -> None:
    """Draw the page of the history that the address asks for."""
    with workspace().store.read() as session:
        number = count_history(session, wanted)
    if number == 0:
        _draw_nothing()
        return
    st.caption(f"{number_of(number, 'run')}, newest first · + entered, − left")
    page = asked_page(number, PAGE)
    rows = _read(wanted, page)
    moving = any(row.run.state not in (*FINAL, RunState.HELD) for row in rows)
    draw = st.fragment(_draw_page, run_every=_AGAIN_S) if moving else _draw_page
    draw(wanted, page, zone)
    draw_pages("runs:page", number, PAGE)


def _read(wanted: RunFilter, page: int) -> Sequence[HistoryRow]:
    with workspace().store.read() as session:
        return list_history(session, wanted, offset=(page - 1) * PAGE, limit=PAGE)


def _draw_page(wanted: RunFilter, page: int, zone: ZoneInfo) -> None:
    with errors_shown():
        with workspace().store.read() as session:
            rows = list_history(session, wanted, offset=(page - 1) * PAGE, limit=PAGE)
            now = session.now()
        with st.container(border=True, gap="xxsmall", key="runs:rows"):
            for row in rows:
                draw_row(row, zone, now)


def draw_row(row: HistoryRow, zone: ZoneInfo, now: datetime) -> None:
    """Draw one run: when, its list, its state, by whom, and what it changed."""
    opens, state, asked, changes = st.columns(_WIDTHS, vertical_alignment="center", gap="small")
    at = moment(row.run.started_at or row.run.queued_at, zone, now)
    opens.button(
        f"{at} · **{plain(shortened(row.activation_name, _NAME_LETTERS))}**",
        key=f"runs:open:{row.run.id}",
        type="tertiary",
        on_click=_open,
        args=(row.run.id,),
    )
    state.markdown(run_badge(row.run))
    asked.caption(_asked(row))
    changes.markdown(_figures(row))


def _open(run_id: int) -> None:
    st.query_params.clear()
    st.query_params["run"] = str(run_id)


def _asked(row: HistoryRow) -> str:
    asked, span = plain(started_by(row.run.trigger, row.actor)), took(row.run)
    return asked if span is None else f"{asked}, {length(span)}"


def _figures(row: HistoryRow) -> str:
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

"""Who a run adds, removes and does not send: the first of them, and whole lists to take away."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from core.store.run_states import RunState
from core.store.runs import RunView
from core.ui.edge import errors_shown
from core.ui.session import workspace
from core.ui.words import count
from core.workspace.run_lists import (
    ListKind,
    first_rows,
    lists_kept,
    whole_list,
    whole_list_for_excel,
)
from core.workspace.run_told import RunTold
from core.workspace.spreadsheet import MAX_ROWS, MIME
from core.workspace.sweeping import PLANS_KEPT

_SHOWN = 100
_TITLES: Mapping[ListKind, str] = {
    ListKind.ENTER: "Enter",
    ListKind.LEAVE: "Leave",
    ListKind.NOT_SENT: "Not sent",
    ListKind.REFUSED: "Refused",
}
_HEADINGS = {
    "id": "ID as sent",
    "key": "Key in your data",
    "reason": "Why",
    "change": "Would",
    "answer": "Answer",
}

_NOTE = (
    "CSV is for programs: IDs stand in it exactly as they are. Opened in Excel it loses leading "
    "zeros, and text that begins with =, +, - or @ becomes a formula; the Excel file keeps both."
)
_NOTE_ON_MANY = (
    f"Excel holds {count(MAX_ROWS)} rows, so there is only CSV. Import it as text: opened directly,"
    " text that begins with =, +, - or @ becomes a formula."
)


def draw_people(told: RunTold) -> None:
    """Draw who the run touches, once somebody asks for it."""
    if told.run.plan_id is None or told.run.state is RunState.REPLACED:
        return
    opened = st.expander("See who", icon=":material/group:", key="runs:who", on_change="rerun")
    if opened.open:
        with opened, errors_shown():
            _draw_lists(told)


def _draw_lists(told: RunTold) -> None:
    kept = lists_kept(workspace(), told.run)
    numbers = _numbers(told)
    kinds = [kind for kind in ListKind if kind in kept and numbers[kind]]
    if not kept:
        st.caption(_why_none(told.run))
    elif not kinds:
        st.caption("This run changes nobody.")
    else:
        for tab, kind in zip(
            st.tabs([_label(kind, numbers) for kind in kinds]), kinds, strict=True
        ):
            with tab:
                _draw_list(told.run, kind, numbers[kind])


def _why_none(run: RunView) -> str:
    if run.plan_file is None:
        return "Nothing was sent by this run, so no lists of it are kept."
    return f"Lists are kept for {PLANS_KEPT.days} days after a run; those of this one are gone."


def _numbers(told: RunTold) -> Mapping[ListKind, int]:
    counts = told.counts
    return {
        ListKind.ENTER: counts.rows - counts.removes,
        ListKind.LEAVE: counts.removes,
        ListKind.NOT_SENT: counts.segment - counts.wanted,
        ListKind.REFUSED: told.run.refused,
    }


def _label(kind: ListKind, numbers: Mapping[ListKind, int]) -> str:
    return f"{_TITLES[kind]} · {count(numbers[kind])}"


def _draw_list(run: RunView, kind: ListKind, number: int) -> None:
    part = first_rows(workspace(), run, kind, _SHOWN)
    title = _TITLES[kind]
    columns = {
        _HEADINGS[name]: [row[place] for row in part.rows]
        for place, name in enumerate(part.columns)
    }
    if number > len(part.rows):
        st.caption(f"The first {count(len(part.rows))} of {count(number)}.")
    st.dataframe(columns, hide_index=True, alt=f"{title}: IDs of this run", key=f"runs:who:{kind}")
    _draw_downloads(run, kind, number)


def _draw_downloads(run: RunView, kind: ListKind, number: int) -> None:
    """Draw what takes the whole list away: a file for people, and one for programs."""
    name = f"run-{run.id}-{kind.replace(' ', '-')}"
    with st.container(horizontal=True):
        if number <= MAX_ROWS:
            st.download_button(
                "Download all for Excel",
                data=partial(whole_list_for_excel, workspace(), run, kind),
                file_name=f"{name}.xlsx",
                mime=MIME,
                icon=":material/download:",
                key=f"runs:excel:{kind}",
                on_click="ignore",
            )
        st.download_button(
            "Download all as CSV",
            data=partial(whole_list, workspace(), run, kind),
            file_name=f"{name}.csv",
            mime="text/csv",
            icon=":material/download:",
            key=f"runs:download:{kind}",
            on_click="ignore",
        )
    st.caption(_NOTE if number <= MAX_ROWS else _NOTE_ON_MANY)

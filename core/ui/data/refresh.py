"""Where the data comes from, when it is refreshed, and what became of earlier refreshes."""

import streamlit as st

from core.schedule.definition import Schedule
from core.store.loads import LoadView
from core.ui.data.arrival import await_load
from core.ui.data.state import DataState
from core.ui.data.words import LOAD_WORDS
from core.ui.edge import errors_shown, plain, say_next
from core.ui.editing import draw_editing, forget_editing
from core.ui.navigation import show
from core.ui.roles import Role
from core.ui.run_words import by
from core.ui.schedule_form import draw_schedule_form
from core.ui.session import actor, may, workspace
from core.ui.typed import typed_into
from core.ui.words import length
from core.workspace.data_source import (
    RefreshSchedule,
    refresh,
    refresh_schedule,
    save_schedule,
)

_DATA_OF = "Data of"


def draw_refresh(state: DataState) -> None:
    """Draw where the data comes from, and the ways to have newer."""
    upload = state.upload
    with st.container(border=True):
        st.header("Where the data comes from", anchor=False)
        st.markdown(_origin(state))
        if may(Role.ADMIN):
            with st.container(horizontal=True):
                _draw_ways(state)
    if upload is None and state.source is not None and may(Role.ADMIN):
        _draw_schedule(state)
    _draw_loads(state)


def _origin(state: DataState) -> str:
    current = state.current
    if state.source is None:
        return "It is not known any more where the data came from: load other data."
    subject = "It"
    if current is not None and current.manifest_path != state.source:
        subject = "A refresh would bring other data than what is in use: it"
    if state.upload is not None:
        return f"{subject} comes from files that were uploaded. They stay as they are."
    return f"{subject} comes from the server, as {plain(state.source)} says."


def draw_copies(state: DataState) -> None:
    """Draw the copies of the data whose files are kept."""
    st.caption(
        "The last three copies are kept, and those that a run needs. A list is always worked out "
        "from the newest. Below stand the rows of each table."
    )
    current = state.current.id if state.current else None
    rows: dict[str, list[object]] = {
        _DATA_OF: [state.when(copy.created_at) for copy in state.copies],
        "State": ["in use" if copy.id == current else "" for copy in state.copies],
        "By": [by(copy.actor) for copy in state.copies],
    }
    tables = list(dict.fromkeys(table for copy in state.copies for table in copy.rows))
    config = {_DATA_OF: st.column_config.TextColumn(pinned=True)}
    for number, table in enumerate(tables):
        rows[f"rows:{number}"] = [copy.rows.get(table) for copy in state.copies]
        config[f"rows:{number}"] = st.column_config.NumberColumn(table, format="localized")
    st.dataframe(rows, hide_index=True, column_config=config, alt="Rows of each table by copy")
    st.caption(f"Times in {plain(state.saved.zone)}.")


def _draw_ways(state: DataState) -> None:
    upload = state.upload
    if upload is not None:
        if st.button("Replace the files", key="data:replace", icon=":material/upload_file:"):
            show(replace="files")
        if st.button("Correct names and types", key="data:edit", icon=":material/edit:"):
            show(upload=upload.id)
    closed = state.under_way is not None or state.source is None
    if st.button("Refresh now", key="data:refresh", icon=":material/refresh:", disabled=closed):
        await_load(refresh(workspace(), actor()).id)
        st.rerun()
    if st.button("Load other data", key="data:other", icon=":material/database_upload:"):
        show(replace="all")


def _draw_schedule(state: DataState) -> None:
    saved = refresh_schedule(state.saved)
    with st.container(border=True):
        st.header("When it is refreshed", anchor=False)
        begun = draw_editing("data:schedule", saved)
        chosen = draw_schedule_form(
            typed_into(f"data:schedule:{begun.began.updated_at.isoformat()}"),
            begun.began.schedule,
            after_refresh=False,
            grid_start=state.saved.load_schedule_from,
        )
        changed = chosen is not None and chosen != saved.schedule
        if st.button("Save", key="data:save_schedule", disabled=not changed) and chosen is not None:
            with errors_shown():
                _save_schedule(chosen, begun.may_replace)


def _save_schedule(chosen: Schedule, begun: RefreshSchedule) -> None:
    save_schedule(workspace(), chosen, begun, actor())
    forget_editing()
    say_next("The schedule of the refresh is saved.")
    st.rerun()


def _draw_loads(state: DataState) -> None:
    st.header("Recent refreshes", anchor=False)
    if not state.loads:
        st.caption("No refresh was asked for yet.")
        return
    rows = {
        "Asked for": [state.when(load.queued_at) for load in state.loads],
        "State": [LOAD_WORDS[load.state] for load in state.loads],
        "What happened": [load.error or "" for load in state.loads],
        "Took": [_took(load) for load in state.loads],
        "By": [_asker(load) for load in state.loads],
    }
    if not any(load.error for load in state.loads):
        del rows["What happened"]
    config = {"What happened": st.column_config.TextColumn(width="large")}
    st.dataframe(rows, hide_index=True, column_config=config, alt="Recent refreshes")
    cut = " A cell that is cut opens with a double click." if "What happened" in rows else ""
    st.caption(f"Times in {plain(state.saved.zone)}.{cut}")


def _asker(load: LoadView) -> str:
    return "The schedule" if load.slot_at is not None else by(load.actor)


def _took(load: LoadView) -> str:
    if load.started_at is None or load.finished_at is None:
        return ""
    return length(load.finished_at - load.started_at)

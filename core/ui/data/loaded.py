"""The data that is loaded: its age, its tables and how they belong together, its verdicts."""

from pathlib import Path

import streamlit as st

from core.data.catalogue import Catalogue
from core.data.load import field_notes
from core.data.snapshots import snapshot_path
from core.errors import SnapshotMissing
from core.schedule.definition import MANUAL, schedule_from_json
from core.store.snapshots import SnapshotView
from core.ui.data.matches import matches_of, unlinked_tables
from core.ui.data.picture import draw_picture
from core.ui.data.state import DataState
from core.ui.edge import plain
from core.ui.session import workspace
from core.ui.words import count, number_of


def read_catalogue(current: SnapshotView) -> Catalogue:
    """Return what a loaded copy holds; it never changes, so it is read once.

    Raises: SnapshotMissing.
    """
    path = snapshot_path(workspace().settings, current.id)
    if not path.is_file():
        raise SnapshotMissing(
            "The file with the data is gone from the disk, so nothing can be counted. Refresh the "
            "data to bring it back."
        )
    return _catalogue(str(path))


@st.cache_resource(max_entries=8, show_spinner=False)
def _catalogue(path: str) -> Catalogue:
    with workspace().instance.snapshot(Path(path)) as opened:
        return opened.catalogue


def draw_header(state: DataState, current: SnapshotView, catalogue: Catalogue) -> None:
    """Draw the one line that says what there is, how old it is and when it is refreshed."""
    people = f"{count(catalogue.people_table.rows)} {plain(state.saved.people_word)}"
    tables = number_of(len(catalogue.tables), "table")
    st.markdown(
        f"Data of **{state.when(current.created_at)}** ({plain(state.saved.zone)}) · {people} · "
        f"{tables}, {_next_refresh(state)}"
    )


def draw_tables(catalogue: Catalogue) -> None:
    """Draw the tables with their sizes, and how they belong together."""
    rows = {
        "Table": [table.name for table in catalogue.tables],
        "Rows": [table.rows for table in catalogue.tables],
        "Fields": [len(table.fields) for table in catalogue.tables],
        "Key": [table.key or "" for table in catalogue.tables],
        "Time": [table.time or "" for table in catalogue.tables],
    }
    config = {"Rows": st.column_config.NumberColumn(format="localized")}
    st.dataframe(rows, hide_index=True, column_config=config, alt="Tables")
    if catalogue.links:
        draw_picture(catalogue)


def draw_checks(catalogue: Catalogue) -> None:
    """Draw what was checked when the data was loaded, what needs a look first."""
    notes = list(field_notes(catalogue))
    notes += [
        f"{name} is linked to no other table, so segments cannot use it"
        for name in unlinked_tables(catalogue)
    ]
    passed = [_keyed(catalogue)]
    for link in catalogue.links:
        found = matches_of(catalogue, link)
        (passed if found.are_enough else notes).append(f"{link.label}: {found.sentence}")
    _draw_verdicts(notes, passed)


def _draw_verdicts(notes: list[str], passed: list[str]) -> None:
    if notes:
        st.header(f"{number_of(len(notes), 'thing')} to look at", anchor=False)
    for note in dict.fromkeys(notes):
        st.markdown(f":orange[:material/rule:] {plain(note)}.")
    st.header("In order" if notes else "Everything is in order", anchor=False)
    for said in passed:
        st.markdown(f":green[:material/check:] {plain(said)}.")


def _keyed(catalogue: Catalogue) -> str:
    keyed = [f"{table.name}.{table.key}" for table in catalogue.tables if table.key]
    verb = "is" if len(keyed) == 1 else "are"
    return f"{', '.join(keyed)} {verb} filled in every row and never the same twice"


def _next_refresh(state: DataState) -> str:
    schedule = state.saved.load_schedule
    if schedule is None or schedule_from_json(schedule) == MANUAL:
        return "refreshed by hand"
    if state.saved.next_load_at is None:
        return "the next refresh is not known yet"
    return f"next refresh {state.when(state.saved.next_load_at)}"

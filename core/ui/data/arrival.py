"""The load that somebody waited for: what it brought, and where to go from there."""

from contextlib import suppress

import streamlit as st

from core.data.catalogue import Catalogue
from core.errors import SnapshotMissing
from core.store.snapshots import SnapshotView
from core.ui.data.changes import field_changes, row_changes
from core.ui.data.loaded import read_catalogue
from core.ui.data.state import DataState
from core.ui.edge import plain
from core.ui.navigation import link
from core.ui.words import count, number_of

_AWAITED = "data:awaited"
_LOADED = "loaded"
_SHOWN = 6


def await_load(load_id: int) -> None:
    """Let this tab be told when that load is done."""
    st.session_state[_AWAITED] = load_id


def turn_to_arrival(state: DataState, view: str, first_view: str) -> None:
    """Keep what this tab waits for; once that is loaded, let the page say so.

    Data that is new shows in the page's first view; after a refresh the view stays as it is.
    """
    if state.under_way is not None:
        await_load(state.under_way.id)
        return
    awaited = st.session_state.pop(_AWAITED, None)
    is_elsewhere = not {"upload", "replace"}.isdisjoint(st.query_params)
    if awaited is not None and awaited == state.loaded_by and not is_elsewhere:
        st.query_params[_LOADED] = str(awaited)
        if state.refreshed is None:
            st.session_state[view] = first_view


def draw_arrival(state: DataState, current: SnapshotView, catalogue: Catalogue) -> None:
    """Draw what the load brought that the address names, as long as it is in use."""
    if state.loaded_by is None or st.query_params.get(_LOADED) != str(state.loaded_by):
        return
    with st.container(border=True):
        before = state.refreshed
        brought = _brought(state, current, catalogue)
        what = "Your data is loaded" if before is None else "The data is refreshed"
        st.markdown(f":green[:material/check_circle:] **{what}:** {brought}.")
        if before is None:
            link("segments", "Make a segment", icon=":material/group:", new="1")
        else:
            _draw_changes(state, before, current, catalogue)


def _brought(state: DataState, current: SnapshotView, catalogue: Catalogue) -> str:
    people = f"{count(catalogue.people_table.rows)} {plain(state.saved.people_word)}"
    tables = number_of(len(catalogue.tables), "table")
    rows = number_of(sum(table.rows for table in catalogue.tables), "row")
    when = state.when(current.created_at)
    return f"{people} and what belongs to them, {rows} in {tables}, as the files were {when}"


def _draw_changes(
    state: DataState, before: SnapshotView, current: SnapshotView, catalogue: Catalogue
) -> None:
    changes = list(row_changes(before.rows, current.rows))
    with suppress(SnapshotMissing):  # whose rows alone are known still
        changes += field_changes(read_catalogue(before), catalogue)
    since = f"the data of {state.when(before.created_at)}"
    if not changes:
        st.markdown(f"Every table has as many rows and the same fields as in {since}.")
        return
    shown = "\n".join(f"- {plain(change)}" for change in changes[:_SHOWN])
    st.markdown(f"Changed since {since}:\n{shown}")
    if len(changes) > _SHOWN:
        st.caption(f"And {number_of(len(changes) - _SHOWN, 'change')} more.")

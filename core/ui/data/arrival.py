"""The load that somebody waited for: what it brought, and where to go from there."""

import streamlit as st

from core.data.catalogue import Catalogue
from core.store.snapshots import SnapshotView
from core.ui.data.state import DataState
from core.ui.edge import plain
from core.ui.navigation import link
from core.ui.words import count, number_of

_AWAITED = "data:awaited"
_LOADED = "loaded"


def await_load(load_id: int) -> None:
    """Let this tab be told when that load is done."""
    st.session_state[_AWAITED] = load_id


def turn_to_arrival(state: DataState, view: str, first_view: str) -> None:
    """Keep what this tab waits for; once that is loaded, let the page's first view show it."""
    if state.under_way is not None:
        await_load(state.under_way.id)
        return
    awaited = st.session_state.pop(_AWAITED, None)
    is_elsewhere = not {"upload", "replace"}.isdisjoint(st.query_params)
    if awaited is not None and awaited == state.loaded_by and not is_elsewhere:
        st.query_params[_LOADED] = str(awaited)
        st.session_state[view] = first_view


def draw_arrival(state: DataState, current: SnapshotView, catalogue: Catalogue) -> None:
    """Draw what the load brought that the address names, as long as it is in use."""
    if state.loaded_by is None or st.query_params.get(_LOADED) != str(state.loaded_by):
        return
    people = f"{count(catalogue.people_table.rows)} {plain(state.saved.people_word)}"
    tables = number_of(len(catalogue.tables), "table")
    rows = number_of(sum(table.rows for table in catalogue.tables), "row")
    with st.container(border=True):
        st.markdown(
            f":green[:material/check_circle:] **Your data is loaded:** {people} and what belongs "
            f"to them, {rows} in {tables}, as the files were {state.when(current.created_at)}."
        )
        link("segments", "Make a segment", icon=":material/group:", new="1")

"""Data: what is known about people, where it comes from, and bringing more of it."""

import streamlit as st

from core.errors import SnapshotMissing
from core.store.snapshots import SnapshotView
from core.ui.data.arrival import draw_arrival, turn_to_arrival
from core.ui.data.fields import draw_fields
from core.ui.data.loaded import draw_checks, draw_header, draw_tables, read_catalogue
from core.ui.data.progress import draw_failure, draw_progress
from core.ui.data.proposal import draw_proposal
from core.ui.data.refresh import draw_copies, draw_refresh
from core.ui.data.state import DataState, read_state
from core.ui.data.unloaded import draw_unloaded
from core.ui.data.upload import draw_upload
from core.ui.edge import show_error
from core.ui.roles import Role
from core.ui.sample_card import draw_sample_card
from core.ui.session import guard, may

TITLE = "Data"
ICON = ":material/database:"
ORDER = 1
LEAST = "viewer"

_VIEW, _VIEWS = "view", ("Tables", "Fields", "Checks", "Refresh", "Earlier copies")


def draw_loaded(state: DataState, current: SnapshotView) -> None:
    """Draw the data that is loaded; where its file is gone, the way to bring it back."""
    try:
        catalogue = read_catalogue(current)
    except SnapshotMissing as error:
        if state.failed is None:  # which would have said so
            show_error(error)
        draw_refresh(state)
        return
    draw_arrival(state, current, catalogue)
    draw_header(state, current, catalogue)
    tables, fields, checks, refresh, copies = st.tabs(_VIEWS, key=_VIEW, bind="query-params")
    if tables.open:
        with tables:
            draw_tables(catalogue)
    if fields.open:
        with fields:
            draw_fields(catalogue, current.id)
    if checks.open:
        with checks:
            draw_checks(catalogue)
    if refresh.open:
        with refresh:
            draw_refresh(state)
    if copies.open:
        with copies:
            draw_copies(state)


guard(Role.VIEWER)
st.title("Data", anchor=False)
state = read_state()
turn_to_arrival(state, _VIEW, _VIEWS[0])
upload, replacing = st.query_params.get("upload"), st.query_params.get("replace")
if state.under_way is not None:
    draw_progress()
elif state.failed is not None and upload is None:
    draw_failure(state, state.failed)
if state.is_sample and upload is None and may(Role.ADMIN):
    draw_sample_card()
if upload is None and may(Role.ADMIN):
    draw_unloaded(state)
if upload is not None and may(Role.ADMIN):
    draw_proposal(upload, state)
elif replacing is not None:
    draw_upload(state.upload if replacing == "files" else None, leaving=True)
elif state.current is not None:
    draw_loaded(state, state.current)
elif state.under_way is None:
    draw_upload()

"""The activations there are: which segment goes where, how large the list is, how it goes."""

import streamlit as st

from core.names import comparable
from core.store.activations import ActivationView
from core.ui.activations.state import ActivationsState
from core.ui.edge import plain
from core.ui.frame import draw_practice_badge
from core.ui.kept_drafts import draw_new_draft
from core.ui.list_words import list_badge, next_run_words
from core.ui.navigation import way
from core.ui.words import count, shortened
from core.workspace.destinations import is_practice

_ICON = ":material/send:"
_SHOWN = 50


def draw_activations(state: ActivationsState) -> None:
    """Draw the activations that the search finds, then drafts that were never saved."""
    searched = st.text_input(
        "Search by name",
        key="activation_search",
        placeholder="Search by name",
        icon=":material/search:",
        label_visibility="collapsed",
        bind="query-params",
        width=320,
    )
    wanted = comparable(searched or "")
    found = [view for view in state.views if wanted in comparable(view.display_name)]
    begun = [draft for draft in state.drafts if wanted in comparable(draft.name)]
    found.sort(key=lambda view: comparable(view.display_name))
    for view in found[:_SHOWN]:
        _draw_one(view, state)
    if (state.views or state.drafts) and not (found or begun):
        st.caption("No activation has that in its name.")
    if len(found) > _SHOWN:
        st.caption(f"The first {_SHOWN} of {len(found)} are shown: search for the others.")
    for draft in begun:
        draw_new_draft(draft, "activations:draft", _ICON, state.zone, state.now, new="1")


def _draw_one(view: ActivationView, state: ActivationsState) -> None:
    to = state.destinations[view.destination_key]
    run = state.newest.get(view.id)
    audience = state.audiences[view.audience_id]
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            with st.container(width="stretch"):
                name = f"**{plain(shortened(view.display_name))}**"
                way(name, f"activations:open:{view.key}", icon=_ICON, activation=view.key)
            size = f"**{count(audience.ledger_rows)}** in it"
            st.markdown(
                size if audience.ledger_file else "no list yet", width=120, text_alignment="right"
            )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(list_badge(view, to, run), width="content")
            if is_practice(to):
                draw_practice_badge()
            segment = plain(shortened(state.segments[view.segment_key]))
            comes = next_run_words(view, state.zone, state.now)
            st.caption(f"{segment} → {plain(shortened(to.name))} · {comes}", width="content")

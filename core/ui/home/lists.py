"""The lists at a glance: size and trend, whether a campaign may use them, and what comes next."""

import streamlit as st

from core.ui.edge import plain
from core.ui.frame import draw_practice_badge
from core.ui.home.state import HomeState
from core.ui.list_words import (
    BEHIND,
    LEFT_ICON,
    UPDATE_ICON,
    left_words,
    list_badge,
    next_run_words,
    readiness_words,
)
from core.ui.navigation import link
from core.ui.words import count, number_of, shortened
from core.workspace.destinations import is_practice
from core.workspace.overview import ListStatus

_SHOWN = 12
_LETTERS = 30


def draw_lists(state: HomeState) -> None:
    """Draw a card for each list, those in trouble first."""
    lists = state.overview.lists
    st.header("Lists", anchor=False)
    with st.grid(3, min_column_width=250):
        for status in lists[:_SHOWN]:
            _draw_card(status, state)
    if len(lists) > _SHOWN:
        rest = number_of(len(lists) - _SHOWN, "more list")
        link("activations", f"And {rest}", icon=":material/arrow_forward:")


def _draw_card(status: ListStatus, state: HomeState) -> None:
    view = status.activation
    with st.container(border=True, height="stretch", gap="xsmall"):
        link(
            "activations",
            f"**{plain(shortened(view.display_name, _LETTERS))}**",
            activation=view.key,
        )
        with st.container(horizontal=True, gap="xsmall"):
            st.markdown(
                list_badge(view, state.destination_of(view), status.newest), width="content"
            )
            if is_practice(state.destination_of(view)):
                draw_practice_badge()
        st.metric(
            plain(state.saved.people_word).capitalize(),
            count(status.size) if status.is_written else "–",
            chart_data=list(status.trend) if len(status.trend) > 1 else None,
            help="In the list now; the line shows its last runs.",
        )
        st.caption("  \n".join(_lines(status, state)))


def _lines(status: ListStatus, state: HomeState) -> list[str]:
    view = status.activation
    lines = [readiness_words(status.readiness, state.destination_of(view), state.zone, state.now)]
    if status.left_by is not None:
        lines.append(f"{LEFT_ICON} {left_words(status.left_by)}")
    if status.is_behind:
        lines.append(f"{UPDATE_ICON} {BEHIND}")
    if status.data_at is not None:
        lines.append(f"Data of {state.at(status.data_at)}")
    return [*lines, next_run_words(view, state.zone, state.now)]

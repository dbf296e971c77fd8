"""The lists at a glance: size and trend, whether a campaign may use them, and what comes next."""

import streamlit as st

from core.schedule.definition import describe_schedule, schedule_from_json
from core.ui.edge import plain
from core.ui.home.state import HomeState
from core.ui.navigation import link
from core.ui.run_words import run_badge
from core.ui.words import count, number_of, shortened
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
        st.markdown(_badge(status))
        st.metric(
            plain(state.saved.people_word).capitalize(),
            count(status.size) if status.is_written else "–",
            chart_data=list(status.trend) if len(status.trend) > 1 else None,
            help="In the list now; the line shows its last runs.",
        )
        st.caption("  \n".join(_lines(status, state)))


def _badge(status: ListStatus) -> str:
    if status.activation.paused_at is not None:
        return ":gray-badge[:material/pause: paused]"
    return run_badge(status.newest) if status.newest else ":gray-badge[never ran]"


def _lines(status: ListStatus, state: HomeState) -> list[str]:
    lines = [_readiness(status, state)]
    if status.data_at is not None:
        lines.append(f"Data of {state.at(status.data_at)}")
    return [*lines, _next(status, state)]


def _readiness(status: ListStatus, state: HomeState) -> str:
    place = state.places[status.activation.destination_key]
    if status.ready_since is not None and status.is_written:
        return f"Ready in {place} since {state.at(status.ready_since)}"
    if status.is_written:
        return f"Not ready in {place}: do not send a campaign yet"
    return "Not sent yet"


def _next(status: ListStatus, state: HomeState) -> str:
    view = status.activation
    if view.paused_at is not None:
        return "Does not run while it is paused"
    schedule = schedule_from_json(view.schedule)
    if isinstance(schedule, str):
        said = describe_schedule(schedule)
        return f"Runs {said}"
    if view.next_run_at is not None:
        return f"Next run {state.at(view.next_run_at)}"
    return "No run is left in its schedule" if view.next_run_known else "Next run is being planned"

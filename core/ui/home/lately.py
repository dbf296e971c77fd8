"""What happened lately: big moves, what people changed, the data, and today's runs."""

import streamlit as st

from core.store.run_states import RunState
from core.ui.activity_words import said_of
from core.ui.edge import plain
from core.ui.home.state import HomeState
from core.ui.navigation import link
from core.ui.run_words import by, changes_of, run_badge
from core.ui.words import STATE_WORDS, count, number_of, share, shortened
from core.workspace.overview import Move

_MOVES_SHOWN = 5
_LETTERS = 40
_IMPORTANCE = (
    RunState.FAILED,
    RunState.NEEDS_ATTENTION,
    RunState.PARTLY,
    RunState.HELD,
    RunState.SENDING,
    RunState.WAITING,
    RunState.CONFIRMING,
    RunState.COMPUTING,
    RunState.QUEUED,
    RunState.SUCCEEDED,
    RunState.UNCHANGED,
    RunState.REJECTED,
    RunState.CANCELLED,
    RunState.REPLACED,
)


def draw_lately(state: HomeState) -> None:
    """Draw the lower half of the page."""
    left, right = st.columns(2)
    with left, st.container(border=True):
        _draw_changes(state)
    with right:
        with st.container(border=True):
            _draw_data(state)
        with st.container(border=True):
            _draw_today(state)


def _draw_changes(state: HomeState) -> None:
    st.header("What changed lately", anchor=False)
    for move in state.overview.moves[:_MOVES_SHOWN]:
        _draw_move(move, state)
    for entry in state.edits:
        said = plain(said_of(entry, state.names))
        st.markdown(f"{said}  \n:gray[:small[{plain(by(entry.actor))}, {state.at(entry.at)}]]")
    if not (state.overview.moves or state.edits):
        st.caption("Nothing yet.")


def _draw_move(move: Move, state: HomeState) -> None:
    up = move.after > move.before
    icon = ":material/trending_up:" if up else ":material/trending_down:"
    name = plain(shortened(move.activation.display_name, _LETTERS))
    by_how_much = (
        f" ({'+' if up else '−'}{share(abs(move.after - move.before), move.before)})"
        if move.before
        else ""
    )
    st.markdown(
        f"{icon} **{name}**: {count(move.before)} → {count(move.after)}{by_how_much}  \n"
        f":gray[:small[between its last two runs, {state.at(move.at)}]]"
    )
    link("runs", "See the run", run=str(move.run_id))


def _draw_data(state: HomeState) -> None:
    st.header("Data", anchor=False)
    if state.data is None:
        st.caption("No data is loaded yet.")
    elif state.is_data_gone:
        st.markdown(
            ":red[:material/database_off:] The file with the data of "
            f"**{state.at(state.data.created_at)}** is gone."
        )
    else:
        rows = number_of(sum(state.data.rows.values()), "row")
        tables = number_of(len(state.data.rows), "table")
        st.markdown(f"Refreshed **{state.at(state.data.created_at)}** · {rows} in {tables}")
        due = state.saved.next_load_at
        st.caption(
            f"Next refresh {state.at(due)} · {plain(state.saved.zone)}"
            if due is not None
            else "Refreshed by hand."
        )
    link("data", "Go to the data", icon=":material/database:")


def _draw_today(state: HomeState) -> None:
    st.header("Today's runs", anchor=False)
    number = sum(state.today.values())
    if number == 0:
        st.caption("None yet.")
        return
    counted = sorted(state.today.items(), key=lambda each: _IMPORTANCE.index(each[0]))
    st.caption(" · ".join(f"{count(many)} {STATE_WORDS[kind]}" for kind, many in counted))
    for row in state.runs:
        name, way = st.columns((3, 2.4), vertical_alignment="center")
        with name:
            at = (row.run.started_at or row.run.queued_at).astimezone(state.zone)
            label = plain(shortened(row.activation_name, 21))
            link("runs", f"{at:%H\\:%M} · {label}", run=str(row.run.id))
        way.markdown(f"{run_badge(row.run)} {changes_of(row.run)}")
    if number > len(state.runs):
        link("runs", f"All {count(number)} of the day", icon=":material/history:", period="day")

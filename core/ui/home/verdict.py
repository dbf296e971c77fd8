"""Is everything in order? One sentence, then each thing that needs somebody with its button."""

import streamlit as st

from core.store.run_states import RunState
from core.ui.edge import plain
from core.ui.home.state import HomeState
from core.ui.list_words import LEFT_ICON
from core.ui.mending import APPROVAL_ICON, DECIDE, draw_way_button
from core.ui.navigation import link
from core.ui.words import STATE_WORDS, count, number_of, shortened
from core.workspace.needs import Need, NeedKind
from core.workspace.overview import ListStatus
from core.workspace.run_told import is_at_rest

_SHOWN = 8
_ICONS = {
    NeedKind.APPROVAL: APPROVAL_ICON,
    NeedKind.DESTINATION: ":red[:material/key_off:]",
    NeedKind.DATA: ":red[:material/database_off:]",
}
_FAULT = ":red[:material/error:]"


def draw_verdict(state: HomeState) -> None:
    """Draw whether everything is in order; before the first list the guide says it all."""
    if state.steps is not None and not (state.overview.lists or state.overview.needs):
        return
    st.header(verdict_of(state), anchor=False)


def verdict_of(state: HomeState) -> str:
    """Return how everything stands, in one sentence of Markdown."""
    needs, lists = len(state.overview.needs), state.overview.lists
    if needs:
        verb = "needs" if needs == 1 else "need"
        return f":orange[:material/notification_important:] {number_of(needs, 'thing')} {verb} you"
    if not lists:
        return "No list is kept yet"
    waiting = [each for each in lists if not each.is_written]
    if waiting:
        return f":blue[:material/hourglass_top:] {_unwritten(waiting)}"
    left = [each.left_by for each in lists if each.left_by is not None]
    if left:
        return f":orange[{LEFT_ICON}] {_left(left)}"
    behind = sum(each.is_behind for each in lists)
    if behind:
        follow = "follows its changed segment" if behind == 1 else "follow their changed segments"
        return f":blue[:material/update:] {number_of(behind, 'list')} {follow} with the next run"
    return f":green[:material/check_circle:] {_matching(lists, state)}"


def _unwritten(waiting: list[ListStatus]) -> str:
    if all(each.newest is None or is_at_rest(each.newest) for each in waiting):
        have = "has" if len(waiting) == 1 else "have"
        return f"{number_of(len(waiting), 'list')} {have} not been sent yet"
    are = "is" if len(waiting) == 1 else "are"
    return f"{number_of(len(waiting), 'list')} {are} being made"


def _left(ends: list[RunState]) -> str:
    if RunState.CANCELLED in ends:
        was = "was not brought up to date" if len(ends) == 1 else "were not brought up to date"
    else:
        was = "was left as it was" if len(ends) == 1 else "were left as they were"
    runs = "its last run was" if len(ends) == 1 else "their last runs were"
    ended = " or ".join(sorted({STATE_WORDS[each] for each in ends}, reverse=True))
    return f"{number_of(len(ends), 'list')} {was}: {runs} {ended}"


def _matching(lists: tuple[ListStatus, ...], state: HomeState) -> str:
    instants = [each.data_at for each in lists if each.data_at is not None]
    many = number_of(len(lists), "list")
    if len(instants) < len(lists):
        return f"{many} {'is' if len(lists) == 1 else 'are'} in order"
    match = "matches" if len(lists) == 1 else "match"
    if min(instants) == max(instants):
        return f"{many} {match} the data of {state.at(instants[0])}"
    return f"{many} are in order; the oldest matches the data of {state.at(min(instants))}"


def draw_needs(state: HomeState) -> None:
    """Draw what needs somebody, approvals first."""
    needs = state.overview.needs
    for place, need in enumerate(needs[:_SHOWN]):
        _draw_need(need, f"home:need:{place}")
    if len(needs) > _SHOWN:
        st.caption(f"And {count(len(needs) - _SHOWN)} more.")
        link("runs", "All runs that failed", icon=":material/history:", state="failed")


def _draw_need(need: Need, widget: str) -> None:
    with (
        st.container(border=True),
        st.container(horizontal=True, vertical_alignment="center"),
    ):
        with st.container(gap="xxsmall"):
            icon = _ICONS.get(need.kind, _FAULT)
            st.markdown(f"{icon} **{plain(shortened(need.subject))}** · {plain(need.said)}")
            st.caption(_detail(need))
        label = DECIDE if _is_approval(need) else None
        draw_way_button(need.place, need.key, widget, label=label)


def _is_approval(need: Need) -> bool:
    return need.kind is NeedKind.APPROVAL


def _detail(need: Need) -> str:
    said = plain(shortened(need.detail, 240))
    if said and not said.endswith((".", "!", "?")):
        said += "."
    does = "decides" if _is_approval(need) else "mends it"
    mender = f"{need.mender[:1].upper()}{need.mender[1:]} {does}."
    return f"{said[:1].upper()}{said[1:]} {mender}".strip()


def is_moving(state: HomeState) -> bool:
    """Return whether anything is under way that will change what stands here."""
    newest = (each.newest for each in state.overview.lists)
    return any(run is not None and not is_at_rest(run) for run in newest)

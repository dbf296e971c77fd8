"""Is everything in order? One sentence, then each thing that needs somebody with its button."""

import streamlit as st

from core.ui.edge import plain
from core.ui.home.state import HomeState
from core.ui.mending import draw_way
from core.ui.navigation import link
from core.ui.words import count, number_of, shortened
from core.workspace.needs import Need, NeedKind
from core.workspace.overview import ListStatus
from core.workspace.run_told import is_at_rest

_SHOWN = 8
_ICONS = {
    NeedKind.APPROVAL: ":orange[:material/pan_tool:]",
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
    for need in needs[:_SHOWN]:
        _draw_need(need)
    if len(needs) > _SHOWN:
        st.caption(f"And {count(len(needs) - _SHOWN)} more.")
        link("runs", "All runs that failed", icon=":material/history:", state="failed")


def _draw_need(need: Need) -> None:
    with st.container(border=True):
        words, way = st.columns((4, 1.3), vertical_alignment="center")
        with words:
            icon = _ICONS.get(need.kind, _FAULT)
            st.markdown(f"{icon} **{plain(shortened(need.subject))}** · {plain(need.said)}")
            st.caption(_detail(need))
        with way:
            draw_way(need.place, need.key, "Look and decide" if _is_approval(need) else None)


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

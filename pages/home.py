"""Home: is everything in order, and what needs somebody."""

import streamlit as st

from core.ui.home.guide import draw_guide
from core.ui.home.lately import draw_lately
from core.ui.home.lists import draw_lists
from core.ui.home.state import HomeState, read_home
from core.ui.home.verdict import draw_needs, draw_verdict, is_moving
from core.ui.roles import Role
from core.ui.sample_card import draw_sample_card
from core.ui.session import guard
from core.ui.watching import watch

TITLE = "Home"
ICON = ":material/home:"
ORDER = 0
LEAST = "viewer"

_LOOK_AGAIN_S = 5


def draw_standing(state: HomeState) -> None:
    """Draw how everything stands."""
    draw_verdict(state)
    draw_needs(state)
    if state.overview.lists:
        draw_lists(state)
    if state.data is not None or state.edits:
        draw_lately(state)


guard(Role.VIEWER)
st.title("Home", anchor=False)
state = read_home()
if state.is_sample:
    draw_sample_card()
draw_guide(state)
watch(state, read_home, draw_standing, is_moving=is_moving, every_s=_LOOK_AGAIN_S)

"""Home: is everything in order, and what needs somebody."""

import streamlit as st

from core.ui.edge import draw_again, errors_shown
from core.ui.home.guide import draw_guide
from core.ui.home.lately import draw_lately
from core.ui.home.lists import draw_lists
from core.ui.home.state import HomeState, read_home
from core.ui.home.verdict import draw_needs, draw_verdict, is_moving
from core.ui.roles import Role
from core.ui.sample_card import draw_sample_card
from core.ui.session import guard

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


@st.fragment(run_every=_LOOK_AGAIN_S)
def draw_moving() -> None:
    """Draw how everything stands again and again, until it rests."""
    with errors_shown():
        state = read_home()
        if not is_moving(state):
            draw_again()
        draw_standing(state)


guard(Role.VIEWER)
st.title("Home", anchor=False)
state = read_home()
if state.is_sample:
    draw_sample_card()
draw_guide(state)
if is_moving(state):
    draw_moving()
else:
    draw_standing(state)

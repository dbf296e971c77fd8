"""What the sample shop is, and the way from it to data of one's own; it asks first."""

import streamlit as st

from core.sample.workspace import leave_sample
from core.ui.edge import say_next
from core.ui.navigation import go
from core.ui.roles import Role
from core.ui.session import actor, may, workspace


def draw_sample_card() -> None:
    """Draw that this is the sample shop, and for an admin the way out of it."""
    with st.container(border=True):
        words, way = st.columns((3, 1.4), vertical_alignment="center")
        words.markdown(
            "**This is a sample shop** with made-up customers. Look around, change what you like: "
            "its list reaches no real account. Or start with your own data."
        )
        if may(Role.ADMIN):
            with way, st.popover("Start with my own data", icon=":material/upload_file:"):
                draw_leaving("sample:leave")


def draw_leaving(key: str) -> None:
    """Draw what leaving the sample shop does, and the button that does it."""
    st.markdown(
        "The sample shop is put away with its segments and its practice list. What you made "
        "yourself stays."
    )
    if st.button("Put the sample shop away", type="primary", key=key):
        leave_sample(workspace(), actor())
        say_next("The sample shop is put away.")
        go("data")

"""The head of a page of things: its title, and beside it the button that makes a new one."""

from collections.abc import Callable

import streamlit as st


def draw_heading(
    title: str, new: str | None = None, on_new: Callable[..., None] | None = None
) -> bool:
    """Draw the title and, where `new` names it, the button; return whether it was pressed."""
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.title(title, anchor=False, width="content")
        return new is not None and st.button(
            new, type="primary", icon=":material/add:", on_click=on_new
        )

"""Long lists in pages: which one the address asks for, and the way to the others."""

import streamlit as st

from core.ui.edge import on_click


def asked_page(number: int, per_page: int) -> int:
    """Return the page that the address asks for, among those that so many entries fill."""
    asked = st.query_params.get("page", "1")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    return min(max(page, 1), max(1, _pages(number, per_page)))


def draw_pages(name: str, number: int, per_page: int) -> None:
    """Draw the way to the other pages, nothing where there is one; `name` begins its key."""
    if number <= per_page:
        return
    page = asked_page(number, per_page)
    # A key of its own for each page: a filter starts anew at the first, whatever was turned to.
    key = f"{name}:{page}"
    st.pagination(_pages(number, per_page), default=page, key=key, on_change=_turn, args=(key,))


@on_click
def _turn(key: str) -> None:
    page = st.session_state[key]
    if page == 1:
        st.query_params.pop("page", None)
    else:
        st.query_params["page"] = str(page)


def _pages(number: int, per_page: int) -> int:
    return -(-number // per_page)

"""Parts of a page that are drawn again by themselves while something moves."""

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from core.ui.edge import draw_again, errors_shown
from core.workspace.book import Book

_State = TypeVar("_State")


def watch(
    first: _State,
    read: Callable[[], _State],
    draw: Callable[[_State], None],
    *,
    is_moving: Callable[[_State], bool],
    every_s: float,
) -> None:
    """Draw `first`; while it moves, draw what `read` returns then, and the page again at rest."""
    if not is_moving(first):
        draw(first)
        return
    undrawn = [first]

    def draw_now() -> None:
        with errors_shown():
            state = undrawn.pop() if undrawn else read()
            if not is_moving(state):
                draw_again()
            draw(state)

    st.fragment(draw_now, run_every=every_s)()


@st.fragment(run_every=0.5)
def wait_for(book: Book[Any, Any]) -> None:
    """Draw the page again once the figures are there that are on their way."""
    if not book.is_counting():
        draw_again()

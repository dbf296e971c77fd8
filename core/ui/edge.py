"""Where errors become sentences: no traceback reaches whoever is at the browser."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from string import punctuation
from typing import NoReturn

import streamlit as st

from core.errors import RollcallError, StoreUnavailable
from core.unforeseen import log_unforeseen

log = logging.getLogger(__name__)
_KEPT, _BY_ITSELF = "edge:kept", "edge:by itself"

_UNFORESEEN = (
    "Something went wrong that nobody foresaw, and nothing was changed by it. Load the page again; "
    "if it stays, whoever runs Rollcall finds more in the app's log."
)


@dataclass(frozen=True, slots=True)
class _Kept:
    sentence: str
    is_error: bool = False
    was_drawn: bool = False
    is_passing: bool = False
    place: str = ""


@contextmanager
def errors_shown(*, again: str | None = None) -> Iterator[None]:
    """Show what is raised inside as a sentence, and go on after it.

    `again` is the key of a button that draws the page once more where that may help: unlike the
    browser's own, it keeps what this tab holds.
    """
    try:
        yield
    except RollcallError as error:
        show_error(error)
        if again is not None and isinstance(error, StoreUnavailable):
            st.button("Try again", key=again, icon=":material/refresh:")
    except Exception as error:
        log_unforeseen(log, error)
        st.error(_UNFORESEEN, icon=":material/error:")


def on_click(do: Callable[..., object]) -> Callable[..., None]:
    """Return a callback whose error stands on the page that is drawn after it."""

    @wraps(do)
    def safe(*args: object, **given: object) -> None:
        try:
            do(*args, **given)
        except RollcallError as error:
            st.session_state[_KEPT] = _Kept(sentence_of(error), is_error=True)
        except Exception as error:
            log_unforeseen(log, error)
            st.session_state[_KEPT] = _Kept(_UNFORESEEN, is_error=True)

    return safe


def say_next(
    sentence: str, place: str = "", *, is_error: bool = False, is_passing: bool = False
) -> None:
    """Let the page that is drawn after a click say what it did, at its top or at a `place`.

    What is passing is true only until what is under way has moved on.
    """
    st.session_state[_KEPT] = _Kept(sentence, is_error=is_error, is_passing=is_passing, place=place)


def draw_kept() -> None:
    """Draw what came of the last click, until somebody does something else."""
    by_itself = st.session_state.pop(_BY_ITSELF, False)
    kept: _Kept | None = st.session_state.pop(_KEPT, None)
    if kept is None or (kept.was_drawn and (kept.is_passing or not by_itself)):
        return
    st.session_state[_KEPT] = replace(kept, was_drawn=True)
    if not kept.place:
        _draw(kept)


def draw_kept_at(place: str) -> None:
    """Draw what came of the last click where its button is: far below the top of a page."""
    kept: _Kept | None = st.session_state.get(_KEPT)
    if kept is not None and kept.place == place:
        _draw(kept)


def _draw(kept: _Kept) -> None:
    if kept.is_error:
        st.error(kept.sentence, icon=":material/error:")
    else:
        st.success(kept.sentence, icon=":material/check_circle:")


def draw_again() -> NoReturn:
    """Draw the page again by itself: what came of the last callback stays on it."""
    st.session_state[_BY_ITSELF] = True
    st.rerun()


def show_error(error: RollcallError) -> None:
    """Show an error where the page stands now."""
    st.error(sentence_of(error), icon=":material/error:")


def sentence_of(error: RollcallError) -> str:
    """Return the error as one sentence, safe to be drawn as Markdown."""
    said = " ".join(error.told.split())
    return plain(said if said.endswith((".", "!", "?")) else f"{said}.")


def plain(text: str) -> str:
    """Return text that Markdown draws as it is.

    >>> print(plain("a*b [c] www.d.com"))
    a\\*b \\[c\\] www\\.d\\.com
    """
    return "".join(f"\\{letter}" if letter in punctuation else letter for letter in text)


def fault_word(problem: str) -> str:
    """Return what is wrong with a part of the page, small and marked, as Markdown."""
    return f":small[:orange[:material/error: {plain(problem)}]]"

"""Where errors become sentences: no traceback reaches whoever is at the browser."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.errors import RollcallError, StoreUnavailable

log = logging.getLogger(__name__)

_UNFORESEEN = (
    "Something went wrong that nobody foresaw, and nothing was changed by it. Load the page again; "
    "if it stays, your administrator finds more in the app's log."
)


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show what is raised inside as a sentence, and go on after it."""
    try:
        yield
    except RollcallError as error:
        show_error(error)
    except Exception as error:
        log_unforeseen(error)
        st.error(_UNFORESEEN, icon=":material/error:")


def show_error(error: RollcallError) -> None:
    """Show an error where the page stands now."""
    said = sentence_of(error)
    if isinstance(error, StoreUnavailable):
        said += " This page tries again when you reload it."
    st.error(said, icon=":material/error:")


def sentence_of(error: RollcallError) -> str:
    """Return the error as one sentence, safe to be drawn as Markdown."""
    said = " ".join(str(error).split())
    return plain(said if said.endswith((".", "!", "?")) else f"{said}.")


def plain(text: str) -> str:
    """Return text that Markdown draws as it is.

    >>> print(plain("a*b [c] $d$"))
    a\\*b \\[c\\] \\$d\\$
    """
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>$~#|:" else letter for letter in text)


def log_unforeseen(error: Exception) -> bool:
    """Log an error that nobody foresaw by kind and place; its text may hold anything."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "nowhere"
    log.error("%s at %s", type(error).__name__, where)
    return False

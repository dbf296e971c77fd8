"""What a form began from: of two who change the same thing, neither overwrites the other unseen."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar, cast

import streamlit as st

from core.ui.edge import on_click
from core.ui.typed import this_run
from core.workspace.conflicts import Edited

Saved = TypeVar("Saved", bound=Edited)
_KEPT, _SEEN = "editing:of:", "editing:seen:"


@dataclass(frozen=True, slots=True)
class Editing(Generic[Saved]):
    """What a form `began` from, and what a save may replace: the same until somebody agreed."""

    began: Saved
    may_replace: Saved
    drawn_in: int


def forget_editing() -> None:
    """Let the form on the page begin anew from what is saved."""
    for key in [str(key) for key in st.session_state if str(key).startswith(_KEPT)]:
        del st.session_state[key]


def draw_editing(
    key: str,
    saved: Saved,
    began_at: datetime | None = None,
    show_saved: Callable[[], None] = forget_editing,
) -> Editing[Saved]:
    """Return what this tab's form of that key began from, `saved` where it begins now.

    A form that goes on with a draft began with what was saved at `began_at`. Where something else
    is saved by now, it says so and offers both ways on; `show_saved` gives what was typed up.
    """
    begun = _begun(key, saved, began_at)
    if saved.updated_at != begun.may_replace.updated_at:
        _draw_meanwhile(key, saved, show_saved)
    return begun


def is_as_seen(key: str, version: object) -> bool:
    """Return whether this tab drew that version of it last, or none in the run before."""
    # It notes that this run looked, too: one that draws itself again before it comes to its end
    # would otherwise count as one that did not draw it, and what has changed would stay unseen.
    seen, drawn_in = st.session_state.get(f"{_SEEN}{key}", (version, 0))
    run = this_run()
    if drawn_in < run - 1:
        return True
    st.session_state[f"{_SEEN}{key}"] = (seen, run)
    return bool(seen == version)


def note_seen(key: str, version: object) -> None:
    """Note that this tab has drawn that version of it."""
    st.session_state[f"{_SEEN}{key}"] = (version, this_run())


def note_own_change(key: str, before: object, after: object) -> None:
    """Let what this tab itself made of the version that it drew count as seen."""
    seen, drawn_in = st.session_state.get(f"{_SEEN}{key}", (None, 0))
    if seen == before:
        st.session_state[f"{_SEEN}{key}"] = (after, drawn_in)


def _begun(key: str, saved: Saved, began_at: datetime | None) -> Editing[Saved]:
    run = this_run()
    kept = cast("Editing[Saved] | None", st.session_state.get(f"{_KEPT}{key}"))
    if kept is None or kept.drawn_in < run - 1:
        before: Saved = replace(saved, updated_at=began_at) if began_at else saved  # type: ignore[type-var]
        kept = Editing(saved, before, run)
    kept = replace(kept, drawn_in=run)
    st.session_state[f"{_KEPT}{key}"] = kept
    return kept


def _draw_meanwhile(key: str, now: object, show_saved: Callable[[], None]) -> None:
    st.warning(
        "**Somebody changed this while you had it open.** Look at what is saved now, and yours is "
        "gone; or go on with yours, and saving replaces theirs.",
        icon=":material/group:",
    )
    with st.container(horizontal=True):
        st.button("Show what is saved now", key=f"{key}:theirs", on_click=show_saved)
        st.button("Go on with mine", key=f"{key}:mine", on_click=_agree, args=(key, now))


@on_click
def _agree(key: str, now: object) -> None:
    kept = f"{_KEPT}{key}"
    st.session_state[kept] = replace(st.session_state[kept], may_replace=now)

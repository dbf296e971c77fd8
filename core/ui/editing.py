"""What a form began from: of two who change the same thing, neither overwrites the other unseen."""

from dataclasses import dataclass, replace
from typing import Generic, TypeVar, cast

import streamlit as st

from core.ui.edge import on_click
from core.workspace.conflicts import Edited

Saved = TypeVar("Saved", bound=Edited)
_KEPT, _RUN, _SEEN = "editing:of:", "editing:run", "editing:seen:"


@dataclass(frozen=True, slots=True)
class Editing(Generic[Saved]):
    """What a form `began` from, and what a save may replace: the same until somebody agreed."""

    began: Saved
    may_replace: Saved
    drawn_in: int


def count_run() -> None:
    """Note that the page is run once more: forms that were not on it the last time begin anew."""
    st.session_state[_RUN] = st.session_state.get(_RUN, 0) + 1


def draw_editing(key: str, saved: Saved) -> Editing[Saved]:
    """Return what this tab's form of that key began from, `saved` where it begins now.

    Where something else is saved by now, it says so and offers both ways on.
    """
    begun = _begun(key, saved)
    if saved.updated_at != begun.may_replace.updated_at:
        _draw_meanwhile(key, saved)
    return begun


def forget_editing() -> None:
    """Let the form on the page begin anew from what is saved."""
    for key in [str(key) for key in st.session_state if str(key).startswith(_KEPT)]:
        del st.session_state[key]


def is_as_seen(key: str, version: str) -> bool:
    """Return whether this tab drew that version of it last, or none in the run before."""
    seen, drawn_in = st.session_state.get(f"{_SEEN}{key}", (version, 0))
    run = int(st.session_state[_RUN])
    if drawn_in < run - 1:
        return True
    st.session_state[f"{_SEEN}{key}"] = (seen, run)
    return bool(seen == version)


def note_seen(key: str, version: str) -> None:
    """Note that this tab has drawn that version of it."""
    st.session_state[f"{_SEEN}{key}"] = (version, int(st.session_state[_RUN]))


def note_own_change(key: str, before: str, after: str) -> None:
    """Let what this tab itself made of the version that it drew count as seen."""
    seen, drawn_in = st.session_state.get(f"{_SEEN}{key}", (None, 0))
    if seen == before:
        st.session_state[f"{_SEEN}{key}"] = (after, drawn_in)


def _begun(key: str, saved: Saved) -> Editing[Saved]:
    run = int(st.session_state[_RUN])
    kept = cast("Editing[Saved] | None", st.session_state.get(f"{_KEPT}{key}"))
    if kept is None or kept.drawn_in < run - 1:
        kept = Editing(saved, saved, run)
    kept = replace(kept, drawn_in=run)
    st.session_state[f"{_KEPT}{key}"] = kept
    return kept


def _draw_meanwhile(key: str, now: object) -> None:
    st.warning(
        "**Somebody changed this while you had it open.** Look at what is saved now, and yours is "
        "gone; or go on with yours, and saving replaces theirs.",
        icon=":material/group:",
    )
    with st.container(horizontal=True):
        st.button("Show what is saved now", key=f"{key}:theirs", on_click=forget_editing)
        st.button("Go on with mine", key=f"{key}:mine", on_click=_agree, args=(key, now))


@on_click
def _agree(key: str, now: object) -> None:
    kept = f"{_KEPT}{key}"
    st.session_state[kept] = replace(st.session_state[kept], may_replace=now)

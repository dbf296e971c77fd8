"""What a saved change does to the lists of the segment with their next run."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import streamlit as st

from core.store.activations import list_activations
from core.store.workspace import get_workspace
from core.ui.edge import plain
from core.ui.list_words import UPDATE_ICON, follows_words
from core.ui.navigation import link
from core.ui.segments.view import BuilderView
from core.ui.session import workspace
from core.ui.watching import wait_for
from core.ui.words import count, number_of, shortened
from core.workspace.next_moves import FollowingList, MovesBook, NextMoves, following_lists

_SHOWN = 5
_LETTERS = 40


@st.cache_resource(max_entries=8, show_spinner=False)
def _moves_book(home: str) -> MovesBook:
    return MovesBook(workspace())


def draw_following(view: BuilderView) -> None:
    """Say of each list that follows what was saved how many enter and leave with its next run."""
    editor = view.editor
    if editor.key is None or editor.is_changed:
        return
    with workspace().store.read() as session:
        lists = following_lists(session, editor.key, view.snapshot_id)
        zone = ZoneInfo(get_workspace(session).zone)
        when = {
            each.key: follows_words(each, zone, view.now)
            for each in list_activations(session)
            if each.segment_key == editor.key
        }
    if lists:
        _draw_lists(lists, when, view)


def _draw_lists(lists: Sequence[FollowingList], when: Mapping[str, str], view: BuilderView) -> None:
    book, shown = _moves_book(str(workspace().settings.home)), lists[:_SHOWN]
    moves = book.moves(shown)
    with st.container(border=True, gap="xsmall"):
        follow = "follows" if len(lists) == 1 else "follow"
        st.markdown(
            f"{UPDATE_ICON} **{number_of(len(lists), 'list')} {follow} this change with the next "
            "run**"
        )
        for each in shown:
            _draw_one(each, when[each.key], moves.get(each), view)
        if len(lists) > len(shown):
            st.caption(f"And {count(len(lists) - len(shown))} more.")
    if len(moves) < len(shown):
        wait_for(book)


def _draw_one(
    following: FollowingList, when: str, moves: NextMoves | None, view: BuilderView
) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        name = plain(shortened(following.display_name, _LETTERS))
        link("activations", name, activation=following.key)
        st.markdown(_told(moves, plain(view.people_word)), width="content")
        st.caption(f":material/schedule: Next run {when}", width="content")
    if moves is not None and moves.waits_because:
        reasons = "; ".join(plain(reason) for reason in moves.waits_because)
        st.caption(f":material/pan_tool: The run would wait for approval: {reasons}.")


def _told(moves: NextMoves | None, people: str) -> str:
    if moves is None:
        return ":gray[Counting who enters and leaves …]"
    if moves.problem is not None:
        return f":gray[It is not known who enters and leaves: {plain(moves.problem)}]"
    if not (moves.enter or moves.leave):
        return "Nobody enters or leaves."
    return f"**{count(moves.enter)}** {people} enter · **{count(moves.leave)}** leave"

"""The list of saved segments, with their sizes as they are counted."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import streamlit as st

from core.names import comparable
from core.store.drafts import DraftView
from core.store.segments import SegmentView
from core.ui.edge import fault_word, plain
from core.ui.kept_drafts import draw_new_draft
from core.ui.navigation import way
from core.ui.session import workspace
from core.ui.watching import wait_for
from core.ui.words import count, moment, number_of, shortened
from core.workspace.size_book import ListedSize, SizeBook

_ICON = ":material/group:"
_SHOWN = 50


@st.cache_resource(max_entries=8, show_spinner=False)
def _size_book(home: str) -> SizeBook:
    return SizeBook(workspace())


def start_new() -> None:
    """Go to a new, empty segment."""
    st.query_params.from_dict({"new": "1"})


def draw_list(
    views: Sequence[SegmentView],
    drafts: Sequence[DraftView],
    users: Mapping[str, int],
    zone: ZoneInfo,
    snapshot_id: str,
) -> None:
    """Draw the segments that the search finds, then drafts that were never saved."""
    searched = st.text_input(
        "Search by name",
        key="q",
        placeholder="Search by name",
        icon=":material/search:",
        label_visibility="collapsed",
        bind="query-params",
        width=320,
    )
    wanted = comparable(searched or "")
    found = [view for view in views if wanted in comparable(view.name)]
    begun = [draft for draft in drafts if wanted in comparable(draft.name)]
    book = _size_book(str(workspace().settings.home))
    sizes = book.sizes(found[:_SHOWN], snapshot_id)
    for view in found[:_SHOWN]:
        _draw_segment(view, sizes.get(view.key), users.get(view.key, 0), zone)
    if (views or drafts) and not (found or begun):
        st.caption("No segment has that in its name.")
    if len(found) > _SHOWN:
        st.caption(f"The first {_SHOWN} of {len(found)} are shown: search for the others.")
    now = workspace().store.clock.now()
    for draft in begun:
        draw_new_draft(draft, "segments:open", _ICON, zone, now)
    if len(sizes) < len(found[:_SHOWN]):
        wait_for(book)


def _draw_segment(view: SegmentView, listed: ListedSize | None, users: int, zone: ZoneInfo) -> None:
    now = workspace().store.clock.now()
    with st.container(border=True, horizontal=True, vertical_alignment="center", wrap=False):
        with st.container(width="stretch", gap=None):
            name = f"**{plain(shortened(view.name))}**"
            way(name, f"segments:open:{view.key}", icon=_ICON, segment=view.key)
            used = number_of(users, "activation") if users else "not used yet"
            st.caption(f"{used} · changed {moment(view.updated_at, zone, now)}")
            problem = view.paused_reason or (listed.problem if listed else None)
            if problem:
                st.markdown(fault_word(problem))
        st.markdown(_size_word(listed), width=110, text_alignment="right")


def _size_word(listed: ListedSize | None) -> str:
    if listed is None:
        return ":gray[…]"
    return ":gray[–]" if listed.size is None else f"**{count(listed.size)}**"

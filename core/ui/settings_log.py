"""The activity log: who did what and when, page by page."""

from zoneinfo import ZoneInfo

import streamlit as st

from core.store.activity import ActivityView, count_activity, list_activity
from core.ui.activity_words import Names, read_names, said_of
from core.ui.edge import plain
from core.ui.run_words import by
from core.ui.session import workspace
from core.ui.words import number_of

PAGE = 25


def draw_log(zone: ZoneInfo) -> None:
    """Draw the page of the log that the address asks for, newest first."""
    st.header("Activity", anchor=False)
    with workspace().store.read() as session:
        number = count_activity(session)
        page = _asked_page(number)
        entries = list_activity(session, offset=(page - 1) * PAGE, limit=PAGE)
        names = read_names(session)
    if not number:
        st.caption("Nothing was done yet. What anybody changes is noted here.")
        return
    st.caption(
        f"{number_of(number, 'entry', 'entries')}, newest first · times in {plain(zone.key)}"
    )
    _draw_table(entries, names, zone)
    if number > PAGE:
        key = f"settings:log:{page}"
        st.pagination(_pages(number), default=page, key=key, on_change=_turn, args=(key,))


def _draw_table(entries: tuple[ActivityView, ...], names: Names, zone: ZoneInfo) -> None:
    st.table(
        {
            "When": [f"{entry.at.astimezone(zone):%d %b %Y, %H:%M}" for entry in entries],
            "Who": [plain(by(entry.actor)) for entry in entries],
            "What": [plain(said_of(entry, names)) for entry in entries],
        },
        border="horizontal",
        alt="What was done in this workspace, newest first",
    )


def _asked_page(number: int) -> int:
    asked = st.query_params.get("page", "1")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    return min(max(page, 1), max(1, _pages(number)))


def _turn(key: str) -> None:
    page = st.session_state[key]
    if page == 1:
        st.query_params.pop("page", None)
    else:
        st.query_params["page"] = str(page)


def _pages(number: int) -> int:
    return -(-number // PAGE)

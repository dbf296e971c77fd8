"""The activity log: who did what and when, page by page."""

from zoneinfo import ZoneInfo

import streamlit as st

from core.store.activity import ActivityView, count_activity, list_activity
from core.ui.activity_words import Names, read_names, said_of
from core.ui.edge import plain
from core.ui.paging import asked_page, draw_pages
from core.ui.run_words import by
from core.ui.session import workspace
from core.ui.words import number_of

PAGE = 25


def draw_log(zone: ZoneInfo) -> None:
    """Draw the page of the log that the address asks for, newest first."""
    st.header("Activity", anchor=False)
    with workspace().store.read() as session:
        number = count_activity(session)
        page = asked_page(number, PAGE)
        entries = list_activity(session, offset=(page - 1) * PAGE, limit=PAGE)
        names = read_names(session)
    if not number:
        st.caption("Nothing was done yet. What anybody changes is noted here.")
        return
    st.caption(
        f"{number_of(number, 'entry', 'entries')}, newest first · times in {plain(zone.key)}"
    )
    _draw_table(entries, names, zone)
    draw_pages("settings:log", number, PAGE)


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

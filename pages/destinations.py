"""Destinations: the accounts at platforms that lists are kept in."""

import streamlit as st

from core.destinations import destination_type, destination_types
from core.errors import UnknownName
from core.store.destinations import DestinationView
from core.ui.destinations.form import draw_destination_form
from core.ui.destinations.list import (
    Listed,
    draw_destination_card,
    draw_pause,
    draw_state,
    draw_users,
    read_destinations,
)
from core.ui.edge import errors_shown, plain
from core.ui.navigation import back
from core.ui.roles import Role
from core.ui.session import actor, guard, may, workspace
from core.workspace.destination_drafts import archive_unused

TITLE = "Destinations"
ICON = ":material/hub:"
ORDER = 5
LEAST = "viewer"


def draw_list(listed: Listed) -> None:
    st.title("Destinations", anchor=False)
    st.caption("Where lists are kept: accounts at platforms such as Batch.")
    if may(Role.ADMIN):
        if st.button("New destination", icon=":material/add:", type="primary"):
            ask_for(new="1")
    else:
        st.caption("Only an admin connects a new one: ask one of them for it.")
    if not listed.views:
        st.info("There is no destination yet. Connect your account at Batch to send lists there.")
    for view in listed.views:
        draw_destination_card(view, listed)


def draw_new() -> None:
    guard(Role.ADMIN)
    back("All destinations", "destinations:back")
    st.title("New destination", anchor=False)
    platforms = list(destination_types())
    platform = st.radio(
        "Platform",
        platforms,
        index=platforms.index("batch"),
        horizontal=True,
        format_func=lambda name: destination_type(name).label,
        key="destinations:platform",
    )
    draw_destination_form(str(platform), None)


def draw_one(view: DestinationView, listed: Listed) -> None:
    back("All destinations", "destinations:back")
    st.title(plain(view.name), anchor=False)
    draw_state(view, listed)
    draw_pause(view, listed)
    draw_users(listed.users[view.key])
    if may(Role.ADMIN):
        draw_destination_form(view.platform, view)
        draw_archive(view)
    else:
        st.caption("Only an admin may change it: ask one of them.")


def draw_archive(view: DestinationView) -> None:
    with st.popover("Archive …", icon=":material/archive:"):
        st.write("It is put away; lists that were sent stay where they are.")
        if st.button("Archive it", key="destinations:archive"):
            with errors_shown():
                with workspace().store.write(actor()) as session:
                    archive_unused(session, view.key)
                ask_for()


def ask_for(**query: str) -> None:
    """Show another part of this page."""
    st.query_params.from_dict(query)
    st.rerun()


guard(Role.VIEWER)
found = read_destinations()
asked = st.query_params.get("destination")
if st.query_params.get("new"):
    draw_new()
elif asked is None:
    draw_list(found)
else:
    wanted = next((each for each in found.views if each.key == asked), None)
    if wanted is None:
        back("All destinations", "destinations:back")
        raise UnknownName(f"There is no destination “{asked[:100]}”, or it is archived.")
    draw_one(wanted, found)

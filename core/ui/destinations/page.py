"""What the page of destinations shows: all of them, the form of a new one, one of them."""

import streamlit as st

from core.destinations import destination_type, destination_types
from core.errors import UnknownName
from core.store.destinations import DestinationView
from core.ui.destinations.form import draw_destination_form
from core.ui.destinations.list import (
    Listed,
    draw_destination_card,
    draw_failed_test,
    draw_pause,
    draw_state,
    draw_unreadable,
    draw_users,
)
from core.ui.edge import errors_shown, plain, say_next
from core.ui.heading import draw_heading
from core.ui.navigation import back, show
from core.ui.roles import Role
from core.ui.session import actor, guard, may, workspace
from core.workspace.destination_drafts import archive_unused


def draw_list(listed: Listed) -> None:
    """Draw all destinations, and for an admin the way to a new one."""
    is_admin = may(Role.ADMIN)
    if draw_heading("Destinations", "New destination" if is_admin else None):
        show(new="1")
    st.caption("Where lists are kept: accounts at platforms such as Batch.")
    if not is_admin:
        st.caption("Only an admin connects a new one: ask one of them for it.")
    if not listed.views:
        st.info("There is no destination yet. Connect your account at Batch to send lists there.")
    for view in listed.views:
        draw_destination_card(view, listed)


def draw_new() -> None:
    """Draw the form of a new destination, whose platform is chosen first."""
    guard(Role.ADMIN)
    _draw_back()
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


def draw_one(key: str, listed: Listed) -> None:
    """Draw one destination: its state, what sends to it, its form. Raises: UnknownName."""
    _draw_back()
    view = next((each for each in listed.views if each.key == key), None)
    if view is None:
        raise UnknownName(f"There is no destination “{key[:100]}”, or it is archived.")
    st.title(plain(view.name), anchor=False)
    draw_state(view, listed)
    draw_pause(view, listed)
    draw_unreadable(view, listed)
    draw_failed_test(view, listed)
    draw_users(listed.users[view.key])
    if may(Role.ADMIN):
        draw_destination_form(view.platform, view)
        _draw_archive(view)
    else:
        st.caption("Only an admin may change it: ask one of them.")


def _draw_back() -> None:
    back("All destinations", "destinations:back")


def _draw_archive(view: DestinationView) -> None:
    with st.popover("Archive …", icon=":material/archive:"):
        st.write("It is put away; lists that were sent stay where they are.")
        if st.button("Archive it", key="destinations:archive"):
            with errors_shown():
                with workspace().store.write(actor()) as session:
                    archive_unused(session, view.key)
                say_next(f"“{plain(view.name)}” is archived.")
                show()

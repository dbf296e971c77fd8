"""The destinations there are: state, how busy each is, and what sends to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from core.destinations import destination_type
from core.store.activations import ActivationView, list_activations
from core.store.destinations import DestinationView, list_destinations
from core.store.rates import busy_shares
from core.store.workspace import get_workspace
from core.ui.edge import plain
from core.ui.frame import draw_practice_badge
from core.ui.navigation import link, way
from core.ui.session import workspace
from core.ui.words import moment, shortened
from core.workspace.destinations import is_practice, unreadable_titles

_ICON = ":material/hub:"
_LINKED = 6


@dataclass(frozen=True, slots=True)
class Listed:
    """All that a list of destinations shows, read in one transaction."""

    views: Sequence[DestinationView]
    users: Mapping[str, Sequence[ActivationView]]
    busy: Mapping[str, float]
    unreadable: Mapping[str, Sequence[str]]
    zone: ZoneInfo
    now: datetime


def read_destinations() -> Listed:
    """Return what there is to show."""
    with workspace().store.read() as session:
        views, activations = list_destinations(session), list_activations(session)
        busy, zone = busy_shares(session), ZoneInfo(get_workspace(session).zone)
        now = session.now()
        unreadable = unreadable_titles(session, workspace().box)
    users = {
        view.key: [each for each in activations if each.destination_key == view.key]
        for view in views
    }
    return Listed(views, users, busy, unreadable, zone, now)


def draw_destination_card(view: DestinationView, listed: Listed) -> None:
    """Draw one destination of the list."""
    with st.container(border=True, gap="xsmall"):
        name = f"**{plain(shortened(view.name))}**"
        way(name, f"destinations:open:{view.key}", icon=_ICON, destination=view.key)
        draw_state(view, listed)
        if view.paused_reason is not None:
            st.markdown(
                f":red[:material/key_off: {plain(view.paused_reason)}] An admin "
                "mends this: open it to correct or to test it."
            )
        draw_unreadable(view, listed)
        draw_failed_test(view, listed)
        draw_users(listed.users[view.key])


def draw_state(view: DestinationView, listed: Listed) -> None:
    """Draw badges for what the destination is and how it goes, and why where it does not."""
    with st.container(horizontal=True, vertical_alignment="center", width="content"):
        if is_practice(view):
            draw_practice_badge()
        if view.paused_reason is not None:
            st.badge("Paused", icon=":material/pause:", color="red")
        elif view.key in listed.unreadable:
            st.badge("Keys cannot be read", icon=":material/key_off:", color="red")
        elif view.test_failure is not None:
            st.badge("Last test failed", icon=":material/warning:", color="orange")
        else:
            st.badge("In use" if listed.users[view.key] else "Ready to use", color="green")
        st.caption(" · ".join(_facts(view, listed)), width="content")


def draw_pause(view: DestinationView, listed: Listed) -> None:
    """Say why nothing is sent to the destination, and who mends that."""
    if view.paused_reason is None or view.paused_at is None:
        return
    since = moment(view.paused_at, listed.zone, listed.now)
    st.error(
        f"**Paused since {since}: nothing is sent.** {plain(view.paused_reason)} An admin "
        "mends this: correct the key below and save it, or test the "
        "connection once the platform is in order; either ends the pause.",
        icon=":material/key_off:",
    )


def draw_unreadable(view: DestinationView, listed: Listed) -> None:
    """Say which keys cannot be read here any more, and what mends that."""
    titles = listed.unreadable.get(view.key)
    if titles:
        st.markdown(
            f":red[:material/key_off: **{plain(' and '.join(titles))} cannot be read here.**] "
            "Nothing is sent until an admin types them again, or until whoever runs Rollcall "
            "puts the key back that they were stored with."
        )


def draw_failed_test(view: DestinationView, listed: Listed) -> None:
    """Say what the last test met, if it failed."""
    if view.test_failed_at is None or view.test_failure is None:
        return
    at = moment(view.test_failed_at, listed.zone, listed.now)
    st.markdown(f":orange[:material/warning:] **Tested {at}:** {plain(view.test_failure)}")


def draw_users(users: Sequence[ActivationView]) -> None:
    """Draw links to what sends to a destination."""
    if not users:
        st.caption("No activation sends to it yet.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Used by", width="content")
        for each in users[:_LINKED]:
            link("activations", plain(shortened(each.display_name)), activation=each.key)
        if len(users) > _LINKED:
            st.caption(f"and {len(users) - _LINKED} more", width="content")


def _facts(view: DestinationView, listed: Listed) -> list[str]:
    busy = round(100 * listed.busy.get(view.account, 0))
    told = [f"busy {busy} % of the last hour"] if busy else []
    return [destination_type(view.platform).label, _tested(view, listed), *told]


def _tested(view: DestinationView, listed: Listed) -> str:
    if view.tested_at is None:
        return "never tested" if view.test_failed_at is None else "no test passed yet"
    passed = "tested" if view.test_failed_at is None else "last test passed"
    return f"{passed} {moment(view.tested_at, listed.zone, listed.now)}"

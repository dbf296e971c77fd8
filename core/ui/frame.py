"""What stands around every page: logo, the practice badge, what keeps lists from being kept."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import streamlit as st

from core.store.database import ReadSession
from core.store.destinations import list_destinations, used_destinations
from core.store.processes import last_beat
from core.store.workspace import WorkspaceView, get_workspace, pause_everything, resume_everything
from core.ui.edge import on_click, plain
from core.ui.roles import Role
from core.ui.run_words import acted
from core.ui.session import actor, may, workspace
from core.ui.words import length, moment
from core.workspace.destinations import is_practice

GONE_AFTER = timedelta(seconds=30)
_FOLDER = Path(__file__).parent
ICON = _FOLDER / "logo_icon.svg"
_PAUSE = "frame:pause"


def draw_frame() -> None:
    """Draw the frame; the page comes after it."""
    st.logo(_FOLDER / "logo.svg", icon_image=ICON, size="large")
    st.html(_FOLDER / "look.css")
    with workspace().store.read() as session:
        seen, now = last_beat(session), session.now()
        saved = get_workspace(session)
        practising = only_practice(session)
    with st.sidebar:
        if practising:
            draw_practice_badge()
        if may(Role.EDITOR):
            _draw_switch(saved)
    _draw_banners(saved, seen, now)


def only_practice(session: ReadSession) -> bool:
    """Return whether all lists are practice; before the first, whether all destinations are."""
    views, used = list_destinations(session), used_destinations(session)
    sending = [view for view in views if view.key in used] or views
    return bool(sending) and all(is_practice(view) for view in sending)


def draw_practice_badge() -> None:
    """Say loudly that nothing is real."""
    st.badge("Practice: nothing reaches Batch", icon=":material/science:", color="orange")


def _draw_switch(saved: WorkspaceView) -> None:
    st.session_state[_PAUSE] = saved.everything_paused
    st.toggle(
        "Pause everything",
        key=_PAUSE,
        on_change=_switch,
        help="No list is updated while this is on. Lists stay as they are; what was missed "
        "meanwhile is not made up for.",
    )


@on_click
def _switch() -> None:
    with workspace().store.write(actor()) as session:
        if st.session_state[_PAUSE]:
            pause_everything(session)
        else:
            resume_everything(session)


def _draw_banners(saved: WorkspaceView, seen: datetime | None, now: datetime) -> None:
    zone = ZoneInfo(saved.zone)
    if not workspace().is_writable:
        st.error(
            f"**{plain(str(workspace().settings.home))} cannot be written**, so nothing is saved, "
            "loaded or sent. Ask whoever runs Rollcall to make the folder or its disk writable.",
            icon=":material/folder_off:",
        )
    if saved.everything_paused and saved.paused_at is not None:
        said = f"**Everything is paused** since {moment(saved.paused_at, zone, now)}"
        st.warning(
            f"{acted(said, plain(saved.paused_by or ''))}. No list is updated until you switch it "
            "off on the left.",
            icon=":material/pause_circle:",
        )
    if seen is None:
        st.warning(
            "**The scheduler is not running**, so nothing is loaded or sent. Ask whoever runs "
            "Rollcall to start it.",
            icon=":material/cloud_off:",
        )
    elif now - seen > GONE_AFTER:
        st.warning(
            f"**The scheduler is gone**: it was last seen {length(now - seen)} ago, "
            f"{moment(seen, zone, now)}. Nothing is loaded or sent until it is back. Ask whoever "
            "runs Rollcall to start it.",
            icon=":material/cloud_off:",
        )

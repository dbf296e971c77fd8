"""Settings: names, zone, who may do what, how things stand, and what was done."""

from zoneinfo import ZoneInfo

import streamlit as st

from core.store.workspace import get_workspace
from core.ui.roles import Role
from core.ui.session import guard, workspace
from core.ui.settings.log import draw_log
from core.ui.settings.parts import draw_names, draw_roles, draw_standing, draw_zone

TITLE = "Settings"
ICON = ":material/settings:"
ORDER = 6
LEAST = "viewer"

guard(Role.VIEWER)
st.title("Settings", anchor=False)
with workspace().store.read() as session:
    saved = get_workspace(session)
names, rest = st.columns(2)
with names:
    draw_names(saved)
with rest:
    draw_zone(saved)
    draw_roles()
draw_standing()
draw_log(ZoneInfo(saved.zone))

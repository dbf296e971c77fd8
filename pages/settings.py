"""Settings."""

import streamlit as st

from core.ui.roles import Role
from core.ui.session import guard

TITLE = "Settings"
ICON = ":material/settings:"
ORDER = 6
LEAST = "viewer"

guard(Role.VIEWER)
st.title("Settings")

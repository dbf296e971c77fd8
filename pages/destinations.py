"""Destinations."""

import streamlit as st

from core.ui.roles import Role
from core.ui.session import guard

TITLE = "Destinations"
ICON = ":material/hub:"
ORDER = 5
LEAST = "viewer"

guard(Role.VIEWER)
st.title("Destinations")

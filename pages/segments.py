"""Segments."""

import streamlit as st

from core.ui.roles import Role
from core.ui.session import guard

TITLE = "Segments"
ICON = ":material/group:"
ORDER = 2
LEAST = "viewer"

guard(Role.VIEWER)
st.title("Segments")

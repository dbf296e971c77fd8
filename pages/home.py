"""Home."""

import streamlit as st

from core.ui.roles import Role
from core.ui.session import guard

TITLE = "Home"
ICON = ":material/home:"
ORDER = 0
LEAST = "viewer"

guard(Role.VIEWER)
st.title("Home")

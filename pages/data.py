"""Data."""

import streamlit as st

from core.ui.roles import Role
from core.ui.session import guard

TITLE = "Data"
ICON = ":material/database:"
ORDER = 1
LEAST = "viewer"

guard(Role.VIEWER)
st.title("Data")

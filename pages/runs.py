"""Runs."""

import streamlit as st

from core.ui.roles import Role
from core.ui.session import guard

TITLE = "Runs"
ICON = ":material/history:"
ORDER = 4
LEAST = "viewer"

guard(Role.VIEWER)
st.title("Runs")

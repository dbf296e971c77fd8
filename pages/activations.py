"""Activations."""

import streamlit as st

from core.ui.roles import Role
from core.ui.session import guard

TITLE = "Activations"
ICON = ":material/send:"
ORDER = 3
LEAST = "viewer"

guard(Role.VIEWER)
st.title("Activations")

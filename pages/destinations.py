"""Destinations: the accounts at platforms that lists are kept in."""

import streamlit as st

from core.ui.destinations.list import read_destinations
from core.ui.destinations.page import draw_list, draw_new, draw_one
from core.ui.roles import Role
from core.ui.session import guard

TITLE = "Destinations"
ICON = ":material/hub:"
ORDER = 5
LEAST = "viewer"

guard(Role.VIEWER)
listed = read_destinations()
asked = st.query_params.get("destination")
if st.query_params.get("new"):
    draw_new()
elif asked is not None:
    draw_one(asked, listed)
else:
    draw_list(listed)

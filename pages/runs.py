"""Runs: what happened to every list, and one run's story where the address names one."""

import streamlit as st

from core.ui.edge import plain
from core.ui.roles import Role
from core.ui.runs.charts import draw_list_charts
from core.ui.runs.filters import draw_filters
from core.ui.runs.history import draw_history
from core.ui.runs.page import draw_run
from core.ui.runs.state import read_points, read_runs
from core.ui.session import guard

TITLE = "Runs"
ICON = ":material/history:"
ORDER = 4
LEAST = "viewer"

guard(Role.VIEWER)
if "run" in st.query_params:
    draw_run(st.query_params["run"])
    st.stop()

st.title("Runs")
state = read_runs()
wanted = draw_filters(state.names, state.now)
if wanted.activation_key is not None:
    points, waits = read_points(wanted.activation_key)
    draw_list_charts(points, waits, state.zone, plain(state.saved.people_word))
draw_history(wanted, state.zone)

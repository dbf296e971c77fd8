"""Runs: what happened to every list, and one run's story where the address names one."""

from zoneinfo import ZoneInfo

import streamlit as st

from core.store.activations import get_activation
from core.store.run_history import list_names, list_points
from core.store.workspace import get_workspace
from core.ui.edge import plain
from core.ui.roles import Role
from core.ui.runs.charts import draw_list_charts
from core.ui.runs.filters import draw_filters
from core.ui.runs.history import draw_history
from core.ui.runs.page import draw_run
from core.ui.session import guard, workspace

TITLE = "Runs"
ICON = ":material/history:"
ORDER = 4
LEAST = "viewer"

guard(Role.VIEWER)
if "run" in st.query_params:
    draw_run(st.query_params["run"])
    st.stop()

st.title("Runs")
with workspace().store.read() as session:
    saved, names, now = get_workspace(session), list_names(session), session.now()
zone = ZoneInfo(saved.zone)
wanted = draw_filters(names, now)
if wanted.activation_key is not None:
    with workspace().store.read() as session:
        points = list_points(session, get_activation(session, wanted.activation_key).id)
    draw_list_charts(points, zone, plain(saved.people_word))
draw_history(wanted, zone)

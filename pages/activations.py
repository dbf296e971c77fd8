"""Activations: lists that are kept in step with segments."""

import streamlit as st

from core.store.activations import get_activation
from core.ui.activations.choices import draw_missing, read_choices
from core.ui.activations.form import draw_activation_form
from core.ui.activations.list import draw_activations
from core.ui.activations.page import draw_activation
from core.ui.activations.state import read_activations
from core.ui.edge import plain
from core.ui.heading import draw_heading
from core.ui.navigation import back, show
from core.ui.roles import Role
from core.ui.session import guard, may, workspace
from core.ui.words import shortened

TITLE = "Activations"
ICON = ":material/send:"
ORDER = 3
LEAST = "viewer"


def draw_list() -> None:
    if draw_heading("Activations", "New activation" if may(Role.EDITOR) else None):
        show(new="1")
    st.caption("Each keeps one list at a platform in step with a segment.")
    state = read_activations()
    if state.views or state.drafts:
        draw_activations(state)
    else:
        st.info("Nothing is activated yet: choose a segment and where its list should go.")


def draw_form(key: str | None) -> None:
    guard(Role.EDITOR)
    saved = None
    if key is not None:
        with workspace().store.read() as session:
            saved = get_activation(session, key)
    choices = read_choices(saved)
    st.title(
        f"Edit “{plain(shortened(saved.display_name))}”" if saved else "New activation",
        anchor=False,
    )
    if not draw_missing(choices):
        draw_activation_form(saved, choices)


guard(Role.VIEWER)
query = st.query_params
asked = query.get("activation")
is_form = bool(query.get("new") if asked is None else query.get("edit"))
if asked is None and not is_form:
    draw_list()
else:
    back("All activations", "activations:back")
    if asked is None or is_form:
        draw_form(asked)
    else:
        draw_activation(asked)

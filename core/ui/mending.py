"""The ways to where something is mended."""

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from core.ui.navigation import go, link
from core.workspace.needs import Place

_BUTTONS: Mapping[Place, tuple[str, str, str]] = {
    Place.DATA: ("Go to the data", ":material/database:", ""),
    Place.SEGMENT: ("Open the segment", ":material/group:", "segment"),
    Place.DESTINATION: ("Open the destination", ":material/hub:", "destination"),
    Place.ACTIVATION: ("Open the list", ":material/send:", "activation"),
    Place.RUN: ("See the run", ":material/history:", "run"),
}


APPROVAL_ICON = ":orange[:material/pan_tool:]"
DECIDE = "Look and decide"


def draw_way(place: Place, key: str, label: str | None = None) -> None:
    """Draw the way to where something is mended."""
    usual, icon, name = _BUTTONS[place]
    link(place.value, label or usual, icon=icon, **({name: key} if name else {}))


def draw_way_button(
    place: Place,
    key: str,
    widget: str,
    *,
    label: str | None = None,
    type_: Literal["primary", "secondary"] = "secondary",
) -> None:
    """Draw the way as a button that cannot be overlooked; `widget` is the button's key."""
    usual, icon, name = _BUTTONS[place]
    if st.button(label or usual, key=widget, icon=icon, type=type_):
        go(place.value, **({name: key} if name else {}))

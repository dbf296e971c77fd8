"""The ways to where something is mended."""

from collections.abc import Mapping

from core.ui.navigation import link
from core.workspace.needs import Place

_BUTTONS: Mapping[Place, tuple[str, str, str]] = {
    Place.DATA: ("Go to the data", ":material/database:", ""),
    Place.SEGMENT: ("Open the segment", ":material/group:", "segment"),
    Place.DESTINATION: ("Open the destination", ":material/hub:", "destination"),
    Place.ACTIVATION: ("Open the list", ":material/send:", "activation"),
    Place.RUN: ("See the run", ":material/history:", "run"),
}


def draw_way(place: Place, key: str, label: str | None = None) -> None:
    """Draw the way to where something is mended."""
    usual, icon, name = _BUTTONS[place]
    link(place.value, label or usual, icon=icon, **({name: key} if name else {}))

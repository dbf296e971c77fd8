"""Every place of the app in a sample shop: all pages, and what opens in them."""

from core.ui.navigation import page_files
from tests.app.building import LAPSING, QUIET

PLACES: list[tuple[str, dict[str, str]]] = [
    *((file.name, {}) for file in page_files()),
    ("segments", {"new": "1"}),
    ("segments", {"segment": LAPSING}),
    ("activations", {"activation": LAPSING}),
    ("activations", {"new": "1", "segment": QUIET}),
    ("destinations", {"destination": "practice"}),
    ("runs", {"run": "1"}),
    ("runs", {"activation": LAPSING}),
]
NAMES = [f"{name} {' '.join(query)}".strip() for name, query in PLACES]

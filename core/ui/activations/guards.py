"""The part of an activation's form that says which surprises wait for somebody's approval."""

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.store.activations import ActivationView
from core.sync.guards import DEFAULT_GUARDS, Do, RemovalsGuard, parse_guards


def draw_guards(key: str, saved: ActivationView | None) -> Mapping[str, Any]:
    """Return the guards as an activation saves them."""
    given = json.loads(saved.guards) if saved and saved.guards else None
    parsed = {guard.key: guard for guard in parse_guards(given)}
    holding = {name for name, guard in parsed.items() if guard.do is Do.HOLD}
    limits = [
        guard.above_percent
        for guard in (*parsed.values(), *DEFAULT_GUARDS)
        if isinstance(guard, RemovalsGuard)
    ]
    empty = st.checkbox("The list would become empty", "empty" in holding, key=f"{key}:empty")
    with st.container(horizontal=True, vertical_alignment="center"):
        many = st.checkbox("More than", "removals" in holding, key=f"{key}:removals")
        percent = st.number_input(
            "Percent of the list that may leave",
            0,
            100,
            round(limits[0]),
            key=f"{key}:percent",
            label_visibility="collapsed",
            disabled=not many,
            width=130,
        )
        st.markdown("% of the list would leave", width="content")
    st.caption("The run then waits until somebody has looked. A first run has nobody to lose.")
    # What only tells, and is not offered here, stays as it was saved.
    kept = {name: json.loads(g.model_dump_json()) for name, g in parsed.items() if g.do != Do.HOLD}
    asked: dict[str, Any] = {"empty": {"do": "hold"}} if empty else {}
    if many:
        asked["removals"] = {"do": "hold", "above_percent": _exact(limits[0], percent)}
    return kept | asked


def _exact(saved: float, shown: int) -> float:
    """Return the saved limit where only its rounding is shown."""
    return saved if round(saved) == shown else shown

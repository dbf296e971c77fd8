"""The part of an activation's form that says which surprises wait for somebody's approval."""

import streamlit as st

from core.store.activations import ActivationView
from core.sync.guards import DEFAULT_GUARDS, Do, EmptyGuard, Guard, RemovalsGuard
from core.sync.question import guards_of
from core.ui.typed import Typed


def draw_guards(typed: Typed, saved: ActivationView | None) -> tuple[Guard, ...]:
    """Return the guards that are asked for."""
    given = guards_of(saved) if saved else DEFAULT_GUARDS
    holding = {guard.key for guard in given if guard.do is Do.HOLD}
    limits = [
        guard.above_percent
        for guard in (*given, *DEFAULT_GUARDS)
        if isinstance(guard, RemovalsGuard)
    ]
    key = typed.widget_key("empty", "empty" in holding)
    empty = st.checkbox("The list would become empty", key=key)
    with st.container(horizontal=True, vertical_alignment="center"):
        many = st.checkbox("More than", key=typed.widget_key("removals", "removals" in holding))
        percent = st.number_input(
            "Percent of the list that may leave",
            0,
            100,
            key=typed.widget_key("percent", round(limits[0])),
            label_visibility="collapsed",
            disabled=not many,
            width=130,
        )
        st.markdown("% of the list would leave", width="content")
    st.caption("The run then waits until somebody has looked. A first run has nobody to lose.")
    asked: list[Guard] = [EmptyGuard()] if empty else []
    if many:
        asked.append(RemovalsGuard(above_percent=_exact(limits[0], percent)))
    # What only tells, and is not offered here, stays as it was saved.
    keys = {guard.key for guard in asked}
    kept = (each for each in given if each.do is not Do.HOLD and each.key not in keys)
    return (*kept, *asked)


def _exact(saved: float, shown: int) -> float:
    """Return the saved limit where only its rounding is shown."""
    return saved if round(saved) == shown else shown

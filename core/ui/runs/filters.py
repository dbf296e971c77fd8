"""The filters over the history of runs; what is chosen stands in the address."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import streamlit as st

from core.store.run_history import RunFilter, RunGroup
from core.ui.edge import on_click

_GROUPS: Mapping[str, str] = {
    "all": "All",
    RunGroup.NEEDS_YOU: "Needs you",
    RunGroup.UNDER_WAY: "Under way",
    RunGroup.FAILED: "Failed",
    RunGroup.DONE: "Done",
}
_PERIODS: Mapping[str, tuple[str, timedelta | None]] = {
    "all": ("Any time", None),
    "day": ("Last 24 hours", timedelta(hours=24)),
    "week": ("Last 7 days", timedelta(days=7)),
    "month": ("Last 30 days", timedelta(days=30)),
}
_EVERY = "all"


def draw_filters(names: Mapping[str, str], now: datetime) -> RunFilter:
    """Draw the filters as the address says, and return what they let through."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = _pick_list(names)
        group = _pick_group()
        period = _pick_period()
    span = _PERIODS[period][1]
    return RunFilter(
        activation_key=None if key == _EVERY else key,
        group=None if group == _EVERY else RunGroup(group),
        since=None if span is None else now - span,
    )


def is_narrowed() -> bool:
    """Return whether any filter is set."""
    return any(st.query_params.get(name) for name in ("activation", "state", "period"))


@on_click
def forget_filters() -> None:
    """Show all runs again."""
    st.query_params.clear()


def _pick_list(names: Mapping[str, str]) -> str:
    key = _prime("activation", [_EVERY, *names])
    return str(
        st.selectbox(
            "List",
            [_EVERY, *names],
            key=key,
            format_func=lambda each: "All lists" if each == _EVERY else names.get(each, each),
            on_change=_note,
            args=("activation",),
            width=250,
            help="Type to search by name.",
        )
    )


def _pick_group() -> str:
    key = _prime("state", list(_GROUPS))
    return str(
        st.radio(
            "State",
            list(_GROUPS),
            key=key,
            format_func=lambda each: _GROUPS[each],
            horizontal=True,
            on_change=_note,
            args=("state",),
        )
    )


def _pick_period() -> str:
    key = _prime("period", list(_PERIODS))
    return str(
        st.selectbox(
            "When",
            list(_PERIODS),
            key=key,
            format_func=lambda each: _PERIODS[each][0],
            on_change=_note,
            args=("period",),
            width=150,
        )
    )


def _prime(name: str, options: Sequence[str]) -> str:
    """Let the widget of that name show what the address says; return its key."""
    asked = st.query_params.get(name, _EVERY)
    st.session_state[f"runs:{name}"] = asked if asked in options else _EVERY
    return f"runs:{name}"


@on_click
def _note(name: str) -> None:
    """Write a changed filter into the address; pages are counted anew."""
    chosen = st.session_state[f"runs:{name}"]
    st.query_params.pop("page", None)
    if chosen in (None, _EVERY):
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = chosen

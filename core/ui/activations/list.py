"""The activations there are: which segment goes where, how large the list is, how it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from core.schedule.definition import describe_schedule, schedule_from_json
from core.schedule.slots import Slots
from core.store.activations import ActivationView, list_activations
from core.store.audiences import AudienceView, list_audiences
from core.store.destinations import DestinationView, list_destinations
from core.store.runs import RunView, newest_runs
from core.store.segments import list_segments
from core.store.workspace import get_workspace
from core.ui.edge import plain
from core.ui.frame import draw_practice_badge
from core.ui.navigation import link
from core.ui.session import workspace
from core.ui.words import count, moment, shortened, state_badge
from core.workspace.destinations import is_practice

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """All that a list of activations shows."""

    views: Sequence[ActivationView]
    segments: Mapping[str, str]
    destinations: Mapping[str, DestinationView]
    audiences: Mapping[int, AudienceView]
    newest: Mapping[int, RunView]
    zone: str
    now: datetime


def read_activations() -> Listed:
    """Return what there is to show, read in one transaction."""
    with workspace().store.read() as session:
        return Listed(
            views=list_activations(session),
            segments={view.key: view.name for view in list_segments(session, archived=True)},
            destinations={v.key: v for v in list_destinations(session, archived=True)},
            audiences={view.id: view for view in list_audiences(session)},
            newest=newest_runs(session),
            zone=get_workspace(session).zone,
            now=session.now(),
        )


def draw_activations(listed: Listed) -> None:
    """Draw the activations that the search finds."""
    searched = st.text_input(
        "Search by name",
        key="activation_search",
        placeholder="Search by name",
        icon=":material/search:",
        label_visibility="collapsed",
        bind="query-params",
        width=320,
    )
    word = (searched or "").casefold()
    found = [view for view in listed.views if word in view.display_name.casefold()]
    found.sort(key=lambda view: view.display_name.casefold())
    for view in found[:_SHOWN]:
        _draw_one(view, listed)
    if not found:
        st.caption("No activation has that in its name.")
    if len(found) > _SHOWN:
        st.caption(f"The first {_SHOWN} of {len(found)} are shown: search for the others.")


def _draw_one(view: ActivationView, listed: Listed) -> None:
    to = listed.destinations[view.destination_key]
    run = listed.newest.get(view.id)
    audience = listed.audiences[view.audience_id]
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            with st.container(width="stretch"):
                link(
                    "activations", f"**{plain(shortened(view.display_name))}**", activation=view.key
                )
            size = f"**{count(audience.ledger_rows)}** in it"
            st.markdown(
                size if audience.ledger_file else "no list yet", width=120, text_alignment="right"
            )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_state(view, to, run), width="content")
            if is_practice(to):
                draw_practice_badge()
            segment = plain(shortened(listed.segments[view.segment_key]))
            st.caption(
                f"{segment} → {plain(shortened(to.name))} · {_next(view, listed)}", width="content"
            )


def _state(view: ActivationView, to: DestinationView, run: RunView | None) -> str:
    if view.paused_at is not None:
        return ":gray-badge[:material/pause: paused]"
    if to.paused_at is not None:
        return ":red-badge[:material/key_off: destination paused]"
    return state_badge(run.state) if run else ":gray-badge[never ran]"


def _next(view: ActivationView, listed: Listed) -> str:
    schedule = schedule_from_json(view.schedule)
    if isinstance(schedule, str) or view.paused_at is not None:
        return describe_schedule(schedule)
    due = Slots(schedule, listed.zone, view.started_at).next_after(listed.now)
    if due is None:
        return "no run is left in its schedule"
    return f"next run {moment(due, ZoneInfo(listed.zone), listed.now)}"

"""What a form of an activation offers to choose from, read in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from core.data.catalogue import Catalogue, Field
from core.store.activations import ActivationView, list_activations
from core.store.audiences import AudienceView, get_audience, list_audiences
from core.store.destinations import DestinationView, list_destinations
from core.store.segments import SegmentView, list_segments
from core.store.snapshots import current_snapshot
from core.store.workspace import WorkspaceView, get_workspace
from core.ui.navigation import go
from core.ui.session import workspace


@dataclass(frozen=True, slots=True)
class Choices:
    """Segments, destinations and fields; `audience` is the list of the activation that is open.

    `every_segment` and `every_destination` hold archived ones too, by key.
    """

    workspace: WorkspaceView
    every_segment: Mapping[str, SegmentView]
    every_destination: Mapping[str, DestinationView]
    activations: Sequence[ActivationView]
    audiences: Sequence[AudienceView]
    audience: AudienceView | None
    catalogue: Catalogue | None
    data_at: datetime | None
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.workspace.zone)

    @property
    def segments(self) -> Sequence[SegmentView]:
        return [view for view in self.every_segment.values() if view.archived_at is None]

    @property
    def destinations(self) -> Sequence[DestinationView]:
        return [view for view in self.every_destination.values() if view.archived_at is None]

    @property
    def fields(self) -> Sequence[Field]:
        return self.catalogue.people_table.fields if self.catalogue else ()

    @property
    def revision(self) -> int:
        """Return a number that grows whenever a segment is saved with another meaning."""
        return sum(segment.version for segment in self.segments)

    def label(self, field: str) -> str:
        """Return a field as people read it."""
        called = self.catalogue.people_table.screen_names if self.catalogue else {}
        return called.get(field, field)

    def place(self, asked: str | None) -> str:
        """Return the destination to begin with: the one asked for, else one that works."""
        if asked in [view.key for view in self.destinations]:
            return str(asked)
        newest = max(self.activations, key=lambda each: each.created_at, default=None)
        last = newest.destination_key if newest else None
        ranked = sorted(self.destinations, key=lambda view: (*self._doubts(view), view.key != last))
        return ranked[0].key if ranked else ""

    def _doubts(self, view: DestinationView) -> tuple[bool, bool, bool]:
        """Return what speaks against a destination, the worst first."""
        was_filled = any(
            each.account == view.account and each.ledger_file is not None for each in self.audiences
        )
        is_unproven = view.tested_at is None and not was_filled
        return view.paused_at is not None, view.test_failure is not None, is_unproven

    def identifier(self) -> str:
        """Return the field that was the identifier last, or the key of people."""
        newest = max(self.activations, key=lambda each: each.created_at, default=None)
        known = {each.name for each in self.fields}
        if newest is not None and newest.external_id in known:
            return newest.external_id
        key = self.catalogue.people_table.key if self.catalogue else None
        return key or next(iter(known), "")


def read_choices(saved: ActivationView | None) -> Choices:
    """Return what there is to choose from."""
    catalogue = workspace().catalogue()
    with workspace().store.read() as session:
        loaded = current_snapshot(session)
        return Choices(
            workspace=get_workspace(session),
            every_segment={v.key: v for v in list_segments(session, archived=True)},
            every_destination={v.key: v for v in list_destinations(session, archived=True)},
            activations=list_activations(session),
            audiences=list_audiences(session),
            audience=get_audience(session, saved.audience_id) if saved else None,
            catalogue=catalogue,
            data_at=loaded.created_at if loaded else None,
            now=session.now(),
        )


def draw_missing(choices: Choices) -> bool:
    """Say what must be there before anything can be activated; return whether it is missing."""
    if choices.catalogue is None:
        st.info("There is no data yet, so there is nobody to send.", icon=":material/database:")
        _offer("Load data", "data")
    elif not choices.segments:
        st.info("There is no segment yet: say first who should be in the list.")
        _offer("Make a segment", "segments")
    elif not choices.destinations:
        st.info("There is no destination yet: say first where lists are sent.")
        _offer("Connect a destination", "destinations", new="1")
    else:
        return False
    return True


def _offer(label: str, page: str, **query: str) -> None:
    if st.button(label, type="primary", icon=":material/arrow_forward:"):
        go(page, **query)

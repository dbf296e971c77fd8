"""What the Activations page shows, read from the store: all of them, or one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.store.activations import ActivationView, get_activation, list_activations
from core.store.audiences import AudienceView, get_audience, list_audiences
from core.store.database import ReadSession
from core.store.destinations import DestinationView, get_destination, list_destinations
from core.store.drafts import DraftKind, DraftView, list_new_drafts
from core.store.runs import RunView, list_runs
from core.store.segments import SegmentView, get_segment, list_segments
from core.store.workspace import WorkspaceView, get_workspace
from core.sync.decide import held_run
from core.ui.session import workspace
from core.ui.words import moment
from core.workspace.destinations import place_of
from core.workspace.readiness import DECISIVE
from core.workspace.run_told import is_at_rest, is_waiting_for_approval, standing_runs

_LAST_RUNS = 5


@dataclass(frozen=True, slots=True)
class ActivationsState:
    """All that the list of activations shows."""

    views: Sequence[ActivationView]
    drafts: Sequence[DraftView]
    segments: Mapping[str, str]
    destinations: Mapping[str, DestinationView]
    audiences: Mapping[int, AudienceView]
    newest: Mapping[int, RunView]
    zone: ZoneInfo
    now: datetime


@dataclass(frozen=True, slots=True)
class ActivationState:
    """An activation with all that its page tells.

    `asking` is the run that somebody is to decide on, `last` the newest that decided on the list.
    """

    view: ActivationView
    segment: SegmentView
    versions: Mapping[str, int]
    destination: DestinationView
    audience: AudienceView
    runs: Sequence[RunView]
    asking: RunView | None
    last: RunView | None
    workspace: WorkspaceView
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.workspace.zone)

    @property
    def place(self) -> str:
        """Return what the place is called that the list lies in."""
        return place_of(self.destination)

    @property
    def moving(self) -> RunView | None:
        """Return the run that waits for its turn or is under way."""
        return next((run for run in self.runs if not is_at_rest(run)), None)

    def at(self, at: datetime) -> str:
        """Return a moment in the workspace's zone."""
        return moment(at, self.zone, self.now)


def read_activations() -> ActivationsState:
    """Return what there is to show. Raises: StoreError."""
    with workspace().store.read() as session:
        return ActivationsState(
            views=list_activations(session),
            drafts=list_new_drafts(session, DraftKind.ACTIVATION),
            segments={view.key: view.name for view in list_segments(session, archived=True)},
            destinations={v.key: v for v in list_destinations(session, archived=True)},
            audiences={view.id: view for view in list_audiences(session)},
            newest=standing_runs(session),
            zone=ZoneInfo(get_workspace(session).zone),
            now=session.now(),
        )


def read_activation(key: str) -> ActivationState:
    """Return the activation of that key. Raises: UnknownName, StoreError."""
    with workspace().store.read() as session:
        view = get_activation(session, key)
        return ActivationState(
            view=view,
            segment=get_segment(session, view.segment_key),
            versions={each.key: each.version for each in list_segments(session)},
            destination=get_destination(session, view.destination_key),
            audience=get_audience(session, view.audience_id),
            runs=list_runs(session, activation_id=view.id, limit=_LAST_RUNS),
            asking=_asking(session, view),
            last=next(
                iter(list_runs(session, activation_id=view.id, states=DECISIVE, limit=1)), None
            ),
            workspace=get_workspace(session),
            now=session.now(),
        )


def _asking(session: ReadSession, view: ActivationView) -> RunView | None:
    held = held_run(session, view.id)
    return held if held is not None and is_waiting_for_approval(held) else None

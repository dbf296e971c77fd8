"""What the home page shows, read from the store in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.sample.workspace import has_sample, sample_parts
from core.store.activations import ActivationView
from core.store.activity import ActivityView, list_activity
from core.store.destinations import DestinationView, list_destinations
from core.store.run_history import HistoryRow, RunFilter, count_states, list_history
from core.store.run_states import RunState
from core.store.snapshots import SnapshotView, current_snapshot
from core.store.workspace import WorkspaceView, get_workspace
from core.ui.activity_words import Names, by_people, read_names
from core.ui.session import workspace
from core.ui.words import moment
from core.workspace.data_source import is_data_gone
from core.workspace.destinations import unreadable_titles
from core.workspace.first_steps import Step, StepState, first_steps
from core.workspace.overview import Overview, look_at_lists

RUNS_SHOWN = 6
EDITS_SHOWN = 6
_EDITS_READ = 40


@dataclass(frozen=True, slots=True)
class HomeState:
    """How everything stands; `steps` is None once a list of one's own was brought up to date."""

    saved: WorkspaceView
    overview: Overview
    steps: Mapping[Step, StepState] | None
    is_sample: bool
    data: SnapshotView | None
    is_data_gone: bool
    edits: Sequence[ActivityView]
    names: Names
    destinations: Mapping[str, DestinationView]
    today: Mapping[RunState, int]
    runs: Sequence[HistoryRow]
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.saved.zone)

    def destination_of(self, view: ActivationView) -> DestinationView:
        """Return where the list lies."""
        return self.destinations[view.destination_key]

    def at(self, at: datetime) -> str:
        """Return a moment in the workspace's zone."""
        return moment(at, self.zone, self.now)


def read_home() -> HomeState:
    """Return what there is to show. Raises: StoreError."""
    opened = workspace()
    with opened.store.read() as session:
        saved, now = get_workspace(session), session.now()
        is_gone = is_data_gone(session, opened.settings)
        midnight = now.astimezone(ZoneInfo(saved.zone)).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        return HomeState(
            saved=saved,
            overview=look_at_lists(
                session,
                is_data_gone=is_gone,
                unreadable=unreadable_titles(session, opened.box),
            ),
            steps=first_steps(session, sample_parts(session, opened.settings.home)),
            is_sample=has_sample(session),
            data=current_snapshot(session),
            is_data_gone=is_gone,
            edits=by_people(list_activity(session, limit=_EDITS_READ))[:EDITS_SHOWN],
            names=read_names(session),
            destinations={v.key: v for v in list_destinations(session, archived=True)},
            today=count_states(session, midnight),
            runs=list_history(session, RunFilter(since=midnight), limit=RUNS_SHOWN),
            now=now,
        )

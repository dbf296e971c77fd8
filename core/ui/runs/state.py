"""What the Runs page shows, read from the store: the history, or one run's story."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.store.activations import get_activation
from core.store.destinations import list_destinations
from core.store.run_history import (
    HistoryRow,
    RunFilter,
    RunPoint,
    Waits,
    count_history,
    list_history,
    list_names,
    list_points,
    run_waits,
)
from core.store.workspace import WorkspaceView, get_workspace
from core.ui.paging import asked_page
from core.ui.session import workspace
from core.ui.words import moment
from core.workspace.destinations import is_practice
from core.workspace.run_told import RunTold, is_at_rest, tell_run

PAGE = 25


@dataclass(frozen=True, slots=True)
class RunsState:
    """What stands around the history: how the workspace speaks, and the names of all lists."""

    saved: WorkspaceView
    names: Mapping[str, str]
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.saved.zone)


@dataclass(frozen=True, slots=True)
class HistoryState:
    """The page of the history that the address asks for, of `number` runs in all.

    `practice` are the keys of destinations from which nothing reaches a platform.
    """

    number: int
    rows: Sequence[HistoryRow]
    practice: Collection[str]
    zone: ZoneInfo
    now: datetime

    @property
    def is_moving(self) -> bool:
        """Return whether a run that is shown will change by itself."""
        return any(not is_at_rest(row.run) for row in self.rows)

    def at(self, at: datetime) -> str:
        """Return a moment in the workspace's zone."""
        return moment(at, self.zone, self.now)


@dataclass(frozen=True, slots=True)
class StoryState:
    """One run with its story."""

    told: RunTold
    saved: WorkspaceView
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.saved.zone)


def read_runs() -> RunsState:
    """Return what stands around the history. Raises: StoreError."""
    with workspace().store.read() as session:
        return RunsState(get_workspace(session), list_names(session), session.now())


def read_points(activation_key: str) -> tuple[Sequence[RunPoint], Mapping[int, Waits]]:
    """Return the figures of a list's last runs, oldest first, and how long which of them waited.

    Raises: UnknownName.
    """
    with workspace().store.read() as session:
        points = list_points(session, get_activation(session, activation_key).id)
        return points, run_waits(session, [point.run_id for point in points])


def read_history(wanted: RunFilter, zone: ZoneInfo) -> HistoryState:
    """Return the runs that the filter lets through, one page of them. Raises: StoreError."""
    with workspace().store.read() as session:
        number = count_history(session, wanted)
        skipped = (asked_page(number, PAGE) - 1) * PAGE
        rows = list_history(session, wanted, offset=skipped, limit=PAGE)
        views = list_destinations(session, archived=True)
        practice = {view.key for view in views if is_practice(view)}
        return HistoryState(number, rows, practice, zone, session.now())


def read_story(run_id: int) -> StoryState | None:
    """Return the run of that id, None where there is none. Raises: StoreError."""
    with workspace().store.read() as session:
        told = tell_run(session, run_id)
        return StoryState(told, get_workspace(session), session.now()) if told else None

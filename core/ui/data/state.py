"""What the page of the data shows, read from the store in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.sample.workspace import has_sample
from core.store.loads import LoadView, list_loads
from core.store.snapshots import SnapshotView, current_snapshot, list_snapshots
from core.store.workspace import WorkspaceView, get_workspace
from core.ui.session import workspace
from core.ui.words import moment
from core.workspace.data_source import failed_load, load_under_way, source_of
from core.workspace.uploads import Upload, upload_of


@dataclass(frozen=True, slots=True)
class DataState:
    """The data as the store knows it; `source` is the manifest that a refresh loads."""

    saved: WorkspaceView
    current: SnapshotView | None
    source: str | None
    under_way: LoadView | None
    failed: LoadView | None
    copies: tuple[SnapshotView, ...]
    loads: tuple[LoadView, ...]
    is_sample: bool
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.saved.zone)

    @property
    def upload(self) -> Upload | None:
        """The upload that the data comes from, None where it comes from elsewhere."""
        return upload_of(workspace().settings, self.source)

    def when(self, at: datetime) -> str:
        """Return a moment in the workspace's zone."""
        return moment(at, self.zone, self.now)


def read_state() -> DataState:
    """Return what there is to show. Raises: StoreError."""
    with workspace().store.read() as session:
        return DataState(
            saved=get_workspace(session),
            current=current_snapshot(session),
            source=source_of(session),
            under_way=load_under_way(session),
            failed=failed_load(session),
            copies=list_snapshots(session),
            loads=list_loads(session),
            is_sample=has_sample(session),
            now=session.now(),
        )

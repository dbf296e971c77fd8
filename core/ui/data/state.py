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
from core.workspace.data_source import failed_load, is_data_gone, load_under_way, source_of
from core.workspace.uploads import Upload, unloaded_uploads, upload_of


@dataclass(frozen=True, slots=True)
class DataState:
    """The data as the store knows it; `source` is the manifest that a refresh loads.

    `unloaded` are files that wait for somebody, those of a load that waits or failed aside.
    `is_gone` says that the file with the current data is not on the disk.
    """

    saved: WorkspaceView
    current: SnapshotView | None
    source: str | None
    under_way: LoadView | None
    failed: LoadView | None
    copies: tuple[SnapshotView, ...]
    loads: tuple[LoadView, ...]
    unloaded: tuple[Upload, ...]
    is_gone: bool
    is_sample: bool
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.saved.zone)

    @property
    def upload(self) -> Upload | None:
        """The upload that the data comes from, None where it comes from elsewhere."""
        return upload_of(workspace().settings, self.source)

    @property
    def loaded_by(self) -> int | None:
        """The load that the current data came by, as far as it is known still."""
        current = self.current.id if self.current else None
        done = (each.id for each in self.loads if each.snapshot_id == current)
        return next(done, None) if current else None

    @property
    def refreshed(self) -> SnapshotView | None:
        """The copy before the current data, if it came from the same manifest, else None."""
        current = self.current
        if current is None:
            return None
        earlier = (copy for copy in self.copies if copy.created_at < current.created_at)
        before = next(earlier, None)
        same = before is not None and before.manifest_path == current.manifest_path
        return before if same else None

    def has_failed_with(self, upload: Upload) -> bool:
        """Return whether the last load was of that upload, and failed."""
        return self.failed is not None and self.failed.manifest_path == str(upload.manifest)

    def is_loaded(self, upload: Upload) -> bool:
        """Return whether the current data came from that upload."""
        found = upload_of(workspace().settings, self.current.manifest_path if self.current else "")
        return found is not None and found.id == upload.id

    def when(self, at: datetime) -> str:
        """Return a moment in the workspace's zone."""
        return moment(at, self.zone, self.now)


def read_state() -> DataState:
    """Return what there is to show. Raises: StoreError."""
    opened = workspace()
    with opened.store.read() as session:
        under_way, failed = load_under_way(session), failed_load(session)
        spoken_of = {load.manifest_path for load in (under_way, failed) if load is not None}
        unloaded = unloaded_uploads(opened.settings, session)
        return DataState(
            saved=get_workspace(session),
            current=current_snapshot(session),
            source=source_of(session),
            under_way=under_way,
            failed=failed,
            copies=list_snapshots(session),
            loads=list_loads(session),
            unloaded=tuple(each for each in unloaded if str(each.manifest) not in spoken_of),
            is_gone=is_data_gone(session, opened.settings),
            is_sample=has_sample(session),
            now=session.now(),
        )

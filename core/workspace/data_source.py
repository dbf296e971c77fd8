"""Where the data comes from, as pages change it: loads are queued, and the scheduler does them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from core.data.manifest import CsvOptions, Manifest, TableSource, read_manifest
from core.data.snapshots import nothing_loaded, snapshot_path
from core.errors import EditConflict, UsageError
from core.schedule.definition import MANUAL, Schedule, schedule_from_json, schedule_to_json
from core.settings import Settings
from core.store.database import ReadSession, WriteSession
from core.store.loads import (
    LoadState,
    LoadView,
    NewLoad,
    ask_load_cancel,
    list_loads,
    loaded_manifests,
    queue_load,
)
from core.store.snapshots import current_snapshot
from core.store.workspace import WorkspaceView, get_workspace, set_data_source
from core.sync.claims import BY_HAND
from core.workspace.conflicts import refuse_conflict
from core.workspace.opened import OpenWorkspace
from core.workspace.proposals import Proposal, first_draft, save_earlier, write_manifest
from core.workspace.uploads import Upload, add_earlier_files, upload_of

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RefreshSchedule:
    """When the data is refreshed, as somebody edits it; it is never archived."""

    schedule: Schedule
    updated_at: datetime
    archived_at: datetime | None = None


def refresh_schedule(saved: WorkspaceView) -> RefreshSchedule:
    """Return when the data is refreshed."""
    kept = saved.load_schedule
    schedule: Schedule = schedule_from_json(kept) if kept else "manual"
    return RefreshSchedule(schedule, saved.load_schedule_from or _NEVER)


def load_proposal(workspace: OpenWorkspace, proposal: Proposal, actor: str) -> LoadView:
    """Queue the load of an upload, which is the source of the data from now on.

    Raises: UsageError where other data waits to be loaded, DataRefused, StorageFull, StoreError.
    """
    return _load(workspace, write_manifest(proposal), actor)


def load_manifest(workspace: OpenWorkspace, path: Path, actor: str) -> LoadView:
    """Queue the load of a manifest on the server, the source of the data from now on.

    Raises: UsageError where other data waits to be loaded, ManifestInvalid, StoreError.
    """
    read_manifest(path)
    return _load(workspace, path.resolve(), actor)


def refresh(workspace: OpenWorkspace, actor: str) -> LoadView:
    """Queue a load of where the data came from.

    Raises: SnapshotMissing where nothing is known to load, StoreError.
    """
    with workspace.store.write(actor) as session:
        path = source_of(session)
        if path is None:
            raise nothing_loaded()
        return queue_load(session, NewLoad(path, BY_HAND))


def accept_fewer(workspace: OpenWorkspace, failed_id: int, actor: str) -> LoadView:
    """Queue the load that failed again, which may bring fewer rows this time.

    Raises: EditConflict where that is not the last load any more, StoreError.
    """
    with workspace.store.write(actor) as session:
        failed = failed_load(session)
        if failed is None or failed.id != failed_id:
            raise EditConflict("The data was loaded again meanwhile: look at what came of that.")
        return queue_load(session, NewLoad(failed.manifest_path, BY_HAND, accept_fewer=True))


def source_of(session: ReadSession) -> str | None:
    """Return the manifest that a refresh loads, None where there was no load yet."""
    snapshot = current_snapshot(session)
    return get_workspace(session).manifest_path or (snapshot.manifest_path if snapshot else None)


def save_schedule(
    workspace: OpenWorkspace, schedule: Schedule, begun: RefreshSchedule, actor: str
) -> bool:
    """Say when the data is refreshed; return whether that changed anything.

    Raises: EditConflict where another schedule was saved than the edit began from, StoreError.
    """
    kept = None if schedule == MANUAL else schedule_to_json(schedule)
    with workspace.store.write(actor) as session:
        refuse_conflict("When it is refreshed", begun, refresh_schedule(get_workspace(session)))
        return set_data_source(session, source_of(session), kept)


def stop_load(workspace: OpenWorkspace, load_id: int, actor: str) -> bool:
    """Stop a load; return whether it was still to be stopped.

    Raises: StoreError.
    """
    with workspace.store.write(actor) as session:
        stopped = ask_load_cancel(session, load_id)
        if stopped:
            _return_to_current(session)
        return stopped


def keep_current(workspace: OpenWorkspace, actor: str) -> None:
    """Refresh again from where the current data came, after a load from elsewhere failed.

    Raises: StoreError.
    """
    with workspace.store.write(actor) as session:
        _return_to_current(session)


def is_data_gone(session: ReadSession, settings: Settings) -> bool:
    """Return whether the file of the current data is missing, as after a restore without it."""
    current = current_snapshot(session)
    return current is not None and not snapshot_path(settings, current.id).is_file()


def load_under_way(session: ReadSession) -> LoadView | None:
    """Return the load that is at work, else the one that waits, else None."""
    found = list_loads(session, states=(LoadState.LOADING, LoadState.QUEUED))
    return next((load for load in found if load.state is LoadState.LOADING), None) or (
        found[0] if found else None
    )


def failed_load(session: ReadSession) -> LoadView | None:
    """Return the last load if it failed and the data is to come from there still."""
    newest = list_loads(session, limit=1)
    failed = bool(newest) and newest[0].state is LoadState.FAILED
    return newest[0] if failed and newest[0].manifest_path == source_of(session) else None


def manifest_of(upload: Upload) -> Manifest | None:
    """Return what an upload was loaded by, None where it was not loaded yet."""
    return read_manifest(upload.manifest) if upload.manifest.is_file() else None


def begin_renewal(upload: Upload, earlier: Upload) -> Manifest:
    """Return the draft of an upload that renews an earlier one, whose other files it takes over.

    Raises: DataRefused, StorageFull.
    """
    chosen = read_manifest(earlier.manifest)
    files = {each.name: earlier.folder / each.file for each in chosen.tables if each.file}
    add_earlier_files(upload, files)
    save_earlier(upload, chosen)
    draft = first_draft(upload, chosen.zone)
    said = {each.name: each.csv for each in chosen.tables}
    return replace(
        draft, tables=tuple(_decided(each, said.get(each.name)) for each in draft.tables)
    )


def _decided(table: TableSource, earlier: CsvOptions | None) -> TableSource:
    """Return the table with what was decided of its dates and numbers that can be read two ways."""
    if earlier is None:
        return table
    return replace(table, csv=CsvOptions(decimal=earlier.decimal, dates=earlier.dates))


def _load(workspace: OpenWorkspace, path: Path, actor: str) -> LoadView:
    # Uploaded files stay as they are: loading them again by itself would only look fresh.
    uploaded = upload_of(workspace.settings, str(path)) is not None
    with workspace.store.write(actor) as session:
        _refuse_to_displace(session, path)
        schedule = None if uploaded else get_workspace(session).load_schedule
        set_data_source(session, str(path), schedule)
        return queue_load(session, NewLoad(str(path), BY_HAND))


def _refuse_to_displace(session: ReadSession, path: Path) -> None:
    """Refuse a load that would take the place of a first load of other data; not of a refresh."""
    current = current_snapshot(session)
    for load in list_loads(session, states=[LoadState.QUEUED]):
        waiting = load.manifest_path
        known = {str(path), current.manifest_path if current else None}
        if waiting not in known | loaded_manifests(session, [waiting]):
            raise UsageError(
                "Other data waits to be loaded. Let it be loaded first, or cancel that load."
            )


def _return_to_current(session: WriteSession) -> None:
    snapshot = current_snapshot(session)
    if snapshot is not None:
        schedule = get_workspace(session).load_schedule
        set_data_source(session, snapshot.manifest_path, schedule)

"""Snapshots of the customer data, and which one is current."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from core.store.activity import record
from core.store.database import ReadSession, WriteSession
from core.store.home_paths import kept_path, whole_path
from core.store.models import Run, Snapshot, Workspace
from core.store.run_states import RunState
from core.store.views import view_of


@dataclass(frozen=True, slots=True)
class SnapshotView:
    """One loaded copy; `manifest` is the text it was loaded by, `rows` counts by table."""

    id: str
    created_at: datetime
    actor: str
    manifest: str
    manifest_path: str
    rows: Mapping[str, int]
    file_deleted_at: datetime | None


def add_snapshot(
    session: WriteSession,
    snapshot_id: str,
    *,
    manifest: str,
    manifest_path: str,
    rows: Mapping[str, int],
) -> SnapshotView:
    """Make a file that is safely on disk the current snapshot."""
    row = Snapshot(
        id=snapshot_id,
        created_at=session.now(),
        actor=session.actor,
        manifest=manifest,
        manifest_path=kept_path(session.store.settings.home, manifest_path),
        rows=dict(rows),
    )
    session.add(row)
    session.flush()
    session.exec(select(Workspace)).one().current_snapshot_id = snapshot_id
    record(session, "loaded", "snapshot", snapshot_id, rows=dict(rows))
    return _view(session, row)


def current_snapshot(session: ReadSession) -> SnapshotView | None:
    """Return the snapshot that questions are answered from, None before the first load."""
    query = select(Snapshot).join(Workspace)
    row = session.exec(query).one_or_none()
    return None if row is None else _view(session, row)


def forget_current(session: WriteSession) -> None:
    """Make the workspace one without data, as before its first load; files stay as they are."""
    row = session.exec(select(Workspace)).one()
    if row.current_snapshot_id is not None:
        record(session, "put away", "snapshot", row.current_snapshot_id)
        row.current_snapshot_id = None


def get_snapshot(session: ReadSession, snapshot_id: str) -> SnapshotView | None:
    """Return the snapshot of that id, or None."""
    row = session.get(Snapshot, snapshot_id)
    return None if row is None else _view(session, row)


def list_snapshots(session: ReadSession) -> tuple[SnapshotView, ...]:
    """Return the snapshots whose files are kept, newest first."""
    query = select(Snapshot).where(col(Snapshot.file_deleted_at).is_(None))
    query = query.order_by(col(Snapshot.created_at).desc(), col(Snapshot.id).desc())
    return tuple(_view(session, row) for row in session.exec(query))


def pinned_snapshots(session: ReadSession) -> frozenset[str]:
    """Return the ids of the snapshots that runs compute from: until their plan is frozen."""
    query = select(Run.snapshot_id).where(
        Run.state == RunState.COMPUTING,
        col(Run.plan_id).is_(None),
        col(Run.snapshot_id).is_not(None),
    )
    return frozenset(found for found in session.exec(query) if found is not None)


def expired_snapshots(session: ReadSession, keep: int = 3) -> tuple[SnapshotView, ...]:
    """Return those whose files may go: not among the last `keep`, not current, not pinned."""
    current = session.exec(select(Workspace.current_snapshot_id)).one()
    needed = pinned_snapshots(session) | {current}
    return tuple(view for view in list_snapshots(session)[keep:] if view.id not in needed)


def note_file_deleted(session: WriteSession, snapshot_id: str) -> None:
    """Remember that the file is gone; the row stays for the history of runs."""
    row = session.get_one(Snapshot, snapshot_id)
    row.file_deleted_at = session.now()
    record(session, "deleted", "snapshot", snapshot_id)


def _view(session: ReadSession, row: Snapshot) -> SnapshotView:
    whole = whole_path(session.store.settings.home, row.manifest_path)
    return view_of(SnapshotView, row, {"manifest_path": whole})

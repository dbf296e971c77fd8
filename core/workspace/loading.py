"""Loads as a user asks for them: a new snapshot becomes current, what it broke is paused."""

import threading
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from core.data.catalogue import Catalogue
from core.data.child import load_snapshot
from core.data.report import LoadedSnapshot, OnProgress
from core.data.snapshots import snapshot_path, sweep_strays
from core.errors import RunRefused, SnapshotMissing
from core.store.activations import (
    list_activations,
    pause_activation,
    resume_activation,
)
from core.store.database import WriteSession
from core.store.segments import pause_segment, resume_segment
from core.store.snapshots import (
    add_snapshot,
    expired_snapshots,
    list_snapshots,
    note_file_deleted,
)
from core.workspace.members import people_field
from core.workspace.opened import OpenWorkspace
from core.workspace.saved import saved_segments

# Begins every reason that a load pauses something for, so that a later load can end the pause.
_BY_LOAD = "The data no longer fits: "


@dataclass(frozen=True, slots=True)
class MadeCurrent:
    """A load that was taken; `paused` says what it broke, `resumed` what it mended, by key."""

    loaded: LoadedSnapshot
    paused: dict[str, str]
    resumed: tuple[str, ...]


def load_data(
    workspace: OpenWorkspace,
    manifest: Path,
    actor: str,
    *,
    accept_fewer: bool = False,
    on_progress: OnProgress | None = None,
    cancel: threading.Event | None = None,
) -> MadeCurrent:
    """Load the manifest's data and make it current.

    Raises: DataRefused, StorageFull, Cancelled, QueryFailed, StoreError; nothing has changed then.
    """
    previous = _previous(workspace)
    loaded = load_snapshot(
        manifest, workspace.settings, previous, accept_fewer, on_progress, cancel
    )
    try:
        with workspace.store.write(actor) as session:
            made = make_current(session, loaded, manifest)
    except BaseException:
        loaded.path.unlink(missing_ok=True)
        raise
    sweep(workspace, actor)
    return made


def make_current(session: WriteSession, loaded: LoadedSnapshot, manifest: Path) -> MadeCurrent:
    """Point the store at a new snapshot, and pause what its data no longer fits."""
    add_snapshot(
        session,
        loaded.id,
        manifest=manifest.read_text(encoding="utf-8-sig"),
        manifest_path=str(manifest.resolve()),
        rows={table.name: table.rows for table in loaded.catalogue.tables},
    )
    paused, resumed = _judge_segments(session, loaded.catalogue)
    stopped, started = _judge_activations(session, loaded.catalogue)
    return MadeCurrent(loaded, paused | stopped, (*resumed, *started))


def sweep(workspace: OpenWorkspace, actor: str) -> tuple[str, ...]:
    """Remove snapshot files that nobody needs any more, and return their ids."""
    with workspace.store.read() as session:
        expired = expired_snapshots(session)
        known = {snapshot.id for snapshot in list_snapshots(session)}
    sweep_strays(workspace.settings, known)
    for snapshot in expired:
        snapshot_path(workspace.settings, snapshot.id).unlink(missing_ok=True)
        with workspace.store.write(actor) as session:
            note_file_deleted(session, snapshot.id)
    return tuple(snapshot.id for snapshot in expired)


def _previous(workspace: OpenWorkspace) -> Catalogue | None:
    """Return what the current snapshot holds; one whose file is gone cannot be compared with."""
    try:
        return workspace.catalogue()
    except SnapshotMissing:
        return None


def _judge_segments(
    session: WriteSession, catalogue: Catalogue
) -> tuple[dict[str, str], tuple[str, ...]]:
    saved = saved_segments(session)
    paused: dict[str, str] = {}
    resumed = []
    for key, view in saved.views.items():
        problem = saved.problem(key, catalogue, session.now())
        by_load = (view.paused_reason or "").startswith(_BY_LOAD)
        if problem is not None:
            paused[f"segment {key}"] = problem
            pause_segment(session, key, _BY_LOAD + problem)
        elif by_load:
            resume_segment(session, key)
            resumed.append(f"segment {key}")
    return paused, tuple(resumed)


def _judge_activations(
    session: WriteSession, catalogue: Catalogue
) -> tuple[dict[str, str], tuple[str, ...]]:
    paused: dict[str, str] = {}
    resumed = []
    for view in list_activations(session):
        problem = mapping_problem(catalogue, (view.external_id, *view.attributes.values()))
        if problem is not None and view.paused_at is None:
            paused[f"activation {view.key}"] = problem
            pause_activation(session, view.key, _BY_LOAD + problem)
        elif problem is None and (view.paused_reason or "").startswith(_BY_LOAD):
            resume_activation(session, view.key)
            resumed.append(f"activation {view.key}")
    return paused, tuple(resumed)


def mapping_problem(catalogue: Catalogue, fields: Collection[str]) -> str | None:
    """Return why one of these fields of people cannot be sent, or None."""
    for name in fields:
        try:
            people_field(catalogue, name)
        except RunRefused as problem:
            return str(problem)
    return None

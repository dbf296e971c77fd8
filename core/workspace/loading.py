"""Loads as a user asks for them: a new snapshot becomes current, what it broke is paused."""

import json
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from core.data.catalogue import Catalogue
from core.data.child import load_snapshot
from core.data.report import LoadedSnapshot, OnProgress
from core.errors import RunRefused, SnapshotMissing
from core.schedule.definition import AFTER_REFRESH
from core.store.activations import (
    list_activations,
    pause_activation,
    resume_activation,
)
from core.store.database import WriteSession
from core.store.segments import pause_segment, resume_segment
from core.store.snapshots import add_snapshot
from core.store.workspace import get_workspace, set_zone
from core.sync.queueing import queue_slot
from core.workspace.members import people_field
from core.workspace.opened import OpenWorkspace
from core.workspace.saved import saved_segments
from core.workspace.sweeping import sweep_snapshots

BY_REFRESH = "data refresh"
Also = Callable[[WriteSession, LoadedSnapshot], None]

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
    also: Also | None = None,
) -> MadeCurrent:
    """Load the manifest's data and make it current; `also` is done in the same transaction.

    Raises: DataRefused, StorageFull, Cancelled, QueryFailed, StoreError; nothing has changed then.
    """
    previous = _previous(workspace)
    loaded = load_snapshot(
        manifest, workspace.settings, previous, accept_fewer, on_progress, cancel
    )
    try:
        with workspace.store.write(actor) as session:
            made = make_current(session, loaded, manifest)
            if also is not None:
                also(session, loaded)
    except BaseException:
        loaded.path.unlink(missing_ok=True)
        raise
    sweep_snapshots(workspace, actor)
    return made


def make_current(session: WriteSession, loaded: LoadedSnapshot, manifest: Path) -> MadeCurrent:
    """Point the store at a new snapshot, pause what it no longer fits, queue what follows it."""
    add_snapshot(
        session,
        loaded.id,
        manifest=manifest.read_text(encoding="utf-8-sig"),
        manifest_path=str(manifest.resolve()),
        rows={table.name: table.rows for table in loaded.catalogue.tables},
    )
    set_zone(session, loaded.catalogue.zone)
    paused, resumed = _judge_segments(session, loaded.catalogue)
    stopped, started = _judge_activations(session, loaded.catalogue)
    _queue_refreshed(session)
    return MadeCurrent(loaded, paused | stopped, (*resumed, *started))


def _queue_refreshed(session: WriteSession) -> None:
    """Queue a run for every activation that follows the data; what is paused has none."""
    if get_workspace(session).everything_paused:
        return
    for activation in list_activations(session):
        follows = json.loads(activation.schedule) == AFTER_REFRESH
        if follows and activation.paused_at is None:
            queue_slot(session, activation, BY_REFRESH, session.now())


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

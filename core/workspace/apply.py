"""Makes a workspace what a workspace file says: all of it, or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.data.catalogue import Catalogue
from core.data.child import load_snapshot
from core.data.manifest import read_manifest
from core.data.report import LoadedSnapshot, OnProgress
from core.errors import SnapshotMissing
from core.schedule.definition import schedule_to_json
from core.store.activations import archive_activation, list_activations, pause_activation
from core.store.database import WriteSession
from core.store.destinations import archive_destination, list_destinations
from core.store.segments import archive_segment, list_segments
from core.store.workspace import set_data_source
from core.workspace.activations import put_activation
from core.workspace.changes import Changes, Did
from core.workspace.definition import Definition, at_place, read_definition
from core.workspace.destinations import put_destination
from core.workspace.loading import make_current
from core.workspace.opened import OpenWorkspace
from core.workspace.segments import put_segments


class _Undo(Exception):
    """Ends the transaction of a dry run without keeping it."""


@dataclass(frozen=True, slots=True)
class _Data:
    """What segments are checked against; `loaded` where it had to be loaded first."""

    catalogue: Catalogue
    loaded: LoadedSnapshot | None
    manifest: Path | None


def apply_file(
    workspace: OpenWorkspace,
    path: Path,
    actor: str,
    *,
    dry_run: bool = False,
    prune: bool = False,
    on_progress: OnProgress | None = None,
) -> Changes:
    """Create and change what the file names, and return what that came to.

    `prune` also pauses and archives what it does not name; lists at platforms stay as they are.
    A dry run says the same and changes nothing.
    Raises: UsageError, SegmentInvalid, DataRefused, StoreError and their like; then nothing has
    changed.
    """
    definition = read_definition(path)
    changes = Changes()
    with _data(workspace, definition, dry_run, on_progress) as data:
        try:
            with workspace.store.write(actor) as session:
                _put_all(session, workspace, definition, data, changes)
                if prune:
                    _prune(session, definition, changes)
                if dry_run:
                    raise _Undo
        except _Undo:
            pass
    return changes


@contextmanager
def _data(
    workspace: OpenWorkspace, definition: Definition, dry_run: bool, on_progress: OnProgress | None
) -> Iterator[_Data]:
    """Lend what is loaded, or load what the file's `[data]` names; a failure leaves no file."""
    manifest = definition.path(definition.data.manifest) if definition.data else None
    if manifest is not None:
        read_manifest(manifest)
    catalogue = workspace.catalogue()
    if catalogue is not None:
        yield _Data(catalogue, None, manifest)
        return
    if manifest is None:
        raise SnapshotMissing(
            "No data is loaded yet: load some first.",
            terminal_hint="`load MANIFEST`, or a manifest named under [data]",
        )
    loaded = load_snapshot(manifest, workspace.settings, on_progress=on_progress)
    kept = False
    try:
        yield _Data(loaded.catalogue, loaded, manifest)
        kept = not dry_run
    finally:
        if not kept:
            loaded.path.unlink(missing_ok=True)


def _put_all(
    session: WriteSession,
    workspace: OpenWorkspace,
    definition: Definition,
    data: _Data,
    changes: Changes,
) -> None:
    _put_data(session, definition, data, changes)
    for key, part in definition.destinations.items():
        with at_place(f"destinations.{key}"):
            changes.done[f"destination {key}"] = put_destination(
                session, key, part, definition.folder, workspace.box, workspace.settings
            )
    done = put_segments(session, definition, data.catalogue, session.now())
    changes.done |= {f"segment {key}": did for key, did in done.items()}
    for key, activation in definition.activations.items():
        with at_place(f"activations.{key}"):
            put_activation(session, key, activation, data.catalogue, changes)


def _put_data(session: WriteSession, definition: Definition, data: _Data, changes: Changes) -> None:
    if data.loaded is not None and data.manifest is not None:
        make_current(session, data.loaded, data.manifest)
        changes.done[f"snapshot {data.loaded.id}"] = Did.CREATED
    if definition.data is not None:
        schedule = schedule_to_json(definition.data.parsed_schedule)
        changed = set_data_source(session, str(data.manifest), schedule)
        changes.done["data"] = Did.CHANGED if changed else Did.UNCHANGED


def _prune(session: WriteSession, definition: Definition, changes: Changes) -> None:
    """Pause and archive what the file does not name, whatever rests on it first."""
    for activation in list_activations(session):
        if activation.key not in definition.activations:
            pause_activation(session, activation.key, "It is not in the workspace file.")
            archive_activation(session, activation.key)
            changes.done[f"activation {activation.key}"] = Did.ARCHIVED
            changes.notes.append(
                f"the list '{activation.audience_name}' of {activation.key} stays as it is."
            )
    for segment in list_segments(session):
        if segment.key not in definition.segments:
            archive_segment(session, segment.key)
            changes.done[f"segment {segment.key}"] = Did.ARCHIVED
    for destination in list_destinations(session):
        if destination.key not in definition.destinations:
            archive_destination(session, destination.key)
            changes.done[f"destination {destination.key}"] = Did.ARCHIVED

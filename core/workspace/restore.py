"""Puts a backup into an empty home, so that processes may start over it."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from core.data.instance import translated
from core.data.scratch import scratch_folder
from core.durable import copy_for_owner, flush, written_whole
from core.errors import LedgerMissing, StoreError, UsageError
from core.locks import is_locked
from core.settings import RUN_LOCK, Settings, make_folders
from core.store.activity import record
from core.store.audiences import AudienceView, doubt_audience, list_audiences
from core.store.copying import copy_database, store_file, store_place
from core.store.database import Store, WriteSession, holds_store, migrate
from core.store.destinations import list_destinations
from core.store.home_paths import kept_path, whole_path
from core.store.loads import NewLoad, queue_load
from core.store.processes import ProcessView, list_processes, remove_process
from core.store.secrets import KEY_FOLDER, SecretBox
from core.sync.claims import BY_HAND
from core.sync.lease import PROCESS_FOLDER, Pulse, pulse_of
from core.sync.ledger import LedgerCounts, doubt_ledger
from core.workspace.backup_folder import (
    FILES,
    FOLDERS,
    STORE,
    BackupNote,
    copy_folder,
    copying_told,
    folder_size,
    read_note,
    refuse_little_room,
)
from core.workspace.data_source import source_of
from core.workspace.destinations import unreadable_titles
from core.workspace.opened import OpenWorkspace, open_workspace

# What may be in a home that holds nothing yet; the key is put back before or after.
_MAY_BE_THERE = {KEY_FOLDER, "logs", "tmp", PROCESS_FOLDER}


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and what is left to do.

    `lists_without_ledger` are the names of lists whose ledger the backup lacks: they cannot run.
    `unreadable` are the titles of stored secrets that no key opens, by the destination's name;
    `source` is the manifest that is loaded again, `source_found` whether it is there.
    """

    home: Path
    made_at: datetime
    lists: int
    lists_without_ledger: tuple[str, ...]
    secrets: int
    unreadable: Mapping[str, tuple[str, ...]]
    source: str | None
    source_found: bool


@dataclass(frozen=True, slots=True)
class _Changes:
    """What changes in the store of the backup; `source` is the manifest to load."""

    gone: tuple[ProcessView, ...]
    doubted: Mapping[int, tuple[str, LedgerCounts]]
    source: str | None


def restore_backup(settings: Settings, folder: Path, actor: str, memory_share: float) -> Restored:
    """Put a backup into the empty home of the settings.

    Every list is sent once more by its next run: nobody knows what was sent after the backup.
    Raises: UsageError, StorageFull, StorageRefused, StoreError, QueryFailed; the home is empty
    still then, and a database in PostgreSQL is as it was, but that older tables are migrated.
    """
    note = _read_note(folder)
    _refuse_other_store(settings, note)
    _refuse_used(settings)
    box = SecretBox(settings)
    make_folders(settings)
    with copying_told(settings.home), scratch_folder(settings.scratch, "restore") as staging:
        refuse_little_room(folder_size(folder), settings.home)
        staged = _stage(settings, folder, staging, note)
        with open_workspace(staged, memory_share) as workspace:
            return _put_back(workspace, settings, note, box, actor)


def _read_note(folder: Path) -> BackupNote:
    note = read_note(folder)
    if note is not None:
        return note
    inside = sorted(each.name for each in folder.glob("*") if read_note(each) is not None)
    hint = f" Did you mean {folder / inside[-1]}?" if inside else ""
    raise UsageError(f"{folder} is no backup that Rollcall made.{hint}")


def _refuse_other_store(settings: Settings, note: BackupNote) -> None:
    in_file = store_file(settings) is not None
    if note.has_store and not in_file:
        raise UsageError(
            "The backup holds a store in SQLite, and ROLLCALL_DATABASE_URL names PostgreSQL: "
            "leave that variable out."
        )
    if not note.has_store and in_file:
        raise UsageError(
            "The backup was made beside a store in PostgreSQL: restore that database, and name it "
            "with ROLLCALL_DATABASE_URL."
        )
    if not in_file and not holds_store(settings):
        raise UsageError(
            f"The database {store_place(settings)} is empty: restore it from its own backup first, "
            "with pg_restore or psql."
        )


def _refuse_used(settings: Settings) -> None:
    """Refuse a home that something is in, or that processes run over."""
    home, store = settings.home, store_file(settings)
    locks = (home / RUN_LOCK, *home.glob(f"{PROCESS_FOLDER}/*.lock"))
    with copying_told(home):
        if any(lock.exists() and is_locked(lock) for lock in locks):
            raise UsageError(f"Rollcall is running over {home}: stop it, then restore.")
    held = next(_held(home), None) or (store if store and store.exists() else None)
    if held is not None:
        raise UsageError(
            f"The home {home} is not empty: it holds {held.name}. Move it away, or name another "
            "folder with ROLLCALL_HOME; a backup is put into an empty one only."
        )


def _held(home: Path) -> Iterator[Path]:
    for each in sorted(home.glob("*")):
        is_lock = each.suffix == ".lock"
        is_empty = each.is_dir() and next(each.iterdir(), None) is None
        if each.name not in _MAY_BE_THERE and not is_lock and not is_empty:
            yield each


def _stage(settings: Settings, folder: Path, staging: Path, note: BackupNote) -> Settings:
    """Make a home of the backup in a folder aside, and return its settings."""
    for name in FOLDERS:
        copy_folder(folder / name, staging / name)
    for name in FILES:
        if (folder / name).is_file():
            copy_for_owner(folder / name, staging / name)
    changed: dict[str, object] = {"home": staging}
    if note.has_store:
        _stage_store(folder, staging / STORE)
        changed["database_url"] = None
    staged = Settings.model_validate({**settings.model_dump(), **changed})
    migrate(staged)
    return staged


def _stage_store(folder: Path, copy: Path) -> None:
    if not (folder / STORE).is_file():
        raise UsageError(
            f"The backup {folder} is incomplete: it lacks {STORE}. Restore another one."
        )
    try:
        copy_database(folder / STORE, copy)
    except StoreError as error:
        raise StoreError(
            f"The backup {folder} is damaged: its {STORE} cannot be read ({error.__cause__}). "
            "Restore another one."
        ) from error


def _put_back(
    workspace: OpenWorkspace, settings: Settings, note: BackupNote, box: SecretBox, actor: str
) -> Restored:
    """Change what was made aside, and move it into the home: all of it or nothing."""
    store, staging = workspace.store, workspace.settings.home
    gone = _processes_of_before(store)
    doubted, lost = _doubt_lists(workspace)
    with store.read() as session:
        source, views = source_of(session), list_destinations(session)
    found = source is not None and Path(source).is_file()
    with store.read() as session:
        unreadable = unreadable_titles(session, box)
    changes = _Changes(gone, doubted, source if found else None)
    with ExitStack() as undo:
        _move(staging, settings.home, undo)
        with store.write(actor) as session:
            _change(session, changes, note)
        _move_store(staging, store_file(settings), undo)
        undo.pop_all()
    return Restored(
        settings.home,
        note.made_at,
        len(doubted),
        lost,
        sum(len(view.secret_names) for view in views),
        {view.name: unreadable[view.key] for view in views if view.key in unreadable},
        None if source is None else whole_path(settings.home, kept_path(staging, source)),
        found,
    )


def _processes_of_before(store: Store) -> tuple[ProcessView, ...]:
    with store.read() as session:
        processes = list_processes(session)
    if not store.on_sqlite and any(pulse_of(each) is Pulse.ALIVE for each in processes):
        raise UsageError(f"Rollcall is running over {store.place}: stop it, then restore.")
    return processes


def _doubt_lists(
    workspace: OpenWorkspace,
) -> tuple[Mapping[int, tuple[str, LedgerCounts]], tuple[str, ...]]:
    """Write a ledger anew for every list; return them by audience, and who has lost theirs."""
    with workspace.store.read() as session:
        audiences = [each for each in list_audiences(session) if each.ledger_file]
    doubted, lost = {}, []
    for audience in audiences:
        try:
            doubted[audience.id] = _doubt(workspace, audience)
        except LedgerMissing:
            lost.append(audience.display_name or audience.name)
    return doubted, tuple(lost)


def _doubt(workspace: OpenWorkspace, audience: AudienceView) -> tuple[str, LedgerCounts]:
    """Return the new ledger of an audience. Raises: LedgerMissing."""
    folder = workspace.settings.ledgers
    file = f"{audience.id}-{uuid4().hex}.parquet"
    with translated(), workspace.instance.cursor() as cursor:
        held = folder / (audience.ledger_file or "")
        return file, doubt_ledger(cursor, held, folder / file)


def _change(session: WriteSession, changes: _Changes, note: BackupNote) -> None:
    """Forget who ran over the home of before, doubt all lists, and queue the load of the data."""
    for process in changes.gone:
        remove_process(session, process.id)
    for audience_id, (file, counts) in changes.doubted.items():
        doubt_audience(session, audience_id, file=file, rows=counts.rows, unknown=counts.unknown)
    record(session, "restored", "workspace", "workspace", made_at=note.made_at.isoformat())
    if changes.source is not None:
        queue_load(session, NewLoad(changes.source, BY_HAND))


def _move(staging: Path, home: Path, undo: ExitStack) -> None:
    """Move the files into the home; `undo` takes them away again."""
    for name in (*FOLDERS, *FILES):
        if (staging / name).exists():
            undo.callback(_remove, home / name)
            (staging / name).replace(home / name)
    flush(home)


def _move_store(staging: Path, store: Path | None, undo: ExitStack) -> None:
    if store is not None:
        undo.callback(_remove, store)
        with written_whole(store) as part:
            copy_database(staging / STORE, part)


def _remove(path: Path) -> None:
    with suppress(OSError):  # why it is undone is to be said
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

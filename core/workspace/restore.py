"""Puts a backup into an empty home, so that processes may start over it."""

import fcntl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from core.data.instance import translated
from core.data.scratch import scratch_folder
from core.destinations import destination_type
from core.durable import copy_for_owner, flush, written_whole
from core.errors import LedgerMissing, SecretUnreadable, UsageError
from core.settings import RUN_LOCK, Settings, make_folders
from core.store.activity import record
from core.store.audiences import AudienceView, doubt_audience, list_audiences
from core.store.copying import copy_whole_database, store_file, store_place
from core.store.database import Store, holds_store, migrate, open_store
from core.store.destinations import DestinationView, destination_secret, list_destinations
from core.store.loads import NewLoad, queue_load
from core.store.processes import list_processes, remove_process
from core.store.secrets import KEY_FOLDER, SecretBox
from core.sync.claims import BY_HAND
from core.sync.lease import PROCESS_FOLDER, Pulse, pulse_of
from core.sync.ledger import LedgerCounts, doubt_ledger
from core.workspace.backup import (
    FILES,
    FOLDERS,
    STORE,
    BackupNote,
    copy_folder,
    folder_size,
    read_note,
    refuse_little_room,
)
from core.workspace.data_source import source_of
from core.workspace.opened import OpenWorkspace, open_workspace

_MEMORY_SHARE = 0.15
# What may be in a home that holds nothing yet; the key is put back before or after.
_NOT_HELD = {KEY_FOLDER, "logs", "tmp", PROCESS_FOLDER}


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and what is left to do.

    `unreadable` are the titles of stored secrets that no key opens, by the destination's name;
    `source` is the manifest that is loaded again, `source_found` whether it is there.
    """

    home: Path
    made_at: datetime
    lists: int
    secrets: int
    unreadable: Mapping[str, tuple[str, ...]]
    source: str | None
    source_found: bool


def restore_backup(settings: Settings, folder: Path, actor: str) -> Restored:
    """Put a backup into the empty home of the settings.

    Every list is sent once more by its next run: nobody knows what was sent after the backup.
    Raises: UsageError, StorageFull, StoreError; the home is empty still then.
    """
    note = _read_note(folder)
    _refuse_other_store(settings, note)
    _refuse_used(settings)
    box = SecretBox(settings)
    make_folders(settings)
    refuse_little_room(folder_size(folder), settings.home)
    with scratch_folder(settings.scratch, "restore") as staging:
        lists = _stage(settings, folder, staging, note, actor)
        _move(staging, settings)
    return _take_up(settings, note, box, lists, actor)


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
    if _is_locked(home / RUN_LOCK) or any(map(_is_locked, home.glob(f"{PROCESS_FOLDER}/*.lock"))):
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
        if each.name not in _NOT_HELD and not is_lock and not is_empty:
            yield each


def _is_locked(file: Path) -> bool:
    try:
        with file.open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # it is not there
        return False
    return False


def _stage(settings: Settings, folder: Path, staging: Path, note: BackupNote, actor: str) -> int:
    """Make a home of the backup in a folder aside; return how many lists are in doubt."""
    for name in FOLDERS:
        copy_folder(folder / name, staging / name)
    for name in FILES:
        if (folder / name).is_file():
            copy_for_owner(folder / name, staging / name)
    changed: dict[str, object] = {"home": staging}
    if note.has_store:
        copy_whole_database(folder / STORE, staging / STORE)
        changed["database_url"] = None
    staged = Settings.model_validate({**settings.model_dump(), **changed})
    migrate(staged)
    with open_workspace(staged, _MEMORY_SHARE) as workspace:
        _forget_processes(workspace.store, actor)
        return _doubt_lists(workspace, note, actor)


def _forget_processes(store: Store, actor: str) -> None:
    """Forget who ran over the home of before, so that what they worked on is taken over at once."""
    with store.read() as session:
        processes = list_processes(session)
    if not store.on_sqlite and any(pulse_of(each) is Pulse.ALIVE for each in processes):
        raise UsageError(f"Rollcall is running over {store.place}: stop it, then restore.")
    with store.write(actor) as session:
        for each in processes:
            remove_process(session, each.id)


def _doubt_lists(workspace: OpenWorkspace, note: BackupNote, actor: str) -> int:
    with workspace.store.read() as session:
        audiences = [each for each in list_audiences(session) if each.ledger_file]
    written = [(each, *found) for each in audiences if (found := _doubted(workspace, each))]
    with workspace.store.write(actor) as session:
        for audience, file, counts in written:
            doubt_audience(
                session, audience.id, file=file, rows=counts.rows, unknown=counts.unknown
            )
        record(session, "restored", "workspace", "workspace", made_at=note.made_at)
    return len(written)


def _doubted(workspace: OpenWorkspace, audience: AudienceView) -> tuple[str, LedgerCounts] | None:
    """Return the new ledger of an audience, None where the backup lacks the one it had."""
    folder = workspace.settings.ledgers
    file = f"{audience.id}-{uuid4().hex}.parquet"
    try:
        with translated(), workspace.instance.cursor() as cursor:
            held = folder / (audience.ledger_file or "")
            return file, doubt_ledger(cursor, held, folder / file)
    except LedgerMissing:
        return None


def _move(staging: Path, settings: Settings) -> None:
    """Move what was made aside into the home, the store at last."""
    for name in (*FOLDERS, *FILES):
        if (staging / name).exists():
            (staging / name).replace(settings.home / name)
    flush(settings.home)
    store = store_file(settings)
    if store is not None:
        with written_whole(store) as part:
            copy_whole_database(staging / STORE, part)


def _take_up(
    settings: Settings, note: BackupNote, box: SecretBox, lists: int, actor: str
) -> Restored:
    """Queue the load of the data, and say which secrets need somebody."""
    store = open_store(settings)
    try:
        with store.read() as session:
            source = source_of(session)
            views = list_destinations(session)
        found = source is not None and Path(source).is_file()
        if source is not None and found:
            with store.write(actor) as session:
                queue_load(session, NewLoad(source, BY_HAND))
        unreadable = {view.name: _unreadable(store, view, box) for view in views}
    finally:
        store.close()
    return Restored(
        settings.home,
        datetime.fromisoformat(note.made_at),
        lists,
        sum(len(view.secret_names) for view in views),
        {name: titles for name, titles in unreadable.items() if titles},
        source,
        found,
    )


def _unreadable(store: Store, view: DestinationView, box: SecretBox) -> tuple[str, ...]:
    fields = destination_type(view.platform).config_model.model_fields
    titles = []
    with store.read() as session:
        for name in sorted(view.secret_names):
            try:
                destination_secret(session, view.key, name, box)
            except SecretUnreadable:
                titles.append(fields[name].title or name)
    return tuple(titles)

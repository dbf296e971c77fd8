"""A backup: all of the home that cannot be made again, in a folder of its own; never the key."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.durable import copy_for_owner, folder_written_whole
from core.errors import UsageError
from core.settings import STAND_IN_PORT, STAND_IN_STATE, Settings
from core.store.copying import copy_database, store_file, store_place
from core.workspace.backup_folder import (
    FILES,
    FOLDERS,
    STORE,
    BackupNote,
    copy_folder,
    copying_told,
    file_size,
    folder_size,
    refuse_little_room,
    whole_files,
    write_note,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a backup. Units: bytes."""

    name: str
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup; `database` is the place of a store that it cannot hold."""

    folder: Path
    parts: tuple[Part, ...]
    database: str | None

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)


def default_folder(settings: Settings) -> Path:
    """Return where backups go if nobody says otherwise: beside the home."""
    return settings.home.absolute().parent / "backup"


def make_backup(settings: Settings, into: Path, now: datetime) -> Backup:
    """Copy the home to a new folder in `into`, whole or not at all, while processes go on.

    Raises: UsageError, StorageFull, StorageRefused, StoreError.
    """
    target = into.absolute() / f"{now.astimezone(UTC):%Y-%m-%d_%H-%M-%SZ}"
    _refuse_inside(settings.home, target)
    if into.exists() and not into.is_dir():
        raise UsageError(f"{into} is no folder: name another one for the backup.")
    store = store_file(settings)
    if store is not None and not store.is_file():
        raise UsageError(f"There is nothing to back up: {store} does not exist yet.")
    with copying_told(target.parent), folder_written_whole(target) as part:
        _refuse_little_room(settings, store, part)
        _copy_all(settings, store, part)
        made = tuple(_parts(part))
        write_note(part, BackupNote(made_at=now, has_store=store is not None))
    return Backup(target, made, None if store is not None else store_place(settings))


def _copy_all(settings: Settings, store: Path | None, part: Path) -> None:
    """Copy the store, and the files both before and after it.

    After it, for what it points to may be new; before it, for what it points to may be swept
    while files are copied. The stand-in comes after the store, so that it holds every call that
    the store has booked.
    """
    _copy_folders(settings.home, part)
    if store is not None:
        copy_database(store, part / STORE)
    state, port = settings.home / STAND_IN_STATE, settings.home / STAND_IN_PORT
    if state.is_file():
        copy_database(state, part / STAND_IN_STATE)
    if port.is_file():
        copy_for_owner(port, part / STAND_IN_PORT)
    _copy_folders(settings.home, part)


def _copy_folders(home: Path, part: Path) -> None:
    for name in FOLDERS:
        copy_folder(home / name, part / name)


def _parts(part: Path) -> Iterator[Part]:
    for name in (STORE, *FOLDERS, *FILES):
        found = part / name
        files = [found] if found.is_file() else list(whole_files(found))
        if files:
            yield Part(name, len(files), sum(file.stat().st_size for file in files))


def _refuse_inside(home: Path, target: Path) -> None:
    if target.resolve().is_relative_to(home.resolve()):
        raise UsageError(
            f"{target.parent} lies in the home {home}, which is to be saved: name a folder "
            "outside of it."
        )


def _refuse_little_room(settings: Settings, store: Path | None, part: Path) -> None:
    files = [settings.home / STAND_IN_STATE, *((store,) if store else ())]
    needed = sum(map(file_size, files))
    needed += sum(folder_size(settings.home / name) for name in FOLDERS)
    refuse_little_room(needed, part.parent)

"""A backup: all of the home that cannot be made again, in a folder of its own; never the key."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.durable import copy_for_owner, flush, folder_written_whole
from core.errors import RollcallError, StorageFull, UsageError
from core.settings import STAND_IN_PORT, STAND_IN_STATE, Settings
from core.store.copying import copy_whole_database, store_file, store_place

STORE = "store.db"
FOLDERS = ("ledgers", "plans", "uploads", "sample")
FILES = (STAND_IN_STATE, STAND_IN_PORT)
NOTE = "backup.json"
_FORMAT = 1
_IN_THE_MAKING = ".part"
_ROOM = 20_000_000


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


@dataclass(frozen=True, slots=True)
class BackupNote:
    """What a backup says of itself."""

    format: int
    made_at: str
    has_store: bool


def default_folder(settings: Settings) -> Path:
    """Return where backups go if nobody says otherwise: beside the home."""
    return settings.home.absolute().parent / "backup"


def make_backup(settings: Settings, into: Path, now: datetime) -> Backup:
    """Copy the home to a new folder in `into`, whole or not at all, while processes go on.

    Raises: UsageError, StorageFull, StoreError.
    """
    target = into.absolute() / f"{now.astimezone(UTC):%Y-%m-%d_%H-%M-%SZ}"
    _refuse_inside(settings.home, target)
    if into.exists() and not into.is_dir():
        raise UsageError(f"{into} is no folder: name another one for the backup.")
    store = store_file(settings)
    if store is not None and not store.is_file():
        raise UsageError(f"There is nothing to back up: {store} does not exist yet.")
    with _faults_told(target), folder_written_whole(target) as part:
        _refuse_little_room(settings, store, part)
        _copy_all(settings, store, part)
        made = tuple(_parts(part))
        _write_note(part, BackupNote(_FORMAT, now.isoformat(), store is not None))
    return Backup(target, made, None if store is not None else store_place(settings))


def read_note(folder: Path) -> BackupNote | None:
    """Return what a backup says of itself, None for a folder that is none."""
    try:
        note = BackupNote(**json.loads((folder / NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return note if note.format == _FORMAT else None


def copy_folder(source: Path, target: Path) -> None:
    """Copy the files of a folder that are not in the copy yet; what goes meanwhile is passed."""
    for place, _, names in os.walk(source):
        copies = target / Path(place).relative_to(source)
        copies.mkdir(mode=0o700, exist_ok=True)
        for name in filter(_is_whole, names):
            with suppress(FileNotFoundError):
                _copy_new(Path(place, name), copies / name)


def _copy_all(settings: Settings, store: Path | None, part: Path) -> None:
    """Copy the store, and the files both before and after it.

    After it, for what it points to may be new; before it, for what it points to may be swept
    while files are copied. The stand-in comes after the store, as calls do after their booking.
    """
    _copy_folders(settings.home, part)
    if store is not None:
        copy_whole_database(store, part / STORE)
    state, port = settings.home / STAND_IN_STATE, settings.home / STAND_IN_PORT
    if state.is_file():
        copy_whole_database(state, part / STAND_IN_STATE)
    if port.is_file():
        copy_for_owner(port, part / STAND_IN_PORT)
    _copy_folders(settings.home, part)


def _copy_folders(home: Path, part: Path) -> None:
    for name in FOLDERS:
        copy_folder(home / name, part / name)


def _files(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in filter(_is_whole, names))


def _is_whole(name: str) -> bool:
    return not name.endswith(_IN_THE_MAKING)


def _copy_new(file: Path, copy: Path) -> None:
    if copy.exists():
        one, other = file.stat(), copy.stat()
        if (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns):
            return
    copy_for_owner(file, copy)


def _parts(part: Path) -> Iterator[Part]:
    for name in (STORE, *FOLDERS, *FILES):
        found = part / name
        files = [found] if found.is_file() else list(_files(found))
        if files:
            yield Part(name, len(files), sum(file.stat().st_size for file in files))


def _write_note(part: Path, note: BackupNote) -> None:
    file = part / NOTE
    file.touch(mode=0o600)
    file.write_text(json.dumps(asdict(note)), encoding="utf-8")
    flush(file)


def _refuse_inside(home: Path, target: Path) -> None:
    if target.resolve().is_relative_to(home.resolve()):
        raise UsageError(
            f"{target.parent} lies in the home {home}, which is to be saved: name a folder "
            "outside of it."
        )


def _refuse_little_room(settings: Settings, store: Path | None, part: Path) -> None:
    files = [settings.home / STAND_IN_STATE, *((store,) if store else ())]
    needed = sum(map(_size, files))
    needed += sum(folder_size(settings.home / name) for name in FOLDERS)
    refuse_little_room(needed, part.parent)


def refuse_little_room(needed: int, folder: Path) -> None:
    """Refuse to begin what cannot end. Units: bytes. Raises: StorageFull."""
    free = shutil.disk_usage(folder).free
    if needed + _ROOM > free:
        raise StorageFull(
            f"{shown_size(needed)} are to be copied to {folder}, and {shown_size(free)} are free "
            "there: free some space, or name another folder."
        )


def folder_size(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(map(_size, _files(folder)))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # swept meanwhile, or never made
        return 0


def shown_size(size: int) -> str:
    """Return bytes for people.

    >>> shown_size(225_280), shown_size(12_345_678), shown_size(0)
    ('226 kB', '12.3 MB', '0 kB')
    """
    if size < 1_000_000:
        return f"{-(-size // 1000):,} kB"
    return f"{size / 1_000_000:,.1f} MB"


@contextmanager
def _faults_told(target: Path) -> Iterator[None]:
    try:
        yield
    except RollcallError:
        raise
    except FileExistsError as error:
        raise UsageError(f"{target} exists already: try again in a second.") from error
    except OSError as error:
        raise UsageError(
            f"The backup cannot be made: {error.strerror or error} ({error.filename}). "
            "Name a folder that may be written."
        ) from error

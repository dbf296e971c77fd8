"""What a backup is on disk: its parts, what it says of itself, and how files get there and back."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from core.durable import copy_for_owner, disk_told, flush, is_unfinished, make_for_owner
from core.errors import StorageFull, StorageRefused
from core.settings import STAND_IN_PORT, STAND_IN_STATE

STORE = "store.db"
FOLDERS = ("ledgers", "plans", "uploads", "sample")
FILES = (STAND_IN_STATE, STAND_IN_PORT)
NOTE = "backup.json"
_SPARE_BYTES = 20_000_000


class BackupNote(BaseModel):
    """What a backup says of itself."""

    model_config = ConfigDict(frozen=True, strict=True)

    format: Literal[1] = 1
    made_at: AwareDatetime
    has_store: bool


def read_note(folder: Path) -> BackupNote | None:
    """Return what a backup says of itself, None for a folder that is none."""
    try:
        return BackupNote.model_validate_json((folder / NOTE).read_bytes())
    except (OSError, ValidationError):
        return None


def write_note(folder: Path, note: BackupNote) -> None:
    """Let a backup say this of itself, on disk when this returns."""
    file = folder / NOTE
    make_for_owner(file)
    file.write_text(note.model_dump_json(), encoding="utf-8")
    flush(file)


def copy_folder(source: Path, target: Path) -> None:
    """Copy the files of a folder that the copy lacks, or has with another size or time.

    What goes meanwhile is passed.
    """
    for place, _, names in os.walk(source):
        copies = target / Path(place).relative_to(source)
        copies.mkdir(mode=0o700, exist_ok=True)
        for name in names:
            if not is_unfinished(name):
                with suppress(FileNotFoundError):
                    _copy_new(Path(place, name), copies / name)


def _copy_new(file: Path, copy: Path) -> None:
    if copy.exists():
        one, other = file.stat(), copy.stat()
        if (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns):
            return
    copy_for_owner(file, copy)


def whole_files(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that nobody is writing."""
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names if not is_unfinished(name))


def folder_size(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(map(file_size, whole_files(folder)))


def file_size(file: Path) -> int:
    """Return the bytes of a file, 0 where it is not there."""
    try:
        return file.stat().st_size
    except FileNotFoundError:  # swept meanwhile, or never made
        return 0


def refuse_little_room(needed: int, folder: Path) -> None:
    """Refuse to begin what cannot end. Units: bytes. Raises: StorageFull."""
    free = shutil.disk_usage(folder).free
    if needed + _SPARE_BYTES > free:
        raise StorageFull(
            f"{shown_size(needed)} are to be copied to {folder}, and {shown_size(free)} are free "
            "there: free some space, or name another folder."
        )


@contextmanager
def copying_told(folder: Path) -> Iterator[None]:
    """Say what keeps files from being copied to `folder`.

    Raises: StorageFull, StorageRefused.
    """
    try:
        with disk_told(folder):
            yield
    except OSError as error:
        raise StorageRefused(
            f"{error.filename or folder} cannot be read or written ({error.strerror or error}): "
            "that is to be mended first."
        ) from error


def shown_size(size: int) -> str:
    """Return bytes for people.

    >>> shown_size(225_280), shown_size(12_345_678), shown_size(0)
    ('226 kB', '12.3 MB', '0 kB')
    """
    if size < 1_000_000:
        return f"{-(-size // 1000):,} kB"
    return f"{size / 1_000_000:,.1f} MB"

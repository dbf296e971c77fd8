"""Files and folders that are either whole and on disk, or not there."""

import errno
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time
from uuid import uuid4

from core.errors import StorageFault, StorageFull, StorageRefused, UsageError
from core.locks import try_lock

_TEMPORARY = ".part"
_UNFINISHED = ".rollcall-"
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR)
# Shared folders of other machines do not flush folders, and have nothing to flush.
_NOT_FOR_FOLDERS = (errno.EINVAL, errno.ENOTSUP)


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; what was written there is `path` afterwards, on disk.

    Raises: StorageFull, StorageRefused.
    """
    part = path.with_name(f"{path.name}.{uuid4().hex}{_TEMPORARY}")
    with disk_told(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield part
            flush(part)
            part.rename(path)
            flush(path.parent)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def folder_written_whole(path: Path) -> Iterator[Path]:
    """Yield a new folder for its owner alone; what was put there is `path` afterwards, on disk.

    What a killed process left of such a folder beside it is removed.
    Raises: StorageFull, StorageRefused, UsageError where `path` is there already.
    """
    with disk_told(path.parent), _locked_part(path.parent) as part:
        yield part
        for folder, _, _ in os.walk(part):
            flush(Path(folder))
        if path.exists():
            raise UsageError(f"{path} is there already: try again in a second.")
        part.rename(path)
        flush(path.parent)


@contextmanager
def _locked_part(parent: Path) -> Iterator[Path]:
    """Make a folder below `parent`, which is made too, and hold it until it is moved or removed."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep_unfinished(parent)
    part = parent / f"{_UNFINISHED}{uuid4().hex}{_TEMPORARY}"
    part.mkdir(mode=0o700)
    lock = try_lock(part)
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def is_unfinished(name: str) -> bool:
    """Return whether a file or folder of that name is still being written.

    >>> is_unfinished("7-ab.parquet.12.part"), is_unfinished("7-ab.parquet")
    (True, False)
    """
    return name.endswith(_TEMPORARY)


def make_for_owner(path: Path) -> None:
    """Make an empty file that its owner alone may read, or empty the one that is there."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))


def copy_for_owner(source: Path, target: Path) -> None:
    """Copy a file with its times for the eyes of its owner alone, on disk when this returns."""
    make_for_owner(target)
    shutil.copyfile(source, target)
    flush(target)
    times = source.stat()
    os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))


@contextmanager
def passing_file(folder: Path, word: str) -> Iterator[Path]:
    """Yield a path for a file that is needed only here and is gone afterwards.

    Raises: StorageFull, StorageRefused.
    """
    path = folder / f"{word}-{uuid4().hex}{_TEMPORARY}"
    with disk_told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)


def sweep_folder(folder: Path, kept: Collection[str], older_than_s: float) -> int:
    """Delete the files of `folder` that are not `kept` and rest that long; return how many.

    Units: seconds. The age spares what another process has written and not yet pointed to.
    """
    if not folder.is_dir():
        return 0
    limit = time() - older_than_s
    stale = [
        path
        for path in folder.iterdir()
        if path.is_file() and path.name not in kept and path.stat().st_mtime < limit
    ]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


def flush(path: Path) -> None:
    """Bring a file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NOT_FOR_FOLDERS:
            raise
    finally:
        os.close(handle)


@contextmanager
def disk_told(folder: Path) -> Iterator[None]:
    """Say what a disk does to those who write to `folder`; pass on what is about something else.

    Raises: StorageFull, StorageRefused.
    """
    try:
        yield
    except OSError as error:
        told = _told(error, folder) if _is_about(error, folder) else None
        if told is None:
            raise
        raise told from error


def _is_about(error: OSError, folder: Path) -> bool:
    """Return False for a file elsewhere; a write names none, a missing folder those above it."""
    if not isinstance(error.filename, str):
        return True
    named, here = Path(error.filename).absolute(), folder.absolute()
    return named.is_relative_to(here) or here.is_relative_to(named)


def _told(error: OSError, folder: Path) -> StorageFault | None:
    if error.errno in _REFUSED:
        return StorageRefused(
            f"{folder} cannot be written ({error.strerror}). Whoever runs Rollcall makes it "
            "writable, or puts it back."
        )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(f"The disk of {folder} is full; free some space, then run again.")
    return None


def _sweep_unfinished(parent: Path) -> None:
    for part in parent.glob(f"{_UNFINISHED}*{_TEMPORARY}"):
        lock = try_lock(part)
        if lock is not None:
            shutil.rmtree(part, ignore_errors=True)
            os.close(lock)

"""Files and folders that are either whole and on disk, or not there."""

import errno
import fcntl
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import time
from uuid import uuid4

from core.errors import StorageFull, StorageRefused

_TEMPORARY = ".part"
_UNFINISHED = ".rollcall-"
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT)
# Shared folders of other machines do not flush folders, and have nothing to flush.
_NOT_FOR_FOLDERS = (errno.EINVAL, errno.ENOTSUP)


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; what was written there is `path` afterwards, on disk.

    Raises: StorageFull, StorageRefused.
    """
    part = path.with_name(f"{path.name}.{uuid4().hex}{_TEMPORARY}")
    with _disk_told(path.parent):
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
    Raises: StorageFull, StorageRefused, FileExistsError.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep_unfinished(path.parent)
    part = path.with_name(f"{_UNFINISHED}{uuid4().hex}{_TEMPORARY}")
    part.mkdir(mode=0o700)
    lock = _try_lock(part)
    try:
        with _disk_told(path.parent):
            yield part
            for folder, _, _ in os.walk(part):
                flush(Path(folder))
            if path.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
            part.rename(path)
            flush(path.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def copy_for_owner(source: Path, target: Path) -> None:
    """Copy a file with its times for the eyes of its owner alone, on disk when this returns."""
    os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
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
    with _disk_told(folder):
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
def _disk_told(folder: Path) -> Iterator[None]:
    """Turn what a disk says into sentences; pass on what is about something else."""
    try:
        yield
    except OSError as error:
        if error.errno in _REFUSED:
            raise StorageRefused(
                f"{folder} cannot be written ({error.strerror}). Whoever runs Rollcall makes it "
                "writable, or puts it back."
            ) from error
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(
                f"The disk of {folder} is full; free some space, then run again."
            ) from error
        raise


def _sweep_unfinished(parent: Path) -> None:
    for part in parent.glob(f"{_UNFINISHED}*{_TEMPORARY}"):
        lock = _try_lock(part)
        if lock is not None:
            shutil.rmtree(part, ignore_errors=True)
            os.close(lock)


def _try_lock(folder: Path) -> int | None:
    """Return the lock of a folder in the making, None where somebody holds it or none is kept."""
    handle = -1
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return handle
    if handle >= 0:
        os.close(handle)
    return None

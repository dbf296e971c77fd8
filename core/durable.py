"""Files that are either whole and on disk, or not there."""

import errno
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time
from uuid import uuid4

from core.errors import StorageFull

_TEMPORARY = ".part"


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; what was written there is `path` afterwards, on disk.

    Raises: StorageFull.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{uuid4().hex}{_TEMPORARY}")
    try:
        yield part
        _flush(part)
        part.rename(path)
        _flush(path.parent)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(
                f"The disk of {path.parent} is full; free some space, then run again."
            ) from error
        raise
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def passing_file(folder: Path, word: str) -> Iterator[Path]:
    """Yield a path for a file that is needed only here and is gone afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{word}-{uuid4().hex}{_TEMPORARY}"
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


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

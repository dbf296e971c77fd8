"""Folders for files that no row points to: gone with their owner, swept where it died."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from core.locks import try_lock

_LOCK_ENDING = ".lock"


class ScratchFolder:
    """A folder of this process's own below `root`, held by a lock that ends with the process."""

    def __init__(self, root: Path, purpose: str) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.path = root / f"{purpose}-{uuid4().hex}"
        self._lock_path = self.path.with_name(self.path.name + _LOCK_ENDING)
        self._lock = _hold(self._lock_path)
        self.path.mkdir()

    def close(self) -> None:
        """Remove the folder with all that is in it; closing twice does nothing."""
        if self._lock < 0:
            return
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock_path.unlink(missing_ok=True)
        os.close(self._lock)
        self._lock = -1


@contextmanager
def scratch_folder(root: Path, purpose: str) -> Iterator[Path]:
    """Lend a folder below `root` that is gone at the end, whatever happens."""
    folder = ScratchFolder(root, purpose)
    try:
        yield folder.path
    finally:
        folder.close()


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Lend a folder in the machine's own place for temporary files."""
    with tempfile.TemporaryDirectory(prefix="rollcall-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def sweep_scratch(root: Path) -> int:
    """Remove the folders below `root` whose owners are gone, and return how many those were."""
    swept = 0
    for lock_path in sorted(root.glob(f"*{_LOCK_ENDING}")):
        lock = try_lock(lock_path)
        if lock is None:
            continue
        shutil.rmtree(lock_path.with_suffix(""), ignore_errors=True)
        lock_path.unlink(missing_ok=True)
        os.close(lock)
        swept += 1
    return swept


def _hold(path: Path) -> int:
    while True:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_same_file(lock, path):
            return lock
        os.close(lock)  # a sweep removed the file between its opening and its locking


def _is_same_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False

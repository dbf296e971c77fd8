"""Locks on files and folders, which end with the process that holds them."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path


def take_lock(handle: int) -> bool:
    """Lock what is open and return True, False where somebody else holds it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def try_lock(path: Path) -> int | None:
    """Return a lock on a file or folder, to be closed; None where that cannot be had now.

    So it is where somebody holds it, where nothing is there, and on disks that keep no locks.
    """
    handle = -1
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        if take_lock(handle):
            return handle
    if handle >= 0:
        os.close(handle)
    return None


def is_locked(path: Path) -> bool:
    """Return whether a process holds the lock on a file. Raises: OSError where that is not told."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False

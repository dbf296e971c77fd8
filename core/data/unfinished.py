"""Files that somebody is still writing."""

import errno
import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from core.data.manifest import Manifest
from core.data.staging import find_files
from core.errors import FileRefused

Stamp = tuple[int, int, int]


def find_unfinished(manifest: Manifest, quiet_s: float) -> str | None:
    """Return a sentence about a file of the manifest that is still being written, or None.

    A file is finished when nobody has it open for writing, as far as this machine can tell, and
    nothing was written to it for `quiet_s` seconds.
    Raises: FileRefused where a file is missing, ManifestInvalid.
    """
    for file in _source_files(manifest):
        if _is_open_for_writing(file):
            return f"{file.name} is open for writing: it is loaded once it is complete."
        if time.time() - file.stat().st_mtime < quiet_s:
            return f"{file.name} was written just now: it is loaded once it rests."
    return None


def stamps_of(manifest: Manifest) -> Mapping[Path, Stamp]:
    """Return what changes when a file of the manifest is written to or replaced.

    Raises: FileRefused, ManifestInvalid.
    """
    return {file: _stamp(file) for file in _source_files(manifest)}


def refuse_changed(before: Mapping[Path, Stamp], after: Mapping[Path, Stamp]) -> None:
    """Raises: FileRefused where a file was written to, replaced, added or removed in between."""
    for file in sorted(before.keys() | after.keys()):
        if before.get(file) != after.get(file):
            raise FileRefused(
                f"{file.name} changed while it was being loaded: load again when it is complete."
                " Best is to write it under another name and to rename it at the end"
            )


def _source_files(manifest: Manifest) -> Iterator[Path]:
    for table in manifest.tables:
        if table.query is None:
            yield from find_files(manifest.folder, table)


def _stamp(file: Path) -> Stamp:
    found = file.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino


def _is_open_for_writing(file: Path) -> bool:
    """Ask the kernel for a lease on reading, which it refuses while somebody writes.

    Source: fcntl(2), F_SETLEASE: the owner of the file or root may ask, on local file systems.
    """
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno in (errno.EAGAIN, errno.EWOULDBLOCK)
    else:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        return False
    finally:
        os.close(descriptor)

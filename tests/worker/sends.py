"""When requests leave a scheduler, noted at the socket by the processes that send them.

A stand-in on a busy machine takes calls later than they came, so that its clock cannot judge the
distance from one send to the next.
"""

import os
import re
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from httpcore._backends.sync import SyncStream

_HEAD = re.compile(rb"(?:GET|POST) .*?^x-batch-project: (\w+)", re.IGNORECASE | re.DOTALL | re.M)


@dataclass(frozen=True, slots=True)
class Send:
    """A request that left at a moment from `begun` to `done`. Units: seconds of the machine."""

    project: str
    begun: float
    done: float


def note_sends(file: Path) -> None:
    """Let this process add a line to the file for each request that it sends from now on."""
    notes = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    write = SyncStream.write

    def noted(self: SyncStream, buffer: bytes, timeout: float | None = None) -> None:
        head = _HEAD.match(buffer)
        begun = time.monotonic()
        write(self, buffer, timeout)
        if head is not None:
            line = f"{head[1].decode()} {begun!r} {time.monotonic()!r}\n"
            os.write(notes, line.encode())

    SyncStream.write = noted  # type: ignore[method-assign]


def read_sends(file: Path) -> list[Send]:
    """Return what was noted, by time; a send whose process died before its note is missing."""
    rows = (line.split() for line in file.read_text().splitlines())
    sends = [Send(project, float(begun), float(done)) for project, begun, done in rows]
    return sorted(sends, key=lambda send: send.begun)


def closest_s(sends: list[Send], project: str) -> float:
    """Return the shortest distance that two sends to the project surely did not exceed."""
    own = [send for send in sends if send.project == project]
    return min((later.done - earlier.begun for earlier, later in pairwise(own)), default=60.0)

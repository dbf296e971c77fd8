"""What can stand in the way of a start, each told in one sentence before anything is started."""

import fcntl
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import UsageError
from core.sandbox.options import DEFAULT_PORT
from core.settings import RUN_LOCK, STAND_IN_PORT, Settings
from core.supervisor.programs import Ports

NEEDED_BYTES = 300_000_000


def refuse_full_disk(home: Path) -> None:
    """Refuse to start where there is little room.

    Raises: UsageError.
    """
    there = next(folder for folder in (home, *home.resolve().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    if free < NEEDED_BYTES:
        raise UsageError(
            f"Only {free // 1_000_000} MB are free at {there}, and Rollcall needs "
            f"{NEEDED_BYTES // 1_000_000}: free some, or name another folder with ROLLCALL_HOME."
        )


@contextmanager
def only_one(home: Path, address: str) -> Iterator[None]:
    """Keep others from starting over the same home meanwhile.

    Raises: UsageError.
    """
    with (home / RUN_LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(
                f"Rollcall is running over {home} already, at {address} unless it was started "
                "with another port: use that one, or name another folder with ROLLCALL_HOME."
            ) from None
        yield


def choose_ports(settings: Settings) -> Ports:
    """Return the ports to use; the stand-in keeps the one that its home began with.

    Destinations made with the stand-in are known by its address.
    Raises: UsageError where one is taken.
    """
    kept = settings.home / STAND_IN_PORT
    stand_in = settings.sandbox_port or _read_port(kept) or DEFAULT_PORT
    _refuse_taken(settings.port, "ROLLCALL_PORT")
    _refuse_taken(stand_in, "ROLLCALL_SANDBOX_PORT")
    return Ports(settings.port, stand_in)


def keep_port(settings: Settings, ports: Ports) -> int:
    """Remember where the stand-in listens at the first start, and return where that is."""
    kept = settings.home / STAND_IN_PORT
    found = _read_port(kept)
    if found is None:
        kept.write_text(f"{ports.stand_in}\n", encoding="utf-8")
    return found or ports.stand_in


def _read_port(file: Path) -> int | None:
    try:
        return int(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _refuse_taken(port: int, variable: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise UsageError(
                f"Port {port} cannot be used ({error.strerror}): name another one, for example "
                f"with {variable}={port % 65_535 + 1}."
            ) from None

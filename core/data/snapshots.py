"""The folder of snapshots: new names, and the sweep of what nothing points to."""

import re
import secrets
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.errors import SnapshotMissing
from core.settings import Settings

ENDING = ".duckdb"
_ID = re.compile(r"\d{8}T\d{6}\d{6}Z-[0-9a-f]{6}")


def new_snapshot_id(now: datetime) -> str:
    """Return an id that sorts by time and that nobody else makes.

    >>> new_snapshot_id(datetime(2026, 1, 2, 3, 4, 5, 6, UTC))[:22]
    '20260102T030405000006Z'
    """
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}Z-{secrets.token_hex(3)}"


def snapshot_path(settings: Settings, snapshot_id: str) -> Path:
    """Return where the snapshot of that id stands."""
    return settings.snapshots / f"{snapshot_id}{ENDING}"


def nothing_loaded() -> SnapshotMissing:
    """Return the error of whatever needs data before the first load."""
    return SnapshotMissing(
        "No data is loaded yet: load some first.", terminal_hint="`load MANIFEST`"
    )


def sweep_strays(settings: Settings, known: Collection[str]) -> tuple[str, ...]:
    """Remove snapshots that are not `known` and a day old, and return their ids.

    Only a process that died left such a file; the age spares what another one has just loaded
    and not yet pointed to.
    """
    yesterday = new_snapshot_id(datetime.now(UTC) - timedelta(days=1))
    ids = sorted(_snapshot_ids(settings))
    strays = tuple(each for each in ids if each not in known and each < yesterday)
    for each in strays:
        snapshot_path(settings, each).unlink(missing_ok=True)
    return strays


def sweep_parts(settings: Settings) -> None:
    """Remove unfinished snapshots; only whoever holds the lock of the load may."""
    for part in settings.snapshots.glob(f"*{ENDING}.part*"):
        part.unlink(missing_ok=True)


def _snapshot_ids(settings: Settings) -> Iterator[str]:
    for path in settings.snapshots.glob(f"*{ENDING}"):
        if _ID.fullmatch(path.stem):
            yield path.stem

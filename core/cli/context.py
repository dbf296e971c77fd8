"""What every command needs: settings, who acts, the workspace, the instant asked for."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import click

from core.data.days import first_instant
from core.data.snapshots import nothing_loaded
from core.errors import UsageError
from core.settings import read_settings
from core.workspace.opened import OpenWorkspace, open_workspace

MEMORY_SHARE = 0.15
_YEARS = range(1000, 9000)

now_option = click.option(
    "--now",
    "now_text",
    metavar="INSTANT",
    help="Instant at which segments are evaluated: ISO; without an offset in the workspace's "
    "zone; a bare day is its start. Left out: the present.",
)


@contextmanager
def workspace() -> Iterator[OpenWorkspace]:
    """Open the workspace for one command. Raises: UsageError, StoreError."""
    with open_workspace(read_settings(), MEMORY_SHARE) as opened:
        yield opened


def actor() -> str:
    """Return who is at the command line, for the activity log."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        name = f"user {os.getuid()}"
    return f"{name} (command line)"


def read_now(text: str | None, zone: ZoneInfo) -> datetime | None:
    """Return the instant that was written, None for none.

    Raises: UsageError.
    """
    if text is None:
        return None
    try:
        return _instant(text, zone)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"--now {text}: no instant. Write 2026-03-30, 2026-03-30T09:15 or "
            "2026-03-30T09:15:00+02:00, in the years 1000 to 8999."
        ) from error


def _instant(text: str, zone: ZoneInfo) -> datetime:
    if len(text) == len("2026-01-01"):
        moment = first_instant(date.fromisoformat(text), zone)
    else:
        given = datetime.fromisoformat(text)
        moment = given if given.tzinfo else _in_zone(given, zone)
    if moment.astimezone(UTC).year not in _YEARS:
        raise ValueError(f"{text} lies too far away")
    return moment


def _in_zone(naive: datetime, zone: ZoneInfo) -> datetime:
    """Return the later of a repeated hour; a skipped one moves on by the gap."""
    readings = (naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return max(readings)


def instant_asked(opened: OpenWorkspace, text: str | None) -> datetime | None:
    """Return `--now` in the zone of the loaded data. Raises: UsageError, SnapshotMissing."""
    if text is None:
        return None
    catalogue = opened.catalogue()
    if catalogue is None:
        raise nothing_loaded()
    return read_now(text, ZoneInfo(catalogue.zone))

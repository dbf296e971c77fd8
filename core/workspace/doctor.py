"""Looks the installation over: one finding a line, each with what to do about it."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from socket import gethostname

from core.data.snapshots import snapshot_path
from core.errors import RollcallError
from core.settings import Settings
from core.store.activations import list_activations
from core.store.audiences import list_audiences
from core.store.database import Store, open_store
from core.store.destinations import destination_secrets, list_destinations
from core.store.engine import journal_mode
from core.store.loads import LoadState, list_loads
from core.store.processes import SCHEDULER, list_processes
from core.store.rates import busy_shares
from core.store.run_states import RunState
from core.store.runs import RunView, list_runs, newest_runs
from core.store.secrets import SecretBox
from core.store.snapshots import current_snapshot
from core.store.workspace import get_workspace

_SEEN_WITHIN_S = 120
_BUSY = 0.8
_MANY = 10_000
_NEEDS = (RunState.HELD, RunState.NEEDS_ATTENTION)
_ENDED = {RunState.FAILED: "failed", RunState.PARTLY: "was refused in part"}
_LITTLE_DISK = 5 * 1024**3


class Mark(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, and how it stands as a sentence."""

    what: str
    mark: Mark
    sentence: str


def look_over(settings: Settings) -> list[Finding]:
    """Return what there is to say, faults included; nothing is changed."""
    found = [_disk(settings)]
    try:
        store = open_store(settings)
    except RollcallError as error:
        return [Finding("store", Mark.FAULT, str(error)), *found]
    try:
        checks = (_home, _store, _snapshot, _key, _ledgers, _hosts, _scheduler, _pause)
        return [
            *(_safely(check, store, settings) for check in checks),
            *_loads(store),
            *_destinations(store),
            *_activations(store),
            *found,
        ]
    finally:
        store.close()


Check = Callable[[Store, Settings], Finding]


def _safely(check: Check, store: Store, settings: Settings) -> Finding:
    try:
        return check(store, settings)
    except RollcallError as error:
        return Finding(check.__name__.strip("_"), Mark.FAULT, str(error))


def _home(_: Store, settings: Settings) -> Finding:
    if settings.home.stat().st_mode & 0o077:
        said = f"Others on this machine may look into {settings.home}: `chmod 700` keeps them out."
        return Finding("home", Mark.WARNING, said)
    return Finding("home", Mark.OK, f"{settings.home}, for its owner alone.")


def _ledgers(store: Store, settings: Settings) -> Finding:
    with store.read() as session:
        audiences = list_audiences(session)
    gone = [a.name for a in audiences if a.ledger_file and not _has(settings, a.ledger_file)]
    if gone:
        said = (
            f"What {', '.join(gone[:5])} holds is not known any more: put the files of "
            f"{settings.ledgers} back from a backup, or choose another audience_name."
        )
        return Finding("ledgers", Mark.FAULT, said)
    return Finding("ledgers", Mark.OK, "What every list holds is known.")


def _has(settings: Settings, ledger: str) -> bool:
    return (settings.ledgers / ledger).is_file()


def _store(store: Store, _: Settings) -> Finding:
    if not store.on_sqlite:
        return Finding("store", Mark.OK, f"{store.place}, PostgreSQL, migrated.")
    said = f"{store.place}, SQLite {sqlite3.sqlite_version}, migrated."
    if journal_mode(sqlite3.sqlite_version_info) == "wal":
        return Finding("store", Mark.OK, said)
    return Finding(
        "store",
        Mark.OK,
        f"{said} This SQLite's write-ahead log has a fault, so a rollback journal is kept instead: "
        "safe, and slower than 3.51.3 or newer.",
    )


def _snapshot(store: Store, settings: Settings) -> Finding:
    with store.read() as session:
        found = current_snapshot(session)
        now = session.now()
    if found is None:
        return Finding("snapshot", Mark.WARNING, "No data is loaded yet: run `load MANIFEST`.")
    if not snapshot_path(settings, found.id).is_file():
        return Finding("snapshot", Mark.FAULT, f"The file of {found.id} is gone: load again.")
    hours = (now - found.created_at).total_seconds() / 3600
    rows = sum(found.rows.values())
    return Finding(
        "snapshot", Mark.OK, f"{found.id}, {rows:,} rows, loaded {hours:,.1f} hours ago."
    )


def _loads(store: Store) -> Iterator[Finding]:
    """Yield what came of the newest scheduled load, where there was one."""
    with store.read() as session:
        ended = list_loads(session, states=[LoadState.LOADED, LoadState.FAILED], limit=1)
    for load in ended:
        when = f"{load.finished_at:%Y-%m-%d %H:%M} UTC"
        if load.state is LoadState.LOADED:
            yield Finding("loads", Mark.OK, f"The last scheduled load ended well at {when}.")
        else:
            said = f"The last scheduled load failed at {when}, older data stays: {load.error}"
            yield Finding("loads", Mark.FAULT, said)


def _activations(store: Store) -> Iterator[Finding]:
    """Yield the activations that need somebody."""
    with store.read() as session:
        newest = newest_runs(session)
        held = {run.activation_id: run for run in list_runs(session, states=_NEEDS, limit=_MANY)}
        views = list_activations(session)
    for view in views:
        needing = held.get(view.id) or newest.get(view.id)
        finding = _need(needing) if needing else None
        if view.paused_at is not None:
            why = f": {view.paused_reason}" if view.paused_reason else "."
            yield Finding(f"activation {view.key}", Mark.WARNING, f"Paused{why}")
        elif finding is not None:
            yield Finding(f"activation {view.key}", *finding)


def _need(run: RunView) -> tuple[Mark, str] | None:
    if run.state is RunState.HELD:
        how = f"`runs approve {run.id}` or `runs reject {run.id}`"
        return Mark.WARNING, f"Run {run.id} waits for approval ({_reasons(run)}): {how}."
    if run.state is RunState.NEEDS_ATTENTION:
        how = f"see `runs show {run.id}`, then `runs cancel {run.id}`"
        return Mark.FAULT, f"Run {run.id} was taken over too often: {how}."
    if run.state in (RunState.FAILED, RunState.PARTLY):
        return Mark.FAULT, f"Run {run.id} {_ENDED[run.state]}: {run.error}"
    return None


def _reasons(run: RunView) -> str:
    return "; ".join(run.hold_reasons or ())


def _key(store: Store, settings: Settings) -> Finding:
    box = SecretBox(settings)
    with store.read() as session:
        views = list_destinations(session)
        count = sum(len(destination_secrets(session, view.key, box)) for view in views)
    if count == 0:
        return Finding("key", Mark.OK, "No secret is stored.")
    return Finding("key", Mark.OK, f"All {count} stored secrets can be read.")


def _hosts(store: Store, _: Settings) -> Finding:
    with store.read() as session:
        hosts = sorted({process.host for process in list_processes(session)})
    others = [host for host in hosts if host != gethostname()]
    if not others:
        return Finding("hosts", Mark.OK, "One machine uses this home.")
    return Finding(
        "hosts",
        Mark.FAULT,
        f"{', '.join(others)} uses this store as well: several machines are not supported. Stop "
        "Rollcall on all but one.",
    )


def _scheduler(store: Store, _: Settings) -> Finding:
    with store.read() as session:
        beats = [process.beat_at for process in list_processes(session, SCHEDULER)]
        now = session.now()
    if beats and (now - max(beats)).total_seconds() < _SEEN_WITHIN_S:
        return Finding("scheduler", Mark.OK, f"Last seen at {max(beats):%Y-%m-%d %H:%M:%S} UTC.")
    return Finding(
        "scheduler",
        Mark.WARNING,
        "No scheduler is running: activations run by `activations run` only.",
    )


def _pause(store: Store, _: Settings) -> Finding:
    with store.read() as session:
        workspace = get_workspace(session)
    if workspace.everything_paused:
        said = f"Everything was paused by {workspace.paused_by}: `resume --all`."
        return Finding("pause", Mark.WARNING, said)
    return Finding("pause", Mark.OK, "Nothing keeps runs from starting.")


def _destinations(store: Store) -> Iterator[Finding]:
    with store.read() as session:
        views = list_destinations(session)
        busy = busy_shares(session)
    for view in views:
        what = f"destination {view.key}"
        if view.paused_reason is not None:
            yield Finding(what, Mark.FAULT, f"Paused: {view.paused_reason}")
            continue
        if view.test_failure is not None:
            yield Finding(what, Mark.WARNING, f"The last test failed: {view.test_failure}")
            continue
        when = f"tested at {view.tested_at:%Y-%m-%d %H:%M} UTC" if view.tested_at else "not tested"
        share = busy.get(view.account, 0.0)
        said = f"{view.platform}, {when}, {share:.0%} busy in the last hour."
        if share < _BUSY:
            yield Finding(what, Mark.OK, said)
        else:
            advice = "Lists wait for their turn: let some of them run less often."
            yield Finding(what, Mark.WARNING, f"{said} {advice}")


def _disk(settings: Settings) -> Finding:
    folder = settings.home
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    said = f"{free / 1024**3:,.1f} GiB are free at {settings.home}."
    if free < _LITTLE_DISK:
        return Finding("disk", Mark.WARNING, f"{said} A load may need more: free some space.")
    return Finding("disk", Mark.OK, said)

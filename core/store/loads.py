"""Refreshes of the data: queued, claimed by one process at a time, ended."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlmodel import col, or_, select, update

from core.errors import LeaseLost, UnknownName
from core.store.database import ReadSession, WriteSession
from core.store.home_paths import kept_path, whole_path
from core.store.models import Load
from core.store.runs import LONGEST_WAIT
from core.store.views import view_of


class LoadState(StrEnum):
    QUEUED = "queued"
    LOADING = "loading"
    LOADED = "loaded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class LoadView:
    """One refresh; `doing` and `share` (0 to 1) say how far it is, `slot_at` when it was due."""

    id: int
    state: LoadState
    trigger: str
    actor: str
    slot_at: datetime | None
    merged_slots: int
    manifest_path: str
    accept_fewer: bool
    queued_at: datetime
    next_try_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    process_id: str | None
    token: str | None
    takeovers: int
    doing: str | None
    share: float
    cancel_asked_by: str | None
    snapshot_id: str | None
    error: str | None
    error_kind: str | None


@dataclass(frozen=True, slots=True)
class NewLoad:
    """A load to be; `missed` are the earlier slots that it stands for as well."""

    manifest_path: str
    trigger: str
    slot_at: datetime | None = None
    missed: int = 0
    accept_fewer: bool = False


def queue_load(session: WriteSession, new: NewLoad) -> LoadView:
    """Return the load that waits for its turn: another joins one that waits already.

    A slot that has its load gets that one again.
    """
    if new.slot_at is not None:
        recorded = _first(session, Load.slot_at == new.slot_at)
        if recorded is not None:
            return recorded
    waiting = _first(session, Load.state == LoadState.QUEUED)
    if waiting is not None:
        joined = {
            "merged_slots": waiting.merged_slots + new.missed + 1,
            "accept_fewer": waiting.accept_fewer or new.accept_fewer,
            "manifest_path": _kept(session, new),
        }
        _change(session, waiting.id, Load.state == LoadState.QUEUED, joined)
        return get_load(session, waiting.id)
    row = Load(
        state=LoadState.QUEUED,
        trigger=new.trigger,
        actor=session.actor,
        slot_at=new.slot_at,
        merged_slots=new.missed,
        manifest_path=_kept(session, new),
        accept_fewer=new.accept_fewer,
        queued_at=session.now(),
    )
    session.add(row)
    session.flush()
    return _view(session, row)


def claimable_load(session: ReadSession, now: datetime) -> LoadView | None:
    """Return the load that may start now: none is under way, and its time has come."""
    if _first(session, Load.state == LoadState.LOADING) is not None:
        return None
    is_time = or_(
        col(Load.next_try_at).is_(None),
        col(Load.next_try_at) <= now,
        col(Load.next_try_at) > now + LONGEST_WAIT,
    )
    return _first(session, Load.state == LoadState.QUEUED, is_time)


def claim_load(session: WriteSession, load_id: int, process_id: str) -> LoadView | None:
    """Return the load with a token, None where somebody was faster or another is under way."""
    if _first(session, Load.state == LoadState.LOADING) is not None:
        return None
    changes = {
        "state": LoadState.LOADING,
        "process_id": process_id,
        "token": uuid4().hex,
        "started_at": session.now(),
        "next_try_at": None,
        "error": None,
        "error_kind": None,
    }
    if not _change(session, load_id, Load.state == LoadState.QUEUED, changes):
        return None
    return get_load(session, load_id)


def note_load_progress(
    session: WriteSession, load_id: int, token: str, doing: str, share: float
) -> LoadView:
    """Say how far a load is. Raises: LeaseLost."""
    _change_owned(session, load_id, token, {"doing": doing, "share": share})
    return get_load(session, load_id)


def end_load(
    session: WriteSession,
    load_id: int,
    token: str,
    state: LoadState,
    *,
    snapshot_id: str | None = None,
    error: Exception | None = None,
) -> None:
    """End a load as its owner. Raises: LeaseLost."""
    ended = {
        **_NOBODY,
        "state": state,
        "finished_at": session.now(),
        "snapshot_id": snapshot_id,
        "error": str(error) if error else None,
        "error_kind": type(error).__name__ if error else None,
    }
    _change_owned(session, load_id, token, ended)


def put_off_load(
    session: WriteSession, load_id: int, token: str, until: datetime, reason: str
) -> None:
    """Let a load wait until then: it joins one that was queued meanwhile. Raises: LeaseLost."""
    load = get_load(session, load_id)
    waiting = _first(session, Load.state == LoadState.QUEUED)
    if waiting is None:
        again = {"state": LoadState.QUEUED, "next_try_at": until, "error": reason}
        _change_owned(session, load_id, token, {**_NOBODY, **again})
        return
    _change_owned(
        session,
        load_id,
        token,
        {
            **_NOBODY,
            "state": LoadState.CANCELLED,
            "finished_at": session.now(),
            "error": f"Load {waiting.id} was queued meanwhile and stands for this one: {reason}",
        },
    )
    joined = {"merged_slots": waiting.merged_slots + load.merged_slots + 1, "next_try_at": until}
    _change(session, waiting.id, Load.state == LoadState.QUEUED, joined)


def give_back_load(session: WriteSession, seen: LoadView, max_takeovers: int) -> LoadView | None:
    """Queue a load whose owner is gone again, None where it changed since `seen`.

    After too many owners it has failed: something in it ends every process that tries.
    """
    unchanged = (col(Load.token) == seen.token) & (col(Load.state) == LoadState.LOADING)
    waits = _first(session, Load.state == LoadState.QUEUED) is not None
    if seen.takeovers >= max_takeovers or waits:
        changes: dict[str, Any] = {
            "state": LoadState.FAILED,
            "finished_at": session.now(),
            "error": "The process that loaded ended before the load did.",
            "error_kind": "ProcessGone",
        }
    else:
        changes = {"state": LoadState.QUEUED, "takeovers": seen.takeovers + 1}
    if not _change(session, seen.id, unchanged, {**_NOBODY, **changes}):
        return None
    return get_load(session, seen.id)


def ask_load_cancel(session: WriteSession, load_id: int) -> bool:
    """Stop a load: one that waits at once, one under way by its owner; false where it has ended."""
    ended = {
        "state": LoadState.CANCELLED,
        "finished_at": session.now(),
        "cancel_asked_by": session.actor,
    }
    if _change(session, load_id, Load.state == LoadState.QUEUED, ended):
        return True
    asked = {"cancel_asked_by": session.actor}
    return _change(session, load_id, Load.state == LoadState.LOADING, asked)


def get_load(session: ReadSession, load_id: int) -> LoadView:
    """Return the load of that id. Raises: UnknownName."""
    found = _first(session, Load.id == load_id)
    if found is None:
        raise UnknownName(f"There is no load {load_id}.")
    return found


def list_loads(
    session: ReadSession, *, states: Collection[LoadState] | None = None, limit: int = 20
) -> tuple[LoadView, ...]:
    """Return loads, newest first."""
    query = select(Load).order_by(col(Load.id).desc()).limit(limit)
    if states is not None:
        query = query.where(col(Load.state).in_(states))
    return tuple(_view(session, row) for row in session.exec(query))


def loaded_manifests(session: ReadSession, paths: Collection[str]) -> frozenset[str]:
    """Return those of the manifests that were loaded once."""
    home = session.store.settings.home
    kept = [kept_path(home, path) for path in paths]
    query = select(Load.manifest_path).where(
        Load.state == LoadState.LOADED, col(Load.manifest_path).in_(kept)
    )
    return frozenset(whole_path(home, path) for path in session.exec(query))


_NOBODY: Mapping[str, None] = {"process_id": None, "token": None}


def _view(session: ReadSession, row: Load) -> LoadView:
    whole = whole_path(session.store.settings.home, row.manifest_path)
    return view_of(LoadView, row, {"state": LoadState(row.state), "manifest_path": whole})


def _kept(session: WriteSession, new: NewLoad) -> str:
    return kept_path(session.store.settings.home, new.manifest_path)


def _first(session: ReadSession, *conditions: Any) -> LoadView | None:
    query = select(Load).where(*conditions).order_by(col(Load.id)).limit(1)
    row = session.exec(query, execution_options={"populate_existing": True}).first()
    return None if row is None else _view(session, row)


def _change_owned(
    session: WriteSession, load_id: int, token: str, values: Mapping[str, Any]
) -> None:
    if not _change(session, load_id, Load.token == token, values):
        raise LeaseLost(f"Load {load_id} belongs to another process now; this one leaves it.")


def _change(session: WriteSession, load_id: int, condition: Any, values: Mapping[str, Any]) -> bool:
    statement = update(Load).where(col(Load.id) == load_id, condition).values(**values)
    done = session.exec(statement, execution_options={"synchronize_session": False})
    return done.rowcount == 1

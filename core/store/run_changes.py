"""Runs, changed only by who holds their token, or while nobody owns them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack
from uuid import uuid4

from sqlmodel import col, select, update

from core.errors import LeaseLost, RunRefused
from core.store.database import WriteSession
from core.store.models import Run
from core.store.run_states import FINAL, LIVE, OWNED, RunState
from core.store.run_story import record_event
from core.store.runs import RunView, blocking_run, first_run, get_run, run_view
from core.store.state_clauses import STATE_CLAUSES


class RunChanges(TypedDict, total=False):
    """What may be changed of a run."""

    state: RunState
    priority: int
    merged_slots: int
    now: datetime | None
    started_at: datetime | None
    snapshot_id: str | None
    segment_versions: dict[str, int] | None
    mapping_digest: str | None
    full_resync: bool
    planned_ledger: str | None
    plan_id: str | None
    plan_file: str | None
    plan_made_at: datetime | None
    counts: dict[str, int]
    cursor: int
    calls: int
    attempts: int
    next_try_at: datetime | None
    waiting_since: datetime | None
    hold_reasons: list[str] | None
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None
    replaced_by: int | None
    healed: bool
    cancel_asked_by: str | None
    cancel_asked_at: datetime | None
    error_kind: str | None
    error: str | None
    sent_adds: int
    sent_removes: int
    refused: int
    last_token: str | None
    applied_at: datetime | None
    platform_count: int | None


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run to be; `slot_at` is when it was due, None for one by hand.

    `missed` are the earlier slots that it stands for as well.
    """

    activation_id: int
    audience_id: int
    trigger: str
    priority: int = 0
    slot_at: datetime | None = None
    missed: int = 0
    now: datetime | None = None
    full_resync: bool = False


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that claims, and for how many seconds without a heartbeat."""

    process_id: str
    lease_s: float


def queue_run(session: WriteSession, new: NewRun) -> RunView:
    """Return the run that waits for its turn; a slot joins one that waits already, and counts.

    A slot that has its run gets that one again.
    """
    if new.slot_at is not None:
        recorded = first_run(
            session, Run.activation_id == new.activation_id, Run.slot_at == new.slot_at
        )
        if recorded is not None:
            return recorded
    queued = first_run(
        session, Run.activation_id == new.activation_id, Run.state == RunState.QUEUED
    )
    if queued is None:
        return _insert(session, new, None)
    _change(
        session,
        queued.id,
        Run.state == RunState.QUEUED,
        {
            "merged_slots": queued.merged_slots + new.missed + 1,
            "priority": max(queued.priority, new.priority),
            "full_resync": queued.full_resync or new.full_resync,
        },
    )
    record_event(session, queued.id, "slot joined", trigger=new.trigger)
    return get_run(session, queued.id)


def start_run(session: WriteSession, new: NewRun, owner: Owner) -> RunView:
    """Return a new run that `owner` has claimed already.

    Raises: RunRefused while one of that activation or audience is live.
    """
    blocking = blocking_run(session, new.activation_id, new.audience_id)
    if blocking is not None:
        raise RunRefused(
            f"Run {blocking.id} works on this list already and {STATE_CLAUSES[blocking.state]}: "
            "wait for its end, or cancel it."
        )
    return _insert(session, new, owner)


def claim_run(
    session: WriteSession, run_id: int, owner: Owner, *, state: RunState, to: RunState
) -> RunView | None:
    """Return the run in state `to` with a new token, None where somebody was faster.

    Also None while another run of its activation or audience is live.
    """
    run = get_run(session, run_id)
    if to in LIVE and blocking_run(session, run.activation_id, run.audience_id, run_id) is not None:
        return None
    changes = {**_ownership(session, owner), "state": to}
    if run.started_at is None:
        changes["started_at"] = session.now()
    unowned = (col(Run.state) == state) & col(Run.token).is_(None)
    if not _change(session, run_id, unowned, changes):
        return None
    record_event(session, run_id, str(to))
    return get_run(session, run_id)


def take_over_run(
    session: WriteSession, seen: RunView, owner: Owner, max_takeovers: int
) -> RunView | None:
    """Return a run whose owner is gone with a new token, None where it changed since `seen`.

    After too many takeovers it comes back as needs_attention, owned by nobody.
    """
    changes: dict[str, Any] = {"takeovers": seen.takeovers + 1}
    if seen.takeovers >= max_takeovers:
        changes |= {**_no_ownership(), "state": RunState.NEEDS_ATTENTION}
    else:
        changes |= _ownership(session, owner)
    unchanged = (
        (col(Run.token) == seen.token)
        & (col(Run.lease_until) == seen.lease_until)
        & (col(Run.state) == seen.state)
    )
    if not _change(session, seen.id, unchanged, changes):
        return None
    record_event(session, seen.id, "taken over", owner_before=seen.process_id)
    return get_run(session, seen.id)


def renew_lease(session: WriteSession, run_id: int, token: str, lease_s: float) -> datetime:
    """Return until when the lease lasts now.

    Raises: LeaseLost.
    """
    until = session.now() + timedelta(seconds=lease_s)
    _changed_by_owner(session, run_id, token, {"lease_until": until})
    return until


def update_run(
    session: WriteSession, run_id: int, token: str, **changes: Unpack[RunChanges]
) -> RunView:
    """Change a run as its owner; a state that nobody works in gives it up.

    Raises: LeaseLost where the token is not the run's any more.
    """
    values: dict[str, Any] = {**changes, "step_at": session.now()}
    _changed_by_owner(session, run_id, token, _with_state(session, values))
    if "state" in changes:
        record_event(session, run_id, str(changes["state"]))
    return get_run(session, run_id)


def release_run(
    session: WriteSession, run_id: int, token: str, **changes: Unpack[RunChanges]
) -> RunView:
    """Give a run up in the state it is in, to be claimed again later.

    Raises: LeaseLost.
    """
    _changed_by_owner(session, run_id, token, {**changes, **_no_ownership()})
    return get_run(session, run_id)


def update_unowned_run(
    session: WriteSession,
    run_id: int,
    states: Collection[RunState],
    **changes: Unpack[RunChanges],
) -> bool:
    """Change a run that nobody owns and that is in one of `states`; return whether it was so."""
    unowned = col(Run.state).in_(states) & col(Run.token).is_(None)
    if not _change(session, run_id, unowned, _with_state(session, {**changes})):
        return False
    if "state" in changes:
        record_event(session, run_id, str(changes["state"]))
    return True


def ask_cancel(session: WriteSession, run_id: int) -> bool:
    """Ask the owner of a run to stop; return whether it had not ended yet."""
    asked = {
        "cancel_asked_by": session.actor,
        "cancel_asked_at": session.now(),
        "next_try_at": None,
    }
    if not _change(session, run_id, col(Run.state).not_in(FINAL), asked):
        return False
    record_event(session, run_id, "cancel asked")
    return True


def cancel_runs(session: WriteSession, activation_id: int) -> None:
    """Cancel what waits for its turn or for a human, and ask the owner of the rest to stop."""
    query = select(Run.id).where(Run.activation_id == activation_id, col(Run.state).not_in(FINAL))
    for run_id in session.exec(query).all():
        idle = [RunState.QUEUED, RunState.HELD]
        if not update_unowned_run(session, run_id or 0, idle, state=RunState.CANCELLED):
            ask_cancel(session, run_id or 0)


def _insert(session: WriteSession, new: NewRun, owner: Owner | None) -> RunView:
    now = session.now()
    row = Run(
        activation_id=new.activation_id,
        audience_id=new.audience_id,
        state=RunState.QUEUED if owner is None else RunState.COMPUTING,
        trigger=new.trigger,
        priority=new.priority,
        slot_at=new.slot_at,
        merged_slots=new.missed,
        now=new.now,
        full_resync=new.full_resync,
        queued_at=now,
        started_at=None if owner is None else now,
        counts={},
        **({} if owner is None else _ownership(session, owner)),
    )
    session.add(row)
    session.flush()
    view = run_view(row)
    record_event(session, view.id, str(view.state), trigger=new.trigger)
    return view


def _ownership(session: WriteSession, owner: Owner) -> dict[str, Any]:
    now = session.now()
    return {
        "process_id": owner.process_id,
        "token": uuid4().hex,
        "lease_until": now + timedelta(seconds=owner.lease_s),
        "step_at": now,
    }


def _no_ownership() -> dict[str, Any]:
    return {"process_id": None, "token": None, "lease_until": None}


def _with_state(session: WriteSession, values: dict[str, Any]) -> dict[str, Any]:
    state = values.get("state")
    if state is not None and state not in OWNED:
        values |= _no_ownership()
    if state in FINAL:
        values["finished_at"] = session.now()
    return values


def _changed_by_owner(
    session: WriteSession, run_id: int, token: str, values: Mapping[str, Any]
) -> None:
    if not _change(session, run_id, Run.token == token, values):
        raise LeaseLost(f"Run {run_id} was taken over by another process; this one leaves it.")


def _change(session: WriteSession, run_id: int, condition: Any, values: Mapping[str, Any]) -> bool:
    statement = update(Run).where(col(Run.id) == run_id, condition).values(**values)
    done = session.exec(statement, execution_options={"synchronize_session": False})
    return done.rowcount == 1

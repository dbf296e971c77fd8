"""Runs as they stand in the store; `run_changes` writes them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, exists, func, or_, select

from core.errors import UnknownName
from core.store.database import ReadSession
from core.store.models import Activation, Destination, PlanGap, Run, Segment, Workspace
from core.store.run_states import FINAL, LIVE, OWNED, RunState
from core.store.views import view_of


@dataclass(frozen=True, slots=True)
class RunView:
    """One run; `now` is the instant its segment is evaluated at, `cursor` counts rows of its plan.

    `token` names the present owner; every write of the owner carries it.
    """

    id: int
    activation_id: int
    audience_id: int
    state: RunState
    trigger: str
    priority: int
    slot_at: datetime | None
    merged_slots: int
    now: datetime | None
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    process_id: str | None
    token: str | None
    lease_until: datetime | None
    step_at: datetime | None
    takeovers: int
    snapshot_id: str | None
    segment_versions: Mapping[str, int] | None
    mapping_digest: str | None
    full_resync: bool
    planned_ledger: str | None
    plan_id: str | None
    plan_file: str | None
    plan_made_at: datetime | None
    counts: Mapping[str, int]
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
class ClaimableRun:
    """A run that nobody works on, its activation's key, and the account that it will call."""

    run: RunView
    activation_key: str
    account: str


_WAITING_FOR_OWNERS = (RunState.HELD, RunState.WAITING, RunState.CONFIRMING)
# Nothing waits longer: what seems to was noted before a clock was set back.
LONGEST_WAIT = timedelta(hours=2)


def find_run(session: ReadSession, run_id: int) -> RunView | None:
    """Return the run of that id, or None."""
    return first_run(session, Run.id == run_id)


def get_run(session: ReadSession, run_id: int) -> RunView:
    """Return the run of that id.

    Raises: UnknownName.
    """
    run = find_run(session, run_id)
    if run is None:
        raise UnknownName(f"There is no run {run_id}.", terminal_hint="`runs list`")
    return run


def live_run(session: ReadSession, activation_id: int) -> RunView | None:
    """Return the run of that activation that is under way, or stands half done, or None."""
    return first_run(session, Run.activation_id == activation_id, col(Run.state).in_(LIVE))


def list_runs(
    session: ReadSession,
    *,
    activation_id: int | None = None,
    audience_id: int | None = None,
    states: Collection[RunState] | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> tuple[RunView, ...]:
    """Return runs, newest first, before the run `before_id` to page on."""
    conditions: list[ColumnElement[bool]] = []
    if activation_id is not None:
        conditions.append(col(Run.activation_id) == activation_id)
    if audience_id is not None:
        conditions.append(col(Run.audience_id) == audience_id)
    if states is not None:
        conditions.append(col(Run.state).in_(states))
    if before_id is not None:
        conditions.append(col(Run.id) < before_id)
    query = select(Run).where(*conditions).order_by(col(Run.id).desc()).limit(limit)
    return tuple(run_view(row) for row in session.exec(query))


def owned_runs(session: ReadSession) -> tuple[RunView, ...]:
    """Return the runs that some process says it works on, the oldest first."""
    query = select(Run).where(col(Run.token).is_not(None), col(Run.state).in_(OWNED))
    return tuple(run_view(row) for row in session.exec(query.order_by(col(Run.id))))


def claimable_runs(
    session: ReadSession, now: datetime, full: Collection[str] = (), limit: int = 100
) -> tuple[ClaimableRun, ...]:
    """Return the runs that may be claimed at `now`: approved and by hand first, then by slot.

    What is paused rests, but for asking the platform about what it took already, and for ending
    what somebody cancelled. A run whose audience has another one under way waits for its end,
    and so does one whose account is `full`.
    """
    query = (
        select(Run, Activation.key, Destination.account)
        .join(Activation, col(Activation.id) == col(Run.activation_id))
        .join(Segment, col(Segment.id) == col(Activation.segment_id))
        .join(Destination, col(Destination.id) == col(Activation.destination_id))
        .where(
            col(Run.state).in_([RunState.QUEUED, *_WAITING_FOR_OWNERS]),
            col(Run.token).is_(None),
            col(Destination.account).not_in(full),
            _may_go_on(now),
        )
        .order_by(
            col(Run.priority).desc(),
            func.coalesce(Run.slot_at, Run.queued_at),
            col(Run.id),
        )
        .limit(limit)
    )
    return tuple(
        ClaimableRun(run_view(row), key, account) for row, key, account in session.exec(query)
    )


def _may_go_on(now: datetime) -> ColumnElement[bool]:
    is_time = or_(
        col(Run.next_try_at).is_(None),
        col(Run.next_try_at) <= now,
        col(Run.next_try_at) > now + LONGEST_WAIT,
    )
    waiting = col(Run.state) == RunState.WAITING
    starts = or_(
        col(Run.state) == RunState.QUEUED,
        (col(Run.state) == RunState.HELD) & (col(Run.decision) == "approved"),
    )
    return or_(
        starts & _is_going() & ~_other_is_live(),
        waiting & is_time & (_is_going() | col(Run.cancel_asked_by).is_not(None)),
        (col(Run.state) == RunState.CONFIRMING) & is_time,
    )


def _is_going() -> ColumnElement[bool]:
    return and_(
        select(Workspace.everything_paused).scalar_subquery().is_(False),
        col(Activation.archived_at).is_(None),
        col(Activation.paused_at).is_(None),
        col(Segment.paused_reason).is_(None),
        col(Destination.paused_at).is_(None),
    )


def _other_is_live() -> ColumnElement[bool]:
    other = aliased(Run)
    same = or_(
        col(other.audience_id) == col(Run.audience_id),
        col(other.activation_id) == col(Run.activation_id),
    )
    return exists().where(same, col(other.state).in_(LIVE), col(other.id) != col(Run.id))


def newest_runs(
    session: ReadSession, states: Collection[RunState] | None = None
) -> dict[int, RunView]:
    """Return the newest run, of those in these states, of every activation that had one, by its id.

    Without states every run counts.
    """
    newest = select(func.max(Run.id)).group_by(col(Run.activation_id))
    if states is not None:
        newest = newest.where(col(Run.state).in_(states))
    rows = session.exec(select(Run).where(col(Run.id).in_(newest)))
    return {row.activation_id: run_view(row) for row in rows}


def plan_files_needed(session: ReadSession, since: datetime) -> frozenset[str]:
    """Return the plans of runs that have not ended or ended after `since`, or are not booked."""
    recent = or_(col(Run.state).not_in(FINAL), col(Run.finished_at) >= since)
    plans = select(Run.plan_file).where(col(Run.plan_file).is_not(None), recent)
    gaps = select(PlanGap.plan_file).where(col(PlanGap.booked_at).is_(None))
    return frozenset(name for query in (plans, gaps) for name in session.exec(query) if name)


def blocking_run(
    session: ReadSession, activation_id: int, audience_id: int, but: int | None = None
) -> RunView | None:
    """Return the live run of that activation or audience, `but` aside, or None."""
    same = (col(Run.activation_id) == activation_id) | (col(Run.audience_id) == audience_id)
    return first_run(session, same, col(Run.state).in_(LIVE), col(Run.id) != (but or 0))


def first_run(session: ReadSession, *conditions: ColumnElement[bool] | bool) -> RunView | None:
    """Return the oldest run for which all conditions hold, as the database has it now."""
    query = select(Run).where(*conditions).order_by(col(Run.id)).limit(1)
    row = session.exec(query, execution_options={"populate_existing": True}).first()
    return None if row is None else run_view(row)


def run_view(row: Run) -> RunView:
    """Return the row as a view."""
    return view_of(RunView, row, {"state": RunState(row.state)})

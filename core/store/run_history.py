"""The history of runs as people look through it: filtered, page by page, and as figures."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, func, or_, select

from core.store.database import ReadSession
from core.store.models import Activation, Destination, Run, RunEvent, Snapshot
from core.store.run_states import RunState
from core.store.runs import RunView, run_view

Waits = Mapping[RunState, timedelta]

# In these states nobody works on a run: it waits for a human, or for the platform to take more.
_WAITING_STATES = (RunState.HELD, RunState.WAITING)
ENDED_WELL = (RunState.SUCCEEDED, RunState.UNCHANGED)
_LISTED = (*ENDED_WELL, RunState.PARTLY)
_UNDER_WAY = (
    RunState.QUEUED,
    RunState.COMPUTING,
    RunState.SENDING,
    RunState.WAITING,
    RunState.CONFIRMING,
)


class RunGroup(StrEnum):
    """Runs that people look for together."""

    NEEDS_YOU = "needs-you"
    UNDER_WAY = "under-way"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs are asked for; what is None or empty does not narrow."""

    activation_key: str | None = None
    group: RunGroup | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A run with the list that it belongs to and where that lies, and who asked for it.

    `waits` is for how long it was in each state in which it waited.
    """

    run: RunView
    activation_key: str
    activation_name: str
    destination_key: str
    actor: str
    waits: Waits = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunPoint:
    """One ended run as figures; `size` is how many should be in the list after it."""

    run_id: int
    activation_id: int
    state: RunState
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    size: int
    entered: int
    left: int


def list_names(session: ReadSession) -> Mapping[str, str]:
    """Return the display name of every activation, archived ones too, by key."""
    query = select(Activation.key, Activation.display_name)
    return dict(session.exec(query.order_by(Activation.display_name, Activation.key)).all())


def count_history(session: ReadSession, wanted: RunFilter) -> int:
    """Return how many runs the filter lets through."""
    query = select(func.count()).select_from(Run).where(*_conditions(session, wanted))
    return session.exec(query).one()


def list_history(
    session: ReadSession, wanted: RunFilter, *, offset: int = 0, limit: int = 25
) -> tuple[HistoryRow, ...]:
    """Return the runs that the filter lets through, newest first, from number `offset` on."""
    query = (
        select(Run, Activation.key, Activation.display_name, Destination.key)
        .join(Activation, col(Activation.id) == col(Run.activation_id))
        .join(Destination, col(Destination.id) == col(Activation.destination_id))
        .where(*_conditions(session, wanted))
        .order_by(col(Run.id).desc())
        .offset(offset)
        .limit(limit)
    )
    found = [(run_view(row), key, name, to) for row, key, name, to in session.exec(query)]
    ids = [run.id for run, *_ in found]
    actors, waits = first_actors(session, ids), run_waits(session, ids)
    return tuple(
        HistoryRow(run, key, name, to, actors.get(run.id, ""), waits.get(run.id, {}))
        for run, key, name, to in found
    )


def first_actors(session: ReadSession, run_ids: Collection[int]) -> Mapping[int, str]:
    """Return who asked for each of these runs."""
    first = select(func.min(RunEvent.id)).where(col(RunEvent.run_id).in_(run_ids))
    first = first.group_by(col(RunEvent.run_id))
    query = select(RunEvent.run_id, RunEvent.actor).where(col(RunEvent.id).in_(first))
    return dict(session.exec(query).all())


def run_waits(session: ReadSession, run_ids: Collection[int]) -> Mapping[int, Waits]:
    """Return for how long each of these runs that waited did so, where that is over."""
    waited = select(RunEvent.run_id).where(
        col(RunEvent.run_id).in_(run_ids), col(RunEvent.kind).in_(_WAITING_STATES)
    )
    query = select(RunEvent.run_id, RunEvent.kind, RunEvent.at).where(
        col(RunEvent.run_id).in_(waited), col(RunEvent.kind).in_(list(RunState))
    )
    steps: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for run_id, kind, at in session.exec(query.order_by(col(RunEvent.id))):
        steps[run_id].append((kind, at))
    return {run_id: _waits(each) for run_id, each in steps.items()}


def _waits(steps: Iterable[tuple[str, datetime]]) -> Waits:
    """Return how long the states lasted in which a run waits, of its states and their begins."""
    waits: dict[RunState, timedelta] = defaultdict(timedelta)
    before: tuple[str, datetime] | None = None
    for kind, at in steps:
        if before is not None and before[0] in _WAITING_STATES:
            waits[RunState(before[0])] += max(timedelta(), at - before[1])
        before = kind, at
    return dict(waits)


def count_states(session: ReadSession, since: datetime) -> Mapping[RunState, int]:
    """Return how many runs that were queued since then are in each state."""
    query = select(Run.state, func.count()).where(col(Run.queued_at) >= since)
    rows = session.exec(query.group_by(col(Run.state))).all()
    return {RunState(state): number for state, number in rows}


def list_points(
    session: ReadSession, activation_id: int | None = None, limit: int = 200
) -> tuple[RunPoint, ...]:
    """Return the last runs that worked a list out and ended, oldest first."""
    states = (*_LISTED, RunState.FAILED)
    narrowed = () if activation_id is None else (col(Run.activation_id) == activation_id,)
    query = (
        select(
            Run.id,
            Run.activation_id,
            Run.state,
            Run.queued_at,
            Run.started_at,
            Run.finished_at,
            col(Run.counts)["wanted"].as_integer(),
            Run.sent_adds,
            Run.sent_removes,
        )  # type: ignore[call-overload]
        .where(col(Run.state).in_(states), *narrowed)
        .order_by(col(Run.id).desc())
        .limit(limit)
    )
    return tuple(_point(*row) for row in reversed(session.exec(query).all()))


def data_instants(session: ReadSession, run_ids: Collection[int]) -> Mapping[int, datetime]:
    """Return when the data was loaded that each of these runs worked from."""
    query = select(Run.id, Snapshot.created_at).join(
        Snapshot, col(Snapshot.id) == col(Run.snapshot_id)
    )
    rows = session.exec(query.where(col(Run.id).in_(run_ids))).all()
    return {run_id: at for run_id, at in rows if run_id is not None}


def any_ended_well(session: ReadSession, activation_ids: Collection[int]) -> bool:
    """Return whether one of these activations ever brought its list up to date."""
    query = select(Run.id).where(
        col(Run.activation_id).in_(activation_ids), col(Run.state).in_(ENDED_WELL)
    )
    return session.exec(query.limit(1)).first() is not None


def _point(
    run_id: int,
    activation_id: int,
    state: str,
    queued_at: datetime,
    started_at: datetime | None,
    finished_at: datetime | None,
    size: int | None,
    entered: int,
    left: int,
) -> RunPoint:
    return RunPoint(
        run_id,
        activation_id,
        RunState(state),
        queued_at,
        started_at,
        finished_at,
        size or 0,
        entered,
        left,
    )


def _conditions(session: ReadSession, wanted: RunFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.activation_key is not None:
        query = select(Activation.id).where(Activation.key == wanted.activation_key)
        conditions.append(col(Run.activation_id) == session.exec(query).one_or_none())
    if wanted.group is not None:
        conditions.append(_GROUPS[wanted.group])
    if wanted.since is not None:
        conditions.append(col(Run.queued_at) >= wanted.since)
    return conditions


_held = col(Run.state) == RunState.HELD
_GROUPS: Mapping[RunGroup, ColumnElement[bool]] = {
    RunGroup.NEEDS_YOU: or_(
        and_(_held, col(Run.decision).is_(None)), col(Run.state) == RunState.NEEDS_ATTENTION
    ),
    RunGroup.UNDER_WAY: or_(
        col(Run.state).in_(_UNDER_WAY), and_(_held, col(Run.decision).is_not(None))
    ),
    RunGroup.FAILED: col(Run.state).in_([RunState.FAILED, RunState.PARTLY]),
    RunGroup.DONE: col(Run.state).in_(ENDED_WELL),
}

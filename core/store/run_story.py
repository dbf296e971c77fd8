"""What happened in a run, and the rows of its plan that were not acknowledged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from core.store.database import ReadSession, WriteSession
from core.store.models import PlanGap, Run, RunEvent
from core.store.views import JsonValue, view_of


class GapKind(StrEnum):
    REFUSED = "refused"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class RunEventView:
    """One thing that happened in a run."""

    at: datetime
    actor: str
    kind: str
    detail: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class GapView:
    """Rows of a run's plan from `first_row` up to but not including `end_row`."""

    id: int
    run_id: int
    audience_id: int
    kind: GapKind
    plan_file: str
    first_row: int
    end_row: int
    error: str | None
    at: datetime
    booked_at: datetime | None


def record_event(session: WriteSession, run_id: int, kind: str, **detail: JsonValue) -> None:
    """Add to the run's story; never a secret in `detail`."""
    event = RunEvent(run_id=run_id, at=session.now(), actor=session.actor, kind=kind, detail=detail)
    session.add(event)


def list_events(session: ReadSession, run_id: int) -> tuple[RunEventView, ...]:
    """Return the run's story, oldest first."""
    query = select(RunEvent).where(RunEvent.run_id == run_id).order_by(col(RunEvent.id))
    return tuple(view_of(RunEventView, row) for row in session.exec(query))


def note_gap(
    session: WriteSession,
    run_id: int,
    kind: GapKind,
    first_row: int,
    end_row: int,
    error: str | None = None,
) -> None:
    """Remember rows of the run's plan that were refused or never answered.

    The one write that needs no token: who has lost a run tells here what it had in flight.
    """
    run = session.get_one(Run, run_id)
    gap = PlanGap(
        run_id=run_id,
        audience_id=run.audience_id,
        kind=kind,
        plan_file=run.plan_file or "",
        first_row=first_row,
        end_row=end_row,
        error=error,
        at=session.now(),
    )
    session.add(gap)


def forget_gap(session: WriteSession, run_id: int, kind: GapKind, first_row: int) -> None:
    """Forget rows of the run's plan that were answered after all.

    Only the first note of them goes: a later one is of an owner who has lost the run.
    """
    query = select(PlanGap).where(
        PlanGap.run_id == run_id,
        PlanGap.kind == kind,
        PlanGap.first_row == first_row,
        col(PlanGap.booked_at).is_(None),
    )
    gap = session.exec(query.order_by(col(PlanGap.id)).limit(1)).first()
    if gap is not None:
        session.delete(gap)


def run_gaps(session: ReadSession, run_id: int) -> tuple[GapView, ...]:
    """Return the gaps of the run's plan, by row."""
    query = select(PlanGap).where(PlanGap.run_id == run_id)
    return _gaps(session, query.order_by(col(PlanGap.first_row), col(PlanGap.id)))


def unbooked_gaps(session: ReadSession, audience_id: int) -> tuple[GapView, ...]:
    """Return the gaps that the audience's ledger does not know of yet, of any run."""
    query = select(PlanGap).where(
        PlanGap.audience_id == audience_id, col(PlanGap.booked_at).is_(None)
    )
    return _gaps(session, query.order_by(col(PlanGap.id)))


def note_gaps_booked(session: WriteSession, gaps: tuple[GapView, ...]) -> None:
    """Remember that the audience's ledger takes these gaps into account."""
    for gap in gaps:
        session.get_one(PlanGap, gap.id).booked_at = session.now()


def _gaps(session: ReadSession, query: SelectOfScalar[PlanGap]) -> tuple[GapView, ...]:
    return tuple(view_of(GapView, row, {"kind": GapKind(row.kind)}) for row in session.exec(query))

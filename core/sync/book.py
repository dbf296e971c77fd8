"""Booking: the moment at which what a run sent becomes what its audience holds."""

from collections.abc import Iterable
from pathlib import Path
from typing import Unpack
from uuid import uuid4

from core.data.instance import translated
from core.store.audiences import AudienceView, book_ledger
from core.store.database import WriteSession
from core.store.run_changes import RunChanges
from core.store.run_story import (
    GapKind,
    GapView,
    note_gaps_booked,
    record_event,
    unbooked_gaps,
)
from core.sync.job import Job
from core.sync.ledger import LedgerCounts, Progress, Span, book_plan
from core.sync.points import reach


def book_and_move(job: Job, **changes: Unpack[RunChanges]) -> None:
    """Write the audience's new ledger and change the run, both or neither.

    Raises: LeaseLost, LedgerMissing, StorageFull, QueryFailed.
    """
    if job.run.plan_file is None or job.run.state not in ("sending", "waiting"):
        with job.writing() as session:
            job.update(session, **changes)
        return
    audience = job.audience()
    gaps = _own_gaps(job)
    progress = Progress(
        job.run.cursor,
        refused=_spans(gaps, GapKind.REFUSED),
        unanswered=_spans(gaps, GapKind.UNANSWERED),
    )
    file, counts = write_ledger(job, audience, job.plan_path, progress)
    reach("ledger written")
    with job.writing() as session:
        point_to_ledger(session, job, audience, file, counts)
        note_gaps_booked(session, gaps)
        job.update(session, **changes)
    reach("ledger booked")


def book_late_gaps(job: Job) -> None:
    """Mark in the ledger what calls of earlier runs may have done after those were booked.

    Raises: LeaseLost, LedgerMissing, StorageFull, QueryFailed.
    """
    with job.desk.store.read() as session:
        gaps = unbooked_gaps(session, job.run.audience_id)
    for gap in (gap for gap in gaps if gap.run_id != job.run.id):
        audience = job.audience()
        progress = Progress(0, unanswered=_spans((gap,), GapKind.UNANSWERED))
        plan = job.desk.settings.plans / gap.plan_file
        file, counts = write_ledger(job, audience, plan, progress)
        reach("late calls written")
        with job.writing() as session:
            job.update(session)
            point_to_ledger(session, job, audience, file, counts)
            note_gaps_booked(session, (gap,))


def write_ledger(
    job: Job, audience: AudienceView, plan: Path, progress: Progress
) -> tuple[Path, LedgerCounts]:
    """Write a ledger that no row points to yet. Raises: LedgerMissing, StorageFull, QueryFailed."""
    folder = job.desk.settings.ledgers
    held = folder / audience.ledger_file if audience.ledger_file else None
    file = folder / f"{audience.id}-{uuid4().hex}.parquet"
    with translated(), job.desk.instance.cursor() as cursor:
        return file, book_plan(cursor, held, plan, progress, file)


def point_to_ledger(
    session: WriteSession, job: Job, audience: AudienceView, file: Path, counts: LedgerCounts
) -> None:
    """Make the file the audience's ledger."""
    book_ledger(
        session, audience.id, job.run.id, file=file.name, rows=counts.rows, unknown=counts.unknown
    )
    record_event(session, job.run.id, "booked", rows=counts.rows, unknown=counts.unknown)


def _own_gaps(job: Job) -> tuple[GapView, ...]:
    with job.desk.store.read() as session:
        gaps = unbooked_gaps(session, job.run.audience_id)
    return tuple(gap for gap in gaps if gap.run_id == job.run.id)


def _spans(gaps: Iterable[GapView], kind: GapKind) -> tuple[Span, ...]:
    return tuple(Span(gap.first_row, gap.end_row) for gap in gaps if gap.kind is kind)

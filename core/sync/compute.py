"""Computing a run: look at the audience, plan, and decide between unchanged, held and sending."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.store.audiences import AudienceView, note_created, note_gone
from core.store.run_story import record_event
from core.sync.book import book_late_gaps
from core.sync.decide import settle
from core.sync.draft import Question, draft_plan
from core.sync.ensure import view_audience
from core.sync.job import Job
from core.sync.question import mapping_digest, question_of, sent_segment
from core.sync.standing import Standing, deleted_audience, judge_audience, strange_audience

_STEP_EVERY_S = 5.0


def compute_run(job: Job) -> None:
    """Freeze the run's plan and move it on: to unchanged, held, replaced or sending.

    Raises: RunRefused, SnapshotMissing, SegmentInvalid, QueryFailed, StorageFull, LedgerMissing,
            LeaseLost, Cancelled, DestinationError.
    """
    standing = _look(job)
    with _turn_to_compute(job):
        job.step()
        book_late_gaps(job)
        question = _pin_question(job)
        audience = job.audience()
        folder = job.desk.settings.ledgers
        ledger = folder / audience.ledger_file if audience.ledger_file else None
        draft = draft_plan(
            job.desk.instance, job.desk.members, question, ledger, job.desk.settings.plans
        )
        job.step()
    present = standing in (Standing.OURS, Standing.MADE)
    deleted = deleted_audience(audience, job.destination.label)
    reasons = (deleted,) if standing is Standing.GONE else ()
    settle(job, draft, audience, present=present, reasons=reasons)


@contextmanager
def _turn_to_compute(job: Job) -> Iterator[None]:
    """Wait until so few others compute that this run may: waiting is no standing still."""
    while not job.desk.computing.acquire(timeout=_STEP_EVERY_S):
        job.step()
    try:
        yield
    finally:
        job.desk.computing.release()


def _look(job: Job) -> Standing:
    """View the audience, note what became of it, and return how it stands."""
    seen = view_audience(job)
    audience = job.audience()
    standing = judge_audience(audience, seen)
    if standing is Standing.STRANGE:
        raise strange_audience(audience, job.destination.label)
    if standing is Standing.MADE:
        with job.writing() as session:
            job.update(session)
            note_created(session, audience.id, None)
    if standing is Standing.GONE and audience.ledger_rows > 0:
        _forget_ledger(job, audience)
    return standing


def _forget_ledger(job: Job, audience: AudienceView) -> None:
    with job.writing() as session:
        job.update(session)
        note_gone(session, audience.id)
        record_event(session, job.run.id, "audience gone", ids_forgotten=audience.ledger_rows)


def _pin_question(job: Job) -> Question:
    """Return the run's question; its instant and snapshot stay the same after a takeover."""
    with job.writing() as session:
        fresh = question_of(sent_segment(job.activation), session, job.destination.limits)
        now = job.run.now or fresh.now
        snapshot = job.run.snapshot_id or fresh.snapshot
        job.update(
            session, now=now, snapshot_id=snapshot, mapping_digest=mapping_digest(job.activation)
        )
    return Question(fresh.segment, snapshot, now, fresh.fields, fresh.rules)

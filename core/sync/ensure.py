"""Before a run's first write: the audience exists, is ours, and has applied what came before."""

from datetime import timedelta

from core.destinations._base import PlatformAudience
from core.errors import CallRefused, DestinationError, PlanOutdated
from core.store.audiences import (
    AudienceView,
    intend_to_create,
    note_applied,
    note_created,
)
from core.store.run_story import record_event
from core.sync.job import Job, Postponed
from core.sync.points import reach
from core.sync.standing import Standing, judge_audience, strange_audience

# Source: batch-api, what the runner does, 5: an hour old counts as applied.
_APPLIED_AFTER = timedelta(hours=1)
_LONGEST_POLL_S = 30.0
_CREATE_TRIES = 4


def prepare_audience(job: Job) -> None:
    """Make sure that the run's first write may leave.

    Raises: RunRefused, PlanOutdated, Postponed, LeaseLost, DestinationError.
    """
    audience = job.audience()
    seen = view_audience(job)
    standing = judge_audience(audience, seen)
    if standing is Standing.STRANGE:
        raise strange_audience(audience, job.destination.label)
    if standing is Standing.GONE and audience.ledger_rows > 0:
        raise PlanOutdated(
            f"The list '{audience.name}' was deleted in {job.destination.label} after the run was "
            "worked out, so nothing was sent: run it again."
        )
    if standing in (Standing.ABSENT, Standing.GONE):
        _note_ours(job, audience, _create(job, audience))
        seen = None
    if standing is Standing.MADE:
        _note_ours(job, audience, None)
    _wait_until_applied(job, seen)


def view_audience(job: Job) -> PlatformAudience | None:
    """Return the audience as the platform shows it now. Raises: DestinationError, LeaseLost."""
    name = job.activation.audience_name
    return job.caller.request(lambda: job.destination.view(name), before=job.may_send)


def _create(job: Job, audience: AudienceView) -> str | None:
    """Create the audience, looking before each further try whether it was made after all."""
    with job.writing() as session:
        job.update(session)
        intend_to_create(session, audience.id, job.activation.display_name)
    reach("intent written")
    for tries_left in reversed(range(_CREATE_TRIES)):
        try:
            return _ask_to_create(job, audience)
        except DestinationError as error:
            if _made_after_all(job, error):
                return None
            if tries_left == 0 or not error.retryable:
                raise
    return None


def _ask_to_create(job: Job, audience: AudienceView) -> str | None:
    token = job.caller.request_once(
        lambda: job.destination.create(audience.name, job.activation.display_name),
        before=job.may_send,
    )
    reach("audience created")
    return token


def _made_after_all(job: Job, error: DestinationError) -> bool:
    may_be = error.retryable or isinstance(error, CallRefused)
    return may_be and view_audience(job) is not None


def _note_ours(job: Job, audience: AudienceView, token: str | None) -> None:
    with job.writing() as session:
        job.update(session)
        note_created(session, audience.id, token)
        record_event(session, job.run.id, "created", audience=audience.name)


def _wait_until_applied(job: Job, seen: PlatformAudience | None) -> None:
    """Return when the audience's last write is applied, or too old to wait for."""
    audience = job.audience()
    started, pause_s = job.desk.store.clock.monotonic(), 1.0
    while not (seen and seen.applied):
        if audience.last_write_at is None or audience.applied_at is not None:
            return
        with job.desk.store.read() as session:
            now = session.now()
        if now - audience.last_write_at >= _APPLIED_AFTER:
            return
        left_s = started + job.desk.patience.applied_s - job.desk.store.clock.monotonic()
        if left_s <= 0:
            raise Postponed(
                f"{job.destination.label} is still indexing the last change of '{audience.name}'",
                min(now + timedelta(seconds=60), audience.last_write_at + _APPLIED_AFTER),
            )
        job.desk.store.clock.sleep(min(pause_s, left_s))
        pause_s = min(pause_s * 2, _LONGEST_POLL_S)
        job.step()
        seen = view_audience(job)
    if audience.last_write_at is not None and audience.applied_at is None:
        with job.writing() as session:
            job.update(session)
            note_applied(session, audience.id, audience.last_token)

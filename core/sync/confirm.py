"""Confirming: asking the platform whether it has applied what it acknowledged."""

from datetime import timedelta

from core.destinations._base import PlatformAudience
from core.errors import DestinationError, KeysRefused
from core.store.audiences import note_applied, note_platform_count
from core.store.run_changes import release_run
from core.store.run_states import RunState
from core.store.run_story import record_event
from core.sync.job import Job
from core.sync.points import reach

POLLING_S = 300.0
_DOUBLINGS = 10  # more reach no further, and overflow in the end
_GIVEN_UP_AFTER = timedelta(hours=24)


def confirm_run(job: Job, patience_s: float) -> None:
    """Ask after 1, 2, 4 … seconds until the last write is applied, or patience ends.

    A run whose write is still being indexed stays in confirming, owned by nobody, to be looked up
    later, after ever longer waits.

    Raises: LeaseLost, KeysRefused, Postponed, StoreError.
    """
    started, pause_s = job.desk.store.clock.monotonic(), 1.0
    until = started + min(POLLING_S, patience_s)
    while True:
        seen = _ask(job)
        if (seen and seen.applied) or _waited_too_long(job):
            _finish(job, seen)
            return
        if job.desk.store.clock.monotonic() + pause_s > until:
            leave_pending(job)
            return
        job.desk.store.clock.sleep(pause_s)
        pause_s *= 2
        with job.writing() as session:
            job.update(session)


def _ask(job: Job) -> PlatformAudience | None:
    """Return the audience, None where the platform gave no answer or does not show it yet."""
    name, token = job.activation.audience_name, _token_of(job)
    try:
        return job.caller.request_once(
            lambda: job.destination.view(name, token), before=job.may_send
        )
    except KeysRefused:
        leave_pending(job)
        raise
    except DestinationError:
        return None


def _token_of(job: Job) -> str | None:
    """Return the token of the run's last call, or that of the audience's creation."""
    return job.run.last_token if job.run.calls else job.audience().last_token


def _waited_too_long(job: Job) -> bool:
    with job.desk.store.read() as session:
        now = session.now()
    written_at = job.audience().last_write_at
    return written_at is not None and now - written_at >= _GIVEN_UP_AFTER


def _finish(job: Job, seen: PlatformAudience | None) -> None:
    audience, token = job.audience(), _token_of(job)
    count = seen.count if seen else None
    before = audience.platform_count
    with job.writing() as session:
        applied = seen is not None and seen.applied
        if applied:
            note_applied(session, audience.id, token)
        if seen is not None:
            note_platform_count(session, audience.id, count)
        record_event(
            session,
            job.run.id,
            "applied" if applied else "never confirmed",
            count=count,
            count_before=before,
            ledger=audience.ledger_rows,
        )
        job.update(
            session,
            state=RunState.PARTLY if job.run.refused else RunState.SUCCEEDED,
            applied_at=session.now() if applied else None,
            platform_count=count,
        )
    reach("confirmed")


def leave_pending(job: Job) -> None:
    """Give the run up as it is, to be looked up after 1, 2, 4 … seconds, at most five minutes."""
    wait_s = min(2.0 ** min(job.run.attempts, _DOUBLINGS), POLLING_S)
    with job.writing() as session:
        job.run = release_run(
            session,
            job.run.id,
            job.lease.token,
            attempts=job.run.attempts + 1,
            next_try_at=session.now() + timedelta(seconds=wait_s),
        )
        if job.run.attempts == 1:
            record_event(session, job.run.id, "still indexing")

"""Carrying a claimed run on until it ends, is held, waits or is being indexed."""

from datetime import datetime, timedelta

from core.errors import (
    Cancelled,
    DestinationError,
    KeysRefused,
    LeaseLost,
    LedgerMissing,
    PlanOutdated,
    QueryFailed,
    RollcallError,
    SecretUnreadable,
    StorageFault,
    StoreError,
)
from core.store.destinations import pause_destination
from core.store.run_states import RunState
from core.store.run_story import GapKind, note_gap
from core.sync.book import book_and_move
from core.sync.calls import asked_wait_s
from core.sync.compute import compute_run
from core.sync.confirm import confirm_run, leave_pending
from core.sync.job import Job, Postponed
from core.sync.send import send_plan

_FIRST_WAIT_S = 30.0
_LONGEST_WAIT_S = 900.0
_DOUBLINGS = 10  # more reach no further, and overflow in the end
_WAITED_ENOUGH = timedelta(hours=24)


def carry_on(job: Job, patience_s: float) -> None:
    """Do what is left of the run; what becomes of it stands in `job.run` and the store.

    Raises: LeaseLost where another process owns it now; StoreError; StorageFault, LedgerMissing or
            QueryFailed where it cannot be booked, and then it waits to be.
    """
    try:
        job.heed()
        _refuse_too_long_a_wait(job)
        _carry_through(job, patience_s)
    except SecretUnreadable as error:
        _end(job, error)
    except (LeaseLost, StoreError):
        raise
    except Cancelled as error:
        _stop(job, error)
    except Postponed as postponed:
        _park(job, postponed, postponed.until)
    except KeysRefused as error:
        _pause_destination(job, error)
        _end(job, error)
    except DestinationError as error:
        if error.retryable:
            _wait_or_end(job, error)
        else:
            _end(job, error)
    except RollcallError as error:
        _end(job, error)


def give_back(job: Job, error: Exception) -> None:
    """Let go of a run that could not go on here, to be claimed again after a while.

    Raises: LeaseLost where it is not ours any more, StoreError, StorageFault.
    """
    if job.run.token is None:
        return
    with job.desk.store.read() as session:
        now = session.now()
    _park(job, error, now + timedelta(seconds=_FIRST_WAIT_S))


def _refuse_too_long_a_wait(job: Job) -> None:
    """Raise PlanOutdated where the run has waited so long that the next one plans afresh."""
    since = job.run.waiting_since
    if since is None or job.run.state is RunState.CONFIRMING:
        return
    with job.desk.store.read() as session:
        waited = session.now() - since
    if waited >= _WAITED_ENOUGH:
        raise PlanOutdated(
            f"Run {job.run.id} has waited for more than 24 hours: what it sent is noted, and the "
            "next run works out the rest anew."
        )


def _stop(job: Job, error: Cancelled) -> None:
    """End what somebody cancelled; a query that ended because the process stops goes on later."""
    if job.desk.stopping.is_set() and job.run.cancel_asked_by is None:
        _park(job, error, None)
    else:
        _end(job, error, RunState.CANCELLED)


def _carry_through(job: Job, patience_s: float) -> None:
    if job.run.state is RunState.COMPUTING:
        compute_run(job)
    if job.run.state is RunState.SENDING:
        send_plan(job)
    if job.run.state is RunState.CONFIRMING:
        confirm_run(job, patience_s)


def _end(job: Job, error: Exception, state: RunState | None = None) -> None:
    """Book what was acknowledged and end the run: partly if anything was, else failed."""
    if job.run.token is None:
        return
    ended = state or (RunState.PARTLY if job.run.calls else RunState.FAILED)
    try:
        # A run is read on pages; whoever works with files sees key and place where it is checked.
        said = error.told if isinstance(error, RollcallError) else str(error)
        book_and_move(job, state=ended, error=said, error_kind=type(error).__name__)
    except (LedgerMissing, StorageFault, QueryFailed) as obstacle:
        if isinstance(obstacle, LedgerMissing) and ended is RunState.CANCELLED:
            _end_unbooked(job, obstacle)
            return
        with job.desk.store.read() as session:
            now = session.now()
        _park(job, obstacle, _next_try(job, obstacle, now))
        raise


def _end_unbooked(job: Job, obstacle: LedgerMissing) -> None:
    """End a cancelled run whose ledger is gone; what it sent is booked once the ledger is back."""
    with job.writing() as session:
        if job.run.cursor > 0:
            note_gap(session, job.run.id, GapKind.UNANSWERED, 0, job.run.cursor)
        job.update(session, state=RunState.CANCELLED, error=str(obstacle))


def _wait_or_end(job: Job, error: DestinationError) -> None:
    with job.desk.store.read() as session:
        now = session.now()
    since = job.run.waiting_since or now
    if now - since >= _WAITED_ENOUGH:
        _end(job, error)
    else:
        _park(job, error, _next_try(job, error, now))


def _next_try(job: Job, error: RollcallError, now: datetime) -> datetime:
    growing = min(_FIRST_WAIT_S * 2 ** min(job.run.attempts, _DOUBLINGS), _LONGEST_WAIT_S)
    return now + timedelta(seconds=max(growing, asked_wait_s(error) or 0))


def _park(job: Job, reason: Exception, until: datetime | None) -> None:
    """Let the run wait, owned by nobody, until somebody claims it again."""
    if job.run.state is RunState.CONFIRMING:
        leave_pending(job)
        return
    with job.writing() as session:
        job.update(
            session,
            state=RunState.WAITING,
            attempts=job.run.attempts + 1,
            waiting_since=job.run.waiting_since or session.now(),
            next_try_at=until,
            error=str(reason),
            error_kind=type(reason).__name__,
        )


def _pause_destination(job: Job, error: KeysRefused) -> None:
    with job.writing() as session:
        pause_destination(session, job.activation.destination_key, str(error))

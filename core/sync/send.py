"""Sending a frozen plan, call by call, from its cursor on."""

from core.data.instance import translated
from core.destinations._base import Action
from core.errors import CallRefused, KeysRefused, LeaseLost, NetworkFault, PlatformFault
from core.store.activations import get_activation_by_id
from core.store.audiences import note_write
from core.store.database import WriteSession
from core.store.run_states import RunState
from core.store.run_story import GapKind, GapView, forget_gap, note_gap, unbooked_gaps
from core.store.workspace import get_workspace
from core.sync.book import book_and_move
from core.sync.calls import Call, next_call, read_call
from core.sync.ensure import prepare_audience
from core.sync.job import Job, Postponed
from core.sync.outcome import stored_counts
from core.sync.points import reach

_REFUSALS_IN_A_ROW = 3


def send_plan(job: Job) -> None:
    """Send what the plan still holds, book it, and move the run on.

    Raises: RunRefused, PlanOutdated, Postponed, Cancelled, LeaseLost, DestinationError,
            LedgerMissing, StorageFull, QueryFailed.
    """
    flight = _open_flight(job)
    if job.run.cursor == 0 and flight is None:
        prepare_audience(job)
    refusals = 0
    while (call := _call_at_cursor(job, flight)) and refusals < _REFUSALS_IN_A_ROW:
        refused = _Flight(job, call, resumed=flight is not None).fly()
        refusals = refusals + 1 if refused else 0
        flight = None
    _end_sending(job)


class _Flight:
    """One call from the note that it is about to leave to the note of its answer.

    While nobody has answered, its rows stand as unanswered, so whatever ends the run books them
    as unknown.
    """

    def __init__(self, job: Job, call: Call, *, resumed: bool) -> None:
        self._job = job
        self._call = call
        self._doubtful = resumed
        self._left = False

    def fly(self) -> bool:
        """Make the call and note what came of it; return whether it was refused for good."""
        self._take_off()
        try:
            token = self._job.caller.request(self._ask, before=self._before)
            reach("call acknowledged")
            self._land(token)
        except CallRefused as error:
            self._note_refused(error)
            return True
        except KeysRefused:
            self._take_back()
            raise
        except LeaseLost:
            self._note_lost()
            raise
        return False

    def _take_off(self) -> None:
        job = self._job
        with job.writing() as session:
            job.update(session)
            job.heed()
            _heed_pause(job, session)
            if not self._doubtful:
                note_gap(session, job.run.id, GapKind.UNANSWERED, self._call.start, self._call.end)
            note_write(session, job.run.audience_id, None)
        reach("call about to leave")

    def _before(self) -> None:
        self._job.may_send()
        self._left = True

    def _ask(self) -> str | None:
        job = self._job
        try:
            return job.destination.apply(
                job.activation.audience_name, self._call.changes, str(job.run.id)
            )
        except (NetworkFault, PlatformFault):
            self._doubtful = True
            raise

    def _land(self, token: str | None) -> None:
        job, call = self._job, self._call
        with job.writing() as session:
            job.update(
                session,
                cursor=call.end,
                calls=job.run.calls + 1,
                attempts=0,
                waiting_since=None,
                sent_adds=job.run.sent_adds + call.count(Action.ADD),
                sent_removes=job.run.sent_removes + call.count(Action.REMOVE),
                last_token=token,
            )
            forget_gap(session, job.run.id, GapKind.UNANSWERED, call.start)
            note_write(session, job.run.audience_id, token)
        reach("cursor moved")

    def _note_refused(self, error: CallRefused) -> None:
        """Pass the rows over; those of a try that got no answer stay unknown as well."""
        job, call = self._job, self._call
        with job.writing() as session:
            job.update(
                session,
                cursor=call.end,
                refused=job.run.refused + len(call.changes),
                error=str(error),
                error_kind=type(error).__name__,
            )
            if not self._doubtful:
                forget_gap(session, job.run.id, GapKind.UNANSWERED, call.start)
            note_gap(session, job.run.id, GapKind.REFUSED, call.start, call.end, error=str(error))

    def _take_back(self) -> None:
        """Forget a call that the platform did not let in."""
        job = self._job
        if not self._doubtful:
            with job.writing() as session:
                job.update(session)
                forget_gap(session, job.run.id, GapKind.UNANSWERED, self._call.start)

    def _note_lost(self) -> None:
        """Tell whoever owns the run now that this call may still arrive: it needs no token."""
        job, call = self._job, self._call
        if self._left:
            with job.writing() as session:
                note_gap(session, job.run.id, GapKind.UNANSWERED, call.start, call.end)


def _open_flight(job: Job) -> GapView | None:
    """Return the call at the cursor that left, or was about to, without an answer."""
    with job.desk.store.read() as session:
        gaps = unbooked_gaps(session, job.run.audience_id)
    return next(
        (
            gap
            for gap in gaps
            if gap.run_id == job.run.id
            and gap.kind is GapKind.UNANSWERED
            and gap.first_row == job.run.cursor
        ),
        None,
    )


def _call_at_cursor(job: Job, flight: GapView | None) -> Call | None:
    """Return the call to make now; one in flight is made again exactly as it was."""
    with translated(), job.desk.instance.cursor() as cursor:
        if flight is not None:
            return read_call(cursor, job.plan_path, flight.first_row, flight.end_row)
        return next_call(cursor, job.plan_path, job.run.cursor, job.destination)


def _heed_pause(job: Job, session: WriteSession) -> None:
    """Stop between two calls where somebody paused this activation, or everything."""
    activation = get_activation_by_id(session, job.activation.id)
    if get_workspace(session).everything_paused or activation.paused_at is not None:
        raise Postponed("paused by somebody", None)


def _end_sending(job: Job) -> None:
    """Book, and confirm what was acknowledged; a run with nothing acknowledged has failed."""
    nothing_to_send = stored_counts(job.run.counts).rows == 0
    done = job.run.calls > 0 or nothing_to_send
    book_and_move(job, state=RunState.CONFIRMING if done else RunState.FAILED, attempts=0)

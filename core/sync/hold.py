"""What a human says about a held plan, and whether it may still be said."""

from core.errors import PlanOutdated, RunRefused
from core.store.database import ReadSession, WriteSession
from core.store.run_changes import update_unowned_run
from core.store.run_states import RunState
from core.store.runs import RunView, get_run
from core.store.state_clauses import STATE_CLAUSES
from core.sync.decide import check_approvable

APPROVED = "approved"
REJECTED = "rejected"
DECIDED_PRIORITY = 10


def approve_plan(session: WriteSession, run_id: int, plan_id: str) -> RunView:
    """Note that the session's actor lets this plan be sent as it was frozen.

    Raises: RunRefused where the run is not held, PlanOutdated where another plan was looked at or
            it no longer fits what is saved, UnknownName.
    """
    run = _held(session, run_id)
    if run.plan_id != plan_id:
        raise PlanOutdated(
            f"What run {run_id} would send is not what you looked at: look at it, then approve."
        )
    check_approvable(session, run)
    _decide(session, run, APPROVED, RunState.HELD)
    return get_run(session, run_id)


def reject_plan(session: WriteSession, run_id: int) -> RunView:
    """End a held run: its plan is not sent. Raises: RunRefused, UnknownName."""
    run = _held(session, run_id)
    _decide(session, run, REJECTED, RunState.REJECTED)
    return get_run(session, run_id)


def _held(session: ReadSession, run_id: int) -> RunView:
    run = get_run(session, run_id)
    if run.state is not RunState.HELD:
        raise RunRefused(
            f"Run {run_id} {STATE_CLAUSES[run.state]}: there is nothing to approve or to reject."
        )
    return run


def _decide(session: WriteSession, run: RunView, decision: str, state: RunState) -> None:
    update_unowned_run(
        session,
        run.id,
        [RunState.HELD],
        state=state,
        priority=DECIDED_PRIORITY,
        decision=decision,
        decided_by=session.actor,
        decided_at=session.now(),
    )

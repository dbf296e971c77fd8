"""What a human's wish to stop a run does, whoever works on it."""

from core.errors import RunRefused
from core.store.database import WriteSession
from core.store.run_changes import ask_cancel, update_unowned_run
from core.store.run_states import FINAL, RunState
from core.store.runs import RunView, get_run
from core.store.state_clauses import STATE_CLAUSES


def stop_run(session: WriteSession, run_id: int) -> RunView:
    """End a run that waits, at once; ask whoever works on it to stop and to book what was sent.

    Raises: RunRefused where it has ended or everything is sent, UnknownName.
    """
    run = get_run(session, run_id)
    if run.state in FINAL or run.state is RunState.CONFIRMING:
        raise RunRefused(
            f"Run {run_id} {STATE_CLAUSES[run.state]}: there is nothing left to cancel."
        )
    idle = [RunState.QUEUED, RunState.HELD]
    if not update_unowned_run(session, run_id, idle, state=RunState.CANCELLED):
        ask_cancel(session, run_id)
    return get_run(session, run_id)

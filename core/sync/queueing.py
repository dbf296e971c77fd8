"""Queueing runs: by hand; for slots one each, joined by later ones, seldom while a plan is held."""

from datetime import datetime, timedelta

from core.errors import RunRefused
from core.store.activations import ActivationView
from core.store.database import WriteSession
from core.store.run_changes import NewRun, queue_run, update_unowned_run
from core.store.run_states import RunState
from core.store.runs import RunView, list_runs
from core.sync.claims import BY_HAND, BY_HAND_PRIORITY
from core.sync.decide import held_run

PLANNED_AGAIN_AFTER = timedelta(hours=1)


def queue_slot(
    session: WriteSession,
    activation: ActivationView,
    trigger: str,
    slot_at: datetime,
    missed: int = 0,
) -> RunView:
    """Return the run that stands for the slot, and for the `missed` ones before it.

    While a plan waits for a human, slots plan again at most hourly: in between they count as
    joined to the run that is held.
    """
    held = held_run(session, activation.id)
    if held is not None and _planned_lately(session, activation.id):
        merged = held.merged_slots + missed + 1
        update_unowned_run(session, held.id, [RunState.HELD], merged_slots=merged)
        return held
    new = NewRun(activation.id, activation.audience_id, trigger, slot_at=slot_at, missed=missed)
    return queue_run(session, new)


def queue_by_hand(session: WriteSession, activation: ActivationView) -> RunView:
    """Return the run that somebody asked for, before all that is due; one that waits will do.

    While everything is paused it waits for the end of that.

    Raises: RunRefused where the activation itself rests.
    """
    if activation.archived_at is not None:
        raise RunRefused(f"'{activation.display_name}' is archived, so it cannot run.")
    if activation.paused_at is not None:
        raise RunRefused(f"'{activation.display_name}' is paused: resume it, then run it.")
    new = NewRun(activation.id, activation.audience_id, BY_HAND, priority=BY_HAND_PRIORITY)
    return queue_run(session, new)


def _planned_lately(session: WriteSession, activation_id: int) -> bool:
    newest = list_runs(session, activation_id=activation_id, limit=1)[0]
    return session.now() - newest.queued_at < PLANNED_AGAIN_AFTER

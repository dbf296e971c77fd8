"""Queues what has become due: runs of activations, and loads of the data."""

from datetime import datetime

from core.schedule.definition import schedule_from_json
from core.schedule.slots import Missed, Slots
from core.store.activations import (
    ActivationView,
    due_activations,
    set_next_run,
    unplanned_activations,
)
from core.store.database import ReadSession, Store, WriteSession
from core.store.loads import NewLoad, queue_load
from core.store.workspace import WorkspaceView, get_workspace, set_next_load
from core.sync.queueing import queue_slot

BY_SCHEDULE = "schedule"


def queue_due(store: Store, actor: str) -> int:
    """Queue what is due, work out what is due next, and return how much was queued.

    Any number of processes may do so at once: a slot is recorded once.
    Raises: StoreError.
    """
    with store.read() as session:
        if not _has_work(session):
            return 0
    with store.write(actor) as session:
        workspace, now = get_workspace(session), session.now()
        if workspace.everything_paused:
            return 0
        for activation in unplanned_activations(session):
            _plan_next(session, activation, workspace.zone, now)
        due = due_activations(session, now)
        for activation in due:
            _queue_run(session, activation, workspace.zone, now)
        return len(due) + _queue_load(session, workspace, now)


def _has_work(session: ReadSession) -> bool:
    workspace, now = get_workspace(session), session.now()
    if workspace.everything_paused:
        return False
    if workspace.load_schedule is not None and not workspace.next_load_known:
        return True
    if workspace.next_load_at is not None and workspace.next_load_at <= now:
        return True
    return bool(unplanned_activations(session, 1) or due_activations(session, now, 1))


def _slots(activation: ActivationView, zone: str) -> Slots:
    return Slots(schedule_from_json(activation.schedule), zone, activation.started_at)


def _plan_next(
    session: WriteSession, activation: ActivationView, zone: str, after: datetime
) -> None:
    set_next_run(session, activation.id, _slots(activation, zone).next_after(after))


def _queue_run(session: WriteSession, activation: ActivationView, zone: str, now: datetime) -> None:
    missed = _missed(_slots(activation, zone), activation.next_run_at, now)
    if missed is not None:
        queue_slot(session, activation, BY_SCHEDULE, missed.last, missed.count - 1)
    _plan_next(session, activation, zone, now)


def _queue_load(session: WriteSession, workspace: WorkspaceView, now: datetime) -> int:
    if workspace.load_schedule is None or workspace.manifest_path is None:
        return 0
    begins = workspace.load_schedule_from or now
    slots = Slots(schedule_from_json(workspace.load_schedule), workspace.zone, begins)
    missed = _missed(slots, workspace.next_load_at, now)
    if missed is not None:
        new = NewLoad(workspace.manifest_path, BY_SCHEDULE, missed.last, missed.count - 1)
        queue_load(session, new)
    if missed is not None or not workspace.next_load_known:
        set_next_load(session, slots.next_after(now))
    return int(missed is not None)


def _missed(slots: Slots, promised: datetime | None, now: datetime) -> Missed | None:
    """Return what has come since the moment that was promised, which counts in any case."""
    if promised is None or promised > now:
        return None
    return slots.missed(promised, now) or Missed(promised, 1)

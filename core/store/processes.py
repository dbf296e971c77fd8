"""The processes that work on runs, as far as they said so themselves."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import func, select

from core.store.database import ReadSession, WriteSession
from core.store.models import Process
from core.store.views import view_of

SCHEDULER = "scheduler"  # the role of a scheduler's process


@dataclass(frozen=True, slots=True)
class ProcessView:
    """A process; while it lives it holds a lock on `lock_file`, a path on its `host`."""

    id: str
    host: str
    boot_id: str
    pid: int
    role: str
    lock_file: str
    started_at: datetime
    beat_at: datetime


def add_process(
    session: WriteSession,
    process_id: str,
    *,
    host: str,
    boot_id: str,
    pid: int,
    role: str,
    lock_file: str,
) -> ProcessView:
    """Note a process that has just started."""
    now = session.now()
    row = Process(
        id=process_id,
        host=host,
        boot_id=boot_id,
        pid=pid,
        role=role,
        lock_file=lock_file,
        started_at=now,
        beat_at=now,
    )
    session.add(row)
    session.flush()
    return view_of(ProcessView, row)


def note_beat(session: WriteSession, process_id: str) -> None:
    """Note that the process is alive."""
    row = session.get(Process, process_id)
    if row is not None:
        row.beat_at = session.now()


def remove_process(session: WriteSession, process_id: str) -> None:
    """Forget a process that has ended."""
    row = session.get(Process, process_id)
    if row is not None:
        session.delete(row)


def get_process(session: ReadSession, process_id: str) -> ProcessView | None:
    """Return the process of that id, or None once it is forgotten."""
    row = session.get(Process, process_id)
    return None if row is None else view_of(ProcessView, row)


def list_processes(session: ReadSession, role: str | None = None) -> tuple[ProcessView, ...]:
    """Return the known processes, the last started first."""
    rows = session.exec(select(Process)).all()
    views = [view_of(ProcessView, row) for row in rows if role is None or row.role == role]
    return tuple(sorted(views, key=lambda view: view.started_at, reverse=True))


def last_beat(session: ReadSession, role: str = SCHEDULER) -> datetime | None:
    """Return when a process of that role last said that it lives, None where there is none."""
    return session.exec(select(func.max(Process.beat_at)).where(Process.role == role)).one()

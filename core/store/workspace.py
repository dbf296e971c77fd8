"""The workspace: its name, its word for people, the switch that pauses everything."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import select

from core.store.activations import forget_next_runs
from core.store.activity import record
from core.store.database import ReadSession, WriteSession
from core.store.home_paths import kept_path, whole_path
from core.store.models import Workspace
from core.store.names import new_name
from core.store.views import view_of


@dataclass(frozen=True, slots=True)
class WorkspaceView:
    """The one workspace; `manifest_path` and `load_schedule` say how its data is refreshed.

    `zone` is that of the data loaded last; `load_schedule_from` is where a grid of loads begins,
    and `next_load_known` says that `next_load_at` was worked out; None is then never.
    """

    name: str
    people_word: str
    everything_paused: bool
    paused_by: str | None
    paused_at: datetime | None
    current_snapshot_id: str | None
    zone: str
    manifest_path: str | None
    load_schedule: str | None
    load_schedule_from: datetime | None
    next_load_at: datetime | None
    next_load_known: bool


def get_workspace(session: ReadSession) -> WorkspaceView:
    """Return the workspace."""
    row = _row(session)
    kept = row.manifest_path
    whole = None if kept is None else whole_path(session.store.settings.home, kept)
    return view_of(WorkspaceView, row, {"manifest_path": whole})


def name_workspace(session: WriteSession, name: str, people_word: str) -> None:
    """Change the names that pages show."""
    row = _row(session)
    row.name = name = new_name(name, row.name)
    row.people_word = people_word = new_name(people_word, row.people_word)
    record(session, "renamed", "workspace", "workspace", name=name, people_word=people_word)


def set_data_source(
    session: WriteSession, manifest_path: str | None, load_schedule: str | None
) -> bool:
    """Say how the data is refreshed; return whether that changed anything."""
    row = _row(session)
    home = session.store.settings.home
    kept = None if manifest_path is None else kept_path(home, manifest_path)
    if (row.manifest_path, row.load_schedule) == (kept, load_schedule):
        return False
    if row.load_schedule != load_schedule:
        row.load_schedule_from = session.now()
        row.next_load_at, row.next_load_known = None, False
    row.manifest_path, row.load_schedule = kept, load_schedule
    record(session, "changed data source", "workspace", "workspace", manifest=manifest_path)
    return True


def set_next_load(session: WriteSession, at: datetime | None) -> None:
    """Say when the next load is due, None for never."""
    row = _row(session)
    row.next_load_at, row.next_load_known = at, True


def set_zone(session: WriteSession, zone: str) -> None:
    """Say in which zone the workspace's days and times are; another one moves what is due next."""
    row = _row(session)
    if row.zone != zone:
        row.zone = zone
        _plan_anew(session, row)


def pause_everything(session: WriteSession) -> bool:
    """Keep every run from starting; return whether it was going before."""
    row = _row(session)
    if row.everything_paused:
        return False
    row.everything_paused, row.paused_by, row.paused_at = True, session.actor, session.now()
    record(session, "paused everything", "workspace", "workspace")
    return True


def resume_everything(session: WriteSession) -> bool:
    """Let runs start again, without making up for missed slots; return whether they were paused."""
    row = _row(session)
    if not row.everything_paused:
        return False
    _plan_anew(session, row)
    row.everything_paused, row.paused_by, row.paused_at = False, None, None
    record(session, "resumed everything", "workspace", "workspace")
    return True


def _plan_anew(session: WriteSession, row: Workspace) -> None:
    row.next_load_at, row.next_load_known = None, False
    forget_next_runs(session)


def _row(session: ReadSession) -> Workspace:
    return session.exec(select(Workspace)).one()

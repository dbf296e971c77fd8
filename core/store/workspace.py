"""The workspace: its name, its word for people, the switch that pauses everything."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import select

from core.store.activity import record
from core.store.database import ReadSession, WriteSession
from core.store.models import Workspace
from core.store.views import view_of


@dataclass(frozen=True, slots=True)
class WorkspaceView:
    """The one workspace; `manifest_path` and `load_schedule` say how its data is refreshed."""

    name: str
    people_word: str
    everything_paused: bool
    paused_by: str | None
    paused_at: datetime | None
    current_snapshot_id: str | None
    manifest_path: str | None
    load_schedule: str | None


def get_workspace(session: ReadSession) -> WorkspaceView:
    """Return the workspace."""
    return view_of(WorkspaceView, _row(session))


def name_workspace(session: WriteSession, name: str, people_word: str) -> None:
    """Change the names that pages show."""
    row = _row(session)
    row.name, row.people_word = name, people_word
    record(session, "renamed", "workspace", "workspace", name=name, people_word=people_word)


def set_data_source(
    session: WriteSession, manifest_path: str | None, load_schedule: str | None
) -> bool:
    """Say how the data is refreshed; return whether that changed anything."""
    row = _row(session)
    if (row.manifest_path, row.load_schedule) == (manifest_path, load_schedule):
        return False
    row.manifest_path, row.load_schedule = manifest_path, load_schedule
    record(session, "changed data source", "workspace", "workspace", manifest=manifest_path)
    return True


def pause_everything(session: WriteSession) -> bool:
    """Keep every run from starting; return whether it was going before."""
    row = _row(session)
    if row.everything_paused:
        return False
    row.everything_paused, row.paused_by, row.paused_at = True, session.actor, session.now()
    record(session, "paused everything", "workspace", "workspace")
    return True


def resume_everything(session: WriteSession) -> bool:
    """Let runs start again; return whether they were paused before."""
    row = _row(session)
    if not row.everything_paused:
        return False
    row.everything_paused, row.paused_by, row.paused_at = False, None, None
    record(session, "resumed everything", "workspace", "workspace")
    return True


def _row(session: ReadSession) -> Workspace:
    return session.exec(select(Workspace)).one()

"""Saved segments and their versions.

`tree` is the JSON text as it was given, `resolved` that of the paths, fields and types it meant.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from core.errors import EditConflict, NameTaken
from core.names import clean_name
from core.store.activity import record
from core.store.database import ReadSession, WriteSession
from core.store.models import Segment, SegmentVersion
from core.store.names import new_name, refuse_taken
from core.store.views import unknown_name, view_of


@dataclass(frozen=True, slots=True)
class SegmentView:
    """A saved segment; what `paused_reason` says keeps its activations from running."""

    id: int
    key: str
    name: str
    version: int
    tree: str
    resolved: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    paused_reason: str | None


@dataclass(frozen=True, slots=True)
class SegmentVersionView:
    """A segment as `actor` saved it."""

    version: int
    name: str
    tree: str
    resolved: str
    actor: str
    at: datetime


def create_segment(
    session: WriteSession, key: str, *, name: str, tree: str, resolved: str
) -> SegmentView:
    """Save a new segment as version 1.

    Raises: NameTaken for its key, and for the name of another that is not archived.
    """
    if _find(session, key) is not None:
        raise NameTaken(f"There is a segment '{key}' already, maybe archived: choose another key.")
    name = clean_name(name)
    _refuse_name(session, key, name)
    now = session.now()
    row = Segment(
        key=key,
        name=name,
        version=1,
        tree=tree,
        resolved=resolved,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    _keep_version(session, row)
    record(session, "created", "segment", key)
    return view_of(SegmentView, row)


def save_segment(
    session: WriteSession, key: str, *, name: str, tree: str, resolved: str, edited_from: int
) -> SegmentView:
    """Save a segment that was edited from the version `edited_from`.

    Another tree or another meaning makes a version; a name alone does not, so held plans stay
    good. Saving what is there already changes nothing.

    Raises: EditConflict, UnknownName, NameTaken.
    """
    row = _row(session, key)
    if row.version != edited_from:
        raise EditConflict(
            f"Somebody saved '{row.name}' meanwhile (version {row.version}, yours was "
            f"{edited_from}), so nothing was saved over it."
        )
    name, same_meaning = new_name(name, row.name), (row.tree, row.resolved) == (tree, resolved)
    if same_meaning and row.name == name:
        return view_of(SegmentView, row)
    if row.name != name:
        _refuse_name(session, key, name)
    row.name, row.updated_at = name, session.now()
    if not same_meaning:
        row.tree, row.resolved, row.version = tree, resolved, row.version + 1
        row.paused_reason = None
        _keep_version(session, row)
    record(session, "saved", "segment", key, version=row.version)
    return view_of(SegmentView, row)


def archive_segment(session: WriteSession, key: str) -> None:
    """Put a segment away; its key stays taken."""
    row = _row(session, key)
    row.archived_at = session.now()
    record(session, "archived", "segment", key)


def restore_segment(session: WriteSession, key: str) -> SegmentView:
    """Take an archived segment back. Raises: UnknownName, NameTaken."""
    row = _row(session, key)
    _refuse_name(session, key, row.name)
    row.archived_at = None
    record(session, "restored", "segment", key)
    return view_of(SegmentView, row)


def pause_segment(session: WriteSession, key: str, reason: str) -> None:
    """Keep the segment from being run, for what the sentence `reason` says."""
    _row(session, key).paused_reason = reason
    record(session, "paused", "segment", key, reason=reason)


def resume_segment(session: WriteSession, key: str) -> None:
    """Let the segment be run again."""
    _row(session, key).paused_reason = None
    record(session, "resumed", "segment", key)


def find_segment(session: ReadSession, key: str) -> SegmentView | None:
    """Return the segment of that key, archived or not, or None."""
    row = _find(session, key)
    return None if row is None else view_of(SegmentView, row)


def get_segment(session: ReadSession, key: str) -> SegmentView:
    """Return the segment of that key, archived or not.

    Raises: UnknownName.
    """
    return view_of(SegmentView, _row(session, key))


def list_segments(session: ReadSession, *, archived: bool = False) -> tuple[SegmentView, ...]:
    """Return all segments by key, archived ones only if asked for."""
    query = select(Segment).order_by(Segment.key)
    if not archived:
        query = query.where(col(Segment.archived_at).is_(None))
    return tuple(view_of(SegmentView, row) for row in session.exec(query))


def list_segment_versions(session: ReadSession, key: str) -> tuple[SegmentVersionView, ...]:
    """Return all that was ever saved under the key, newest first.

    Raises: UnknownName.
    """
    query = select(SegmentVersion).where(SegmentVersion.segment_id == _row(session, key).id)
    query = query.order_by(col(SegmentVersion.version).desc())
    return tuple(view_of(SegmentVersionView, row) for row in session.exec(query))


def _find(session: ReadSession, key: str) -> Segment | None:
    return session.exec(select(Segment).where(Segment.key == key)).one_or_none()


def _row(session: ReadSession, key: str) -> Segment:
    row = _find(session, key)
    if row is None:
        raise unknown_name("segment", key, session.exec(select(Segment.key)))
    return row


def _refuse_name(session: ReadSession, key: str, name: str) -> None:
    """Refuse the name of another segment that is not archived."""
    query = select(Segment.key, Segment.name).where(
        col(Segment.archived_at).is_(None), Segment.key != key
    )
    refuse_taken("segment", name, session.exec(query))


def _keep_version(session: WriteSession, row: Segment) -> None:
    session.add(
        SegmentVersion(
            segment_id=row.id or 0,
            version=row.version,
            name=row.name,
            tree=row.tree,
            resolved=row.resolved,
            actor=session.actor,
            at=session.now(),
        )
    )

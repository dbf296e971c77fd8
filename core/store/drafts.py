"""Segments as somebody edits them in a browser, kept so that a refresh loses nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, delete, select

from core.store.database import ReadSession, WriteSession
from core.store.models import SegmentDraft
from core.store.views import view_of

KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft; `segment_key` is None for a segment that was never saved.

    `edited_from` is the version that it began from, 0 for none; `kept` is its text with ids.
    """

    id: str
    segment_key: str | None
    edited_from: int
    name: str
    kept: str
    actor: str
    updated_at: datetime


def keep_draft(
    session: WriteSession,
    draft_id: str,
    *,
    segment_key: str | None,
    edited_from: int,
    name: str,
    kept: str,
) -> datetime:
    """Remember a draft as it stands now and return when that was.

    Drafts that nobody touched for a month go.
    """
    old = session.now() - KEPT_FOR
    session.exec(delete(SegmentDraft).where(col(SegmentDraft.updated_at) < old))
    row = session.get(SegmentDraft, draft_id) or SegmentDraft(
        id=draft_id, edited_from=0, name="", kept="", actor="", updated_at=session.now()
    )
    row.segment_key, row.edited_from, row.name, row.kept = segment_key, edited_from, name, kept
    row.actor, row.updated_at = session.actor, session.now()
    session.add(row)
    return row.updated_at


def find_draft(session: ReadSession, draft_id: str) -> DraftView | None:
    """Return the draft of that id, or None once it is saved or forgotten."""
    row = session.get(SegmentDraft, draft_id)
    return None if row is None else view_of(DraftView, row)


def list_new_drafts(session: ReadSession, limit: int = 50) -> tuple[DraftView, ...]:
    """Return the drafts of segments that were never saved, the last touched first."""
    query = (
        select(SegmentDraft)
        .where(col(SegmentDraft.segment_key).is_(None))
        .order_by(col(SegmentDraft.updated_at).desc())
        .limit(limit)
    )
    return tuple(view_of(DraftView, row) for row in session.exec(query))


def forget_draft(session: WriteSession, draft_id: str) -> None:
    """Forget a draft: it was saved, or nobody wants it."""
    session.exec(delete(SegmentDraft).where(col(SegmentDraft.id) == draft_id))

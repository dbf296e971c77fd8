"""What somebody edits in a browser, kept so that a refresh loses nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import col, delete, select

from core.store.database import ReadSession, WriteSession
from core.store.models import Draft
from core.store.views import view_of

KEPT_FOR = timedelta(days=30)


class DraftKind(StrEnum):
    """What a draft is one of."""

    SEGMENT = "segment"
    ACTIVATION = "activation"


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft; `item_key` says of what, None for what was never saved.

    `edited_from` is the version that it began from, 0 for none and for what has no versions;
    `kept` is its text.
    """

    id: str
    kind: DraftKind
    item_key: str | None
    edited_from: int
    name: str
    kept: str
    actor: str
    updated_at: datetime


def keep_draft(
    session: WriteSession,
    draft_id: str,
    kind: DraftKind,
    *,
    item_key: str | None,
    edited_from: int = 0,
    name: str,
    kept: str,
) -> datetime:
    """Remember a draft as it stands now and return when that was.

    Drafts that nobody touched for a month go.
    """
    old = session.now() - KEPT_FOR
    session.exec(delete(Draft).where(col(Draft.updated_at) < old))
    row = session.get(Draft, draft_id) or Draft(
        id=draft_id, kind=kind, edited_from=0, name="", kept="", actor="", updated_at=session.now()
    )
    row.item_key, row.edited_from, row.name, row.kept = item_key, edited_from, name, kept
    row.actor, row.updated_at = session.actor, session.now()
    session.add(row)
    return row.updated_at


def find_draft(session: ReadSession, draft_id: str, kind: DraftKind) -> DraftView | None:
    """Return the draft of that id and kind, or None once it is saved or forgotten."""
    row = session.get(Draft, draft_id)
    return None if row is None or row.kind != kind else _view(row)


def is_kept_elsewhere(session: ReadSession, draft_id: str, seen_at: datetime | None) -> bool:
    """Return whether somebody else has written the draft since it was seen at that moment."""
    row = session.get(Draft, draft_id)
    return row is not None and row.updated_at != seen_at


def list_new_drafts(
    session: ReadSession, kind: DraftKind, limit: int = 50
) -> tuple[DraftView, ...]:
    """Return the drafts of that kind of what was never saved, the last touched first."""
    query = (
        select(Draft)
        .where(Draft.kind == kind, col(Draft.item_key).is_(None))
        .order_by(col(Draft.updated_at).desc())
        .limit(limit)
    )
    return tuple(_view(row) for row in session.exec(query))


def forget_draft(session: WriteSession, draft_id: str, seen_at: datetime) -> None:
    """Forget a draft that was saved or is not wanted, as it was at that moment.

    What somebody has written since then stays.
    """
    as_seen = (col(Draft.id) == draft_id, col(Draft.updated_at) == seen_at)
    session.exec(delete(Draft).where(*as_seen))


def _view(row: Draft) -> DraftView:
    return view_of(DraftView, row, {"kind": DraftKind(row.kind)})

"""Who changed what, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select

from core.store.database import ReadSession, WriteSession
from core.store.models import Activity
from core.store.views import JsonValue, view_of


@dataclass(frozen=True, slots=True)
class ActivityView:
    """One thing that `actor` did to the `kind` named `key`."""

    id: int
    at: datetime
    actor: str
    action: str
    kind: str
    key: str
    detail: Mapping[str, JsonValue]


def record(session: WriteSession, action: str, kind: str, key: str, **detail: JsonValue) -> None:
    """Note what the session's actor does; never a secret in `detail`."""
    session.add(
        Activity(
            at=session.now(),
            actor=session.actor,
            action=action,
            kind=kind,
            key=key,
            detail=detail,
        )
    )


def list_activity(
    session: ReadSession,
    *,
    kind: str | None = None,
    key: str | None = None,
    before_id: int | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[ActivityView, ...]:
    """Return what was done, newest first, before `before_id` or from `offset` on."""
    query = select(Activity).order_by(col(Activity.id).desc()).offset(offset).limit(limit)
    if kind is not None:
        query = query.where(Activity.kind == kind)
    if key is not None:
        query = query.where(Activity.key == key)
    if before_id is not None:
        query = query.where(col(Activity.id) < before_id)
    return tuple(view_of(ActivityView, row) for row in session.exec(query))


def count_activity(session: ReadSession) -> int:
    """Return how many things were done."""
    return session.exec(select(func.count()).select_from(Activity)).one()

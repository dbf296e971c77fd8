"""Of two who change the same thing, the second is told."""

from datetime import datetime
from typing import Protocol

from core.errors import EditConflict


class Edited(Protocol):
    """What somebody edits: as it is saved."""

    @property
    def updated_at(self) -> datetime: ...

    @property
    def archived_at(self) -> datetime | None: ...


def refuse_conflict(name: str, begun: Edited, now: Edited) -> None:
    """Refuse to save over what is no longer what the edit began from. Raises: EditConflict."""
    if now.archived_at is not None:
        raise archived_meanwhile(name)
    if now.updated_at != begun.updated_at:
        raise EditConflict(f"Somebody changed “{name}” meanwhile: nothing was saved over it.")


def archived_meanwhile(name: str) -> EditConflict:
    """Return the refusal to save what was put away since."""
    return EditConflict(f"Somebody archived “{name}” meanwhile: nothing was saved.")

"""What a change of the workspace came to, for reports."""

from dataclasses import dataclass, field
from enum import StrEnum


class Did(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    RESTORED = "restored"
    ARCHIVED = "archived"


@dataclass(slots=True)
class Changes:
    """What was done to each thing, `activation vip` and its like, and what a user should know."""

    done: dict[str, Did] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def effective(self) -> dict[str, Did]:
        """Return what is different now."""
        return {what: did for what, did in self.done.items() if did is not Did.UNCHANGED}

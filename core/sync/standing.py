"""What viewing an audience says about it: ours, somebody else's, deleted, or never made."""

from enum import StrEnum

from core.destinations._base import PlatformAudience
from core.errors import RunRefused
from core.store.audiences import CREATING, GONE, AudienceView


class Standing(StrEnum):
    OURS = "ours"
    MADE = "made"  # created by us, and the answer was lost
    STRANGE = "strange"
    ABSENT = "absent"
    GONE = "gone"


def judge_audience(audience: AudienceView, seen: PlatformAudience | None) -> Standing:
    """Return how the audience stands, from what we noted and what the platform shows."""
    if seen is not None:
        if audience.ours:
            return Standing.OURS
        return Standing.MADE if audience.intent == CREATING else Standing.STRANGE
    was_deleted = audience.intent == GONE or audience.ledger_rows > 0
    return Standing.GONE if was_deleted else Standing.ABSENT


def strange_audience(audience: AudienceView, label: str) -> RunRefused:
    """Return the refusal to touch a list that somebody else made."""
    return RunRefused(
        f"The list '{audience.name}' exists in {label} already and was not made by Rollcall; "
        "taking over an existing list is not built yet: choose another audience name, or delete "
        "that list first."
    )


def deleted_audience(audience: AudienceView, label: str) -> str:
    """Return why a run is held whose list somebody deleted."""
    return (
        f"somebody deleted the list '{audience.name}' in {label}: "
        "it would be made again, with everybody in it"
    )

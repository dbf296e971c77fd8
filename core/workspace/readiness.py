"""Whether a campaign may use a list: only once the platform has taken in all that was sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.store.audiences import AudienceView
from core.store.run_history import ENDED_WELL
from core.store.run_states import FINAL, RunState
from core.store.runs import RunView

# What a replaced run would have done, another one did or did not.
DECISIVE = FINAL - {RunState.REPLACED}
_LEFT = (RunState.REJECTED, RunState.CANCELLED)


class ReadinessKind(StrEnum):
    """How far a list is at its platform."""

    READY = "ready"
    NOT_TAKEN_IN = "not taken in"
    NOT_THERE = "not there"


@dataclass(frozen=True, slots=True)
class Readiness:
    """How a list stands, and since when; nothing is known of when for one that is not there."""

    kind: ReadinessKind
    at: datetime | None


def readiness_of(audience: AudienceView) -> Readiness:
    """Return whether a campaign may use the list now."""
    if audience.applied_at is not None and audience.ledger_file is not None:
        return Readiness(ReadinessKind.READY, audience.applied_at)
    if audience.last_write_at is not None or audience.ledger_file is not None:
        return Readiness(ReadinessKind.NOT_TAKEN_IN, audience.last_write_at)
    return Readiness(ReadinessKind.NOT_THERE, None)


def is_behind(newest: RunView | None, versions: Mapping[str, int]) -> bool:
    """Return whether a segment that the list rests on was changed since its newest run.

    `versions` are those of segments by key. A list whose run did not end well says that instead.
    """
    if newest is None or newest.state not in (*ENDED_WELL, RunState.CONFIRMING):
        return False
    return is_outdated(newest, versions)


def is_outdated(run: RunView, versions: Mapping[str, int]) -> bool:
    """Return whether a segment that the run rests on was changed since, however it ended."""
    rested_on = run.segment_versions or {}
    return any(versions.get(key, version) != version for key, version in rested_on.items())


def left_by(last: RunView | None) -> RunState | None:
    """Return the end of the last run where somebody ended it before the list was up to date.

    `last` is the newest run in one of the states that are `DECISIVE`.
    """
    return last.state if last is not None and last.state in _LEFT else None

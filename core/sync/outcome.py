"""What came of a run, for whoever asked for it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from core.store.run_states import RunState
from core.store.runs import RunView
from core.sync.draft import DraftedPlan

# Why somebody is not sent, as pages and commands say it.
NOT_SENT_WORDS: Mapping[str, str] = {
    "blank": "no ID",
    "too_long": "ID too long",
    "duplicate": "duplicates",
    "excluded": "excluded",
    "control": "control group",
}


@dataclass(frozen=True, slots=True)
class RunCounts:
    """How a segment became a list; `held` is what the list had before, `unknown` a part of it.

    segment = blank + too_long + duplicate + control + excluded + wanted.
    """

    segment: int = 0
    blank: int = 0
    too_long: int = 0
    duplicate: int = 0
    control: int = 0
    excluded: int = 0
    wanted: int = 0
    held: int = 0
    unknown: int = 0
    adds: int = 0
    changes: int = 0
    resent: int = 0
    removes: int = 0

    @property
    def rows(self) -> int:
        """How many changes the plan has."""
        return self.adds + self.changes + self.resent + self.removes

    def stored(self) -> dict[str, int]:
        """Return the counts as the store keeps them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """A run as it stands; `state` is None for a dry run, which leaves nothing behind.

    `reasons` say why it is held, or would be; `error` is a sentence; `next_try_at` stands for a
    run that goes on later.
    """

    activation: str
    run_id: int | None
    state: RunState | None
    now: datetime
    counts: RunCounts
    plan_id: str | None = None
    reasons: tuple[str, ...] = ()
    sent_adds: int = 0
    sent_removes: int = 0
    refused: int = 0
    error: str | None = None
    next_try_at: datetime | None = None
    platform_count: int | None = None


def outcome_of(run: RunView, activation_key: str, now: datetime) -> RunOutcome:
    """Return the outcome of a run as it stands at `now`."""
    return RunOutcome(
        activation=activation_key,
        run_id=run.id,
        state=run.state,
        now=run.now or now,
        counts=stored_counts(run.counts),
        plan_id=run.plan_id,
        reasons=tuple(run.hold_reasons or ()),
        sent_adds=run.sent_adds,
        sent_removes=run.sent_removes,
        refused=run.refused,
        error=run.error,
        next_try_at=run.next_try_at if run.state is RunState.WAITING else None,
        platform_count=run.platform_count,
    )


def counts_of(draft: DraftedPlan) -> RunCounts:
    """Return the counts of a computed run."""
    wanted, plan = draft.wanted, draft.plan.counts
    return RunCounts(
        segment=wanted.segment,
        blank=wanted.blank,
        too_long=wanted.too_long,
        duplicate=wanted.duplicate,
        control=wanted.control,
        wanted=wanted.wanted,
        held=plan.held,
        unknown=plan.unknown,
        adds=plan.adds,
        changes=plan.changes,
        resent=plan.resent,
        removes=plan.removes,
    )


def losses(counts: RunCounts) -> list[tuple[str, int]]:
    """Return why people of the segment are not sent, and how many; nobody is left out.

    >>> losses(RunCounts(segment=9, blank=2, control=1, wanted=6))
    [('no ID', 2), ('control group', 1)]
    """
    found = ((word, getattr(counts, reason)) for reason, word in NOT_SENT_WORDS.items())
    return [(word, number) for word, number in found if number]


def stored_counts(stored: Mapping[str, int]) -> RunCounts:
    """Return counts as they were stored; one that an older version did not count is 0."""
    known = {field.name for field in fields(RunCounts)}
    return RunCounts(**{name: count for name, count in stored.items() if name in known})

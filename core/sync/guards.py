"""Guards: rules that look at a plan's counts and hold the run, or notify of it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import RunRefused, UsageError


class Do(StrEnum):
    HOLD = "hold"
    NOTIFY = "notify"


@dataclass(frozen=True, slots=True)
class GuardCounts:
    """What guards look at; `first` says that the audience's ledger was never written."""

    wanted: int
    held: int
    adds: int
    removes: int
    first: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """One guard that has something to say about a plan."""

    guard: str
    do: Do
    reason: str


class Guard(BaseModel, ABC):
    """One rule with its parameters, as an activation saves it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: ClassVar[str]
    do: Do = Do.HOLD

    @abstractmethod
    def check(self, counts: GuardCounts) -> str | None:
        """Return why the plan is surprising as a clause, or None."""


class EmptyGuard(Guard):
    """The list would become empty."""

    key = "empty"

    def check(self, counts: GuardCounts) -> str | None:
        if counts.wanted == 0 and counts.held > 0:
            return f"the list would become empty: all {counts.held:,} in it would leave"
        return None


class RemovalsGuard(Guard):
    """A large share of the list would leave."""

    key = "removals"
    above_percent: float = Field(30, ge=0, le=100)

    def check(self, counts: GuardCounts) -> str | None:
        if counts.first or counts.removes * 100 <= self.above_percent * counts.held:
            return None
        share = counts.removes * 100 / counts.held
        return f"{share:.3g} % would leave, your limit is {self.above_percent:g} %"


GUARDS: Mapping[str, type[Guard]] = {guard.key: guard for guard in (EmptyGuard, RemovalsGuard)}
DEFAULT_GUARDS: tuple[Guard, ...] = (EmptyGuard(), RemovalsGuard())


def parse_guards(saved: Mapping[str, Any] | None) -> tuple[Guard, ...]:
    """Return the guards of an activation: the defaults for None, none for an empty mapping.

    `"hold"` and `"notify"` stand for a guard with its default parameters.

    Raises: RunRefused for a guard that is not built yet, UsageError for a wrong parameter.

    >>> parse_guards({"empty": "hold"})
    (EmptyGuard(do=<Do.HOLD: 'hold'>),)
    """
    if saved is None:
        return DEFAULT_GUARDS
    return tuple(_parse_guard(key, value) for key, value in saved.items())


def written_guards(guards: tuple[Guard, ...]) -> dict[str, Any]:
    """Return the guards as an activation saves them, for `parse_guards` to read.

    >>> written_guards((RemovalsGuard(above_percent=10),))
    {'removals': {'do': 'hold', 'above_percent': 10.0}}
    """
    return {guard.key: guard.model_dump(mode="json") for guard in guards}


def check_guards(guards: tuple[Guard, ...], counts: GuardCounts) -> tuple[Verdict, ...]:
    """Return what the guards have to say about a plan with these counts, in their order."""
    reasons = ((guard, guard.check(counts)) for guard in guards)
    return tuple(Verdict(guard.key, guard.do, reason) for guard, reason in reasons if reason)


def _parse_guard(key: str, value: object) -> Guard:
    if key not in GUARDS:
        built = ", ".join(GUARDS)
        raise RunRefused(f"There is no guard {key!r} in this version; there are: {built}.")
    try:
        return GUARDS[key].model_validate({"do": value} if isinstance(value, str) else value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(["guards", key, *map(str, first["loc"])])
        raise UsageError(f"{place}: {first['msg']}.") from error

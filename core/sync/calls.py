"""One call at a time: how many rows fit into it, and how long it is tried again."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeVar

from duckdb import DuckDBPyConnection
from tenacity import RetryCallState, Retrying, retry_if_exception

from core.clock import Clock
from core.destinations._base import Action, Change, Destination, Limits, gated
from core.errors import DestinationError, TooManyCalls
from core.sync.plan import read_changes

T = TypeVar("T")


class Pacer(Protocol):
    """Whose turn it is to speak to an account, over all processes."""

    def wait_turn(self) -> None:
        """Return when the next request may leave."""

    def is_fresh(self) -> bool:
        """Whether a request that leaves now still leaves in the turn waited for last."""

    def slow_down(self, seconds: float) -> None:
        """Keep everybody from this account for that long."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one request is tried, and one write is waited for, before the run waits.

    Units: seconds.
    """

    deadline_s: float = 120
    applied_s: float = 300
    first_wait_s: float = 1
    longest_wait_s: float = 30

    def at_most(self, seconds: float) -> "Patience":
        """Return patience that gives up after so long."""
        return replace(
            self,
            deadline_s=min(self.deadline_s, seconds),
            applied_s=min(self.applied_s, seconds),
        )


@dataclass(frozen=True, slots=True)
class Call:
    """Rows of the plan that go out in one request."""

    start: int
    end: int
    changes: tuple[Change, ...]

    def count(self, action: Action) -> int:
        return sum(change.action is action for change in self.changes)


class _Gate:
    """Lets one request pass in a turn that is still fresh after `before`, which may take its time.

    Asked again, it answers at once while that turn is fresh.
    """

    def __init__(self, pacer: Pacer, before: Callable[[], None]) -> None:
        self._pacer = pacer
        self._before = before
        self._has_turn = False

    def __call__(self) -> None:
        while not (self._has_turn and self._pacer.is_fresh()):
            self._pacer.wait_turn()
            self._has_turn = True
            self._before()


class Caller:
    """Makes requests in turn, and makes them again while that may help."""

    def __init__(
        self,
        pacer: Pacer,
        limits: Limits,
        clock: Clock,
        patience: Patience,
        jitter: random.Random | None = None,
    ) -> None:
        self._pacer = pacer
        self._limits = limits
        self._clock = clock
        self._patience = patience
        self._jitter = jitter or random.SystemRandom()

    def request(self, ask: Callable[[], T], before: Callable[[], None] = lambda: None) -> T:
        """Return the answer; `before` runs when the turn has come, ahead of each try.

        Raises: DestinationError, a retryable one when the deadline has passed; what `before`
                raises, at once.
        """
        started = self._clock.monotonic()

        def is_late(state: RetryCallState) -> bool:
            spent = self._clock.monotonic() - started
            return spent + state.upcoming_sleep > self._patience.deadline_s

        retrying = Retrying(
            sleep=self._clock.sleep,
            wait=self._wait_s,
            stop=is_late,
            retry=retry_if_exception(_may_help),
            reraise=True,
        )
        answer: T = retrying(self.request_once, ask, before)
        return answer

    def request_once(self, ask: Callable[[], T], before: Callable[[], None]) -> T:
        """Return the answer to one request in its turn. Raises: DestinationError."""
        try:
            with gated(_Gate(self._pacer, before)):
                return ask()
        except TooManyCalls as error:
            self._pacer.slow_down(error.retry_after_s or self._limits.pause_after_429_s)
            raise

    def _wait_s(self, state: RetryCallState) -> float:
        """Return a full-jitter wait, no shorter than what the platform asked for."""
        most = self._patience.first_wait_s * 2 ** (state.attempt_number - 1)
        drawn = self._jitter.uniform(0, min(most, self._patience.longest_wait_s))
        error = state.outcome.exception() if state.outcome else None
        return max(drawn, asked_wait_s(error) or 0)


def asked_wait_s(error: BaseException | None) -> float | None:
    """Return how long the platform asked to be left alone, if it did. Units: seconds."""
    asked: float | None = getattr(error, "retry_after_s", None)
    return asked


def next_call(
    cursor: DuckDBPyConnection, plan: Path, start: int, destination: Destination
) -> Call | None:
    """Return the call that begins at row `start`, as large as the platform takes; None at the end.

    A change that is too large by itself makes a call of its own, which the platform refuses.
    """
    limits = destination.limits
    rows = read_changes(cursor, plan, start, limits.ids_per_call)
    room = limits.body_bytes
    taken: list[Change] = []
    for row in rows:
        room -= destination.body_size(row.change)
        if room < 0 and taken:
            break
        taken.append(row.change)
    return Call(start, start + len(taken), tuple(taken)) if taken else None


def read_call(cursor: DuckDBPyConnection, plan: Path, start: int, end: int) -> Call:
    """Return the call of exactly these rows, as it was sent before."""
    rows = read_changes(cursor, plan, start, end - start)
    return Call(start, end, tuple(row.change for row in rows))


def _may_help(error: BaseException) -> bool:
    return isinstance(error, DestinationError) and error.retryable

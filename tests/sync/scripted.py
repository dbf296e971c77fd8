"""A platform in memory that answers as a test tells it to, and a clock that only tests move."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

from core.destinations._base import (
    Action,
    Change,
    Destination,
    Limits,
    PlatformAudience,
    TestResult,
    pass_gate,
)
from core.errors import AudienceMissing, CallRefused, DestinationError


class FakeClock:
    """Time that passes only when somebody sleeps."""

    def __init__(self, start: datetime = datetime(2026, 11, 23, 7, tzinfo=UTC)) -> None:
        self.start = start
        self.passed = 0.0
        self.sleeps: list[float] = []
        self.awake = False

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        if not self.awake:
            self.sleeps.append(seconds)
            self.passed += max(seconds, 0)

    def wake(self) -> None:
        self.awake = True


class FreePacer:
    """A rate without a limit, that remembers when it was asked to slow down."""

    def __init__(self) -> None:
        self.turns = 0
        self.stale: set[int] = set()
        self.slowed: list[float] = []

    def wait_turn(self) -> None:
        self.turns += 1

    def is_fresh(self) -> bool:
        return self.turns not in self.stale

    def slow_down(self, seconds: float) -> None:
        self.slowed.append(seconds)


@dataclass
class Answer:
    """What happens to one request: an error before or after the platform did what was asked."""

    error: DestinationError | None = None
    applied: bool = False
    run: Callable[[], None] | None = None


@dataclass
class Platform:
    """The audiences of one account, shared by every destination object that speaks to it."""

    audiences: dict[str, dict[str, object]] = field(default_factory=dict)
    script: dict[str, deque[Answer]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    applies: list[list[Change]] = field(default_factory=list)
    indexing: bool = False
    on_request: Callable[[], None] = lambda: None

    def tell(self, kind: str, *answers: Answer) -> None:
        self.script.setdefault(kind, deque()).extend(answers)

    def ids(self, name: str) -> set[str]:
        return set(self.audiences[name])

    def count(self, kind: str) -> int:
        return self.requests.count(kind)

    def answer(self, kind: str, do: Callable[[], None]) -> None:
        pass_gate()
        self.on_request()
        self.requests.append(kind)
        waiting = self.script.get(kind)
        answer = waiting.popleft() if waiting else Answer()
        if answer.error is None or answer.applied:
            do()
        if answer.run:
            answer.run()
        if answer.error:
            raise answer.error


class NoConfig(BaseModel):
    pass


class Scripted(Destination):
    label = "Scripted"
    config_model = NoConfig
    limits = Limits(
        ids_per_call=10,
        body_bytes=100_000,
        id_characters=20,
        attributes=3,
        interval_s=1.0,
        pause_after_429_s=5.0,
    )

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    @property
    def account(self) -> str:
        return "scripted"

    @property
    def practice(self) -> bool:
        return True

    def check_audience_name(self, name: str) -> str | None:
        return None if name else "A name is needed."

    def test(self) -> TestResult:
        self.platform.answer("test", lambda: None)
        return TestResult("It answers.")

    def view(self, audience: str, token: str | None = None) -> PlatformAudience | None:
        self.platform.answer("view", lambda: None)
        if audience not in self.platform.audiences:
            return None
        held = self.platform.audiences[audience]
        return PlatformAudience(audience, None, len(held), applied=not self.platform.indexing)

    def create(self, audience: str, display_name: str) -> str | None:
        def do() -> None:
            if audience in self.platform.audiences:
                raise CallRefused(f"{audience} exists.")
            self.platform.audiences[audience] = {}

        self.platform.answer("create", do)
        return "token-create"

    def body_size(self, change: Change) -> int:
        return len(change.id) + 10

    def apply(self, audience: str, changes: Sequence[Change], run: str) -> str | None:
        def do() -> None:
            self.platform.applies.append(list(changes))
            for change in changes:
                if change.action is Action.ADD:
                    held[change.id] = change.attributes
                else:
                    held.pop(change.id, None)

        if audience not in self.platform.audiences:
            raise AudienceMissing(f"There is no audience {audience}.")
        held = self.platform.audiences[audience]
        self.platform.answer("apply", do)
        return f"token-{len(self.platform.applies)}"

    def close(self) -> None:
        pass

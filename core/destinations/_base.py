"""What every destination is: a config, limits, and single requests that are translated.

A destination makes one request a call. It neither waits, tries again, polls nor logs: order and
patience are the runner's. When all is ready it passes the gate, where the runner keeps it until
the request's turn has come, and acts at once; it passes again where something came in between, such
as opening a connection. It raises the DestinationError family and nothing else, but for what the
gate raises.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from core.settings import Settings

AttributeValue = str | int | float | bool | Decimal | date | datetime


_gate: ContextVar[Callable[[], None] | None] = ContextVar("gate", default=None)


@contextmanager
def gated(gate: Callable[[], None]) -> Iterator[None]:
    """Let the request made meanwhile, in this thread, leave only when `gate` returns.

    `gate` may be asked more than once for that request; the last time counts.
    """
    token = _gate.set(gate)
    try:
        yield
    finally:
        _gate.reset(token)


def pass_gate() -> None:
    """Return when the request may leave, which it then does at once. Raises: what the gate does."""
    gate = _gate.get()
    if gate is not None:
        gate()


class Action(StrEnum):
    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Change:
    """One id to add (with all its attributes) or to remove (with none)."""

    action: Action
    id: str
    attributes: dict[str, AttributeValue] | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform allows; each number carries its source as a comment where it is set.

    Units: bytes, characters, seconds between two sends.
    """

    ids_per_call: int
    body_bytes: int
    id_characters: int
    attributes: int
    interval_s: float
    pause_after_429_s: float


@dataclass(frozen=True, slots=True)
class PlatformAudience:
    """An audience as the platform shows it; `count` is its own figure, to be shown, not trusted.

    `applied` says whether the write that was asked about is applied for good.
    """

    name: str
    display_name: str | None
    count: int | None
    applied: bool


@dataclass(frozen=True, slots=True)
class TestResult:
    """A sentence for whoever set up the destination; a failed test raises instead."""

    sentence: str


class DestinationConfig(BaseModel):
    """What a destination is configured with.

    Each field has a title (its label in a form) and a description (where its value is found);
    a secret is a SecretStr, a folder or file a Path.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Destination(ABC):
    """One configured account; safe to share between threads, closed once.

    `place` is where lists lie, `name_label` and `id_label` what the platform calls their names and
    the identifiers of people.
    """

    label: ClassVar[str]
    place: ClassVar[str] = "the platform"
    name_label: ClassVar[str] = "Name of the list"
    id_label: ClassVar[str] = "ID"
    limits: ClassVar[Limits]
    config_model: ClassVar[type[DestinationConfig]]

    @abstractmethod
    def __init__(self, config: DestinationConfig, settings: Settings) -> None:
        """Take a valid config of `config_model`; nothing is sent yet."""

    @classmethod
    def defaults(cls, settings: Settings) -> Mapping[str, str]:
        """Return what the settings say of fields left out when a destination is created."""
        return {}

    @property
    @abstractmethod
    def account(self) -> str:
        """Identify the account for good, without a secret: two configs of one account agree.

        (account, audience name) is an audience's identity and the unit that a rate applies to.
        """

    @classmethod
    def is_practice(cls, config: Mapping[str, object]) -> bool:
        """Return whether with these values, secrets aside, nothing reaches a real platform."""
        return False

    @property
    @abstractmethod
    def practice(self) -> bool:
        """Whether nothing reaches a real platform."""

    @classmethod
    @abstractmethod
    def check_audience_name(cls, name: str) -> str | None:
        """Return what is wrong with the name as a sentence, or None."""

    @abstractmethod
    def test(self) -> TestResult:
        """Make one reading request that proves address and keys."""

    @abstractmethod
    def view(self, audience: str, token: str | None = None) -> PlatformAudience | None:
        """Return the audience, or None where the platform knows none of that name.

        `applied` speaks of the write that gave `token`, without one of the last write.
        """

    @abstractmethod
    def create(self, audience: str, display_name: str) -> str | None:
        """Create the audience and return the token to ask about, if the platform gives one."""

    @abstractmethod
    def body_size(self, change: Change) -> int:
        """Return how many bytes the change adds to a call's body."""

    @abstractmethod
    def apply(self, audience: str, changes: Sequence[Change], run: str) -> str | None:
        """Send one call of changes, within `limits`, and return its token, if there is one."""

    @abstractmethod
    def close(self) -> None:
        """Let go of connections."""

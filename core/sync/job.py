"""One claimed run and what is needed to carry it on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event, Semaphore
from typing import Protocol, Unpack

from core.data.instance import Instance
from core.destinations._base import Destination
from core.errors import Cancelled, RunRefused
from core.settings import Settings
from core.store.activations import ActivationView
from core.store.audiences import AudienceView, get_audience
from core.store.database import Store, WriteSession
from core.store.destinations import DestinationView, get_destination
from core.store.run_changes import RunChanges, update_run
from core.store.runs import RunView
from core.sync.calls import Caller, Patience
from core.sync.lease import Lease
from core.sync.members import MemberSource
from core.sync.rate import FRESH_S, penalise, take_turn


class Connector(Protocol):
    """Opens a saved destination."""

    def __call__(self, saved: DestinationView) -> Destination:
        """Return the destination, with its secrets. Raises: SecretUnreadable."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What all runs of one process share; `computing` lets so many compute at a time.

    Once `stopping` is set, runs go no further than the call in hand.
    """

    store: Store
    settings: Settings
    instance: Instance
    members: MemberSource
    connect: Connector
    patience: Patience
    computing: Semaphore
    stopping: Event = field(default_factory=Event)


class AccountPacer:
    """Turns to speak to one account, shared with all processes through the store.

    `waiting` is called before each wait, and may raise to give up.
    """

    def __init__(
        self, store: Store, account: str, interval_s: float, waiting: Callable[[], None]
    ) -> None:
        self._store = store
        self._account = account
        self._interval_s = interval_s
        self._waiting = waiting
        self._turn_at = 0.0

    def wait_turn(self) -> None:
        if self._interval_s > 0:
            take_turn(self._store, self._account, self._interval_s, waiting=self._waiting)
        self._turn_at = self._store.clock.monotonic()

    def is_fresh(self) -> bool:
        """Return whether the turn may still be used: not once this process stood still since."""
        late_s = self._store.clock.monotonic() - self._turn_at
        return self._interval_s == 0 or late_s <= FRESH_S

    def slow_down(self, seconds: float) -> None:
        penalise(self._store, self._account, seconds)


class Postponed(Exception):
    """The run cannot go on now, through nobody's fault.

    `until` is when to try again, None at once.
    """

    def __init__(self, reason: str, until: datetime | None) -> None:
        super().__init__(reason)
        self.until = until


@dataclass(frozen=True, slots=True)
class Line:
    """An open destination, and who makes its requests in turn."""

    destination: Destination
    caller: Caller


class Job:
    """A run that this process owns; `run` is as it stood after this process's last write."""

    def __init__(
        self, desk: Desk, actor: str, run: RunView, activation: ActivationView, lease: Lease
    ) -> None:
        self.desk = desk
        self.actor = actor
        self.run = run
        self.activation = activation
        self.lease = lease
        self._line: Line | None = None

    @property
    def destination(self) -> Destination:
        """Return the destination, opened at first use. Raises: SecretUnreadable, RunRefused."""
        return self._open_line().destination

    @property
    def caller(self) -> Caller:
        return self._open_line().caller

    @property
    def plan_path(self) -> Path:
        return self.desk.settings.plans / (self.run.plan_file or "")

    @contextmanager
    def writing(self) -> Iterator[WriteSession]:
        with self.desk.store.write(self.actor) as session:
            yield session

    def update(self, session: WriteSession, **changes: Unpack[RunChanges]) -> None:
        """Change the run's row. Raises: LeaseLost."""
        self.run = update_run(session, self.run.id, self.lease.token, **changes)
        self.lease.step()

    def step(self) -> None:
        """Say that the run moves on. Raises: LeaseLost, Cancelled where somebody asked for it."""
        with self.writing() as session:
            self.update(session)
        self.heed()

    def heed(self) -> None:
        """Raise Cancelled or Postponed where somebody asked this run, or the process, to stop."""
        if self.run.cancel_asked_by is not None:
            raise Cancelled(f"{self.run.cancel_asked_by} cancelled the run.")
        heed_stop(self.desk)

    def may_send(self) -> None:
        """Return only while the run is ours and may go on: asked ahead of each request.

        Raises: LeaseLost, Postponed, StoreError.
        """
        heed_stop(self.desk)
        self.lease.require()

    def audience(self) -> AudienceView:
        """Return the audience's row as it is now."""
        with self.desk.store.read() as session:
            return get_audience(session, self.run.audience_id)

    def close(self) -> None:
        """Let go of the destination."""
        if self._line is not None:
            self._line.destination.close()

    def _open_line(self) -> Line:
        if self._line is None:
            self._line = open_line(self.desk, self.activation.destination_key)
        return self._line


def heed_stop(desk: Desk) -> None:
    """Raise Postponed where the process is asked to stop."""
    if desk.stopping.is_set():
        raise Postponed("the process was stopped; whichever runs next goes on", None)


def open_line(desk: Desk, destination_key: str) -> Line:
    """Return an open destination. Raises: SecretUnreadable, RunRefused where it is paused."""
    with desk.store.read() as session:
        saved = get_destination(session, destination_key)
    if saved.paused_reason is not None:
        raise RunRefused(
            f"The destination '{saved.name}' is paused: {saved.paused_reason} "
            "It goes on when a test of its connection passes.",
            terminal_hint=f"`destinations test {saved.key}`",
        )
    destination = desk.connect(saved)
    limits = destination.limits
    pacer = AccountPacer(
        desk.store, destination.account, limits.interval_s, lambda: heed_stop(desk)
    )
    caller = Caller(pacer, limits, desk.store.clock, desk.patience)
    return Line(destination, caller)

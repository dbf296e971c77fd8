"""The clock that leases, schedules and history run by; tests pass one of their own."""

import time
from datetime import UTC, datetime
from threading import Event
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never go backwards while the machine is up."""

    def sleep(self, seconds: float) -> None:
        """Return after that many seconds, or once somebody wakes all who sleep."""

    def wake(self) -> None:
        """End every sleep, and let none begin any more: the process is to stop."""


class SystemClock:
    """The machine's own clock."""

    def __init__(self) -> None:
        self._awake = Event()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._awake.wait(seconds)

    def wake(self) -> None:
        self._awake.set()

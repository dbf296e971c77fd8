"""Starts the three processes, says when they can be used, and ends them in good order."""

import http.client
import os
import signal
import sys
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from core.settings import Settings, make_folders
from core.supervisor.obstacles import choose_ports, keep_port, only_one, refuse_full_disk
from core.supervisor.processes import Running
from core.supervisor.programs import Ports, all_programs, environment

_TICK_S = 0.1
# The call in hand may wait this long for its answer, and some more to be booked.
_BOOKING_S = 10.0
# A first start that takes longer than this is announced all the same.
_READY_S = 90.0


def supervise(settings: Settings) -> int:
    """Run the three until a signal says stop, and return the exit: 1 where one died.

    Raises: UsageError where they cannot be started.
    """
    refuse_full_disk(settings.home)
    is_first = not settings.home.exists()
    make_folders(settings)
    with only_one(settings.home, f"http://127.0.0.1:{settings.port}"):
        ports = choose_ports(settings)
        first_port = keep_port(settings, ports)
        if first_port != ports.stand_in:
            _say(
                f"Lists in practice were made with the stand-in at port {first_port} and are not "
                f"updated while it is at {ports.stand_in}."
            )
        _say("Starting …" + (" the first time takes up to a minute." if is_first else ""))
        return _Supervisor(settings, ports).run()


class _Supervisor:
    """The three processes of one start."""

    def __init__(self, settings: Settings, ports: Ports) -> None:
        self._settings = settings
        self._ports = ports
        self._signals = 0
        self._running: list[Running] = []

    def run(self) -> int:
        with self._signals_counted():
            try:
                self._start()
                dead = self._watch()
            finally:
                self._end()
        if dead is None:
            _say("Stopped.")
            return 0
        _say(
            f"The {dead.program.name} ended by itself (exit {dead.exit}), so everything was "
            f"stopped. Its log is {dead.program.log}"
        )
        return 1

    def _start(self) -> None:
        variables = environment(self._settings, self._ports)
        for program in all_programs(self._settings, self._ports):
            self._running.append(Running(program, variables, _say))

    def _watch(self) -> Running | None:
        """Return the first that ends by itself, None after a signal."""
        announced, since = False, time.monotonic()
        while not self._signals:
            dead = next((each for each in self._running if each.exit is not None), None)
            if dead is not None:
                return dead
            late = time.monotonic() - since > _READY_S
            if not announced and (late or self._are_ready()):
                announced = True
                _announce(self._settings, self._ports)
            time.sleep(_TICK_S)
        return None

    def _are_ready(self) -> bool:
        said = [each for each in self._running if each.program.name == "scheduler"]
        return all(each.said_ready.is_set() for each in said) and _answers(self._ports.app)

    def _end(self) -> None:
        """End them in the opposite order, so that the scheduler's last call is answered."""
        waiting = [each for each in reversed(self._running) if each.exit is None]
        if waiting and self._signals:
            _say("Stopping …")
        for each in waiting:
            each.ask_to_end()
            self._wait(each)

    def _wait(self, one: Running) -> None:
        until = time.monotonic() + self._settings.http_timeout_s + _BOOKING_S
        while not one.has_ended(_TICK_S):
            if self._signals > 1 or time.monotonic() > until:
                one.kill()

    @contextmanager
    def _signals_counted(self) -> Iterator[None]:
        """Count signals that say stop; a second one does not wait any more."""
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._count) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _announce(settings: Settings, ports: Ports) -> None:
    _say(
        f"\n  Rollcall is at {ports.address}\n  Ctrl-C stops it; what it holds stays in "
        f"{settings.home}\n"
    )
    if settings.open_browser and _has_display():
        with suppress(webbrowser.Error):
            webbrowser.open(ports.address)


def _has_display() -> bool:
    return sys.platform == "darwin" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def _say(line: str) -> None:
    with suppress(OSError):  # whoever started us may be gone
        print(line, flush=True)

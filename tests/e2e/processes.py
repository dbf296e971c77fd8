"""Rollcall as `make run` starts it: real processes on free ports over a home of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from core.sample.practice import PROJECT_KEY, REST_API_KEY
from core.settings import Settings
from core.store.activations import find_activation
from core.store.database import Store, open_store
from core.store.run_states import RunState
from core.store.runs import newest_runs
from core.supervisor.programs import Ports, all_programs
from tests.stand_in import ROOT, StandInServer
from tests.worker.home import wait_until

START_S = 120
NO_PORTS = Ports(0, 0)


class RollcallProcesses:
    """One start of `run.py`; `said` is what it has printed."""

    def __init__(self, home: Path, **variables: str) -> None:
        self.home = home
        self.port, self.stand_in_port = free_ports(2)
        self.variables = {
            "ROLLCALL_HOME": str(home),
            "ROLLCALL_PORT": str(self.port),
            "ROLLCALL_SANDBOX_PORT": str(self.stand_in_port),
            "ROLLCALL_OPEN_BROWSER": "0",
            **variables,
        }
        self._output = home.parent / f"{home.name}.out"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        return self._output.read_text()

    def start(self) -> float:
        """Start it and return after how many seconds it could be used."""
        since = time.monotonic()
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "run.py"],
                cwd=ROOT,
                env={**_without_ours(), **self.variables},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        while "Rollcall is at" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() - since < START_S, self.said
            time.sleep(0.05)
        return time.monotonic() - since

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send the signal and return the exit."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)

    def children(self) -> set[int]:
        """Return the ids of the processes that it started."""
        assert self.process is not None
        tasks = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(each) for each in tasks.read_text().split()}

    @contextmanager
    def stand_in(self) -> Iterator[StandInServer]:
        """Lend its stand-in, to be looked into."""
        assert self.process is not None
        server = StandInServer(f"http://127.0.0.1:{self.stand_in_port}", self.process)
        try:
            yield server
        finally:
            server.close()


@contextmanager
def running_rollcall(home: Path, **variables: str) -> Iterator[RollcallProcesses]:
    """Start it over a home, and end it however the block ends."""
    made = RollcallProcesses(home, **variables)
    try:
        made.start()
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.end()


@contextmanager
def running_program(
    name: str, home: Path, ports: Ports = NO_PORTS
) -> Iterator[subprocess.Popen[bytes]]:
    """Start one of the programs by itself, without who starts and ends them together."""
    programs = all_programs(Settings(home=home), ports)
    command = next(each.command for each in programs if each.name == name)
    ours = {"ROLLCALL_HOME": str(home), "ROLLCALL_MEMORY": "300MB"}
    keys = {REST_API_KEY: StandInServer.rest_api_key, PROJECT_KEY: StandInServer.project_key}
    with (home.parent / f"{name}.out").open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**_without_ours(), **ours, **keys},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def running_app(home: Path) -> Iterator[str]:
    """Start the app alone and lend its origin."""
    ports = Ports(*free_ports(2))
    with running_program("app", home, ports) as process:
        wait_until(lambda: not is_free(ports.app) or process.poll() is not None, START_S)
        yield ports.address


def wait_for_list(rollcall: RollcallProcesses, name: str = "vips_about_to_lapse") -> int:
    """Return how many are in a list of the stand-in once its run has ended."""
    settings = Settings(home=rollcall.home)

    def is_done(store: Store) -> bool:
        with store.read() as session:
            found = find_activation(session, name)
            newest = found and newest_runs(session).get(found.id)
            return bool(newest and newest.state in (RunState.SUCCEEDED, RunState.UNCHANGED))

    with closing(open_store(settings)) as store, rollcall.stand_in() as stand_in:
        wait_until(lambda: is_done(store), 60, "the first run did not succeed")
        return len(stand_in.members(name))


def free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [listener.getsockname()[1] for listener in listeners]
    finally:
        for listener in listeners:
            listener.close()


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _without_ours() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("ROLLCALL_")}

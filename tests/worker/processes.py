"""Real scheduler processes over a test's home: started, signalled, waited for."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.forked import Program
from tests.worker.home import Home, wait_until


class Schedulers:
    """Any number of schedulers; `environment` is what each of them gets on top of ours."""

    def __init__(self, home: Home, *, interval_s: float = 0.0, ids_per_call: int = 10_000) -> None:
        self.home = home
        self.sends = home.settings.home.parent / "sends.txt"
        self.options = [str(interval_s), str(ids_per_call), str(self.sends)]
        self.environment = {"ROLLCALL_HOME": str(home.settings.home), "ROLLCALL_LOAD_QUIET_S": "0"}
        if home.settings.database_url is not None:
            url = home.settings.database_url.get_secret_value()
            self.environment["ROLLCALL_DATABASE_URL"] = url
        self.running: list[Program] = []

    def start(self, count: int = 1) -> Program:
        for _ in range(count):
            module = "tests.worker.scheduler_process"
            folder = self.sends.parent
            environment = {**os.environ, **self.environment}
            process = Program(folder, module, *self.options, environment=environment)
            self.running.append(process)
        return self.running[-1]

    def started(self) -> int:
        """How many have said so in the log."""
        return sum(line["message"] == "started" for line in self.log())

    def start_surely(self, count: int = 1) -> Program:
        before = self.started()
        process = self.start(count)
        wait_until(lambda: self.started() == before + count, 60, "a scheduler did not start")
        return process

    def kill(self, process: Program) -> None:
        process.kill()
        process.wait()
        self.running.remove(process)

    def end(self, process: Program, within_s: float = 30) -> int:
        process.send_signal(signal.SIGTERM)
        self.running.remove(process)
        return process.wait(within_s)

    def log(self) -> list[dict[str, Any]]:
        file = self.home.settings.logs / "scheduler.log"
        lines = file.read_text().splitlines() if file.exists() else []
        return [json.loads(line) for line in lines if line.endswith("}")]


@contextmanager
def schedulers(home: Home, **options: Any) -> Iterator[Schedulers]:
    made = Schedulers(home, **options)
    try:
        yield made
    finally:
        for process in made.running:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()

"""Commands in processes of their own: killed, stopped, two at once, against the stand-in."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import Settings
from core.store.database import Store, open_store
from core.store.runs import RunView, list_runs
from tests.forked import Program
from tests.stand_in import StandInServer
from tests.sync.world import AUDIENCE, furnish

MANY = [f"cust-{n:05}" for n in range(50_000)]


class Home:
    """A home in a folder, whose activation is run by commands."""

    def __init__(self, folder: Path, stand_in: StandInServer) -> None:
        self.folder, self.stand_in = folder, stand_in
        settings = Settings(home=folder / "home")
        self.store: Store = open_store(settings)
        furnish(self.store, settings, guards="{}")

    def want(self, ids: list[str]) -> None:
        (self.folder / "ids").write_text("\n".join(ids))

    def start(self, *options: str, **environment: str) -> Program:
        words = (self.folder, json.dumps(self.stand_in.config), *options)
        return Program(
            self.folder, "tests.sync.driver", *words, environment={**os.environ, **environment}
        )

    def finish(self, process: Program) -> dict[str, object]:
        assert process.wait(120) == 0, process.stderr
        outcome: dict[str, object] = json.loads(process.stdout.splitlines()[-1])
        return outcome

    def run_into_a_kill(self, option: str, place: str) -> None:
        assert self.start(option, place).wait(120) == -signal.SIGKILL

    def runs(self) -> tuple[RunView, ...]:
        with self.store.read() as session:
            return list_runs(session)

    def members(self) -> set[str]:
        return self.stand_in.members(AUDIENCE)


@pytest.fixture
def home(tmp_path: Path, stand_in: StandInServer) -> Iterator[Home]:
    made = Home(tmp_path, stand_in)
    yield made
    made.store.close()


@pytest.mark.parametrize(
    ("option", "place"),
    [
        ("--cut", "intent written:1"),
        ("--cut-within", "call about to leave:2"),
        ("--cut", "call acknowledged:3"),
        ("--cut-within", "call about to leave:5"),
        ("--cut", "ledger written:1"),
    ],
)
def test_a_command_killed_while_it_sends_is_finished_by_the_next(home: Home, option, place):
    home.stand_in.faults("slow@update:100%:0.4s")
    home.want(MANY)
    home.run_into_a_kill(option, place)
    assert home.finish(home.start())["state"] in ("succeeded", "unchanged")
    first = home.runs()[-1]
    assert (first.state, first.takeovers) == ("succeeded", 1)
    assert home.members() == set(MANY)


def test_two_commands_at_once_make_one_run_after_the_other(home: Home):
    home.want(MANY[:30_000])
    home.stand_in.faults("slow@update:100%:0.2s")
    commands = [home.start() for _ in range(2)]
    states = {str(home.finish(command)["state"]) for command in commands}
    assert states <= {"succeeded", "unchanged", "confirming"}
    assert home.members() == set(MANY[:30_000])
    assert sum(call.ids for call in home.stand_in.calls("update")) == 30_000


def test_a_command_that_stood_still_past_its_lease_leaves_the_run_to_the_next(home: Home):
    """Nobody can tell that it is stopped, so its lease must end first."""
    home.want(MANY)
    home.stand_in.faults("slow@update:100%:0.4s")
    short = {"ROLLCALL_LEASE_S": "1.5", "ROLLCALL_HTTP_TIMEOUT_S": "1"}
    stopped = home.start(**short)
    _wait_for_calls(home, 2)
    stopped.send_signal(signal.SIGSTOP)
    try:
        assert home.finish(home.start(**short))["state"] in ("succeeded", "unchanged")
    finally:
        stopped.send_signal(signal.SIGCONT)
    assert home.finish(stopped)["state"] in ("succeeded", "unchanged")
    assert home.members() == set(MANY)
    assert home.runs()[-1].takeovers == 1


@pytest.mark.parametrize(
    "fault",
    [
        "429:30%",
        "500:30%",
        "503:30%",
        "reset_before:30%",
        "reset_after:30%",
        "truncated:30%",
    ],
)
def test_faults_of_every_kind_delay_and_spoil_nothing(home: Home, fault):
    home.stand_in.faults(fault, seed=7)
    home.want(MANY[:40_000])
    assert home.finish(home.start())["state"] == "succeeded"
    home.want(MANY[15_000:45_000])
    assert home.finish(home.start())["state"] == "succeeded"
    assert home.members() == set(MANY[15_000:45_000])


def _wait_for_calls(home: Home, count: int) -> None:
    deadline = time.monotonic() + 60
    while len(home.stand_in.calls("update")) < count:
        assert time.monotonic() < deadline
        time.sleep(0.05)

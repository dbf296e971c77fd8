"""Three schedulers whose processes, platform and data misbehave at random, and what must hold."""

import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from core.errors import RollcallError
from core.store.activations import get_activation, list_activations
from core.store.destinations import list_destinations, note_tested
from core.store.run_states import FINAL, RunState
from core.store.runs import RunView, list_runs
from core.store.segments import list_segments
from core.sync.queueing import queue_slot
from core.sync.rate import FRESH_S
from core.workspace.opened import OpenWorkspace
from tests.forked import Program
from tests.stand_in import StandInServer
from tests.worker.home import Home, wait_until
from tests.worker.processes import Schedulers, schedulers
from tests.worker.sends import closest_s, read_sends

SECOND_PROJECT = "project_second0second0second0second0"
PROJECTS = (StandInServer.project_key, SECOND_PROJECT)
RATE_PER_S = 8.0
INTERVAL_S = 1 / RATE_PER_S + 2 * FRESH_S + 0.04
LEASE_S = 2.0
KEYS = [f"list{number}" for number in range(6)]
# Together a fifth of all calls, in every way but one: a 404 on an audience that is there would
# be a lie about what it holds.
FAULTS = (
    "429:3%", "500:2%", "502:1%", "503:3%", "504:1%", "reset_before:3%", "reset_after:3%",
    "truncated:3%", "400@update:1%", "401:0.3%", "403:0.2%", "slow@update:2%:1.5s",
)  # fmt: skip


STAND_IN_OPTIONS = ("--project-keys", ",".join(PROJECTS), "--rate-per-s", str(RATE_PER_S))


@dataclass
class KillTest:
    """One home under attack; `kills` signals are sent, half of them SIGKILL."""

    home: Home
    kills: int
    seed: int
    seconds: float
    everybody: int
    dice: random.Random = field(init=False)
    sent: Counter[str] = field(default_factory=Counter)
    wanted: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.home.projects = {"crm": PROJECTS[0], "shop": PROJECTS[1]}
        for number, key in enumerate(KEYS):
            schedule = '"after_refresh"' if number % 3 else '{ every = "1 minute" }'
            self.home.activation(key, schedule, "crm" if number < 3 else "shop")
        self.home.data = '[data]\nmanifest = "dataset.toml"\n'

    def attack(self) -> None:
        """Let schedulers work while all goes wrong, then mend everything and check."""
        self._change_people()
        with self.home.opened() as workspace:
            self.home.apply(workspace)
            with schedulers(self.home, interval_s=INTERVAL_S, ids_per_call=60) as three:
                three.environment |= {
                    "ROLLCALL_LEASE_S": str(LEASE_S),
                    "ROLLCALL_HTTP_TIMEOUT_S": "1",
                    "ROLLCALL_MAX_TAKEOVERS": "1000",
                }
                three.start_surely(3)
                self.home.stand_in.faults(*FAULTS, seed=self.seed)
                self._attack(workspace, three)
                self.home.stand_in.faults()
                self._mend(workspace, three)
            self._check(workspace)
            self._check_rate(three)

    def _attack(self, workspace: OpenWorkspace, three: Schedulers) -> None:
        until = time.monotonic() + self.seconds
        pause_s = self.seconds / self.kills
        reload_every = max(1, self.kills // 12)
        for number in range(self.kills):
            self._strike(three)
            if number % reload_every == 0:
                self._refresh(workspace)
            self._mend_keys(workspace)
            wait_s = min(pause_s * self.dice.uniform(0.2, 1.8), until - time.monotonic())
            time.sleep(max(0.0, wait_s))

    def _strike(self, three: Schedulers) -> None:
        victim = self.dice.choice(three.running)
        if self.dice.random() < 0.6:
            self.sent["SIGKILL"] += 1
            three.kill(victim)
            three.start()
        else:
            self.sent["SIGSTOP"] += 1
            victim.send_signal(signal.SIGSTOP)
            asleep_s = self.dice.uniform(0.2, 2.5 * LEASE_S)
            threading.Timer(asleep_s, _wake, (victim,)).start()

    def _refresh(self, workspace: OpenWorkspace) -> None:
        self._change_people()
        try:
            self.home.load(workspace)
        except RollcallError:
            self.sent["load refused"] += 1

    def _change_people(self) -> None:
        names = [f"c{number:04}" for number in range(self.everybody)]
        number = self.dice.randint(self.everybody // 3, self.everybody)
        self.wanted = set(self.dice.sample(names, number))
        self.home.people(self.wanted, self.everybody)

    def _mend_keys(self, workspace: OpenWorkspace) -> None:
        """Do what a human does after a key was refused by mistake."""
        with workspace.store.write("ana") as session:
            for destination in list_destinations(session):
                if destination.paused_reason is not None:
                    note_tested(session, destination.key)
                    self.sent["keys mended"] += 1

    def _mend(self, workspace: OpenWorkspace, three: Schedulers) -> None:
        wait_until(lambda: _all_awake(three), 20)
        self._mend_keys(workspace)
        wait_until(lambda: self._rest(workspace), 240, "runs did not come to an end")
        self._refresh(workspace)
        with workspace.store.write("ana") as session:
            for key in KEYS:
                queue_slot(session, get_activation(session, key), "at the end", session.now())
        wait_until(lambda: self._rest(workspace), 240, "the last runs did not come to an end")

    def _rest(self, workspace: OpenWorkspace) -> bool:
        time.sleep(0.3)
        self._mend_keys(workspace)
        return all(run.state in FINAL for run in self._runs(workspace))

    def _runs(self, workspace: OpenWorkspace) -> list[RunView]:
        with workspace.store.read() as session:
            return list(list_runs(session, limit=100_000))

    def _check(self, workspace: OpenWorkspace) -> None:
        for number, key in enumerate(KEYS):
            members = self.home.stand_in.members(key, PROJECTS[0 if number < 3 else 1])
            assert members == self.wanted, f"{key}: {len(members ^ self.wanted)} ids differ"
        runs = self._runs(workspace)
        slots = Counter((run.activation_id, run.slot_at) for run in runs)
        assert max(slots.values()) == 1, "a slot was recorded twice"
        with workspace.store.read() as session:
            assert len(list_activations(session)) == 6 and len(list_segments(session)) == 1
        self.sent["runs"] = len(runs)
        self.sent["takeovers"] = sum(run.takeovers for run in runs)
        self.sent["calls"] = len(self.home.stand_in.calls())
        self.sent["faulted"] = sum(bool(call.fault) for call in self.home.stand_in.calls())
        self.sent["refused for the rate"] = sum(
            call.status == 429 and not call.fault for call in self.home.stand_in.calls()
        )
        assert {run.state for run in runs} <= FINAL | {RunState.HELD}

    def _check_rate(self, three: Schedulers) -> None:
        sends = read_sends(three.sends)
        assert len(sends) > self.sent["calls"] / 2
        for project in PROJECTS:
            assert closest_s(sends, project) >= 1 / RATE_PER_S
        self.sent["closest, ms"] = round(1000 * min(closest_s(sends, key) for key in PROJECTS))


def _wake(process: Program) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)


def _all_awake(three: Schedulers) -> bool:
    for process in three.running:
        _wake(process)
    return True

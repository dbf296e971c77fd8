"""What other processes do to a store while tests watch; forked from a server that is loaded."""

import os
import signal
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from core.settings import Settings
from core.store.activations import get_activation
from core.store.database import open_store
from core.store.run_changes import claim_run, start_run
from core.store.run_states import RunState
from core.store.secrets import SecretBox
from core.store.workspace import get_workspace, name_workspace
from core.sync.lease import OwnProcess
from core.sync.rate import take_turn
from tests.forked import context
from tests.store.example import new_run


def together(count: int, work: Callable[..., None], *given: Any) -> list[str]:
    """Run `work(n, answers, *given)` in so many processes; return what they answered."""
    answers = context().SimpleQueue()
    processes: list[BaseProcess] = [
        context().Process(target=work, args=(number, answers, *given), daemon=True)
        for number in range(count)
    ]
    for process in processes:
        process.start()
    got = [_next_answer(answers, processes) for _ in processes]
    for process in processes:
        process.join()
        process.close()
    answers.close()
    return got


def _next_answer(answers: Any, processes: list[BaseProcess]) -> str:
    """Return what the next of them answers; one that died before it did is a failure."""
    while answers.empty():
        assert all(process.exitcode in (None, 0) for process in processes), "a process died"
        time.sleep(0.01)
    return str(answers.get())


def count_up(number: int, answers: Any, settings: Settings, times: int) -> None:
    """Add one to a number in the store, so many times."""
    store = open_store(settings)
    for _ in range(times):
        with store.write(f"worker {number}") as session:
            before = get_workspace(session)
            name_workspace(session, str(int(before.name) + 1), before.people_word)
    answers.put("done")


def open_and_look(number: int, answers: Any, settings: Settings) -> None:
    """Open a store that may not exist and encrypt something."""
    store = open_store(settings)
    with store.read() as session:
        name = get_workspace(session).name
    SecretBox(settings).encrypt("s3cret")
    answers.put(name)


def claim(number: int, answers: Any, settings: Settings, run_id: int) -> None:
    """Try to claim a queued run."""
    store = open_store(settings)
    process = OwnProcess(store, "test")
    with store.write("test") as session:
        run = claim_run(
            session,
            run_id,
            process.owner(),
            state=RunState.QUEUED,
            to=RunState.COMPUTING,
        )
    process.close()
    answers.put("won" if run else "lost")


def call(number: int, answers: Any, settings: Settings, calls: int, interval_s: float) -> None:
    """Take turns and tell when each call was sent."""
    store = open_store(settings)
    sent = []
    for _ in range(calls):
        take_turn(store, "account", interval_s)
        sent.append(time.clock_gettime(time.CLOCK_BOOTTIME))
    answers.put(" ".join(map(str, sent)))


def own_a_run(answers: Any, settings: Settings, key: str) -> None:
    """Start a run and do nothing with it until killed."""
    store = open_store(settings)
    process = OwnProcess(store, "test")
    with store.write("test") as session:
        run = start_run(session, new_run(get_activation(session, key)), process.owner())
    answers.put(str(run.id))
    signal.pause()


class Owner:
    """Another process that owns a run."""

    def __init__(self, settings: Settings, key: str) -> None:
        answers = context().SimpleQueue()
        self.process: BaseProcess = context().Process(
            target=own_a_run, args=(answers, settings, key), daemon=True
        )
        self.process.start()
        self.run_id = int(_next_answer(answers, [self.process]))
        answers.close()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; return once it has done what it does."""
        assert self.process.pid is not None
        os.kill(self.process.pid, number)
        if number == signal.SIGKILL:
            self.process.join()
            return
        status = Path(f"/proc/{self.process.pid}/stat")
        while status.read_text().rsplit(")", 1)[1].split()[0] != "T":
            time.sleep(0.01)

    def end(self) -> None:
        """Kill it if it still lives."""
        self.process.kill()
        self.process.join()
        self.process.close()

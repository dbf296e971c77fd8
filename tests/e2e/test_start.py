"""`make run`: one command from an empty home to the sample shop, and nothing left behind."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.processes import RollcallProcesses, is_free
from tests.stand_in import ROOT

pytestmark = pytest.mark.xdist_group("browser")
QUIETLY = {"ROLLCALL_MEMORY": "300MB"}


@pytest.fixture
def rollcall(tmp_path: Path) -> Iterator[RollcallProcesses]:
    made = RollcallProcesses(tmp_path / "home", **QUIETLY)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()


def are_gone(processes: set[int], within_s: float = 20) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if not any(is_alive(each) for each in processes):
            return True
        time.sleep(0.05)
    return False


def is_alive(process: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_one_command_makes_the_shop_and_a_second_start_keeps_it(rollcall) -> None:
    assert rollcall.start() < 120
    children = rollcall.children()
    assert len(children) == 3
    assert rollcall.end(signal.SIGINT) == 0
    assert are_gone(children, 0.5)
    assert is_free(rollcall.port) and is_free(rollcall.stand_in_port)
    snapshots = sorted((rollcall.home / "snapshots").iterdir())
    assert rollcall.start() < 30
    assert sorted((rollcall.home / "snapshots").iterdir()) == snapshots
    log = (rollcall.home / "logs" / "scheduler.log").read_text()
    assert log.count("the sample shop was made") == 1


def test_whatever_dies_is_named_with_its_log_and_the_others_end(rollcall) -> None:
    rollcall.variables["ROLLCALL_SAMPLE"] = "0"
    rollcall.start()
    children = rollcall.children()
    scheduler = next(
        each for each in children if "scheduler.py" in Path(f"/proc/{each}/cmdline").read_text()
    )
    os.kill(scheduler, signal.SIGKILL)
    assert rollcall.process.wait(30) == 1
    assert "The scheduler ended by itself" in rollcall.said.splitlines()[-1]
    assert str(rollcall.home / "logs" / "scheduler.log") in rollcall.said
    assert are_gone(children, 0.5)


def test_a_killed_supervisor_leaves_no_process_behind(rollcall) -> None:
    rollcall.variables["ROLLCALL_SAMPLE"] = "0"
    rollcall.start()
    children = rollcall.children()
    rollcall.end(signal.SIGKILL)
    assert are_gone(children)


def test_a_port_in_use_is_one_sentence_with_its_variable(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        variables = {"ROLLCALL_HOME": str(tmp_path / "home"), "ROLLCALL_PORT": str(port)}
        done = subprocess.run(
            ["make", "--silent", "run"],
            cwd=ROOT,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
        )
    said = done.stderr.splitlines()[0]
    assert done.returncode != 0 and done.stdout == ""
    assert said.startswith(f"Port {port} cannot be used") and "ROLLCALL_PORT=" in said

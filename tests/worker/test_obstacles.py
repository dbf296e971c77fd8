"""What goes wrong around a scheduler is said, loses nothing, and is over once it is mended."""

import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator

import duckdb
import pytest

from core.store import engine
from core.store.activations import get_activation
from core.store.loads import LoadState, NewLoad, get_load, queue_load
from core.store.run_states import FINAL, RunState
from core.store.runs import RunView, list_runs
from core.sync import draft
from core.sync.queueing import queue_slot
from core.worker.loads import LoadThread
from core.worker.runs import RunThreads
from core.workspace.opened import OpenWorkspace
from tests.worker.home import Home, wait_until


@pytest.fixture
def workspace(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenWorkspace]:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_S", 0.3)
    home.activation("vip")
    home.data = '[data]\nmanifest = "dataset.toml"\n'
    with home.opened() as opened:
        home.apply(opened)
        yield opened


@pytest.fixture
def runs(workspace: OpenWorkspace) -> Iterator[RunThreads]:
    with workspace.runner("scheduler") as runner:
        threads = RunThreads(runner)
        yield threads
        runner.stop()
        threads.close()


def newest(workspace: OpenWorkspace) -> RunView:
    with workspace.store.read() as session:
        return list_runs(session)[0]


def run_once(workspace: OpenWorkspace, runs: RunThreads) -> RunView:
    with workspace.store.write("ana") as session:
        queue_slot(session, get_activation(session, "vip"), "test", session.now())

    def done() -> bool:
        runs.fill()
        return newest(workspace).state in FINAL

    wait_until(done)
    return newest(workspace)


def test_a_full_disk_while_the_plan_is_written(home, workspace, runs, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise duckdb.IOException("IO Error: Could not write file: No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(draft, "freeze_plan", full)
        failed = run_once(workspace, runs)
    assert failed.state is RunState.FAILED and "The disk is full" in (failed.error or "")
    assert not home.stand_in.has("vip")
    assert run_once(workspace, runs).state is RunState.SUCCEEDED
    assert home.stand_in.members("vip") == {"c0001", "c0002"}


def test_a_snapshot_that_is_missing(home, workspace, runs) -> None:
    for file in home.settings.snapshots.glob("*.duckdb"):
        file.unlink()
    failed = run_once(workspace, runs)
    assert failed.state is RunState.FAILED and "load the data again" in (failed.error or "")
    home.load(workspace)
    assert run_once(workspace, runs).state is RunState.SUCCEEDED


def test_a_key_that_is_lost(home, workspace, runs) -> None:
    key, away = home.settings.home / "key", home.folder / "away"
    shutil.move(key, away)
    failed = run_once(workspace, runs)
    assert failed.state is RunState.FAILED
    assert "there is no key" in (failed.error or "")
    shutil.move(away, key)
    assert run_once(workspace, runs).state is RunState.SUCCEEDED
    assert home.stand_in.members("vip") == {"c0001", "c0002"}


def test_a_store_that_is_locked_while_a_run_sends(home, workspace, runs) -> None:
    home.stand_in.faults("slow@create:100%:0.5s")
    locked = threading.Thread(target=lock_store, args=(home, 2.0))
    with workspace.store.write("ana") as session:
        queue_slot(session, get_activation(session, "vip"), "test", session.now())
    runs.fill()
    wait_until(lambda: home.stand_in.calls("create"))
    locked.start()
    locked.join()
    wait_until(lambda: runs.working == 0)
    home.stand_in.faults()
    run = newest(workspace)
    assert run.state in (RunState.WAITING, RunState.SUCCEEDED), run.error
    if run.state is RunState.WAITING:
        assert "locked by another process" in (run.error or "")
        make_due(home)
        wait_until(lambda: runs.fill() + 1 and newest(workspace).state in FINAL)
    assert newest(workspace).state is RunState.SUCCEEDED
    assert home.stand_in.members("vip") == {"c0001", "c0002"}


def lock_store(home: Home, seconds: float) -> None:
    with sqlite3.connect(home.settings.home / "store.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        other.execute("ROLLBACK")


def make_due(home: Home) -> None:
    """Let the run be tried again now, not in half a minute."""
    with sqlite3.connect(home.settings.home / "store.db") as other:
        other.execute("UPDATE runs SET next_try_at = NULL")


def test_a_refused_load_ends_though_the_store_is_locked_for_a_while(home, workspace) -> None:
    (home.folder / "customers.csv").write_text("customer_id,wanted\nc1,true\nc1,true\n")
    with workspace.store.write("ana") as session:
        load = queue_load(session, NewLoad(str(home.folder / "dataset.toml"), "test"))
    with workspace.runner("scheduler") as runner:
        loads = LoadThread(workspace, runner.process)
        assert loads.fill()
        lock_store(home, 5.0)
        wait_until(lambda: load_state(workspace, load.id) is LoadState.FAILED)
        loads.close()


def test_a_run_whose_ledger_is_gone_is_tried_again_only_after_a_while(home, workspace, runs):
    run_once(workspace, runs)
    home.people({"c0003"})
    home.load(workspace)
    home.stand_in.faults("slow@update:100%:0.5s")
    with workspace.store.write("ana") as session:
        queue_slot(session, get_activation(session, "vip"), "test", session.now())
    before = len(home.stand_in.calls("update"))
    runs.fill()
    wait_until(lambda: len(home.stand_in.calls("update")) > before)
    for file in home.settings.ledgers.iterdir():
        file.unlink()
    wait_until(lambda: runs.working == 0)
    run = newest(workspace)
    assert (run.state, run.error_kind) == (RunState.WAITING, "LedgerMissing")
    assert runs.fill() == 0


def load_state(workspace: OpenWorkspace, load_id: int) -> LoadState:
    with workspace.store.read() as session:
        return get_load(session, load_id).state

"""Several runs at once: each to its end, one failing beside the others, and a stop in between."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest

from core.destinations._base import Change
from core.destinations.batch import Batch
from core.store.activations import get_activation
from core.store.destinations import list_destinations
from core.store.run_states import FINAL, RunState
from core.store.runs import RunView, list_runs
from core.sync.queueing import queue_slot
from core.sync.run import Runner
from core.worker.runs import RunThreads
from core.workspace.opened import OpenWorkspace
from tests.worker.home import Home, wait_until

KEYS = ["one", "two", "three", "four", "five"]


@pytest.fixture
def workspace(home: Home) -> Iterator[OpenWorkspace]:
    for key in KEYS:
        home.activation(key)
    home.data = '[data]\nmanifest = "dataset.toml"\n'
    with home.opened() as opened:
        home.apply(opened)
        yield opened


@contextmanager
def threads(workspace: OpenWorkspace) -> Iterator[tuple[Runner, RunThreads]]:
    with workspace.runner("scheduler") as runner:
        runs = RunThreads(runner)
        try:
            yield runner, runs
        finally:
            runner.stop()
            runs.close()


def queue(workspace: OpenWorkspace, *keys: str) -> None:
    with workspace.store.write("ana") as session:
        for key in keys:
            queue_slot(session, get_activation(session, key), "test", session.now())


def all_runs(workspace: OpenWorkspace) -> list[RunView]:
    with workspace.store.read() as session:
        return list(list_runs(session))


def work_off(workspace: OpenWorkspace, runs: RunThreads) -> None:
    def done() -> bool:
        runs.fill()
        return all(run.state in FINAL for run in all_runs(workspace))

    wait_until(done)


def test_all_that_is_queued_is_run(home: Home, workspace: OpenWorkspace) -> None:
    queue(workspace, *KEYS)
    with threads(workspace) as (_, runs):
        work_off(workspace, runs)
    assert {run.state for run in all_runs(workspace)} == {RunState.SUCCEEDED}
    assert all(home.stand_in.members(key) == {"c0001", "c0002"} for key in KEYS)


def test_an_account_never_takes_the_last_thread(home: Home, workspace: OpenWorkspace) -> None:
    home.stand_in.faults("slow@view:100%:0.5s")
    queue(workspace, *KEYS)
    with threads(workspace) as (_, runs):
        assert runs.fill() == 3
        assert runs.working == 3
        home.stand_in.faults()
        work_off(workspace, runs)


def test_a_run_that_fails_touches_no_other(home: Home, workspace: OpenWorkspace) -> None:
    home.stand_in.faults("400@create:1")
    queue(workspace, *KEYS[:3])
    with threads(workspace) as (_, runs):
        work_off(workspace, runs)
    states = sorted(run.state for run in all_runs(workspace))
    assert states == ["failed", "succeeded", "succeeded"]


def test_an_error_that_nobody_foresaw_ends_one_run_and_is_logged_without_its_text(
    home: Home, workspace: OpenWorkspace, monkeypatch, caplog
) -> None:
    carry = Runner._carry

    def broken(self, run_id, *rest):
        if run_id == 1:
            raise ValueError("c0001 is a customer")
        return carry(self, run_id, *rest)

    monkeypatch.setattr(Runner, "_carry", broken)
    queue(workspace, "one")
    queue(workspace, "two")
    with threads(workspace) as (_, runs):
        runs.fill()
        wait_until(lambda: runs.working == 0)
    second, first = all_runs(workspace)
    assert (first.state, second.state) == (RunState.WAITING, RunState.SUCCEEDED)
    assert "run interrupted" in caplog.text and "customer" not in caplog.text


def test_a_stop_ends_runs_with_the_call_in_hand_and_another_process_goes_on(
    home: Home, workspace: OpenWorkspace
) -> None:
    home.stand_in.faults("slow@create:100%:1s")
    queue(workspace, "one")
    with threads(workspace) as (runner, runs):
        runs.fill()
        wait_until(lambda: home.stand_in.calls("create"))
        began = time.monotonic()
        runner.stop()
        runs.close()
        assert time.monotonic() - began < 3
    (run,) = all_runs(workspace)
    assert (run.state, run.token, run.takeovers) == (RunState.WAITING, None, 0)
    home.stand_in.faults()
    with threads(workspace) as (_, runs):
        work_off(workspace, runs)
    assert all_runs(workspace)[0].state is RunState.SUCCEEDED
    assert len(home.stand_in.calls("create")) == 1


def test_refused_keys_pause_the_destination_once_and_the_rest_waits(
    home: Home, workspace: OpenWorkspace
) -> None:
    home.stand_in.faults("401:100%")
    queue(workspace, *KEYS)
    with threads(workspace) as (_, runs):
        runs.fill()
        wait_until(lambda: runs.working == 0)
        assert runs.fill() == 0
    with workspace.store.read() as session:
        (crm,) = list_destinations(session)
    assert crm.paused_reason is not None
    states = {run.state for run in all_runs(workspace)}
    assert states == {RunState.FAILED, RunState.QUEUED}


def test_a_run_being_indexed_holds_no_thread(home: Home, workspace: OpenWorkspace) -> None:
    home.stand_in.settings(indexing_s=0.0)
    queue(workspace, "one")
    with threads(workspace) as (_, runs):
        work_off(workspace, runs)
        home.people({"c0003"})
        home.load(workspace)
        home.stand_in.settings(indexing_s=2)
        queue(workspace, "one")
        runs.fill()
        wait_until(lambda: all_runs(workspace)[0].state is RunState.CONFIRMING)
        wait_until(lambda: runs.working == 0, 2)
        work_off(workspace, runs)
    assert all_runs(workspace)[0].state is RunState.SUCCEEDED
    assert threading.active_count() < 20


def test_two_runs_of_one_account_share_its_calls(
    home: Home, workspace: OpenWorkspace, monkeypatch
) -> None:
    narrow = replace(Batch.limits, interval_s=0.02, ids_per_call=10)
    monkeypatch.setattr(Batch, "limits", narrow)
    monkeypatch.setattr(Batch, "apply", begun_together(Batch.apply, 2))
    home.people({f"c{number:04}" for number in range(400)}, everybody=400)
    home.load(workspace)
    queue(workspace, "one", "two")
    with threads(workspace) as (_, runs):
        work_off(workspace, runs)
    names = [call.name for call in home.stand_in.calls("update")]
    first, last = names.index("two"), max(i for i, name in enumerate(names) if name == "one")
    together = names[first : last + 1]
    assert len(together) > 20, "one ended before the other began"
    assert 0.25 < together.count("one") / len(together) < 0.75


def begun_together(apply: Callable[..., str | None], runs: int) -> Callable[..., str | None]:
    """Return `apply`, whose first call for each audience waits for the first of the others."""
    start = threading.Barrier(runs, timeout=30)
    begun: set[str] = set()

    def waiting(destination: Batch, audience: str, changes: Sequence[Change], run: str):
        if audience not in begun:
            begun.add(audience)
            start.wait()
        return apply(destination, audience, changes, run)

    return waiting

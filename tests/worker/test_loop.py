"""One tick does every part's work, whatever happens to the others."""

from collections.abc import Iterator

import pytest

from core.errors import StoreUnavailable
from core.store.loads import LoadState, NewLoad, ask_load_cancel, list_loads, queue_load
from core.store.run_states import RunState
from core.store.runs import list_runs
from core.worker import loop
from core.worker.loop import Scheduler
from core.workspace.opened import OpenWorkspace
from tests.worker.home import Home, wait_until


@pytest.fixture
def workspace(home: Home) -> Iterator[OpenWorkspace]:
    home.activation("vip", '"after_refresh"')
    home.data = '[data]\nmanifest = "dataset.toml"\n'
    with home.opened() as opened:
        home.apply(opened)
        with opened.store.write("ana") as session:
            queue_load(session, NewLoad(str(home.folder / "dataset.toml"), "test"))
        yield opened


@pytest.fixture
def scheduler(workspace: OpenWorkspace) -> Iterator[Scheduler]:
    made = Scheduler(workspace)
    yield made
    made.close()


def has_run(workspace: OpenWorkspace) -> bool:
    with workspace.store.read() as session:
        return any(run.state is RunState.SUCCEEDED for run in list_runs(session))


def tick_until_run(scheduler: Scheduler, workspace: OpenWorkspace) -> None:
    def done() -> bool:
        scheduler.tick()
        return has_run(workspace)

    wait_until(done)


def test_ticks_load_and_then_run_what_follows(home, workspace, scheduler) -> None:
    tick_until_run(scheduler, workspace)
    assert home.stand_in.members("vip") == {"c0001", "c0002"}


@pytest.mark.parametrize("error", [StoreUnavailable("locked"), ValueError("c0001")])
def test_a_part_that_fails_keeps_no_other_from_its_turn(
    workspace, scheduler, monkeypatch, caplog, error: Exception
) -> None:
    def broken(*_: object) -> int:
        raise error

    monkeypatch.setattr(loop, "queue_due", broken)
    tick_until_run(scheduler, workspace)
    assert "queueing failed" in caplog.text and "c0001" not in caplog.text


def test_a_cancelled_load_stops_and_leaves_the_data_as_it_was(home, workspace, scheduler) -> None:
    home.people({"c1"}, everybody=400_000)

    def loading() -> LoadState:
        with workspace.store.read() as session:
            return list_loads(session)[0].state

    scheduler.tick()
    wait_until(lambda: loading() is LoadState.LOADING)
    with workspace.store.write("ana") as session:
        assert ask_load_cancel(session, list_loads(session)[0].id)
    wait_until(lambda: bool(scheduler.tick() or True) and loading() is LoadState.CANCELLED)
    assert not has_run(workspace)

"""Real schedulers: started together, killed, stopped, and the data that follows files."""

from collections.abc import Iterator

import pytest

from core.settings import Settings
from core.store.activations import get_activation
from core.store.loads import LoadState, NewLoad, list_loads, queue_load
from core.store.run_states import FINAL, RunState
from core.store.runs import RunView, list_runs
from core.sync.queueing import queue_slot
from core.workspace.opened import OpenWorkspace
from tests.worker.home import Home, wait_until
from tests.worker.processes import Schedulers, schedulers

MANY = 1_600


@pytest.fixture
def workspace(home: Home) -> Iterator[OpenWorkspace]:
    home.activation("vip", '"after_refresh"')
    home.data = '[data]\nmanifest = "dataset.toml"\n'
    with home.opened() as opened:
        home.apply(opened)
        yield opened


def runs(workspace: OpenWorkspace) -> list[RunView]:
    with workspace.store.read() as session:
        return list(list_runs(session))


def queue_run(workspace: OpenWorkspace) -> None:
    with workspace.store.write("ana") as session:
        queue_slot(session, get_activation(session, "vip"), "test", session.now())


def ended(workspace: OpenWorkspace) -> bool:
    found = runs(workspace)
    return bool(found) and all(run.state in FINAL for run in found)


def test_four_start_at_once_on_an_empty_home(home: Home, store_settings: Settings) -> None:
    home.settings = store_settings
    with schedulers(home) as four:
        four.start_surely(4)
        assert all(process.poll() is None for process in four.running)
        said = [line["message"] for line in four.log() if "store" in line["message"]]
    assert len(said) == 4
    assert sum("A new store was made" in sentence for sentence in said) == 1


def test_a_file_in_a_folder_becomes_a_list_in_batch(home: Home, workspace: OpenWorkspace) -> None:
    home.people({"c0003", "c0004"})
    with workspace.store.write("ana") as session:
        queue_load(session, NewLoad(str(home.folder / "dataset.toml"), "test"))
    with schedulers(home) as one:
        one.start_surely()
        wait_until(lambda: ended(workspace), 60)
    assert home.stand_in.members("vip") == {"c0003", "c0004"}
    with workspace.store.read() as session:
        (load,) = list_loads(session)
    assert load.state is LoadState.LOADED and load.snapshot_id == runs(workspace)[0].snapshot_id


def test_a_load_that_is_refused_is_told_and_changes_nothing(home: Home, workspace) -> None:
    (home.folder / "customers.csv").write_text("customer_id,wanted\nc1,true\nc1,true\n")
    with workspace.store.write("ana") as session:
        queue_load(session, NewLoad(str(home.folder / "dataset.toml"), "test"))
    with schedulers(home) as one:
        one.start_surely()
        wait_until(lambda: loads(workspace)[0].state is LoadState.FAILED, 60)
        log = str(one.log())
    assert "must be unique" in (loads(workspace)[0].error or "")
    assert "c1" not in log
    assert runs(workspace) == []


def loads(workspace: OpenWorkspace):
    with workspace.store.read() as session:
        return list_loads(session)


def test_a_load_whose_scheduler_is_killed_is_loaded_by_the_next(home: Home, workspace) -> None:
    home.people({"c00001"}, everybody=300_000)
    with workspace.store.write("ana") as session:
        queue_load(session, NewLoad(str(home.folder / "dataset.toml"), "test"))
    with schedulers(home) as two:
        first = two.start_surely()
        wait_until(lambda: loads(workspace)[0].state is LoadState.LOADING)
        two.kill(first)
        two.start_surely()
        wait_until(lambda: loads(workspace)[0].state is LoadState.LOADED, 60)
    assert loads(workspace)[0].takeovers <= 1


@pytest.fixture
def sending(home: Home, workspace: OpenWorkspace) -> Iterator[Schedulers]:
    """A scheduler in the midst of sending many ids, forty at a time."""
    home.people({f"c{n:04}" for n in range(MANY)}, everybody=MANY)
    home.load(workspace)
    home.stand_in.faults("slow@update:100%:0.05s")
    with schedulers(home, ids_per_call=40) as some:
        some.start_surely()
        wait_until(lambda: len(home.stand_in.calls("update")) > 5, 60)
        yield some


def test_sigterm_ends_with_the_call_in_hand_and_another_goes_on(home, workspace, sending) -> None:
    assert sending.end(sending.running[0]) == 0
    (run,) = runs(workspace)
    assert (run.state, run.token, run.takeovers) == (RunState.WAITING, None, 0)
    assert run.cursor == len(home.stand_in.members("vip"))
    sending.start_surely()
    wait_until(lambda: ended(workspace), 60)
    assert home.stand_in.members("vip") == {f"c{n:04}" for n in range(MANY)}
    assert sum(call.ids for call in home.stand_in.calls("update")) == MANY


def test_of_a_killed_one_another_takes_the_run_over_at_once(home, workspace, sending) -> None:
    sending.start_surely()
    sending.kill(sending.running[0])
    wait_until(lambda: ended(workspace), 60)
    (run,) = runs(workspace)
    assert (run.state, run.takeovers) == (RunState.SUCCEEDED, 1)
    assert home.stand_in.members("vip") == {f"c{n:04}" for n in range(MANY)}


def test_the_log_names_runs_and_holds_no_secret_and_no_person(home, workspace, sending) -> None:
    sending.end(sending.running[0])
    lines = sending.log()
    assert any(line.get("run") == 1 and line["message"] == "run begun" for line in lines)
    text = str(lines)
    assert home.stand_in.rest_api_key not in text and home.stand_in.project_key not in text
    assert "c0001" not in text

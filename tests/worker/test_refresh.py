"""After each data refresh: a load queues the runs that follow it."""

import pytest

from core.store.activations import pause_activation
from core.store.run_states import RunState
from core.store.runs import list_runs
from core.store.workspace import pause_everything
from core.workspace.opened import OpenWorkspace
from tests.worker.home import Home


@pytest.fixture
def workspace(home: Home):
    home.activation("follows", '"after_refresh"')
    home.activation("by_hand")
    home.data = '[data]\nmanifest = "dataset.toml"\n'
    with home.opened() as opened:
        home.apply(opened)
        yield opened


def queued(workspace: OpenWorkspace) -> list[tuple[str, int]]:
    with workspace.store.read() as session:
        found = list_runs(session, states=[RunState.QUEUED])
    return [(run.trigger, run.merged_slots) for run in found]


def test_a_load_queues_what_follows_it_and_nothing_else(home: Home, workspace) -> None:
    assert queued(workspace) == []
    home.load(workspace)
    assert queued(workspace) == [("data refresh", 0)]


def test_two_loads_before_a_run_are_one_run(home: Home, workspace) -> None:
    home.load(workspace)
    home.load(workspace)
    assert queued(workspace) == [("data refresh", 1)]


def test_what_is_paused_does_not_follow(home: Home, workspace) -> None:
    with workspace.store.write("ana") as session:
        pause_activation(session, "follows")
    home.load(workspace)
    assert queued(workspace) == []


def test_nothing_follows_while_everything_is_paused(home: Home, workspace) -> None:
    with workspace.store.write("ana") as session:
        pause_everything(session)
    home.load(workspace)
    assert queued(workspace) == []

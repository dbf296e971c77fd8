"""Runs as they are told: which of them stay as they are until somebody does something."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.settings import Settings
from core.store.run_states import FINAL, RESTING, RunState
from core.store.runs import RunView, get_run
from core.workspace.run_told import is_at_rest
from tests.sync.world import make_world


@pytest.fixture
def held(tmp_path: Path) -> RunView:
    """Return a run that waits for approval, because everybody would leave."""
    world = make_world(Settings(home=tmp_path / "home"))
    world.run(["id1", "id2"])
    outcome = world.run([])
    with world.store.read() as session:
        run = get_run(session, outcome.run_id or 0)
    world.close()
    world.store.close()
    return run


@pytest.mark.parametrize("state", list(RunState))
def test_a_run_rests_where_it_ended_or_needs_somebody(state: RunState, held: RunView) -> None:
    needs_somebody = state in (RunState.HELD, RunState.NEEDS_ATTENTION)
    assert is_at_rest(replace(held, state=state)) == (state in FINAL or needs_somebody)


def test_an_approved_run_moves_on(held: RunView) -> None:
    assert held.state in RESTING and is_at_rest(held)
    assert not is_at_rest(replace(held, decision="approved"))

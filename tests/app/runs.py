"""Runs for the pages to show, written as the scheduler writes them."""

from collections.abc import Mapping
from typing import Any

from core.store.activations import ActivationView, list_activations
from core.store.run_changes import NewRun, Owner, start_run, update_run
from core.store.run_states import RunState
from core.store.runs import RunView, get_run
from core.workspace.opened import OpenWorkspace

OWNER = Owner("process-1", 60)
COUNTS: Mapping[str, int] = {
    "segment": 7_020,
    "blank": 301,
    "duplicate": 4,
    "control": 335,
    "wanted": 6_380,
    "held": 10_830,
    "adds": 214,
    "removes": 4_664,
}


def sample_list(opened: OpenWorkspace) -> ActivationView:
    """Return the sample shop's one activation."""
    with opened.store.read() as session:
        (found,) = list_activations(session)
    return found


def run_in(
    opened: OpenWorkspace, state: RunState, of: ActivationView | None = None, **changes: Any
) -> RunView:
    """Return a run in that state: of the sample's list, unless it is of another."""
    activation = of or sample_list(opened)
    with opened.store.write("scheduler") as session:
        new = NewRun(activation.id, activation.audience_id, "schedule")
        run = start_run(session, new, OWNER)
        update_run(session, run.id, run.token or "", state=state, **changes)
        return get_run(session, run.id)

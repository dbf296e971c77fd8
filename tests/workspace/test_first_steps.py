"""The guide to a first list knows what is there already, and ends with the first success."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from core.sample.workspace import sample_parts
from core.settings import Settings
from core.store.activations import ActivationSettings, create_activation
from core.store.database import Store, open_store
from core.store.destinations import DestinationSettings, create_destination
from core.store.run_changes import NewRun, Owner, start_run, update_run
from core.store.run_states import RunState
from core.store.secrets import SecretBox
from core.store.segments import create_segment
from core.store.snapshots import add_snapshot
from core.workspace.first_steps import LentParts, Step, StepState, first_steps

MANIFEST = "/shop/s.toml"
SAMPLE = LentParts(MANIFEST, *[frozenset({"vip"})] * 3)


@pytest.fixture
def store(new_sqlite_store: Settings) -> Store:
    return open_store(new_sqlite_store)


def furnish(store: Store, *, until: Step) -> None:
    """Save one of each up to that step."""
    steps = list(Step)[: list(Step).index(until) + 1]
    with store.write("ana") as session:
        add_snapshot(session, "s1", manifest="", manifest_path=MANIFEST, rows={})
        if Step.SEGMENT in steps:
            create_segment(session, "vip", name="VIP", tree="{}", resolved="{}")
        if Step.DESTINATION in steps:
            account = DestinationSettings("CRM", "batch", "{}", "one", {}, {})
            create_destination(session, "vip", account, SecretBox(store.settings))
        if Step.ACTIVATION in steps:
            given = ActivationSettings("vip", "vip", "vip", "VIP", "id", {}, '"manual"', "null")
            create_activation(session, "vip", given)


def states(store: Store, lent: LentParts | None = None) -> str | None:
    with store.read() as session:
        found: Mapping[Step, StepState] | None = first_steps(session, lent or LentParts())
    return None if found is None else " ".join(found[step] for step in Step)


def test_an_empty_workspace_begins_with_data(store: Store) -> None:
    assert states(store) == "next later later later"


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (Step.DATA, "done next later later"),
        (Step.SEGMENT, "done done next later"),
        (Step.DESTINATION, "done done done next"),
        (Step.ACTIVATION, "done done done running"),
    ],
)
def test_what_is_there_is_done(store: Store, until: Step, expected: str) -> None:
    furnish(store, until=until)
    assert states(store) == expected


def test_what_is_lent_is_not_ones_own(store: Store) -> None:
    furnish(store, until=Step.ACTIVATION)
    assert states(store, SAMPLE) == "next later later later"


def test_the_way_ends_with_the_first_list_that_is_up_to_date(
    store: Store,
) -> None:
    furnish(store, until=Step.ACTIVATION)
    with store.write("ana") as session:
        run = start_run(session, NewRun(1, 1, "by hand"), Owner("p", 60))
        update_run(session, run.id, run.token or "", state=RunState.SUCCEEDED)
    assert states(store) is None
    assert states(store, SAMPLE) == "next later later later"


def test_the_sample_names_its_parts(tmp_path: Path, store: Store) -> None:
    with store.read() as session:
        assert sample_parts(session, tmp_path) == LentParts()

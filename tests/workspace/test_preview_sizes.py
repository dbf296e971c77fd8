"""Sizes of a draft, counted beside the page that asks for them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from core.data.instance import Snapshot
from core.engines.duckdb import DuckDBEngine
from core.errors import Cancelled, SnapshotMissing
from core.segments.draft import draft_of
from core.workspace.opened import OpenWorkspace
from core.workspace.preview import (
    Counting,
)
from tests.cli.example import SEGMENTS
from tests.workspace.previewing import (
    FRENCH,
    IN_PARIS,
    SNAPSHOT,
    all_of,
    drafted,
    look_in,
    sizes_of,
    wait_for,
)


class Gated:
    """A workspace that lends its data once `gate` is open; it raises `fault` if there is one."""

    def __init__(self, workspace: OpenWorkspace) -> None:
        self._workspace = workspace
        self.instance = workspace.instance
        self.gate = threading.Event()
        self.fault: Exception | None = None

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        self.gate.wait(10)
        if self.fault is not None:
            raise self.fault
        with self._workspace.snapshot() as snapshot:
            yield snapshot


@pytest.fixture
def gated(example: OpenWorkspace) -> Iterator[Gated]:
    """Give the example behind a gate that is shut."""
    made = Gated(example)
    yield made
    made.gate.set()


def test_sizes_are_those_of_each_node_by_its_id(example: OpenWorkspace) -> None:
    draft = drafted({}, FRENCH, all_of(IN_PARIS, {"field": "city", "op": "is_blank"}, match="any"))
    sizes = sizes_of(example, draft)
    found = {place: sizes.by_id.get(node_id) for place, node_id in draft.places.items()}
    assert (sizes.members, sizes.people, sizes.error) == (2, 6, None)
    assert found == {
        "where": 2,
        "where.conditions[0]": None,
        "where.conditions[1]": 3,
        "where.conditions[2]": 2,
        "where.conditions[2].conditions[0]": 1,
        "where.conditions[2].conditions[1]": 1,
    }


@pytest.mark.parametrize("key", [*SEGMENTS, None])
@pytest.mark.parametrize("limit", [None, {"count": 1}, {"percent": 50}, {"count": 1000}])
def test_members_are_as_many_as_the_engine_finds(
    example: OpenWorkspace, key: str | None, limit: object
) -> None:
    where = SEGMENTS[key]["where"] if key else all_of()
    raw = {"where": where} if limit is None else {"where": where, "limit": limit}
    look = look_in(example, draft_of(json.dumps(raw)))
    with example.snapshot() as snapshot:
        engine = DuckDBEngine(example.instance, snapshot)
        members = engine.members(look.segment, look.today)
    sizes = wait_for(Counting(example), look)
    assert (sizes.members, sizes.error) == (len(members), None)
    assert sizes.by_id.keys() == set(look.ids.values())


def test_nothing_is_there_until_it_is_counted(example: OpenWorkspace, gated: Gated) -> None:
    counting, look = Counting(gated), look_in(example, drafted(FRENCH))
    assert counting.is_answered()
    assert counting.ask(look, SNAPSHOT) is None
    assert not counting.is_answered()
    gated.gate.set()
    assert wait_for(counting, look).members == 3
    assert counting.is_answered()


def test_the_same_question_is_asked_once(example: OpenWorkspace, gated: Gated) -> None:
    counting, look = Counting(gated), look_in(example, drafted(FRENCH))
    gated.gate.set()
    answer = wait_for(counting, look)
    gated.fault = RuntimeError("asked again")
    assert counting.ask(look, SNAPSHOT) is answer
    assert counting.ask(look_in(example, drafted(FRENCH)), "two") is None


def test_another_draft_takes_the_place_of_the_one_before(
    example: OpenWorkspace, gated: Gated
) -> None:
    counting, french = Counting(gated), look_in(example, drafted(FRENCH))
    paris = look_in(example, drafted(IN_PARIS))
    assert counting.ask(french, SNAPSHOT) is None
    assert counting.ask(paris, SNAPSHOT) is None
    gated.gate.set()
    assert wait_for(counting, paris).by_id.keys() == set(paris.ids.values())
    assert threads_named("counting") == []
    assert counting.ask(paris, SNAPSHOT).members == 1


def threads_named(name: str) -> list[threading.Thread]:
    """Return the threads of that name that are still there after a while."""
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join(5)
    return [thread for thread in threading.enumerate() if thread.name == name]


def test_the_same_segment_in_other_nodes_is_another_question(example: OpenWorkspace) -> None:
    counting = Counting(example)
    before, after = (look_in(example, drafted(FRENCH)) for _ in range(2))
    wait_for(counting, before)
    assert wait_for(counting, after).by_id.keys() == set(after.ids.values())


def test_what_is_given_up_is_not_answered_and_can_be_asked_again(
    example: OpenWorkspace, gated: Gated
) -> None:
    counting, look = Counting(gated), look_in(example, drafted(FRENCH))
    counting.ask(look, SNAPSHOT)
    counting.stop()
    assert counting.is_answered()
    assert counting.ask(look, SNAPSHOT) is None
    gated.gate.set()
    assert wait_for(counting, look).error is None


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (SnapshotMissing("The snapshot is gone."), "The snapshot is gone."),
        (Cancelled("The process stops asking questions."), "The process stops"),
        (RuntimeError("customer 4711"), "nobody foresaw"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_whatever_goes_wrong_is_an_answer_in_words(
    example: OpenWorkspace, gated: Gated, fault: Exception, said: str
) -> None:
    gated.fault = fault
    gated.gate.set()
    counting, look = Counting(gated), look_in(example, drafted(FRENCH))
    sizes = wait_for(counting, look)
    assert said in str(sizes.error)
    assert "4711" not in str(sizes.error)
    assert sizes.by_id == {} and counting.is_answered()


def test_data_that_are_gone_are_said(example: OpenWorkspace) -> None:
    look = look_in(example, drafted(FRENCH))
    for file in example.settings.snapshots.glob("*.duckdb"):
        file.unlink()
    assert "load the data again" in str(wait_for(Counting(example), look).error)

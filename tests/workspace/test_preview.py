"""What a draft means while somebody edits it: sentences, faults, sizes, members, one person."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.data.instance import Snapshot
from core.engines._base import Verdict
from core.engines.duckdb import DuckDBEngine
from core.errors import Cancelled, SnapshotMissing, UnknownName
from core.segments.checking import MAX_DEPTH, NamedSegment
from core.segments.draft import Draft, draft_of, new_draft
from core.segments.reading import write_json
from core.workspace.opened import OpenWorkspace
from core.workspace.preview import (
    Counting,
    Look,
    Sizes,
    explain_person,
    look_at,
    sample_members,
)
from tests.cli.example import SEGMENTS
from tests.data.conftest import write_dataset
from tests.segments.case_files import INVALID, VALID, Case
from tests.segments.conftest import Datasets
from tests.segments.datasets import Dataset
from tests.workspace.conftest import take

NOW = datetime(2026, 2, 1, 10, 30, 45, tzinfo=UTC)
FRENCH = {"field": "country", "op": "is", "value": "FR"}
IN_PARIS = {"field": "city", "op": "is", "value": "Paris"}
NO_VALUE = {"field": "city", "op": "is"}
BOUGHT = {"table": "orders", "measure": "count", "op": "at_least", "value": 1}
SNAPSHOT = "one"


def all_of(*nodes: object, match: str = "all") -> dict[str, Any]:
    return {"match": match, "conditions": list(nodes)}


def drafted(*nodes: object, match: str = "all", **more: object) -> Draft:
    return draft_of(json.dumps({"where": all_of(*nodes, match=match), **more}))


@pytest.fixture
def shop(datasets: Datasets) -> Dataset:
    return datasets["shop", "duckdb"]


Looking = Callable[[Draft], Look]


@pytest.fixture
def looking(shop: Dataset) -> Looking:
    return lambda draft: look_at(draft, shop.catalogue, NOW, shop.named, people="customers")


# What it says and what is wrong


def test_a_finished_draft_has_a_sentence_for_every_node(looking: Looking) -> None:
    draft = drafted(FRENCH, all_of(IN_PARIS, BOUGHT, match="any"))
    look = looking(draft)
    assert look.finished and look.faults == {}
    assert look.sentences.keys() == draft.nodes.keys()
    assert look.sentences[draft.places["where.conditions[0]"]] == "country is “FR”"


def test_an_empty_draft_is_everybody(looking: Looking) -> None:
    look = looking(new_draft())
    assert (look.finished, look.sentence) == (True, "All customers.")


def test_a_new_condition_is_at_fault_and_left_out(looking: Looking) -> None:
    draft = drafted(FRENCH, {})
    look = looking(draft)
    assert look.faults.keys() == {draft.places["where.conditions[1]"]}
    assert look.segment == looking(drafted(FRENCH)).segment
    assert "FR" in look.sentence


@pytest.mark.parametrize("match", ["any", "none"])
def test_a_group_counts_without_its_unfinished_condition(looking: Looking, match: str) -> None:
    draft = drafted(FRENCH, all_of(NO_VALUE, IN_PARIS, match=match))
    look = looking(draft)
    assert look.faults.keys() == {draft.places["where.conditions[1].conditions[0]"]}
    assert look.segment == looking(drafted(FRENCH, all_of(IN_PARIS, match=match))).segment


@pytest.mark.parametrize("match", ["any", "none"])
def test_a_group_of_nothing_finished_is_left_out(looking: Looking, match: str) -> None:
    look = looking(drafted(FRENCH, all_of({}, NO_VALUE, match=match)))
    assert len(look.faults) == 2
    assert look.segment == looking(drafted(FRENCH)).segment


@pytest.mark.parametrize("match", ["all", "any", "none"])
def test_a_draft_of_nothing_finished_is_everybody(looking: Looking, match: str) -> None:
    look = looking(drafted({}, NO_VALUE, match=match))
    assert look.segment.where.conditions == ()
    assert not look.finished


def test_places_after_one_left_out_still_lead_to_their_nodes(looking: Looking) -> None:
    draft = drafted({}, FRENCH, {}, IN_PARIS)
    look = looking(draft)
    assert look.ids["where.conditions[0]"] == draft.places["where.conditions[1]"]
    assert look.ids["where.conditions[1]"] == draft.places["where.conditions[3]"]
    assert look.sentences[draft.places["where.conditions[3]"]] == "city is “Paris”"


STEP = {"op": "did", "table": "visits", "where": all_of({"field": "page", "op": "is"})}
INSIDE = [
    ({**BOUGHT, "where": all_of({"field": "channel", "op": "is"})}, "where.conditions[0]"),
    ({**BOUGHT, "where": all_of(all_of({}, match="any"))}, "where.conditions[0].conditions[0]"),
    ({**BOUGHT, "followed_by": STEP}, "followed_by.where.conditions[0]"),
    (
        {**BOUGHT, "followed_by": {"op": "did", "table": "visits", "followed_by": STEP}},
        "followed_by.followed_by.where.conditions[0]",
    ),
    (
        {**BOUGHT, "measure": "share", "that": all_of({"field": "amount", "op": "at_least"})},
        "that.conditions[0]",
    ),
]


@pytest.mark.parametrize(("condition", "inner"), INSIDE, ids=[inner for _, inner in INSIDE])
def test_a_fault_deep_inside_marks_its_node_and_leaves_the_whole_condition_out(
    looking: Looking, condition: object, inner: str
) -> None:
    draft = drafted(FRENCH, all_of(condition, IN_PARIS, match="any"))
    look = looking(draft)
    outer = "where.conditions[1].conditions[0]"
    assert look.faults.keys() == {draft.places[outer], draft.places[f"{outer}.{inner}"]}
    assert len(set(look.faults.values())) == 1
    assert look.segment == looking(drafted(FRENCH, all_of(IN_PARIS, match="any"))).segment


def test_what_is_finished_in_an_unfinished_condition_keeps_its_sentence(looking: Looking) -> None:
    web = {"field": "channel", "op": "is", "value": "web"}
    draft = drafted({**BOUGHT, "where": all_of(web, {})})
    said = looking(draft).sentences
    assert said[draft.places["where.conditions[0].where.conditions[0]"]] == "channel is “web”"
    assert draft.places["where.conditions[0].where.conditions[1]"] not in said


def test_a_wrong_limit_is_at_fault_by_itself(looking: Looking) -> None:
    look = looking(drafted(FRENCH, limit={"count": 0}))
    assert look.faults.keys() == {"limit"}
    assert look.segment == looking(drafted(FRENCH)).segment


GONE = [
    ({"field": "contry", "op": "is", "value": "FR"}, "Did you mean"),
    ({**BOUGHT, "table": "order"}, "Did you mean"),
    ({"segment": "frensh", "op": "in"}, "french"),
    ({"field": "age", "op": "contains", "value": "x"}, "not for a number"),
]


@pytest.mark.parametrize(("condition", "said"), GONE, ids=str)
def test_a_name_that_is_gone_is_said_with_what_there_is(
    looking: Looking, condition: object, said: str
) -> None:
    draft = drafted(condition, FRENCH)
    (fault,) = looking(draft).faults.items()
    assert fault[0] == draft.places["where.conditions[0]"]
    assert said in fault[1].problem


def test_what_is_not_said_yet_is_told_from_what_is_wrong(looking: Looking) -> None:
    draft = drafted(NO_VALUE, {**NO_VALUE, "value": {}})
    unsaid, wrong = (draft.places[f"where.conditions[{number}]"] for number in (0, 1))
    faults = looking(draft).faults
    assert (faults[unsaid].is_missing, faults[wrong].is_missing) == (True, False)


def test_a_named_segment_that_has_a_fault_is_named_with_it(shop: Dataset) -> None:
    named = {"broken": NamedSegment(drafted(NO_VALUE).raw)}
    draft = drafted({"segment": "broken", "op": "in"})
    look = look_at(draft, shop.catalogue, NOW, named)
    assert "broken" in look.faults[draft.places["where.conditions[0]"]].problem


def test_a_segment_that_speaks_of_itself_is_told_the_circle(shop: Dataset) -> None:
    named = {"other": NamedSegment(drafted({"segment": "me", "op": "in"}).raw)}
    draft = drafted({"segment": "other", "op": "in"})
    look = look_at(draft, shop.catalogue, NOW, named, key="me")
    assert "other → me" in look.faults[draft.places["where.conditions[0]"]].problem


def test_other_segments_are_called_by_their_names(shop: Dataset) -> None:
    draft = drafted({"segment": "french", "op": "not_in"})
    look = look_at(draft, shop.catalogue, NOW, shop.named, names={"french": "People in France"})
    assert "“People in France”" in look.sentence


def test_more_faults_than_anybody_reads_are_looked_at_in_no_time(looking: Looking) -> None:
    look = looking(drafted(*[NO_VALUE] * 400, FRENCH))
    assert 50 <= len(look.faults) <= 52
    assert not look.finished


def test_groups_too_deep_are_said(looking: Looking) -> None:
    deep: Any = FRENCH
    for _ in range(MAX_DEPTH):
        deep = all_of(deep)
    look = looking(drafted(deep, IN_PARIS))
    assert look.segment == looking(drafted(IN_PARIS)).segment
    assert str(MAX_DEPTH) in next(iter(look.faults.values())).problem


def test_seconds_do_not_make_another_question(shop: Dataset) -> None:
    draft = drafted(BOUGHT)
    later = NOW.replace(second=59, microsecond=999_999)
    assert look_at(draft, shop.catalogue, NOW, {}) == look_at(draft, shop.catalogue, later, {})


# Every case of the format


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.id)
def test_a_valid_segment_has_no_fault_and_keeps_its_meaning(case: Case, datasets: Datasets) -> None:
    dataset = datasets[case.file, "duckdb"]
    now = dataset.at(case.now)
    look = look_at(draft_of(write_json(case.segment)), dataset.catalogue, now.now, dataset.named)
    assert look.faults == {}
    assert look.segment == dataset.check(case.segment, now)
    assert all(look.sentences.values())


def is_editable(case: Case) -> bool:
    """Return whether a draft can hold the fault: it has conditions and a limit, and no more."""
    raw: Any = case.segment
    parts = [raw[key] for key in ("where", "limit") if key in raw]
    return str(case.error_at).startswith(("where", "limit")) and all(
        isinstance(part, dict) for part in parts
    )


EDITABLE = [case for case in INVALID if is_editable(case)]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("case", EDITABLE, ids=lambda case: case.id)
def test_an_invalid_segment_has_a_fault_in_words(case: Case, datasets: Datasets) -> None:
    dataset = datasets[case.file, "duckdb"]
    draft = draft_of(write_json(case.segment))
    look = look_at(draft, dataset.catalogue, dataset.at(case.now).now, dataset.named)
    assert not look.finished
    assert all(fault.problem for fault in look.faults.values())
    wrong = "limit" if str(case.error_at).startswith("limit") else draft.node_at(case.error_at)  # type: ignore[arg-type]
    assert wrong in look.faults


# Counting


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


def look_in(workspace: OpenWorkspace, draft: Draft) -> Look:
    catalogue = workspace.catalogue()
    assert catalogue is not None
    return look_at(draft, catalogue, NOW, NAMED)


NAMED = {key: NamedSegment(raw) for key, raw in SEGMENTS.items()}


def wait_for(counting: Counting, look: Look) -> Sizes:
    """Ask again, as a page does, until the sizes are there."""
    for _ in range(500):
        sizes = counting.ask(look, SNAPSHOT)
        if sizes is not None:
            return sizes
        time.sleep(0.01)
    raise AssertionError("the sizes never came")


def sizes_of(workspace: OpenWorkspace, draft: Draft) -> Sizes:
    return wait_for(Counting(workspace), look_in(workspace, draft))


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


# A few members


def test_a_sample_shows_the_first_members_with_their_fields(example: OpenWorkspace) -> None:
    found = sample_members(example, look_in(example, drafted(FRENCH)), 20, 8)
    assert found.columns == ("customer_id", "country", "city", "points")
    assert found.rows == (
        ("00001", "FR", "Paris", Decimal("10.50")),
        ("c2", "FR", "Lyon", 7),
        ("c3", "FR", None, 3),
    )


@pytest.mark.parametrize(("count", "columns"), [(0, 3), (2, 0), (1, 1)])
def test_a_sample_is_no_longer_and_no_wider_than_asked(
    example: OpenWorkspace, count: int, columns: int
) -> None:
    found = sample_members(example, look_in(example, drafted(FRENCH)), count, columns)
    assert len(found.columns) == columns + 1
    assert [len(row) for row in found.rows] == [columns + 1] * count


def test_a_sample_keeps_to_the_limit(example: OpenWorkspace) -> None:
    best = {"count": 1, "by": "points", "order": "highest"}
    found = sample_members(example, look_in(example, drafted(limit=best)), 20, 1)
    assert found.rows == (("c4", "DE"),)


def test_a_sample_of_nobody_is_empty(example: OpenWorkspace) -> None:
    nobody = {"field": "city", "op": "is", "value": "Nowhere"}
    assert sample_members(example, look_in(example, drafted(nobody)), 20, 8).rows == ()


def test_a_sample_calls_fields_what_people_call_them(
    example: OpenWorkspace, tmp_path: Path
) -> None:
    labels = '[tables.people]\nfile = "people.csv"\nkey = "id"\n[tables.people.labels]\n'
    labels += 'id = "Number"\n"home.town" = "Where \'they\' live"\n'
    take(example, write_dataset(tmp_path, labels, people="id,home.town\n1,Köln\n"))
    found = sample_members(example, look_in(example, new_draft()), 20, 8)
    assert (found.columns, found.rows) == (("Number", "Where 'they' live"), (("1", "Köln"),))


def test_moments_in_a_sample_are_those_of_the_zone(example: OpenWorkspace, tmp_path: Path) -> None:
    people = "id,born,seen\n1,1990-01-31,2026-07-01T22:30:00Z\n2,,\n"
    take(example, write_dataset(tmp_path, zone="Europe/Paris", people=people))
    rows = sample_members(example, look_in(example, new_draft()), 20, 8).rows
    shown = [[None if cell is None else str(cell) for cell in row] for row in rows]
    assert shown == [["1", "1990-01-31", "2026-07-02 00:30:00+02:00"], ["2", None, None]]


def test_a_sample_of_a_table_without_rows_is_empty(example: OpenWorkspace, tmp_path: Path) -> None:
    take(example, write_dataset(tmp_path, people="id,city\n"))
    look = look_in(example, new_draft())
    assert sample_members(example, look, 20, 8).rows == ()
    sizes = wait_for(Counting(example), look)
    assert (sizes.members, sizes.people, sizes.error) == (0, 0, None)


# One person


def verdicts_of(workspace: OpenWorkspace, draft: Draft, key: str) -> dict[str, Verdict | None]:
    """Return the verdicts by place, and that on the whole as `member`."""
    found = explain_person(workspace, look_in(workspace, draft), key)
    by_place = {place: found.get(node_id) for place, node_id in draft.places.items()}
    return {**by_place, "member": found["member"]}


def test_a_person_is_told_condition_by_condition(example: OpenWorkspace) -> None:
    draft = drafted({}, FRENCH, all_of(IN_PARIS, BOUGHT, match="any"))
    found = verdicts_of(example, draft, "c2")
    assert found == {
        "where": Verdict(False),
        "where.conditions[0]": None,
        "where.conditions[1]": Verdict(True, "FR"),
        "where.conditions[2]": Verdict(False),
        "where.conditions[2].conditions[0]": Verdict(False, "Lyon"),
        "where.conditions[2].conditions[1]": Verdict(False, "0"),
        "member": Verdict(False),
    }


def test_a_blank_is_no_value(example: OpenWorkspace) -> None:
    draft = drafted(IN_PARIS, {"field": "city", "op": "is_not", "value": "Paris"}, match="any")
    found = verdicts_of(example, draft, "c3")
    assert found["where.conditions[0]"] == Verdict(False)
    assert found["where.conditions[1]"] == Verdict(True)
    assert found["member"] == Verdict(True)


def test_a_person_who_meets_everything_may_be_beyond_the_limit(example: OpenWorkspace) -> None:
    draft = drafted(FRENCH, limit={"count": 1, "by": "points", "order": "highest"})
    assert verdicts_of(example, draft, "00001")["member"] == Verdict(True)
    beyond = verdicts_of(example, draft, "c2")
    assert (beyond["where"], beyond["member"]) == (Verdict(True), Verdict(False))


def test_everybody_is_in_an_empty_draft(example: OpenWorkspace) -> None:
    assert verdicts_of(example, drafted(match="none"), "c5")["member"] == Verdict(True)


@pytest.mark.parametrize("key", ["1", "C2", "", "c2 ", "' OR 1=1 --", "x" * 5000, "\0", "Köln😀"])
def test_who_is_not_there_is_said(example: OpenWorkspace, key: str) -> None:
    with pytest.raises(UnknownName, match="Nobody in customers has the key"):
        explain_person(example, look_in(example, drafted(FRENCH)), key)


@pytest.mark.parametrize("key", ["00001", "c2", "c3", "c4", "c5", "c6"])
def test_verdicts_and_sizes_agree(example: OpenWorkspace, key: str) -> None:
    often = {**BOUGHT, "value": 2}
    draft = drafted(FRENCH, often, {"segment": "active", "op": "not_in"}, match="any")
    found = verdicts_of(example, draft, key)
    members = sample_members(example, look_in(example, draft), 100, 0).rows
    assert found["member"].passes == ((key,) in members)
    assert sizes_of(example, draft).members == len(members) == 5

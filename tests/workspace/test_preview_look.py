"""What a draft means while somebody edits it: sentences and faults."""

from collections.abc import Callable
from typing import Any

import pytest

from core.segments.checking import MAX_DEPTH, NamedSegment
from core.segments.draft import Draft, draft_of, new_draft
from core.segments.reading import write_json
from core.workspace.preview import (
    Look,
    look_at,
)
from tests.segments.case_files import INVALID, VALID, Case
from tests.segments.conftest import Datasets
from tests.segments.datasets import Dataset
from tests.workspace.previewing import BOUGHT, FRENCH, IN_PARIS, NO_VALUE, NOW, all_of, drafted


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
    ({"field": "age", "op": "contains", "value": "x"}, "not possible of a number"),
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
    other = drafted({"segment": "me", "op": "in"}).raw
    named = {"other": NamedSegment(other, label="Others"), "me": NamedSegment(other, label="Mine")}
    draft = drafted({"segment": "other", "op": "in"})
    look = look_at(draft, shop.catalogue, NOW, named, key="me")
    assert "“Others” → “Mine”" in look.faults[draft.places["where.conditions[0]"]].problem


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

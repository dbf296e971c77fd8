"""Edits of a draft: what is saved is what was meant, and nothing else has changed."""

import json

import pytest

from core.segments.draft import Draft, draft_from_kept, draft_of, new_draft
from core.segments.reading import read_json, write_json
from tests.segments.case_files import VALID, Case

SEGMENT = """{"where": {"match": "all", "conditions": [
  {"field": "country", "op": "is", "value": "FR"},
  {"match": "any", "conditions": [{"field": "city", "op": "is", "value": "Lyon"}]},
  {"table": "orders", "where": {"match": "all", "conditions": [
     {"field": "total", "op": "at_least", "value": 0.10}]},
   "measure": "count", "op": "at_least", "value": 2}]}}"""


@pytest.fixture
def draft() -> Draft:
    return draft_of(SEGMENT)


def place(draft: Draft, where: str) -> str:
    return draft.places[where]


def test_what_is_opened_is_saved_as_it_was(draft: Draft) -> None:
    assert json.loads(draft.text) == json.loads(SEGMENT)
    assert "0.10" in draft.text


def test_a_draft_survives_being_kept(draft: Draft) -> None:
    assert draft_from_kept(draft.kept) == draft


def test_a_fault_inside_a_value_belongs_to_its_condition(draft: Draft) -> None:
    inner = "where.conditions[2].where.conditions[0]"
    assert draft.node_at(f"{inner}.value") == place(draft, inner)
    assert draft.node_at("limit.count") == place(draft, "where")


def test_a_condition_is_added_where_it_was_asked_for(draft: Draft) -> None:
    group = place(draft, "where.conditions[1]")
    after, new = draft.added(group, {"field": "zip", "op": "is_blank"})
    assert place(after, "where.conditions[1].conditions[1]") == new
    assert len(draft.nodes) + 1 == len(after.nodes)


def test_a_group_goes_with_its_last_condition(draft: Draft) -> None:
    after = draft.removed(place(draft, "where.conditions[1].conditions[0]"))
    assert [sorted(node)[0] for node in after.raw["where"]["conditions"]] == ["field", "measure"]


def test_an_empty_inner_where_stays(draft: Draft) -> None:
    after = draft.removed(place(draft, "where.conditions[2].where.conditions[0]"))
    assert after.raw["where"]["conditions"][2]["where"]["conditions"] == []


def test_a_key_set_to_nothing_is_left_out(draft: Draft) -> None:
    after = draft.changed(place(draft, "where.conditions[0]"), {"value": None, "op": "is_blank"})
    assert after.raw["where"]["conditions"][0] == {"field": "country", "op": "is_blank"}


def test_moving_and_doubling_keep_everything(draft: Draft) -> None:
    first = place(draft, "where.conditions[0]")
    after = draft.moved(first, 1).doubled(first)
    assert [node.get("field") for node in after.raw["where"]["conditions"]] == [
        None, "country", "country", None,
    ]  # fmt: skip
    assert len(set(after.nodes)) == len(draft.nodes) + 1


def test_a_condition_can_be_put_into_a_group(draft: Draft) -> None:
    after = draft.grouped(place(draft, "where.conditions[0]"))
    assert after.raw["where"]["conditions"][0]["match"] == "any"


def test_the_root_cannot_be_removed() -> None:
    draft = new_draft()
    assert draft.removed(str(draft.root["id"])) == draft


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.id)
def test_every_segment_comes_out_of_the_builder_as_it_went_in(case: Case) -> None:
    text = write_json(case.segment)
    given, after = read_json(text), read_json(draft_of(text).text)
    assert after.get("limit") == given.get("limit")
    assert after["where"] == given.get("where", {"match": "all", "conditions": []})
    assert draft_from_kept(draft_of(text).kept).text == draft_of(text).text

"""Edits of a draft: what is saved is what was meant, and nothing else has changed."""

import json
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from core.segments.draft import Draft, draft_from_stored, draft_of, new_draft
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
    assert draft_from_stored(draft.stored_text) == draft


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
    assert draft_from_stored(draft_of(text).stored_text).text == draft_of(text).text


def random_values() -> st.SearchStrategy[Any]:
    """Return what may stand in a condition: exact numbers, any text but NUL, lists, spans."""
    text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
    number = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), places=3)
    one = st.one_of(text, st.integers(), number, st.booleans())
    span = st.fixed_dictionaries({"count": st.integers(0, 9), "unit": st.just("days")})
    return st.one_of(one, st.lists(one, max_size=3), span)


def random_nodes() -> st.SearchStrategy[dict[str, Any]]:
    """Return nodes as the builder adds them, unfinished ones and whole trees too."""
    fresh = st.just({})
    field = st.fixed_dictionaries({"field": st.text(max_size=3), "op": st.just("is")})
    valued = st.builds(lambda node, value: {**node, "value": value}, field, random_values())
    known = st.sampled_from([case.segment["where"] for case in VALID if "where" in case.segment])  # type: ignore[operator,index]
    return st.one_of(fresh, field, valued, known)


Draw = Callable[[st.SearchStrategy[Any]], Any]
limits = st.none() | st.builds(lambda n: {"percent": n, "salt": "s"}, st.integers(1, 100))


def edited(draft: Draft, draw: Draw) -> Draft:
    """Return the draft after one edit that the builder offers, of a node by chance."""
    node_id = draw(st.sampled_from(sorted(draft.nodes, key=list(draft.nodes).index)))
    node, around = draft.nodes[node_id], draft.parent(node_id)
    edits: dict[str, Callable[[], Draft]] = {
        "limited": lambda: draft.limited(draw(limits)),
        "changed": lambda: draft.changed(node_id, {"value": draw(st.none() | random_values())}),
        "removed": lambda: draft.removed(node_id),
    }
    if "conditions" in node:
        edits["added"] = lambda: draft.added(node_id, draw(random_nodes()))[0]
    else:
        group = {"match": "all", "conditions": [{}]}
        edits["where"] = lambda: draft.changed(node_id, {"where": draw(st.none() | st.just(group))})
        edits["replaced"] = lambda: draft.replaced(node_id, draw(random_nodes()))
    if around is not None and node in draft.nodes[around].get("conditions", ()):  # type: ignore[operator]
        edits["moved"] = lambda: draft.moved(node_id, draw(st.integers(-3, 3)))
        edits["doubled"] = lambda: draft.doubled(node_id)
        edits["grouped"] = lambda: draft.grouped(node_id)
    return edits[draw(st.sampled_from(sorted(edits)))]()


@st.composite
def histories(draw: Draw) -> list[tuple[Draft, Any]]:
    """Return drafts, each an edit of the one before, with what each was when it was made."""
    draft = new_draft()
    made = []
    for _ in range(draw(st.integers(0, 10))):
        made.append((draft, deepcopy((draft.root, draft.limit))))
        draft = edited(draft, draw)
    return [*made, (draft, deepcopy((draft.root, draft.limit)))]


drafts = histories().map(lambda history: history[-1][0])


def at_place(raw: Any, place: str) -> Any:
    """Return what stands at a place of a segment's JSON."""
    for step in place.replace("]", "").replace("[", ".").split("."):
        raw = raw[int(step)] if step.isdigit() else raw[step]
    return raw


def ids_of(value: Any) -> list[str]:
    """Return the ids of all nodes, in the order of the tree."""
    if isinstance(value, list):
        return [each for inner in value for each in ids_of(inner)]
    if not isinstance(value, dict):
        return []
    own = [value["id"]] if "id" in value else []
    return own + [each for inner in value.values() for each in ids_of(inner)]


@given(drafts)
def test_every_node_has_an_id_of_its_own(draft: Draft) -> None:
    ids = ids_of(draft.root)
    assert len(ids) == len(set(ids)) == len(draft.nodes)


@given(drafts)
def test_whatever_is_saved_opens_as_the_same_segment(draft: Draft) -> None:
    assert draft_of(draft.text).raw == draft.raw


@given(drafts)
def test_whatever_is_kept_comes_back_with_its_ids(draft: Draft) -> None:
    assert draft_from_stored(draft.stored_text) == draft


@given(drafts)
def test_every_place_leads_to_its_node(draft: Draft) -> None:
    assert sorted(draft.places.values()) == sorted(draft.nodes)
    for place_, node_id in draft.places.items():
        assert draft.node_at(place_) == draft.node_at(f"{place_}.value") == node_id
        stands = at_place(draft.raw, place_)
        assert stands.keys() == draft.nodes[node_id].keys() - {"id"}
        assert stands.get("value") == draft.nodes[node_id].get("value")


@given(histories())
def test_no_edit_changes_the_draft_it_began_from(history: list[tuple[Draft, Any]]) -> None:
    for draft, then in history:
        assert (draft.root, draft.limit) == then


@given(drafts, st.data())
def test_edits_taken_back_leave_what_was_there(draft: Draft, data: st.DataObject) -> None:
    node_id = data.draw(st.sampled_from(sorted(draft.nodes)))
    around = draft.parent(node_id)
    if around is None or "match" not in draft.nodes[around]:
        return
    nodes = [node["id"] for node in draft.nodes[around]["conditions"]]  # type: ignore[attr-defined]
    twice = draft.doubled(node_id)
    (copy,) = [key for key in twice.nodes if key not in draft.nodes and twice.parent(key) == around]
    assert twice.removed(copy) == draft
    if node_id != nodes[-1]:
        assert draft.moved(node_id, 1).moved(node_id, -1) == draft


def test_a_node_moves_no_further_than_the_ends_of_its_group(draft: Draft) -> None:
    first, last = place(draft, "where.conditions[0]"), place(draft, "where.conditions[2]")
    assert draft.moved(first, -1) == draft == draft.moved(last, 1)
    assert place(draft.moved(last, -9), "where.conditions[0]") == last


def test_a_change_taken_back_is_no_change(draft: Draft) -> None:
    first = place(draft, "where.conditions[0]")
    after = draft.changed(first, {"op": "is_not"}).changed(first, {"op": "is"})
    assert after.text == draft.text


def test_the_path_of_a_node_is_all_that_stands_around_it(draft: Draft) -> None:
    inner = "where.conditions[2].where.conditions[0]"
    around = ["where", "where.conditions[2]", "where.conditions[2].where", inner]
    assert draft.path(place(draft, inner)) == {place(draft, each) for each in around}


def test_a_step_and_what_stands_in_it_can_be_removed(draft: Draft) -> None:
    step = {"op": "did", "table": "orders", "where": {"match": "all", "conditions": [{}]}}
    with_step = draft.changed(place(draft, "where.conditions[2]"), {"followed_by": step})
    inner = place(with_step, "where.conditions[2].followed_by.where.conditions[0]")
    assert with_step.raw != with_step.removed(inner).raw
    assert with_step.removed(place(with_step, "where.conditions[2].followed_by")) == draft


def test_a_text_that_is_no_json_opens_no_draft() -> None:
    with pytest.raises(UsageError, match="is not JSON"):
        draft_of("{")


def test_a_text_of_control_characters_is_written_as_it_is() -> None:
    texts = ["\0x\0", "\0", '"\0 1 \0"', "\\u00001\\u0000", Decimal("0.10")]
    assert read_json(write_json(texts)) == texts

"""The laws of the format, on random leaves, groups and limits over the contract's own data."""

import hashlib
import json
import random
from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.catalogue import FieldType
from core.errors import SegmentInvalid
from core.segments.checking import check_segment
from core.segments.describe import describe
from core.segments.operators import all_operators, operators_for
from tests.segments.case_files import VALID, Case
from tests.segments.datasets import Dataset, all_of

CASES = [case for case in VALID if case.file == "shop" and "where" in case.segment]  # type: ignore[operator]
FIELDS = {"text": "city", "number": "points", "boolean": "vip", "date": "birthday"}
FIELDS |= {"timestamp": "signed_up"}


def leaves(node: Any) -> list[dict[str, Any]]:
    if "match" not in node:
        return [node]
    return [leaf for child in node["conditions"] for leaf in leaves(child)]


LEAVES = [leaf for case in CASES for leaf in leaves(case.segment["where"])]  # type: ignore[index]
some_leaves = st.lists(st.sampled_from(LEAVES), min_size=1, max_size=4)


def members(dataset: Dataset, match: str, conditions: list[Any]) -> set[str]:
    return set(dataset.members({"where": {"match": match, "conditions": conditions}}))


def everybody(dataset: Dataset) -> set[str]:
    return set(dataset.members({}))


@given(some_leaves)
def test_all_is_the_intersection_of_its_conditions(shop: Dataset, chosen: list[Any]) -> None:
    each = [members(shop, "all", [leaf]) for leaf in chosen]
    assert members(shop, "all", chosen) == set.intersection(*each)


@given(some_leaves)
def test_any_is_the_union_of_its_conditions(shop: Dataset, chosen: list[Any]) -> None:
    each = [members(shop, "all", [leaf]) for leaf in chosen]
    assert members(shop, "any", chosen) == set.union(*each)


@given(some_leaves)
def test_none_is_the_complement_of_any(shop: Dataset, chosen: list[Any]) -> None:
    assert members(shop, "none", chosen) == everybody(shop) - members(shop, "any", chosen)


@given(some_leaves)
def test_sizes_of_nodes_are_those_of_their_members(shop: Dataset, chosen: list[Any]) -> None:
    sizes = shop.sizes({"where": {"match": "any", "conditions": chosen}})
    for position, leaf in enumerate(chosen):
        size = len(members(shop, "all", [leaf]))
        assert sizes[f"where.conditions[{position}]"] == size


def test_a_negative_operator_is_the_exact_complement_of_its_twin(shop: Dataset) -> None:
    people = everybody(shop)
    for type_, field in FIELDS.items():
        for operator in operators_for(FieldType(type_)).values():
            if operator.negates is None:
                continue
            value = operator.examples[0].value
            test = {"field": field} | ({"value": value} if operator.takes_value else {})
            positive = members(shop, "all", [{**test, "op": operator.negates}])
            assert members(shop, "all", [{**test, "op": operator.key}]) == people - positive


def test_a_negative_word_has_a_twin_in_the_registry() -> None:
    said = ("_not", "not_", "none_of")
    negative = {o.key for o in all_operators() if any(word in o.key for word in said)}
    assert negative == {o.key for o in all_operators() if o.negates}


@given(st.integers(1, 80), st.text(max_size=5).filter(lambda salt: "\0" not in salt))
def test_a_random_limit_takes_the_lowest_md5(shop: Dataset, count: int, salt: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in salt):
        return
    keys = sorted(everybody(shop), key=lambda key: (_md5(salt, key), key))
    assert set(shop.members({"limit": {"count": count, "salt": salt}})) == set(keys[:count])


def _md5(salt: str, key: str) -> str:
    return hashlib.md5(f"{salt}:{key}".encode(), usedforsecurity=False).hexdigest()


@given(st.decimals("0.0000000001", "100", places=10))
def test_a_percentage_is_rounded_up_to_whole_people(shop: Dataset, percent: Decimal) -> None:
    share = percent * len(everybody(shop)) / 100
    wanted = int(share.to_integral_value(ROUND_CEILING))
    segment = shop.check({"limit": {"percent": percent}})
    assert shop.engine.size(segment, shop.today) == wanted


@given(st.sampled_from(CASES))
def test_no_leaf_is_unknown(shop: Dataset, case: Case) -> None:
    today = shop.at(case.now)
    segment = shop.check(case.segment, today)
    verdicts = shop.engine.explain(segment, today, "c003")
    assert {type(verdict.passes) for verdict in verdicts.values()} == {bool}
    assert set(shop.engine.sizes(segment, today)) - {"limit"} == set(verdicts) - {"member"}


@given(st.sampled_from(CASES))
def test_the_sentence_never_fails_and_names_no_key_of_the_format(shop: Dataset, case: Case) -> None:
    today = shop.at(case.now)
    said = describe(shop.check(case.segment, today), "customers", today)
    keys = {"count_distinct", "most_frequent", "followed_by", "not_in", "ignore_case"}
    keys |= {operator.key for operator in all_operators() if "_" in operator.key}
    assert said.endswith(".")
    assert not [key for key in keys if key in said]


anything: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals(allow_nan=True, allow_infinity=True)
    | st.text(max_size=8)
    | st.just(10**4000)
    | st.just("\ud800"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["match", "where", "field", "x", "\ud800"]), inner)
    ),
    max_leaves=6,
)


@given(anything)
def test_any_value_at_all_is_checked_without_a_crash(shop: Dataset, raw: Any) -> None:
    checked_or_refused(shop, raw)


def checked_or_refused(dataset: Dataset, raw: Any) -> SegmentInvalid | None:
    try:
        check_segment(raw, dataset.catalogue, dataset.today, dataset.named)
    except SegmentInvalid as fault:
        assert str(fault).startswith(fault.place)
        str(fault).encode()
        return fault
    return None


def drop(dice: random.Random, holder: Any, key: Any, junk: Any) -> None:
    del holder[key]


def replace(dice: random.Random, holder: Any, key: Any, junk: Any) -> None:
    holder[key] = junk


def double(dice: random.Random, holder: Any, key: Any, junk: Any) -> None:
    holder[key] = [holder[key], holder[key]]


def rename(dice: random.Random, holder: Any, key: Any, junk: Any) -> None:
    value = holder[key]
    del holder[key]
    other = dice.choice(["match", "field", "table", "segment", "op", "value", "of", "zzz"])
    if isinstance(holder, dict):
        holder[other] = value
    else:
        holder.append({other: value})


def every_key(node: Any) -> list[tuple[Any, Any]]:
    items = node.items() if isinstance(node, dict) else enumerate(node)
    found: list[tuple[Any, Any]] = []
    for key, value in items:
        found.append((node, key))
        if isinstance(value, dict | list):
            found += every_key(value)
    return found


MUTATIONS: list[Callable[..., None]] = [drop, replace, double, rename]


def place_is_in(raw: Any, place: str) -> bool:
    """Return whether the place is a key of the segment, or one that is missing there."""
    node = raw
    steps = place.replace("[", ".[").split(".")
    for position, step in enumerate(steps):
        last = position == len(steps) - 1
        if step.startswith("["):
            index = int(step[1:-1])
            if not isinstance(node, list) or index >= len(node):
                return False
            node = node[index]
        elif isinstance(node, dict) and step in node:
            node = node[step]
        else:
            return last and (isinstance(node, dict) or place == "segment")
    return True


@given(st.sampled_from(CASES), st.randoms(use_true_random=False), st.integers(1, 3), anything)
def test_a_mutated_segment_is_valid_or_refused_with_a_place(
    shop: Dataset, case: Case, dice: random.Random, times: int, junk: Any
) -> None:
    raw = json.loads(json.dumps(case.segment, default=str))
    for _ in range(times):
        keys = every_key(raw)
        if keys:
            dice.choice(MUTATIONS)(dice, *dice.choice(keys), junk)
    fault = checked_or_refused(shop, raw)
    if fault is not None and "\\ud800" not in fault.place:
        assert place_is_in(raw, fault.place), fault


def test_what_is_checked_twice_is_the_same_tree(shop: Dataset) -> None:
    for case in CASES[::20]:
        today = shop.at(case.now)
        assert shop.check(case.segment, today) == shop.check(case.segment, today)


def test_an_empty_root_means_everybody_whatever_its_match(shop: Dataset) -> None:
    for match in ("all", "any", "none"):
        raw = {"where": {"match": match, "conditions": []}}
        assert set(shop.members(raw)) == everybody(shop)
        assert shop.sizes(raw) == {"where": len(everybody(shop))}


def test_steps_go_sixty_deep_and_no_deeper(shop: Dataset) -> None:
    step: dict[str, Any] = {"op": "did", "table": "visits"}
    for _ in range(59):
        step = {"op": "did", "table": "visits", "followed_by": step}
    related = {"table": "orders", "measure": "count", "op": "at_least", "value": 1}
    assert shop.check(all_of({**related, "followed_by": step}))
    deeper = {"op": "did", "table": "visits", "followed_by": step}
    assert checked_or_refused(shop, all_of({**related, "followed_by": deeper}))


RELATED = [leaf for leaf in LEAVES if "table" in leaf and ("that" in leaf or "where" in leaf)]


def beside_all_rows(leaf: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the leaf, and one that everybody passes and that is counted in the same aggregate."""
    way = {key: leaf[key] for key in ("table", "through") if key in leaf}
    return [leaf, {**way, "measure": "count", "op": "at_least", "value": 0}]


@pytest.mark.parametrize("leaf", RELATED)
def test_a_condition_means_the_same_beside_another_on_its_table(
    shop: Dataset, leaf: dict[str, Any]
) -> None:
    assert members(shop, "all", beside_all_rows(leaf)) == members(shop, "all", [leaf])

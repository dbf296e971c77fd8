"""The most frequent of few values, which are counted one by one, and of many, which are grouped."""

from typing import Any

import pytest

from core.segments.compiler import Compiler
from tests.segments.case_files import VALID, Case
from tests.segments.datasets import Dataset, all_of, without_values

CASES = [case for case in VALID if "most_frequent" in str(case.segment)]
WEB = {"match": "any", "conditions": [{"field": "channel", "op": "is", "value": "web"}]}
EARLY = {"op": "before", "value": "2026-01-01"}
PARTS: dict[str, dict[str, Any]] = {
    "all rows": {},
    "where": {"where": {**WEB, "match": "none"}},
    "when": {"when": EARLY},
    "that": {"that": WEB},
    "the last": {"pick": {"last": 1}},
    "the first two": {"pick": {"first": 2}, "that": {**WEB, "match": "none"}},
    "followed by": {"followed_by": {"op": "did", "table": "visits"}},
}
TESTS: list[dict[str, Any]] = [
    {"op": "is", "value": "web"},
    {"op": "is_not", "value": "WEB", "ignore_case": True},
    {"op": "is_any_of", "value": ["app", "store", *map(str, range(20))]},
    {"op": "is_blank"},
]


def most_frequent(of: str, **rest: object) -> dict[str, Any]:
    return {"table": "orders", "measure": "most_frequent", "of": of, **rest}


def sql_of(dataset: Dataset, raw: object) -> str:
    return Compiler(dataset.catalogue, "shop", dataset.today).size(dataset.check(raw)).sql


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test["op"])
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("of", ["channel", "customers.city"])
def test_both_ways_agree(shop: Dataset, of: str, part: str, test: dict[str, Any]) -> None:
    raw = all_of(most_frequent(of, **PARTS[part], **test))
    grouping, segment = without_values(shop), shop.check(raw)
    assert sql_of(shop, raw) != sql_of(grouping, raw)
    assert shop.members(raw) == grouping.members(raw)
    assert shop.sizes(raw) == grouping.sizes(raw)
    said = [d.engine.explain(segment, shop.today, "c003") for d in (shop, grouping)]
    assert said[0] == said[1]
    assert shop.engine.size(segment, shop.today) == len(shop.members(raw))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_contract_holds_without_known_values(case: Case, shop: Dataset, mail: Dataset) -> None:
    grouping = without_values(shop if case.file == "shop" else mail)
    assert tuple(grouping.members(case.segment, grouping.at(case.now))) == case.members


def test_few_values_share_the_rows_of_other_measures(shop: Dataset) -> None:
    count = {"table": "orders", "measure": "count", "op": "at_least", "value": 1}
    sql = sql_of(shop, all_of(most_frequent("channel", op="is", value="web"), count))
    assert sql.count('"orders"') == 1


def test_so_many_counts_are_not_taken_at_once(shop: Dataset) -> None:
    amounts = [{"field": "amount", "op": "at_least", "value": n} for n in range(40)]
    wheres = [{"match": "all", "conditions": [each]} for each in amounts]
    asked = [most_frequent("channel", op="is", value="web", where=where) for where in wheres]
    raw = all_of(*asked, most_frequent("customers.city", op="is_not", value="Lyon"))
    assert sql_of(shop, raw).count("COUNT(*) FILTER") <= 64
    assert shop.members(raw) == without_values(shop).members(raw)

"""Segments in plain words, with the days that relative dates mean."""

from typing import Any

import pytest

from core.segments.describe import Describer, describe
from tests.segments.datasets import Dataset, all_of

NINETY = {"op": "in_last", "value": {"count": 90, "unit": "days"}}


def orders(**more: Any) -> dict[str, Any]:
    return {"table": "orders", "measure": "count", "op": "at_least", "value": 2, **more}


def said(shop: Dataset, condition: object) -> str:
    """Return the words of one condition, asked on Monday, 23 November 2026."""
    today = shop.at("2026-11-23T12:00")
    (node,) = shop.check(all_of(condition), today).where.conditions
    return Describer("customers", today).node(node)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "there are at least 2 orders"),
        ({"op": "equals", "value": 0}, "there are no orders"),
        ({"value": 1}, "there are orders"),
        (
            {"op": "greater_than", "value": 0, "when": {"op": "on", "value": "2026-01-02"}},
            "there are orders on 2 Jan 2026",
        ),
        ({"op": "at_most", "value": 1}, "the number of orders is at most 1"),
        ({"op": "less_than", "value": 3}, "there are fewer than 3 orders"),
        ({"op": "between", "value": [2, 5]}, "there are 2 to 5 orders"),
        (
            {"when": NINETY},
            "there are at least 2 orders in the last 90 days (since Tue 25 Aug 2026, 00:00)",
        ),
        (
            {"when": {"op": "in_last", "value": {"count": 1, "unit": "years"}}},
            "there are at least 2 orders in the last year (since Sun 23 Nov 2025, 00:00)",
        ),
        ({"when": {"op": "before", "value": "2026-01-02"}}, "… orders before 2 Jan 2026"),
        ({"when": {"op": "is_blank"}}, "… orders whose ordered_at is blank"),
        ({"pick": {"last": 1}}, "the number of the last of the orders is at least 2"),
    ],
)
def test_counts_read_like_a_sentence(shop: Dataset, more: dict[str, Any], words: str) -> None:
    assert said(shop, orders(**more)).endswith(words.removeprefix("… "))


def test_a_share_of_people_keeps_the_long_form(shop: Dataset) -> None:
    ranked = orders(op="in_top_percent", value=10)
    assert said(shop, ranked) == "the number of orders is in the top 10 %"


def test_long_ago_says_what_becomes_of_those_without(shop: Dataset) -> None:
    ago = {"op": "more_than_ago", "value": {"count": 30, "unit": "days"}}
    last = {"table": "orders", "measure": "maximum", "of": "ordered_at", **ago}
    assert said(shop, last).endswith("; customers without orders are not counted)")
    assert said(shop, {"field": "birthday", **ago}).endswith("; blank is not counted)")
    assert "counted" not in said(shop, orders(when=ago))


def test_a_segment_is_called_by_its_name(shop: Dataset) -> None:
    key = next(iter(shop.named))
    (node,) = shop.check(all_of({"segment": key, "op": "not_in"})).where.conditions
    assert Describer(names={key: "Our staff"}).node(node) == "not in the segment “Our staff”"


def test_a_whole_segment_is_one_sentence(shop: Dataset) -> None:
    segment = shop.check(all_of({"field": "city", "op": "is", "value": "Paris"}, orders()))
    assert describe(segment, "customers") == (
        "Customers where city is “Paris” and there are at least 2 orders."
    )

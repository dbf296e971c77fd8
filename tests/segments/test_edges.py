"""The values at the edge of a rule, where one more or one less is another answer."""

from pathlib import Path

import pytest

from core.errors import SegmentInvalid
from tests.segments.datasets import Dataset, all_of, opened

PEOPLE = {"solo": ["2000-01-01"], "edge": ["2000-01-01", "2000-12-31", "2000-01-02", "2000-01-31"]}
AVERAGES = {"whole": ("10", "20", "15"), "third": ("0.01", "0.01", "0.02")}
LISTED = 50_000


def write(folder: Path, birthdays: list[str], amounts: tuple[str, ...] = ()) -> Path:
    people = "".join(f"p{number},{day}\n" for number, day in enumerate(birthdays))
    (folder / "people.csv").write_text(f"id,birthday\n{people}")
    rows = "".join(f"o{number},p0,{amount}\n" for number, amount in enumerate(amounts))
    (folder / "orders.csv").write_text(f"order_id,id,amount\n{rows}")
    manifest = folder / "dataset.toml"
    manifest.write_text(
        'time_zone = "UTC"\npeople = "people"\n[tables.people]\nfile = "people.csv"\nkey = "id"\n'
        '[tables.orders]\nfile = "orders.csv"\nkey = "order_id"\n'
        '[[links]]\nfrom = "orders.id"\nto = "people.id"\n'
    )
    return manifest


def test_one_percent_of_one_person_is_that_person(tmp_path: Path) -> None:
    with opened(write(tmp_path, PEOPLE["solo"]), tmp_path / "home", "2026-06-01") as one:
        assert one.members({"limit": {"percent": 1}}) == ["p0"]
        somebody = all_of({"field": "id", "op": "is", "value": "p0"})
        assert one.members({**somebody, "limit": {"percent": 1}}) == ["p0"]


@pytest.mark.parametrize(
    ("now", "count", "who"),
    [
        ("2025-12-31T12:00", 1, ["p0", "p1"]),
        ("2025-12-30T12:00", 1, ["p1"]),
        ("2025-12-30T12:00", 3, ["p0", "p1", "p2"]),
    ],
)
def test_the_first_day_of_a_year_is_among_anniversaries_that_cross_it(
    tmp_path: Path, now: str, count: int, who: list[str]
) -> None:
    condition = {
        "field": "birthday",
        "op": "anniversary_in_next",
        "value": {"count": count, "unit": "days"},
    }
    with opened(write(tmp_path, PEOPLE["edge"]), tmp_path / "home", now) as four:
        assert four.members(all_of(condition)) == who


@pytest.mark.parametrize(("kind", "shown"), [("whole", "15"), ("third", "0.013333")])
def test_an_explanation_shows_the_average_itself(tmp_path: Path, kind: str, shown: str) -> None:
    average = {"table": "orders", "measure": "average", "of": "amount"}
    condition = {**average, "op": "at_least", "value": 0}
    manifest = write(tmp_path, PEOPLE["solo"], AVERAGES[kind])
    with opened(manifest, tmp_path / "home", "2026-06-01") as one:
        verdicts = one.engine.explain(one.check(all_of(condition)), one.today, "p0")
    assert verdicts["where.conditions[0]"].value == shown


def lists(*sizes: int) -> dict[str, object]:
    values = [[f"c{number}" for number in range(size)] for size in sizes]
    return all_of(*({"field": "city", "op": "is_any_of", "value": each} for each in values))


def test_all_lists_together_may_hold_as_many_values_as_the_format_says(shop: Dataset) -> None:
    shop.check(lists(*[10_000] * 5))
    with pytest.raises(SegmentInvalid) as refused:
        shop.check(lists(*[10_000] * 5, 1))
    assert refused.value.place == "where.conditions[5].value"


@pytest.mark.parametrize(("op", "most"), [("weekday_is", 7), ("month_is", 12)])
def test_the_last_weekday_and_month_are_taken_and_no_later_one(
    shop: Dataset, op: str, most: int
) -> None:
    shop.check(all_of({"field": "birthday", "op": op, "value": [1, most]}))
    for wrong in (0, most + 1):
        with pytest.raises(SegmentInvalid):
            shop.check(all_of({"field": "birthday", "op": op, "value": [wrong]}))

"""How the events of a shop spread over its days: growth, seasons, weekdays."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from core.sample.shop import Shop

# Whole numbers, so that every machine works out the same days.
_MONTHS = (92, 78, 85, 90, 96, 98, 88, 74, 97, 104, 138, 160)
_WEEKDAYS = (95, 92, 96, 100, 112, 118, 87)
# Part of the people who were there when the shop opened, in percent.
_FOUNDERS_PERCENT = 20
_FOUNDING_DAYS = 730


@dataclass(frozen=True, slots=True)
class Day:
    """The events of one day, numbered `first` to `past` - 1, and how many people are known."""

    day: date
    first: int
    past: int
    people: int


def spread(shop: Shop, events: int, last_days: int | None = None) -> Iterator[Day]:
    """Yield the days on which these events happen, all of them or the shop's last few."""
    skipped = 0 if last_days is None else max(0, shop.days - last_days)
    numbers = range(skipped, shop.days)
    weights = list(accumulate(_weight(shop, number) for number in numbers))
    first = 0
    for number, weight in zip(numbers, weights, strict=True):
        past = events * weight // weights[-1]
        yield Day(shop.first_day + timedelta(days=number), first, past, people_by(shop, number))
        first = past


def _weight(shop: Shop, number: int) -> int:
    day = shop.first_day + timedelta(days=number)
    growth = 100 + 150 * number // shop.days
    return growth * _MONTHS[day.month - 1] * _WEEKDAYS[day.weekday()]


def founders(shop: Shop) -> int:
    """Return how many people signed up before the shop's first day."""
    return max(1, shop.people * _FOUNDERS_PERCENT // 100)


def people_by(shop: Shop, number: int) -> int:
    """Return how many people have signed up before the day of that number."""
    early = founders(shop)
    return early + (shop.people - early) * number // shop.days


def signed_up_sql(shop: Shop) -> str:
    """Return the day on which person `i` signed up; people are numbered in that order.

    >>> signed_up_sql(Shop(people=10, days=100))[:17]
    'CASE WHEN i < 2 T'
    """
    early, opening = founders(shop), f"DATE '{shop.first_day}'"
    later = max(1, shop.people - early)
    return (
        f"CASE WHEN i < {early} THEN {opening} - {_FOUNDING_DAYS}"
        f" + CAST(i * {_FOUNDING_DAYS} // {early} AS INTEGER)"
        f" ELSE {opening} + CAST((i - {early}) * {shop.days} // {later} AS INTEGER) END"
    )

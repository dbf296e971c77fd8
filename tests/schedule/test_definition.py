"""Schedules as they are written: what is taken, and what is refused with its place."""

import pytest

from core.errors import UsageError
from core.schedule.definition import (
    describe_schedule,
    parse_schedule,
    schedule_from_json,
    schedule_to_json,
)

GOOD = [
    "manual",
    "after_refresh",
    {"every": "1 minute"},
    {"every": "2 hours", "zone": "America/New_York"},
    {"cron": "30 5 * * mon-fri"},
    {"days": ["mon", "thu"], "at": ["07:00", "18:00"], "starts": "2026-01-01"},
]


@pytest.mark.parametrize("raw", GOOD)
def test_a_schedule_comes_back_from_the_store_as_it_was_written(raw: object) -> None:
    schedule = parse_schedule(raw)
    assert schedule_from_json(schedule_to_json(schedule)) == schedule


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("daily", "no schedule"),
        ({}, "no schedule"),
        ({"every": "0 minutes"}, "every: '0 minutes' is no interval"),
        ({"every": "90 seconds"}, "write it like 15 minutes"),
        ({"cron": "61 * * * *"}, "cron: '61 * * * *' is no cron expression"),
        ({"cron": "0 7 * *"}, "is no cron expression"),
        ({"cron": "*/10 * * * * *"}, "is no cron expression of five fields"),
        ({"days": [], "at": ["07:00"]}, "days"),
        ({"days": ["mon"], "at": ["7:00"]}, "'7:00' is no time of day"),
        ({"days": ["monday"], "at": ["07:00"]}, "days"),
        ({"every": "1 hour", "zone": "Europe/Pari"}, "no time zone 'Europe/Pari'"),
        ({"every": "1 hour", "starts": "2026-02-01", "ends": "2026-01-01"}, "before it starts"),
        ({"every": "1 hour", "at": ["07:00"]}, "at"),
    ],
)
def test_what_is_no_schedule_is_refused_with_its_place(raw: object, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_schedule(raw, "activations.vip.schedule")
    assert str(refused.value).startswith("activations.vip.schedule")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("days", "at", "said"),
    [
        (["sun"], ["07:00"], "Sun at 07:00"),
        (["mon", "tue", "wed"], ["07:00", "18:00"], "Mon, Tue and Wed at 07:00 and 18:00"),
    ],
)
def test_days_and_times_are_said_as_people_say_them(
    days: list[str], at: list[str], said: str
) -> None:
    assert describe_schedule(parse_schedule({"days": days, "at": at})) == said

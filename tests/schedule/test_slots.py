"""The moments of schedules, over zones and years, and where clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise, takewhile
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.schedule.definition import parse_schedule
from core.schedule.slots import MOST_COUNTED, Slots

ZONES = [
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "America/Santiago",  # its clocks change at midnight
    "Australia/Lord_Howe",  # by half an hour
    "Asia/Kathmandu",
    "Pacific/Apia",
]
DAY_NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
GRID_START = datetime(2024, 1, 1, 0, 7, tzinfo=UTC)

zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(2024, 1, 2), datetime(2035, 1, 1), timezones=st.just(UTC))
clocks = st.times().map(lambda at: f"{at.hour:02}:{at.minute:02}")
intervals = st.one_of(
    st.integers(1, 5000).map(lambda n: f"{n} minutes"), st.integers(1, 200).map("{} hours".format)
)
crons = st.sampled_from(
    ["0 7 * * *", "*/10 * * * *", "30 2 * * *", "15 1,2,3 * * 0", "0 0 1 * *", "5 */6 * * mon-fri"]
)
schedules = st.one_of(
    intervals.map(lambda every: {"every": every}),
    crons.map(lambda cron: {"cron": cron}),
    st.builds(
        lambda days, at: {"days": days, "at": at},
        st.lists(st.sampled_from(DAY_NAMES), min_size=1, max_size=7),
        st.lists(clocks, min_size=1, max_size=4),
    ),
)


def slots_of(raw: object, zone: str = "Europe/Paris") -> Slots:
    return Slots(parse_schedule(raw), zone, GRID_START)


def first(raw: object, after: datetime, count: int, zone: str = "Europe/Paris") -> list[datetime]:
    return list(islice(slots_of(raw, zone).after(after), count))


@given(schedules, zones, moments)
def test_moments_come_after_the_one_asked_for_and_in_order(
    raw: dict[str, Any], zone: str, moment: datetime
) -> None:
    found = first(raw, moment, 12, zone)
    assert found and found[0] > moment
    assert all(one < other for one, other in pairwise(found))


@given(schedules, zones, moments, st.integers(0, 5))
def test_asking_from_any_moment_gives_the_same_moments(
    raw: dict[str, Any], zone: str, moment: datetime, skipped: int
) -> None:
    found = first(raw, moment, 10, zone)
    assert first(raw, found[skipped], 9 - skipped, zone) == found[skipped + 1 :]


@given(intervals, zones, moments)
def test_intervals_lie_on_a_grid_whatever_the_clocks_do(
    every: str, zone: str, moment: datetime
) -> None:
    count, unit = every.split()
    step = timedelta(minutes=int(count) * (60 if unit.startswith("hour") else 1))
    found = first({"every": every}, moment, 5, zone)
    assert all((slot - GRID_START) % step == timedelta(0) for slot in found)
    assert found[0] - moment <= step


@given(st.lists(st.sampled_from(DAY_NAMES), min_size=1, unique=True), clocks, zones, moments)
def test_each_day_named_has_its_time_once(
    days: list[str], at: str, zone: str, moment: datetime
) -> None:
    local = [
        slot.astimezone(ZoneInfo(zone))
        for slot in first({"days": days, "at": [at]}, moment, 2 * len(days), zone)
    ]
    assert len({slot.date() for slot in local}) == len(local)
    for slot in local:
        if is_real(slot.date(), at, zone):
            assert (slot.strftime("%H:%M"), DAY_NAMES[slot.weekday()]) == (at, in_(days, slot))


def in_(days: list[str], slot: datetime) -> str:
    name = DAY_NAMES[slot.weekday()]
    return name if name in days else f"not {name}"


def is_real(day: date, at: str, zone: str) -> bool:
    """Whether the clocks of the zone show that time on that day."""
    naive = datetime.combine(day, time.fromisoformat(at))
    there = naive.replace(tzinfo=ZoneInfo(zone))
    return there.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == naive


@given(schedules, zones, moments, st.timedeltas(timedelta(0), timedelta(days=4)))
def test_missed_moments_are_counted_and_the_last_is_named(
    raw: dict[str, Any], zone: str, since: datetime, span: timedelta
) -> None:
    slots = slots_of(raw, zone)
    before = since - timedelta(microseconds=1)
    due = list(takewhile(lambda slot: slot <= since + span, slots.after(before)))
    missed = slots.missed(since, since + span)
    if not due:
        assert missed is None
    else:
        assert missed and (missed.last, missed.count) == (due[-1], min(len(due), MOST_COUNTED))


@given(schedules, zones, st.dates(date(2024, 3, 1), date(2030, 1, 1)), st.integers(0, 40))
def test_nothing_is_due_before_the_start_or_after_the_end(
    raw: dict[str, Any], zone: str, starts: date, length: int
) -> None:
    ends = starts + timedelta(days=length)
    bounded = {**raw, "starts": starts, "ends": ends}
    found = first(bounded, datetime(2024, 1, 2, tzinfo=UTC), 50, zone)
    assert all(starts <= slot.astimezone(ZoneInfo(zone)).date() <= ends for slot in found)
    unbounded = first(raw, datetime.combine(ends, time(23, 59), ZoneInfo(zone)), 1, zone)
    assert unbounded, "only the end stops it"


@pytest.mark.parametrize(
    ("zone", "day", "at", "due"),
    [
        ("Europe/Paris", "2026-03-28", "02:30", "2026-03-28T01:30Z"),
        ("Europe/Paris", "2026-03-29", "02:30", "2026-03-29T01:00Z"),  # skipped: when they moved
        ("Europe/Paris", "2026-10-25", "02:30", "2026-10-25T00:30Z"),  # repeated: the first
        ("America/New_York", "2026-03-08", "02:15", "2026-03-08T07:00Z"),
        ("America/Santiago", "2026-09-06", "00:30", "2026-09-06T04:00Z"),
        ("Australia/Lord_Howe", "2026-10-04", "02:10", "2026-10-03T15:30Z"),
    ],
)
def test_a_time_that_the_clocks_skip_or_repeat_is_due_once(
    zone: str, day: str, at: str, due: str
) -> None:
    daily = {"days": DAY_NAMES, "at": [at], "starts": day, "ends": day}
    assert first(daily, GRID_START, 5, zone) == [datetime.fromisoformat(due)]


def test_two_times_that_the_clocks_skip_are_one_moment() -> None:
    raw = {"days": ["sun"], "at": ["02:15", "02:30", "07:00"]}
    found = first(raw, datetime(2026, 3, 28, 12, tzinfo=UTC), 2)
    assert found == [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 29, 5, tzinfo=UTC)]


def test_a_zone_of_its_own_wins_over_that_of_the_workspace() -> None:
    raw = {"cron": "0 7 * * *", "zone": "Asia/Kathmandu"}
    assert first(raw, datetime(2026, 1, 1, tzinfo=UTC), 1) == [
        datetime(2026, 1, 1, 1, 15, tzinfo=UTC)
    ]


@pytest.mark.parametrize("raw", ["manual", "after_refresh"])
def test_what_has_no_moments_of_its_own_is_never_due(raw: str) -> None:
    slots = slots_of(raw)
    assert slots.next_after(GRID_START) is None
    assert slots.missed(GRID_START, GRID_START + timedelta(days=400)) is None


def test_an_ended_schedule_is_due_no_more() -> None:
    raw = {"cron": "0 7 * * *", "ends": "2026-01-31"}
    assert slots_of(raw).next_after(datetime(2026, 1, 31, 6, tzinfo=UTC)) is None


def test_a_year_of_missed_minutes_is_looked_at_quickly_and_ends_at_the_last() -> None:
    until = datetime(2027, 1, 1, 0, 0, 30, tzinfo=UTC)
    missed = slots_of({"cron": "* * * * *"}).missed(datetime(2026, 1, 1, tzinfo=UTC), until)
    assert missed is not None
    assert (missed.last, missed.count) == (datetime(2027, 1, 1, tzinfo=UTC), MOST_COUNTED)

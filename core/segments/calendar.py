"""Days, spans and periods of the workspace's zone, worked out to instants."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.data.days import first_instant

FIRST_YEAR = 1000
LAST_YEAR = 8999


class Unit(StrEnum):
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Today:
    """The instant at which a segment is asked, and the zone whose days count."""

    now: datetime
    zone: ZoneInfo

    @property
    def day(self) -> date:
        return self.now.astimezone(self.zone).date()

    def start(self, day: date) -> datetime:
        """Return the first instant of the day, in UTC."""
        return first_instant(day, self.zone)


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days from `first` to `last`, both included; None is open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Instants:
    """Instants from `low` to `high`; `low` belongs to it, `high` where `high_included`."""

    low: datetime | None
    high: datetime | None
    high_included: bool = False


def shift_day(day: date, count: int, unit: Unit) -> date:
    """Return the day `count` units later; months and years keep the day or take the month's last.

    Raises: ValueError outside the years 1000 to 8999.
    """
    if unit in (Unit.MONTHS, Unit.YEARS):
        months = count * (12 if unit is Unit.YEARS else 1)
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        _require_year(year)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    ordinal = day.toordinal() + count * (7 if unit is Unit.WEEKS else 1)
    if not date(FIRST_YEAR, 1, 1).toordinal() <= ordinal <= date(LAST_YEAR, 12, 31).toordinal():
        raise ValueError(_OUT_OF_YEARS)
    return date.fromordinal(ordinal)


def shift_hours(now: datetime, hours: int) -> datetime:
    """Return the instant that many exact hours later, in UTC.

    Raises: ValueError outside the years 1000 to 8999.
    """
    shifted = now.astimezone(UTC) + timedelta(hours=hours)
    _require_year(shifted.year)
    return shifted


_OUT_OF_YEARS = f"the range leaves the years {FIRST_YEAR} to {LAST_YEAR}"


def _require_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(_OUT_OF_YEARS)


PERIODS = (
    "today",
    "yesterday",
    "tomorrow",
    *(f"{which}_{what}" for what in ("week", "month", "quarter", "year")
      for which in ("this", "last", "next")),
)  # fmt: skip

_SINGLE_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}
_STEPS = {"last": -1, "this": 0, "next": 1}
_MONTHS_LONG = {"month": 1, "quarter": 3, "year": 12}


def period_days(period: str, today: date) -> Days:
    """Return the first and last day of a named period; weeks start on Monday."""
    if period in _SINGLE_DAYS:
        day = shift_day(today, _SINGLE_DAYS[period], Unit.DAYS)
        return Days(day, day)
    which, what = period.split("_")
    if what == "week":
        monday = today - timedelta(days=today.weekday())
        first = shift_day(monday, _STEPS[which], Unit.WEEKS)
        return Days(first, shift_day(first, 6, Unit.DAYS))
    length = _MONTHS_LONG[what]
    start = date(today.year, (today.month - 1) // length * length + 1, 1)
    first = shift_day(start, _STEPS[which] * length, Unit.MONTHS)
    closing = shift_day(first, length - 1, Unit.MONTHS)
    return Days(first, closing.replace(day=calendar.monthrange(closing.year, closing.month)[1]))


@dataclass(frozen=True, slots=True)
class MonthDays:
    """Month and day as one number (0314 is 14 March), from `first` to `last`, both included."""

    first: int
    last: int


def month_days(days: Days) -> tuple[MonthDays, ...]:
    """Return the months and days that a closed span of days touches, one piece a calendar year.

    29 February is kept on the 28th of a year that has none.
    """
    assert days.first is not None and days.last is not None  # noqa: S101 - spans are closed here
    if (days.last - days.first).days >= 366:
        return (MonthDays(101, 1231),)
    pieces = []
    for year in range(days.first.year, days.last.year + 1):
        first = days.first if year == days.first.year else date(year, 1, 1)
        last = days.last if year == days.last.year else date(year, 12, 31)
        pieces.append(MonthDays(_month_day(first), _with_leap_day(last)))
    return tuple(pieces)


def _month_day(day: date) -> int:
    return day.month * 100 + day.day


def _with_leap_day(last: date) -> int:
    ends_february = _month_day(last) == 228 and not calendar.isleap(last.year)
    return 229 if ends_february else _month_day(last)

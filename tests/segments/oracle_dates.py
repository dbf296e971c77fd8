"""What the operators of dates mean, day by day, by the text of the format alone."""

import calendar
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
Moment = date | datetime


@cache
def first_instant(day: date, zone: str) -> datetime:
    """Return the first instant whose clock in the zone shows the day, or a later one."""
    place = ZoneInfo(zone)
    instant = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=30)
    for step in (timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)):
        while (instant + step).astimezone(place).date() < day:
            instant += step
    return instant + timedelta(seconds=1)


def moved(day: date, count: int, unit: str) -> date:
    """Return the day so many units later; months and years take a month's last at most."""
    if unit in ("days", "weeks"):
        return day + count * (7 if unit == "weeks" else 1) * _DAY
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "years" else 1)
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def period(name: str, today: date) -> tuple[date, date]:
    """Return the first and last day."""
    near = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if name in near:
        return today + near[name] * _DAY, today + near[name] * _DAY
    which, what = name.split("_")
    step = {"last": -1, "this": 0, "next": 1}[which]
    if what == "week":
        monday = today - today.weekday() * _DAY + step * 7 * _DAY
        return monday, monday + 6 * _DAY
    months = {"month": 1, "quarter": 3, "year": 12}[what]
    first = today.replace(day=1, month=(today.month - 1) // months * months + 1)
    first = moved(first, step * months, "months")
    return first, moved(first, months, "months") - _DAY


def falls(birth: date, first: date, last: date) -> bool:
    """Return whether the anniversary falls on one of the days; 29 February on the 28th."""
    for year in range(first.year, last.year + 1):
        leap = birth.month == 2 and birth.day == 29 and not calendar.isleap(year)
        if first <= (date(year, 2, 28) if leap else birth.replace(year=year)) <= last:
            return True
        if last.year - first.year > 9 and year > first.year + 8:
            return True
    return False


def passes(op: str, cell: Moment, value: Any, now: datetime, zone: str) -> bool:
    """Return whether a day or an instant that is not blank meets a positive operator."""
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    timed = isinstance(cell, datetime)
    shown = cell.astimezone(place).date() if isinstance(cell, datetime) else cell
    if op == "month_is":
        return shown.month in [int(each) for each in value]
    if op == "weekday_is":
        return shown.isoweekday() in [int(each) for each in value]
    if op == "anniversary_in_period":
        return falls(shown, *period(value, today))
    if op == "anniversary_in_next":
        return falls(shown, today, today + int(value["count"]) * _DAY)
    if isinstance(value, dict) and value.get("unit") == "hours":
        return _hours(op, cell, int(value["count"]), now)
    first, last = _days(op, value, today)
    if not timed:
        return (first is None or first <= shown) and (last is None or shown <= last)
    instant = cell
    if (op == "in_last" and instant > now) or (op == "in_next" and instant < now):
        return False
    if op != "in_next" and first is not None and instant < first_instant(first, zone):
        return False
    return op == "in_last" or last is None or instant < first_instant(last + _DAY, zone)


def _hours(op: str, cell: Moment, count: int, now: datetime) -> bool:
    hours = timedelta(hours=count)
    if op == "in_last":
        return now - hours <= cell <= now
    return cell < now - hours if op == "more_than_ago" else now <= cell <= now + hours


def _days(op: str, value: Any, today: date) -> tuple[date | None, date | None]:
    """Return the first and the last day that an operator takes."""
    if op in ("on", "before", "after", "on_or_before", "on_or_after"):
        day = date.fromisoformat(value)
        return {
            "on": (day, day),
            "before": (None, day - _DAY),
            "after": (day + _DAY, None),
            "on_or_before": (None, day),
            "on_or_after": (day, None),
        }[op]
    if op == "between":
        return date.fromisoformat(value[0]), date.fromisoformat(value[1])
    if op == "in_period":
        return period(value, today)
    if op == "between_ago":
        unit = value["unit"]
        return moved(today, -int(value["from"]), unit), moved(today, -int(value["to"]), unit)
    count, unit = int(value["count"]), value.get("unit", "days")
    if op in ("days_ago", "days_ahead"):
        day = moved(today, -count if op == "days_ago" else count, unit)
        return day, day
    return _open(op, count, unit, today)


def _open(op: str, count: int, unit: str, today: date) -> tuple[date | None, date | None]:
    if op == "in_last":
        return moved(today, -count, unit), today
    if op == "more_than_ago":
        return None, moved(today, -count, unit) - _DAY
    return today, moved(today, count, unit)

"""How the value of an operator is read: one shape a kind of value, each with its own refusals."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from core.data.catalogue import FieldType
from core.segments.calendar import FIRST_YEAR, LAST_YEAR, PERIODS, Unit
from core.segments.suggest import did_you_mean, shown
from core.segments.tree import AgoSpan, Span, Value

MAX_LIST = 10_000
MAX_COUNT = 100_000
DIGITS_BEFORE = 28
DIGITS_AFTER = 10
CHOOSE_AGAIN = "The value does not go with this comparison: choose it again."
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class WrongValue(Exception):
    """The value cannot be taken; the message is the problem without its place.

    `told` is what a page says instead where the message speaks of the format.
    """

    def __init__(self, problem: str, told: str | None = None) -> None:
        super().__init__(problem)
        self.told = told


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of value: its name for forms, and `read(raw, field type)`.

    `read` returns the value, or raises WrongValue.
    """

    name: str
    read: Callable[[object, FieldType], Value]


def read_number(raw: object, _: FieldType = FieldType.NUMBER) -> Decimal:
    """Return a finite number of at most 28 digits before and 10 after the point."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        raise WrongValue(f"{shown(raw)} is not a number.")
    number = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
    if not number.is_finite():
        raise WrongValue("A number must be finite.")
    return _within_digits(number)


def _within_digits(number: Decimal) -> Decimal:
    _, digits, exponent = number.as_tuple()
    significant = "".join(map(str, digits)).rstrip("0")
    if not significant.strip("0"):
        return Decimal(0)
    exponent = cast("int", exponent) + len(digits) - len(significant)
    if max(0, -exponent) > DIGITS_AFTER:
        raise WrongValue(f"A number has at most {DIGITS_AFTER} digits after the point.")
    if len(significant.lstrip("0")) + exponent > DIGITS_BEFORE:
        raise WrongValue(f"A number has at most {DIGITS_BEFORE} digits before the point.")
    return number


def plain_digits(number: Decimal) -> str:
    """Return every digit of the number, without an exponent and without zeros at its end.

    >>> plain_digits(Decimal("1234567890123456789012345678.12345678900"))
    '1234567890123456789012345678.123456789'
    """
    written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def read_percent(raw: object, _: FieldType = FieldType.NUMBER) -> Decimal:
    """Return a percentage above 0 and up to 100."""
    percent = read_number(raw)
    if not 0 < percent <= 100:
        raise WrongValue(f"A percentage is more than 0 and at most 100, not {percent}.")
    return percent


def read_whole(raw: object, low: int, high: int, what: str) -> int:
    """Return a whole number from `low` to `high`; 3.0 is whole."""
    number = read_number(raw)
    if number != number.to_integral_value():
        raise WrongValue(f"{what} must be a whole number, not {number}.")
    if not low <= number <= high:
        raise WrongValue(f"{what} must be from {low:,} to {high:,}, not {number}.")
    return int(number)


def read_unicode(raw: object) -> str:
    """Return a text without U+0000 and without half a surrogate pair."""
    if not isinstance(raw, str):
        raise WrongValue(f"{shown(raw)} is not a text.")
    if "\0" in raw:
        raise WrongValue("A text cannot hold the character U+0000.")
    try:
        raw.encode()
    except UnicodeEncodeError as fault:
        raise WrongValue("The text is not Unicode: it holds half a surrogate pair.") from fault
    return raw


def _read_text(raw: object, _: FieldType) -> str:
    text = read_unicode(raw)
    if not text.strip():
        raise WrongValue(
            "A text to compare with cannot be blank: use is_blank.",
            "A text to compare with cannot be blank: there is “is blank” for that.",
        )
    return text


def _read_part(raw: object, _: FieldType) -> str:
    text = read_unicode(raw)
    if not text:
        raise WrongValue("A text to look for cannot be empty.")
    return text


def _read_day(raw: object, _: FieldType) -> date:
    if not isinstance(raw, str) or not _DAY.fullmatch(raw):
        raise WrongValue(f'{shown(raw)} is not a day: write it as "YYYY-MM-DD".')
    try:
        day = date.fromisoformat(raw)
    except ValueError as fault:
        raise WrongValue(f"There is no day {raw}.") from fault
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise WrongValue(f"A day must lie in the years {FIRST_YEAR} to {LAST_YEAR}, not {raw}.")
    return day


def _list_of(
    read: Callable[[object, FieldType], Value],
) -> Callable[[object, FieldType], Value]:
    def read_list(raw: object, type_: FieldType) -> Value:
        if not isinstance(raw, list | tuple):
            raise WrongValue(f"{shown(raw)} is not a list.", CHOOSE_AGAIN)
        if not raw:
            raise WrongValue("The list is empty.")
        if len(raw) > MAX_LIST:
            raise WrongValue(f"A list has at most {MAX_LIST:,} elements, not {len(raw):,}.")
        return cast("Value", tuple(read(element, type_) for element in raw))

    return read_list


def _pair_of(
    read: Callable[[object, FieldType], Value],
) -> Callable[[object, FieldType], Value]:
    def read_pair(raw: object, type_: FieldType) -> Value:
        if not isinstance(raw, list | tuple) or len(raw) != 2:
            raise WrongValue("The value must be a list of two: low and high.", CHOOSE_AGAIN)
        low, high = read(raw[0], type_), read(raw[1], type_)
        if cast("Decimal", low) > cast("Decimal", high):
            raise WrongValue(f"The range is reversed: {low} comes after {high}.")
        return cast("Value", (low, high))

    return read_pair


def _read_span(raw: object, type_: FieldType) -> Span:
    parts = _parts(raw, ("count", "unit"))
    count = read_whole(parts["count"], 0, MAX_COUNT, "The count")
    return Span(count, read_unit(parts["unit"], _units(type_)))


def _read_ago(raw: object, _: FieldType) -> AgoSpan:
    parts = _parts(raw, ("from", "to", "unit"))
    start = read_whole(parts["from"], 0, MAX_COUNT, "The first number")
    end = read_whole(parts["to"], 0, MAX_COUNT, "The second number")
    unit = read_unit(parts["unit"], _units(FieldType.DATE))
    if start < end:
        raise WrongValue(f"The range is reversed: {start} {unit} ago comes after {end} {unit} ago.")
    return AgoSpan(start, end, unit)


def _read_day_count(raw: object, _: FieldType) -> Span:
    parts = _parts(raw, ("count",))
    return Span(read_whole(parts["count"], 0, MAX_COUNT, "The count"), Unit.DAYS)


def _read_anniversary(raw: object, _: FieldType) -> Span:
    parts = _parts(raw, ("count", "unit"))
    count = read_whole(parts["count"], 0, MAX_COUNT, "The count")
    return Span(count, read_unit(parts["unit"], (Unit.DAYS,)))


def _read_period(raw: object, _: FieldType) -> str:
    if not isinstance(raw, str) or raw not in PERIODS:
        raise WrongValue(f"No period {shown(raw)}. {did_you_mean(raw, PERIODS)}", CHOOSE_AGAIN)
    return raw


def _read_month(raw: object, _: FieldType) -> Decimal:
    return Decimal(read_whole(raw, 1, 12, "A month"))


def _read_weekday(raw: object, _: FieldType) -> Decimal:
    return Decimal(read_whole(raw, 1, 7, "A weekday (Monday is 1)"))


def read_unit(raw: object, possible: Sequence[Unit]) -> Unit:
    """Return the unit, one of `possible`."""
    if not isinstance(raw, str) or raw not in set(possible):
        raise WrongValue(
            f"No unit {shown(raw)} here. There is: {', '.join(possible)}.", CHOOSE_AGAIN
        )
    return Unit(raw)


def _units(type_: FieldType) -> tuple[Unit, ...]:
    units = tuple(Unit)
    return units if type_ is FieldType.TIMESTAMP else units[1:]


def _parts(raw: object, keys: tuple[str, ...]) -> dict[str, object]:
    """Return the object's values by key, when it has exactly these keys."""
    if not isinstance(raw, dict):
        raise WrongValue(f"{shown(raw)} must have {' and '.join(keys)}.", CHOOSE_AGAIN)
    if getattr(raw, "twice", None):
        raise WrongValue(f"A key stands twice: {', '.join(sorted(raw.twice))}.")  # type: ignore[attr-defined]
    missing = [key for key in keys if key not in raw]
    if missing:
        raise WrongValue(f"The key {missing[0]!r} is missing.", CHOOSE_AGAIN)
    unknown = [str(key) for key in raw if key not in keys]
    if unknown:
        raise WrongValue(f"No key {unknown[0]!r} here. There is: {', '.join(keys)}.", CHOOSE_AGAIN)
    return cast("dict[str, object]", raw)


def _read_nothing(_: object, __: FieldType) -> None:
    return None


NOTHING = Shape("nothing", _read_nothing)
NUMBER = Shape("number", read_number)
NUMBER_PAIR = Shape("number_pair", _pair_of(read_number))
NUMBER_LIST = Shape("number_list", _list_of(read_number))
PERCENT = Shape("percent", read_percent)
TEXT = Shape("text", _read_text)
TEXT_PART = Shape("text_part", _read_part)
TEXT_LIST = Shape("text_list", _list_of(_read_text))
DAY = Shape("day", _read_day)
DAY_PAIR = Shape("day_pair", _pair_of(_read_day))
SPAN = Shape("span", _read_span)
AGO_SPAN = Shape("ago_span", _read_ago)
DAY_COUNT = Shape("day_count", _read_day_count)
ANNIVERSARY_SPAN = Shape("anniversary_span", _read_anniversary)
PERIOD = Shape("period", _read_period)
MONTHS = Shape("months", _list_of(_read_month))
WEEKDAYS = Shape("weekdays", _list_of(_read_weekday))

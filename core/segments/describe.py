"""Turns a segment into one plain sentence, for people who never see its JSON."""

import calendar
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from core.data.catalogue import FieldType
from core.segments.calendar import PERIODS, Days, Instants, Today, Unit
from core.segments.naming import spaced
from core.segments.operators import operators_for
from core.segments.operators.dates import bounds_of
from core.segments.tree import (
    AgoSpan,
    FieldCondition,
    FieldRef,
    Group,
    Join,
    Limit,
    Match,
    Measure,
    Node,
    RelatedCondition,
    Segment,
    SegmentCondition,
    Span,
    Step,
    Test,
    Value,
)
from core.segments.values import plain_digits

_LISTED = 5
_MONTHS = tuple(calendar.month_name[1:])
_WEEKDAYS = tuple(calendar.day_name)
# Ranges that move with the present moment: their real ends are worth printing.
_RELATIVE = frozenset(
    {
        "in_last",
        "not_in_last",
        "more_than_ago",
        "between_ago",
        "days_ago",
        "in_next",
        "days_ahead",
        "in_period",
    }
)


# Tests of moments that somebody might expect to hold for what never happened.
_LONG_AGO = frozenset({"more_than_ago", "between_ago"})


class Describer:
    """Describes nodes; with `today`, relative dates say which days they mean.

    `names` are what the segments that others speak of are called, by key.
    """

    def __init__(
        self,
        people: str = "people",
        today: Today | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        self._people = people
        self._today = today
        self._names = names or {}

    def segment(self, segment: Segment) -> str:
        """Return the segment as one sentence."""
        who = f"All {self._people}"
        if segment.where.conditions:
            who = f"{self._people.capitalize()} where {self.group(segment.where)}"
        if segment.limit is None:
            return f"{who}."
        return f"{self._limit(segment.limit)} of: {who[0].lower()}{who[1:]}."

    def group(self, group: Group) -> str:
        """Return the group without brackets; an empty one is everything."""
        parts = [self._part(node) for node in group.conditions]
        if not parts:
            return "anything holds"
        if group.match is Match.NONE:
            return f"none of these holds: {'; '.join(parts)}"
        return (" and " if group.match is Match.ALL else " or ").join(parts)

    def node(self, node: Node) -> str:
        """Return a group or a condition in words."""
        if isinstance(node, Group):
            return self.group(node)
        if isinstance(node, FieldCondition):
            test = self.test(node.test, node.field.field.type, "blank is not counted")
            return f"{_field(node.field)} {test}"
        if isinstance(node, SegmentCondition):
            where = "not in" if node.negated else "in"
            return f"{where} the segment {_quoted(self._names.get(node.segment, node.segment))}"
        return self._related(node)

    def test(self, test: Test, type_: FieldType, missing: str = "") -> str:
        """Return an operator with its value: `is at least 2`.

        `missing` says what becomes of a blank where one might expect it to be long ago.
        """
        operator = operators_for(type_)[test.op]
        said = operator.sentence.format_map(_Words(test.value))
        if test.ignore_case:
            said += " (ignoring case)"
        return said + self._real_range(test, type_, missing)

    def _part(self, node: Node) -> str:
        said = self.node(node)
        several = isinstance(node, Group) and (len(node.conditions) > 1 or node.match is Match.NONE)
        return f"({said})" if several else said

    def _related(self, condition: RelatedCondition) -> str:
        counted = self._counted(condition)
        if counted is not None:
            return counted
        own = condition.measure in (Measure.MINIMUM, Measure.MAXIMUM, Measure.MOST_FREQUENT)
        type_ = condition.of.field.type if condition.of and own else FieldType.NUMBER
        without = f"{self._people} without {_table(condition.join)} are not counted"
        return f"{self._measure(condition)} {self.test(condition.test, type_, without)}"

    def _counted(self, condition: RelatedCondition) -> str | None:
        """Return a plain count as `there are at least 2 orders`, None for any other measure."""
        words = _HOW_MANY.get(condition.test.op)
        if condition.measure is not Measure.COUNT or words is None:
            return None
        if condition.pick or (condition.that and condition.that.conditions):
            return None
        no_rows = condition.test.op == "equals" and condition.test.value == 0
        many = words.format_map(_Words(condition.test.value))
        if no_rows:
            many = "no"
        elif _is_any(condition.test):
            many = ""
        elif condition.test.value == 1:
            return None  # "1 orders" is no English, and names of tables have no singular
        return f"there are {many} {self._rows(condition)}".replace("  ", " ")

    def _measure(self, condition: RelatedCondition) -> str:
        rows = self._rows(condition)
        if condition.measure is Measure.SHARE and condition.that:
            return f"the share (in percent) of {rows} for which {self._bracketed(condition.that)}"
        if condition.that and condition.that.conditions:
            rows += f", of those only where {self._bracketed(condition.that)},"
        if condition.of is None:
            return f"the number of {rows}"
        of = _field(condition.of)
        if condition.measure is Measure.COUNT_DISTINCT:
            what = f"{condition.per}s of {of}" if condition.per else of
            return f"the number of different {what} of {rows}"
        return f"the {_measure_word(condition)} {of} of {rows}"

    def _rows(self, condition: RelatedCondition) -> str:
        said = _table(condition.join)
        if condition.when and condition.time:
            said += self._when(condition.when, condition.time)
        if condition.where and condition.where.conditions:
            said += f" where {self._bracketed(condition.where)}"
        if condition.followed_by:
            said += self._step(condition.followed_by)
        if condition.pick:
            end = "last" if condition.pick.last else "first"
            many = f" {condition.pick.count:,}" if condition.pick.count > 1 else ""
            said = f"the {end}{many} of the {said}"
        return said

    def _when(self, when: Test, time: FieldRef) -> str:
        said = self.test(when, time.field.type)
        if said.startswith("is ") and when.op in _WHEN:
            return f" {said.removeprefix('is ')}"
        return f" whose {_field(time)} {said}"

    def _step(self, step: Step) -> str:
        said = f" {'not ' if step.negated else ''}followed by {_table(step.join)}"
        if step.within:
            said += f" within {_span(step.within)}"
        if step.where and step.where.conditions:
            said += f" where {self._bracketed(step.where)}"
        return said + (self._step(step.followed_by) if step.followed_by else "")

    def _bracketed(self, group: Group) -> str:
        said = self.group(group)
        return f"({said})" if len(group.conditions) > 1 else said

    def _limit(self, limit: Limit) -> str:
        much = f"{limit.count:,}" if limit.count is not None else f"{_number(limit.percent)} %"
        if limit.by is None:
            return f"{much}, chosen at random but always the same,"
        end = "highest" if limit.highest else "lowest"
        return f"The {much} with the {end} {_field(limit.by)}"

    def _real_range(self, test: Test, type_: FieldType, missing: str) -> str:
        if self._today is None or test.op not in _RELATIVE:
            return ""
        op = "in_last" if test.op == "not_in_last" else test.op
        bounds = bounds_of(op, test.value, type_, self._today)
        if bounds is None:
            return ""
        said = real_range(bounds, self._today)
        return f" ({said}; {missing})" if missing and test.op in _LONG_AGO else f" ({said})"


_HOW_MANY = {
    "equals": "{value}",
    "greater_than": "more than {value}",
    "at_least": "at least {value}",
    "less_than": "fewer than {value}",
    "at_most": "at most {value}",
    "between": "{low} to {high}",
}
# Tests of a row's time that read well right after the name of the rows.
_WHEN = frozenset(
    {
        "on",
        "before",
        "after",
        "on_or_before",
        "on_or_after",
        "between",
        "in_last",
        "more_than_ago",
        "between_ago",
        "days_ago",
        "in_next",
        "days_ahead",
        "in_period",
    }
)


def _is_any(test: Test) -> bool:
    least = {"at_least": 1, "greater_than": 0}.get(test.op)
    return least is not None and test.value == least


def describe(segment: Segment, people: str = "people", today: Today | None = None) -> str:
    """Return the segment as one plain sentence."""
    return Describer(people, today).segment(segment)


def real_range(bounds: Days | Instants, today: Today) -> str:
    """Return worked-out ends in words: `since Tue 25 Aug 2026, 00:00`."""
    if isinstance(bounds, Days):
        first, last = _day(bounds.first), _day(bounds.last)
        if first == last and first is not None:
            return f"that is {first}"
    else:
        first, last = (_instant(end, today) for end in (bounds.low, bounds.high))
    if first is None:
        return f"up to {last}" if isinstance(bounds, Days) else f"before {last}"
    return f"from {first} to {last}" if last and last != "now" else f"since {first}"


def _day(day: date | None) -> str | None:
    return f"{day:%a} {_plain_day(day)}" if day else None


def _plain_day(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"


def _instant(instant: datetime | None, today: Today) -> str | None:
    if instant is None:
        return None
    if instant == today.now:
        return "now"
    there = instant.astimezone(today.zone)
    return f"{_day(there)}, {there:%H:%M}"


class _Words(dict[str, str]):
    """The words that an operator's sentence can ask for, made from its value."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self._value = value

    def __missing__(self, key: str) -> str:
        value = self._value
        if key == "months" and isinstance(value, tuple):
            return _or([_MONTHS[int(str(month)) - 1] for month in value])
        if key == "weekdays" and isinstance(value, tuple):
            return _or([_WEEKDAYS[int(str(day)) - 1] for day in value])
        if key in ("low", "high") and isinstance(value, tuple):
            return _value(value[0 if key == "low" else 1])
        if key == "span" and isinstance(value, Span):
            return _span(value).removeprefix("1 ")
        if key in ("start", "end") and isinstance(value, AgoSpan):
            return _span(Span(value.start if key == "start" else value.end, value.unit))
        return _value(value)


def _value(value: object) -> str:
    if isinstance(value, Span):
        return _span(value)
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, date):
        return _plain_day(value)
    if isinstance(value, tuple):
        return _list(value)
    text = str(value)
    return text.replace("_", " ") if text in PERIODS else _quoted(text)


def _list(values: tuple[object, ...]) -> str:
    shown = [_value(value) for value in values[:_LISTED]]
    if len(values) > _LISTED:
        return f"any of {len(values):,} values ({', '.join(shown)} …)"
    return _or(shown)


def _or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{Decimal(plain_digits(value)):,f}"


def _span(span: Span) -> str:
    unit = Unit(span.unit).value
    return f"{span.count:,} {unit[:-1] if span.count == 1 else unit}"


def _quoted(text: str) -> str:
    return f"“{text}”"


def _field(ref: FieldRef) -> str:
    said = ref.field.label or ref.field.name
    return f"{said} ({spaced(ref.table)})" if ref.legs else said


def _table(join: Join) -> str:
    link = join.given.removeprefix(f"{join.table}:")
    said = spaced(join.table if link == join.given else f"{join.table} ({link})")
    return f"{said} through {spaced(', '.join(join.through))}" if join.through else said


def _measure_word(condition: RelatedCondition) -> str:
    dated = condition.of is not None and condition.of.field.type is not FieldType.NUMBER
    return {
        Measure.SUM: "total",
        Measure.AVERAGE: "average",
        Measure.MINIMUM: "earliest" if dated else "lowest",
        Measure.MAXIMUM: "latest" if dated else "highest",
        Measure.MOST_FREQUENT: "most frequent",
    }[condition.measure]

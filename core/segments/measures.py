"""Measures as aggregates: exact sums, averages and shares rounded half away from zero."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from core.data.catalogue import FieldType
from core.segments.calendar import Today
from core.segments.operators._base import Operand, Quotient
from core.segments.operators.dates import local
from core.segments.sql import Sql, all_of, call, cast_to, filtered, not_null, number
from core.segments.tree import Measure, Per

_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")
_PLACES = 6
_WIDEST = 38
_NARROW = 18


@dataclass(frozen=True, slots=True)
class Measured:
    """Aggregates, and what a comparison makes of their columns."""

    aggregates: tuple[Sql, ...]
    operand: Callable[[Sequence[Sql]], Operand]


def plain(sql: Sql, type_: FieldType, sql_type: str, zero_if_missing: bool = False) -> Measured:
    """Return a measure that is one aggregate, compared as it is."""

    def operand(columns: Sequence[Sql]) -> Operand:
        return Operand(columns[0], type_, sql_type, zero_if_missing)

    return Measured((sql,), operand)


def measure_rows(
    measure: Measure,
    of: Operand | None,
    rows: Sql | None,
    that: Sql | None,
    values: Sequence[Sql] = (),
) -> Measured:
    """Return the measure over the rows that pass `rows` and, except a share's, `that`.

    `values` are all that `of` can have, smallest first; the most frequent is only sought in them.
    """
    if measure is Measure.SHARE:
        return _share(rows, that)
    passing = _both(rows, that)
    if measure is Measure.COUNT:
        return _whole(filtered(exp.Count(this=exp.Star()), passing))
    assert of is not None  # noqa: S101 - checked with the segment
    if measure is Measure.COUNT_DISTINCT:
        distinct = exp.Count(this=exp.Distinct(expressions=[of.sql]))
        return _whole(filtered(distinct, passing))
    if measure is Measure.MOST_FREQUENT:
        return _most_frequent(of, passing, values)
    if measure is Measure.SUM:
        return _sum(of, passing)
    if measure is Measure.AVERAGE:
        return _average(of, passing)
    extreme = exp.Min if measure is Measure.MINIMUM else exp.Max
    return plain(filtered(extreme(this=of.sql), passing), of.type, of.sql_type)


def of_one_row(aggregate: Sql) -> Sql:
    """Return what the aggregate is where each group has one row, as an expression on that row."""
    if isinstance(aggregate, exp.Filter):
        passing = exp.If(this=aggregate.expression.this, true=of_one_row(aggregate.this))
        missing = number(0) if isinstance(aggregate.this, exp.Count) else exp.null()
        return exp.Case(ifs=[passing], default=missing)
    if isinstance(aggregate, exp.Round):
        aggregate.set("this", of_one_row(aggregate.this))
        return aggregate
    counted: Sql = aggregate.this
    if not isinstance(aggregate, exp.Count):
        return counted
    if isinstance(counted, exp.Star):
        return number(1)
    one = counted.expressions[0] if isinstance(counted, exp.Distinct) else counted
    return exp.Case(ifs=[exp.If(this=not_null(one), true=number(1))], default=number(0))


def per_period(of: Operand, per: Per, today: Today) -> Operand:
    """Return the day, or the first day of the week or month, of a date or timestamp."""
    day = cast_to(local(of, today), "DATE")
    if per is not Per.DAY:
        day = cast_to(call("date_trunc", exp.Literal.string(per.value), day), "DATE")
    return Operand(day, FieldType.DATE, "DATE")


def _whole(sql: Sql) -> Measured:
    return plain(sql, FieldType.NUMBER, "BIGINT", zero_if_missing=True)


def _both(first: Sql | None, second: Sql | None) -> Sql | None:
    if first is None or second is None:
        return first if second is None else second
    return exp.And(this=exp.Paren(this=first), expression=exp.Paren(this=second))


def _places(sql_type: str) -> int:
    found = _DECIMAL.fullmatch(sql_type)
    return int(found[2]) if found else 0


def _sum_type(of: Operand) -> str:
    if of.sql_type == "DOUBLE":
        return "DOUBLE"
    places = _places(of.sql_type)
    return f"DECIMAL({_WIDEST},{places})" if _DECIMAL.fullmatch(of.sql_type) else "HUGEINT"


def _sum(of: Operand, passing: Sql | None) -> Measured:
    total = filtered(exp.Sum(this=of.sql), passing)
    sql_type = _sum_type(of)
    if sql_type == "DOUBLE" or _places(sql_type) > _PLACES:
        total = exp.Round(this=total, decimals=number(_PLACES))
        sql_type = "DOUBLE" if sql_type == "DOUBLE" else f"DECIMAL({_WIDEST},{_PLACES})"
    return plain(total, FieldType.NUMBER, sql_type, zero_if_missing=True)


def _average(of: Operand, passing: Sql | None) -> Measured:
    if of.sql_type == "DOUBLE":
        mean = filtered(exp.Avg(this=of.sql), passing)
        rounded = exp.Round(this=mean, decimals=number(_PLACES))
        return plain(rounded, FieldType.NUMBER, "DOUBLE")
    places = _places(of.sql_type)

    def operand(columns: Sequence[Sql]) -> Operand:
        total, count = columns
        steps = _times(_unscaled(total, of.sql_type), 10 ** max(0, _PLACES - places))
        parts = _times(cast_to(count, "HUGEINT"), 10 ** max(0, places - _PLACES))
        quotient = _mean_quotient(total, count, of.sql_type)
        return Operand(
            _divide(steps, parts), FieldType.NUMBER, "HUGEINT", shift=_PLACES, quotient=quotient
        )

    total = filtered(exp.Sum(this=of.sql), passing)
    return Measured((total, filtered(exp.Count(this=of.sql), passing)), operand)


def _mean_quotient(total: Sql, count: Sql, sql_type: str) -> Quotient | None:
    """Return total / count, unless the type is so wide that the products may not fit."""
    found = _DECIMAL.fullmatch(sql_type)
    width, places = (int(found[1]), int(found[2])) if found else (_NARROW + 1, 0)
    if found and width > _NARROW:
        return None
    return Quotient(
        top=cast_to(total, f"DECIMAL({_WIDEST},{max(places, _PLACES + 1)})"),
        bottom=cast_to(count, "DECIMAL(10,0)"),
        half_step=Decimal(5).scaleb(-_PLACES - 1),
        sql_type=f"DECIMAL(28,{_PLACES + 1})",
        largest=10 ** (width - places + _PLACES),
    )


def _unscaled(total: Sql, sql_type: str) -> Sql:
    """Return an exact sum as the whole number of its smallest places."""
    places = _places(sql_type)
    if places == 0:
        return cast_to(total, "HUGEINT")
    width = int(_DECIMAL.fullmatch(sql_type)[1])  # type: ignore[index]
    if width > _NARROW:
        digits = call("replace", cast_to(total, "TEXT"), _text("."), _text(""))
        return cast_to(digits, "HUGEINT")
    room = _WIDEST - 1 - places
    narrowed = cast_to(total, f"DECIMAL({room},{places})")
    power = cast_to(number(10**places), f"DECIMAL({places + 1},0)")
    return cast_to(exp.Paren(this=exp.Mul(this=narrowed, expression=power)), "HUGEINT")


def _divide(steps: Sql, parts: Sql) -> Sql:
    """Return steps / parts as a whole number, rounded half away from zero; NULL over nothing."""
    above = exp.Paren(this=exp.Add(this=_times(call("abs", steps), 2), expression=parts))
    below = call("nullif", _times(parts, 2), number(0))
    quotient = exp.IntDiv(this=above, expression=below)
    sign = exp.If(this=exp.LT(this=steps, expression=number(0)), true=exp.Neg(this=number(1)))
    return exp.Mul(
        this=exp.Case(ifs=[sign], default=number(1)), expression=exp.Paren(this=quotient)
    )


def _times(sql: Sql, factor: int) -> Sql:
    if factor == 1:
        return sql
    return exp.Paren(this=exp.Mul(this=sql, expression=cast_to(number(factor), "HUGEINT")))


def _share(rows: Sql | None, that: Sql | None) -> Measured:
    hits = filtered(exp.Count(this=exp.Star()), _both(rows, that))
    return Measured((hits, filtered(exp.Count(this=exp.Star()), rows)), _share_operand)


def _share_operand(columns: Sequence[Sql]) -> Operand:
    hits, everything = columns
    steps = _times(cast_to(hits, "HUGEINT"), 100 * 10**_PLACES)
    quotient = Quotient(
        top=exp.Mul(this=hits, expression=number(2 * 100 * 10**_PLACES)),
        bottom=call("nullif", everything, number(0)),
        half_step=Decimal(1),
        sql_type="BIGINT",
        largest=101 * 10**_PLACES,
    )
    whole = _divide(steps, cast_to(everything, "HUGEINT"))
    return Operand(whole, FieldType.NUMBER, "HUGEINT", shift=_PLACES, quotient=quotient)


def _most_frequent(of: Operand, passing: Sql | None, values: Sequence[Sql]) -> Measured:
    counted = exp.Count(this=exp.Star())
    equal = [exp.EQ(this=of.sql, expression=value) for value in values]

    def operand(columns: Sequence[Sql]) -> Operand:
        leads = [_leads(count, columns[place:]) for place, count in enumerate(columns, start=1)]
        ifs = [exp.If(this=each, true=value) for each, value in zip(leads, values, strict=True)]
        return Operand(exp.Case(ifs=ifs), of.type, of.sql_type)

    return Measured(tuple(filtered(counted, _both(each, passing)) for each in equal), operand)


def _leads(count: Sql, later: Sequence[Sql]) -> Sql:
    """Return what is true of the largest count, where it is false of all counts before it."""
    some = exp.GT(this=count, expression=number(0))
    return all_of([some, *(exp.GTE(this=count, expression=each) for each in later)])


def _text(value: str) -> Sql:
    return exp.Literal.string(value)

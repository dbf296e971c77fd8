"""Numbers: compared exactly in the steps of the column's own type, floats by the nearest float."""

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from decimal import Context as Arithmetic
from typing import cast

from sqlglot import exp

from core.data.catalogue import FieldType
from core.segments.operators._base import (
    Context,
    Example,
    Operand,
    Operator,
    Quotient,
    Sql,
    negation,
)
from core.segments.tree import Value
from core.segments.values import NUMBER, NUMBER_LIST, NUMBER_PAIR, PERCENT

_NUMBER = frozenset({FieldType.NUMBER})
_EXACT = Arithmetic(prec=120)
_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")
_LARGEST_INTEGER = {"INTEGER": 2**31 - 1, "BIGINT": 2**63 - 1, "HUGEINT": 2**127 - 1}


@dataclass(frozen=True, slots=True)
class _Steps:
    """The steps that an exact type counts in: a value is steps / 10 ** `places`."""

    places: int
    scale: int
    largest: int

    @classmethod
    def of(cls, operand: Operand) -> "_Steps":
        if operand.sql_type in _LARGEST_INTEGER:
            return cls(operand.shift, 0, _LARGEST_INTEGER[operand.sql_type])
        found = _DECIMAL.fullmatch(operand.sql_type)
        assert found, f"no number type: {operand.sql_type}"  # noqa: S101 - the catalogue's types
        digits, scale = int(found[1]), int(found[2])
        return cls(scale + operand.shift, scale, 10**digits - 1)

    def at_least(self, value: Decimal) -> int:
        return int(self._scaled(value).to_integral_value(ROUND_CEILING, _EXACT))

    def at_most(self, value: Decimal) -> int:
        return int(self._scaled(value).to_integral_value(ROUND_FLOOR, _EXACT))

    def value(self, steps: int) -> Decimal:
        """Return the steps as the number that the column's type holds."""
        return Decimal(steps).scaleb(-self.scale, _EXACT)

    def _scaled(self, value: Decimal) -> Decimal:
        return value.scaleb(self.places, _EXACT)


@dataclass(frozen=True, slots=True)
class _Range:
    """From `low` to `high`, None is open; the ends belong to it unless they are said to be out."""

    low: Decimal | None = None
    high: Decimal | None = None
    without_low: bool = False
    without_high: bool = False

    @property
    def holds_zero(self) -> bool:
        above = self.low is None or self.low < 0 or (self.low == 0 and not self.without_low)
        below = self.high is None or self.high > 0 or (self.high == 0 and not self.without_high)
        return above and below


def _in_range(operand: Operand, wanted: _Range, context: Context) -> Sql:
    approximate = operand.sql_type == "DOUBLE"
    found = (_float_range if approximate else _exact_range)(operand, wanted, context)
    return _or_missing(operand, found, wanted.holds_zero)


def _or_missing(operand: Operand, found: Sql, holds_zero: bool) -> Sql:
    if operand.zero_if_missing and holds_zero:
        return exp.Coalesce(this=found, expressions=[exp.true()])
    return found


def _exact_range(operand: Operand, wanted: _Range, context: Context) -> Sql:
    steps = _Steps.of(operand)
    low, high = -steps.largest, steps.largest
    if wanted.low is not None:
        low = steps.at_most(wanted.low) + 1 if wanted.without_low else steps.at_least(wanted.low)
    if wanted.high is not None:
        high = (
            steps.at_least(wanted.high) - 1 if wanted.without_high else steps.at_most(wanted.high)
        )
    if low > high or low > steps.largest or high < -steps.largest:
        return exp.false()
    if operand.quotient:
        return _quotient_range(operand, operand.quotient, (low, high), context)
    if low == high:
        return exp.EQ(this=operand.sql, expression=_bound(steps, low, operand, context))
    pieces: list[Sql] = []
    if low > -steps.largest:
        pieces.append(exp.GTE(this=operand.sql, expression=_bound(steps, low, operand, context)))
    if high < steps.largest:
        pieces.append(exp.LTE(this=operand.sql, expression=_bound(steps, high, operand, context)))
    return _all_of(operand, pieces)


def _float_range(operand: Operand, wanted: _Range, context: Context) -> Sql:
    pieces: list[Sql] = []
    if wanted.low is not None:
        above = exp.GT if wanted.without_low else exp.GTE
        low = context.bind(float(wanted.low), "DOUBLE")
        pieces.append(above(this=operand.sql, expression=low))
    if wanted.high is not None:
        below = exp.LT if wanted.without_high else exp.LTE
        high = context.bind(float(wanted.high), "DOUBLE")
        pieces.append(below(this=operand.sql, expression=high))
    return _all_of(operand, pieces)


def _quotient_range(
    operand: Operand, quotient: Quotient, steps: tuple[int, int], context: Context
) -> Sql:
    low, high = steps
    if low > quotient.largest or high < -quotient.largest:
        return exp.false()
    pieces: list[Sql] = []
    if low > -quotient.largest:
        reaches = exp.GTE if low > 0 else exp.GT
        pieces.append(reaches(this=quotient.top, expression=_half_below(quotient, low, context)))
    if high < quotient.largest:
        stays_below = exp.LT if high + 1 > 0 else exp.LTE
        pieces.append(
            stays_below(this=quotient.top, expression=_half_below(quotient, high + 1, context))
        )
    return _all_of(operand, pieces)


def _half_below(quotient: Quotient, steps: int, context: Context) -> Sql:
    """Return what the top is when the quotient is half a step below so many steps."""
    bound = _EXACT.multiply(Decimal(2 * steps - 1), quotient.half_step)
    return exp.Mul(this=quotient.bottom, expression=context.bind(bound, quotient.sql_type))


def _bound(steps: _Steps, count: int, operand: Operand, context: Context) -> Sql:
    return context.bind(steps.value(count), operand.sql_type)


def _all_of(operand: Operand, pieces: list[Sql]) -> Sql:
    if not pieces:
        return exp.Not(this=exp.Is(this=operand.sql, expression=exp.null()))
    return pieces[0] if len(pieces) == 1 else exp.And(this=pieces[0], expression=pieces[1])


def _equals(operand: Operand, value: Value, context: Context) -> Sql:
    number = cast("Decimal", value)
    return _in_range(operand, _Range(number, number), context)


def _greater_than(operand: Operand, value: Value, context: Context) -> Sql:
    return _in_range(operand, _Range(low=cast("Decimal", value), without_low=True), context)


def _at_least(operand: Operand, value: Value, context: Context) -> Sql:
    return _in_range(operand, _Range(low=cast("Decimal", value)), context)


def _less_than(operand: Operand, value: Value, context: Context) -> Sql:
    return _in_range(operand, _Range(high=cast("Decimal", value), without_high=True), context)


def _at_most(operand: Operand, value: Value, context: Context) -> Sql:
    return _in_range(operand, _Range(high=cast("Decimal", value)), context)


def _between(operand: Operand, value: Value, context: Context) -> Sql:
    low, high = cast("tuple[Decimal, Decimal]", value)
    return _in_range(operand, _Range(low, high), context)


def _is_any_of(operand: Operand, value: Value, context: Context) -> Sql:
    numbers = cast("tuple[Decimal, ...]", value)
    wanted = _held(operand, numbers)
    if not wanted:
        return exp.false()
    found = context.one_of(operand.sql, wanted, operand.sql_type)
    return _or_missing(operand, found, any(number == 0 for number in numbers))


def _held(operand: Operand, numbers: tuple[Decimal, ...]) -> list[object]:
    """Return the numbers that the operand's type can hold at all."""
    if operand.sql_type == "DOUBLE":
        return [float(number) for number in numbers]
    steps = _Steps.of(operand)
    counts = [steps.at_least(n) for n in numbers if steps.at_least(n) == steps.at_most(n)]
    return [steps.value(count) for count in counts if abs(count) <= steps.largest]


def _in_top_percent(operand: Operand, value: Value, context: Context) -> Sql:
    edge = context.rank_edge(cast("Decimal", value), highest=True)
    return exp.GTE(this=operand.whole(), expression=edge)


def _in_bottom_percent(operand: Operand, value: Value, context: Context) -> Sql:
    edge = context.rank_edge(cast("Decimal", value), highest=False)
    return exp.LTE(this=operand.whole(), expression=edge)


EQUALS = Operator(
    key="equals",
    types=_NUMBER,
    label="equals",
    sentence="is {value}",
    shape=NUMBER,
    build=_equals,
    examples=(
        Example("3", 3, True),
        Example("3.00", 3, True),
        Example("3.01", 3, False),
        Example("-0.5", Decimal("-0.5"), True),
        Example("3", Decimal("3.001"), False),
        Example(None, 0, False),
    ),
)
GREATER_THAN = Operator(
    key="greater_than",
    types=_NUMBER,
    label="is greater than",
    sentence="is greater than {value}",
    shape=NUMBER,
    build=_greater_than,
    examples=(
        Example("3", 3, False),
        Example("3.01", 3, True),
        Example("3.01", Decimal("3.005"), True),
        Example("-3.01", Decimal("-3.005"), False),
        Example("-3", Decimal("-3.001"), True),
        Example("0", Decimal("1e27"), False),
        Example("0", Decimal("-1e27"), True),
        Example(None, -1, False),
    ),
)
AT_LEAST = Operator(
    key="at_least",
    types=_NUMBER,
    label="is at least",
    sentence="is at least {value}",
    shape=NUMBER,
    build=_at_least,
    examples=(
        Example("3", 3, True),
        Example("2.99", 3, False),
        Example("3", Decimal("3.0000001"), False),
        Example("0", Decimal("-1e27"), True),
        Example("0", Decimal("1e27"), False),
        Example(None, 0, False),
    ),
)
LESS_THAN = Operator(
    key="less_than",
    types=_NUMBER,
    label="is less than",
    sentence="is less than {value}",
    shape=NUMBER,
    build=_less_than,
    examples=(
        Example("3", 3, False),
        Example("2.99", 3, True),
        Example("3", Decimal("3.0000001"), True),
        Example("0", Decimal("-1e27"), False),
        Example("0", Decimal("1e27"), True),
        Example(None, 1, False),
    ),
)
AT_MOST = Operator(
    key="at_most",
    types=_NUMBER,
    label="is at most",
    sentence="is at most {value}",
    shape=NUMBER,
    build=_at_most,
    examples=(
        Example("3", 3, True),
        Example("3.01", 3, False),
        Example("-3", Decimal("-3.5"), False),
        Example("0", Decimal("-1e27"), False),
        Example("0", Decimal("1e27"), True),
        Example(None, 0, False),
    ),
)
BETWEEN = Operator(
    key="between",
    types=_NUMBER,
    label="is between",
    sentence="is between {low} and {high}",
    shape=NUMBER_PAIR,
    build=_between,
    examples=(
        Example("1", [1, 3], True),
        Example("3", [1, 3], True),
        Example("0.99", [1, 3], False),
        Example("3.01", [1, 3], False),
        Example(None, [-1, 1], False),
    ),
)
IS_ANY_OF = Operator(
    key="is_any_of",
    types=_NUMBER,
    label="is any of",
    sentence="is {value}",
    shape=NUMBER_LIST,
    build=_is_any_of,
    examples=(
        Example("2", [1, 2], True),
        Example("3", [1, 2], False),
        Example("1", [Decimal("1.000000001")], False),
        Example(None, [0, 1], False),
    ),
)
IN_TOP_PERCENT = Operator(
    key="in_top_percent",
    types=_NUMBER,
    label="is in the top percent",
    sentence="is in the top {value} %",
    shape=PERCENT,
    build=_in_top_percent,
    people_only=True,
    examples=(
        Example("9", 40, True),
        Example("7", 40, True),
        Example("7.0", 40, True),
        Example("5", 40, False),
        Example("1", 40, False),
        Example(None, 40, False),
    ),
)
IN_BOTTOM_PERCENT = Operator(
    key="in_bottom_percent",
    types=_NUMBER,
    label="is in the bottom percent",
    sentence="is in the bottom {value} %",
    shape=PERCENT,
    build=_in_bottom_percent,
    people_only=True,
    examples=(
        Example("1", 25, True),
        Example("5", 25, True),
        Example("5.0", 25, True),
        Example("7", 25, False),
        Example("9", 25, False),
        Example(None, 25, False),
    ),
)

_OR_BLANK = "(or is blank)"

OPERATORS = (
    EQUALS,
    negation(EQUALS, "does_not_equal", "does not equal", f"is not {{value}} {_OR_BLANK}"),
    GREATER_THAN,
    AT_LEAST,
    LESS_THAN,
    AT_MOST,
    BETWEEN,
    negation(
        BETWEEN,
        "not_between",
        "is not between",
        f"is not between {{low}} and {{high}} {_OR_BLANK}",
    ),
    IS_ANY_OF,
    negation(IS_ANY_OF, "is_none_of", "is none of", f"is not {{value}} {_OR_BLANK}"),
    IN_TOP_PERCENT,
    IN_BOTTOM_PERCENT,
)

"""The narrowest type that keeps every digit of a column of numbers written as text."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from core.data import cells
from core.data.catalogue import FieldType
from core.data.manifest import DecimalSign
from core.data.plans import ColumnPlan

MAX_PLACES = 10
_SHORT_DIGITS = 18
_LONG_DIGITS = 38
_HAS_EXPONENT = "regexp_matches(n, '[eE]')"
_EXACT = "TRY_CAST(n AS DECIMAL(38, 10))"
# Digits are counted in the written-out number: 1.5e3 counts as 1500.0000000000.
_WRITTEN = f"CASE WHEN {_HAS_EXPONENT} THEN coalesce(CAST({_EXACT} AS VARCHAR), n) ELSE n END"
_WHOLE = "length(ltrim(split_part(ltrim(w, '+-'), '.', 1), '0'))"
_PLACES = "length(rtrim(split_part(w, '.', 2), '0'))"
_LOST = f"{_HAS_EXPONENT} AND coalesce(CAST({_EXACT} AS DOUBLE) <> TRY_CAST(n AS DOUBLE), TRUE)"
_BEYOND_BIGINT = "coalesce(abs(TRY_CAST(w AS HUGEINT)) > 9223372036854775807, w IS NOT NULL)"


@dataclass(frozen=True, slots=True)
class NumberText:
    """A column of which every filled cell is a number with that decimal sign."""

    name: str
    text: str
    sign: DecimalSign


@dataclass(frozen=True, slots=True)
class _Size:
    whole: int
    places: int
    exponents: int
    lost: int
    beyond: int


def number_plans(
    connection: duckdb.DuckDBPyConnection, table: str, numbers: Sequence[NumberText]
) -> tuple[dict[str, ColumnPlan], dict[str, str]]:
    """Return a plan by column, and by column the condition of cells with too many digits."""
    plans: dict[str, ColumnPlan] = {}
    too_long: dict[str, str] = {}
    for number in numbers:
        size = _measure(connection, table, number)
        if size.whole + min(size.places, MAX_PLACES) > _LONG_DIGITS:
            digits = f"ltrim(split_part(ltrim({_pointed('t', number.sign)}, '+-'), '.', 1), '0')"
            too_long[number.name] = f"length({digits}) > 28"
        else:
            plans[number.name] = _plan(number, size)
    return plans, too_long


def _measure(connection: duckdb.DuckDBPyConnection, table: str, number: NumberText) -> _Size:
    row = connection.execute(
        f"SELECT max({_WHOLE}), max({_PLACES}), count_if({_HAS_EXPONENT}), count_if({_LOST}),"  # noqa: S608
        f" count_if({_BEYOND_BIGINT})"
        f" FROM (SELECT n, {_WRITTEN} AS w FROM"
        f" (SELECT {_pointed('t', number.sign)} AS n FROM"
        f" (SELECT {number.text} AS t FROM {table})))"
    ).fetchone()
    return _Size(*(int(value or 0) for value in row or (0, 0, 0, 0, 0)))


def _plan(number: NumberText, size: _Size) -> ColumnPlan:
    digits = _pointed(f"({number.text})", number.sign)
    sql_type = _sql_type(size)
    if size.exponents and sql_type != "DOUBLE":
        digits = f"CAST({digits} AS DECIMAL(38, 10))"
    return ColumnPlan(number.name, f"CAST({digits} AS {sql_type})", FieldType.NUMBER, sql_type)


def sql_type_for(whole: int, places: int) -> str:
    """Return the narrowest exact type for so many digits before and after the point.

    >>> sql_type_for(3, 2), sql_type_for(5, 0)
    ('DECIMAL(18,2)', 'BIGINT')
    """
    if places == 0:
        return "BIGINT"
    precision = _SHORT_DIGITS if whole + places <= _SHORT_DIGITS else _LONG_DIGITS
    return f"DECIMAL({precision},{places})"


def _sql_type(size: _Size) -> str:
    if size.lost or size.places > MAX_PLACES:
        return "DOUBLE"
    if size.places == 0 and size.beyond:
        return "DECIMAL(38,0)"
    return sql_type_for(size.whole, size.places)


def _pointed(text: str, sign: DecimalSign) -> str:
    return cells.plain_digits(text, sign)

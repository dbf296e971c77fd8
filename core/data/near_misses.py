"""Why columns stayed text whose cells nearly are numbers or dates, as their first rows show."""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from core.data import cells
from core.data.catalogue import FieldType
from core.data.column_counts import SAMPLE_ROWS, Counts, Subject, count_sample, first_cells
from core.data.instance import quote_name
from core.data.manifest import CsvOptions, DateOrder, DecimalSign
from core.data.shown_styles import SIGN_WORDS
from core.data.sources._base import shorten
from core.data.staging import StagedTable

_MOST = 0.8
_SIGN = "([€$£¥₹]|[A-Z]{2,3}[$]|EUR|USD|GBP|CHF|PLN|SEK|NOK|DKK|CAD|AUD|zł|kr|Kč|Ft|lei)"
_DIGITS = r"[+-]? ?[0-9][0-9., \x{a0}\x{202f}]*"
_GAP = r"[ \x{a0}\x{202f}]?"
_MONEY = rf"[+-]?{_SIGN}{_GAP}{_DIGITS}|{_DIGITS}{_GAP}{_SIGN}"
_PERCENT = rf"{_DIGITS}{_GAP}%"
_DAY, _MONTH = "(0?[1-9]|[12][0-9]|3[01])", "(0?[1-9]|1[0-2])"
_SHORT_YEAR = rf"({_DAY}[/.-]{_MONTH}|{_MONTH}[/.-]{_DAY})[/.-][0-9]{{2}}([ T].*)?"
_IS_ISO = f"{cells.instant_value('t', 'UTC')} IS NOT NULL"
_LOOKS = {
    "money": cells.matches("t", _MONEY),
    "percent": cells.matches("t", _PERCENT),
    "short_year": cells.matches("t", _SHORT_YEAR),
    "wordy": "NOT regexp_matches(t, '[0-9]')",
    "any_number": f"{cells.is_number('t', '.')} OR {cells.is_number('t', ',')}",
    "any_date": (
        f"{_IS_ISO} OR {cells.local_reading('t', 'day first')} IS NOT NULL"
        f" OR {cells.local_reading('t', 'month first')} IS NOT NULL"
    ),
}


@dataclass(frozen=True, slots=True)
class _Column:
    """The first cells of a column that stayed text, counted by what they fit and look like."""

    subject: Subject
    counts: Counts
    money: int
    percent: int
    short_year: int
    wordy: int
    any_number: int
    any_date: int

    def is_most(self, number: int) -> bool:
        return number > 0 and number >= _MOST * self.counts.filled


class NearMisses:
    """Looks at the columns of one typed table that stayed text, but for those in `kept`."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, table: StagedTable, kept: frozenset[str]
    ) -> None:
        self._connection, self._table, self._kept = connection, table, kept
        self._rows = first_rows(table)

    def reasons(self) -> Iterator[tuple[str, str]]:
        """Yield the columns of which most cells nearly fit another type, each with why not all."""
        for name in self._with_digits():
            for said in self._near_miss(self._counted(name)):
                yield name, said

    def _with_digits(self) -> list[str]:
        """Return the columns of which most cells have a digit near their beginning, cheaply."""
        names = [
            plan.name
            for plan in self._table.columns
            if plan.type is FieldType.TEXT and plan.name not in self._kept
        ]
        if not names:
            return []
        columns = [self._table.column(name) for name in names]
        counts = ", ".join(
            f"count({column}), count_if(regexp_matches(left({column}, 8), '[0-9]'))"
            for column in columns
        )
        row = self._connection.execute(
            f"SELECT {counts} FROM {self._rows}"  # noqa: S608
        ).fetchone()
        pairs = zip(*[iter(row or ())] * 2, strict=True)
        return [
            name
            for name, (filled, digits) in zip(names, pairs, strict=True)
            if digits and digits >= _MOST * filled
        ]

    def _counted(self, name: str) -> _Column:
        text = cells.trimmed(self._table.column(name))
        subject = Subject(name, text, frozenset({FieldType.NUMBER, FieldType.DATE}))
        counts = count_sample(self._connection, self._rows, [subject], "UTC")[name]
        looks = ", ".join(f"count_if({look})" for look in _LOOKS.values())
        row = self._connection.execute(
            f"SELECT {looks} FROM (SELECT {text} AS t FROM {self._rows})"  # noqa: S608
        ).fetchone()
        return _Column(subject, counts, *map(int, row or ()))

    def _near_miss(self, column: _Column) -> Iterator[str]:
        if column.money and column.is_most(column.money + column.any_number):
            yield self._told(
                column,
                "money",
                "{example} is an amount with its currency: bring the numbers alone to compare"
                " amounts and to add them up",
            )
        elif column.percent and column.is_most(column.percent + column.any_number):
            yield self._told(
                column, "percent", "{example} is a number with %: bring the numbers alone"
            )
        elif column.is_most(column.short_year):
            yield self._told(
                column,
                "short_year",
                "{example} has a year of two digits: bring dates with all four",
            )
        elif column.is_most(column.any_date):
            yield from self._dates(column)
        elif not column.counts.odd and column.is_most(column.any_number):
            yield from self._numbers(column)

    def _dates(self, column: _Column) -> Iterator[str]:
        chosen, counts = self._csv.dates, column.counts
        order: DateOrder = chosen or (
            "month first" if counts.month_first > counts.day_first else "day first"
        )
        fitting = counts.iso + (counts.day_first if order == "day first" else counts.month_first)
        reading = f"{cells.local_reading('t', order)} IS NULL AND NOT ({_IS_ISO})"
        if fitting == counts.filled:
            if counts.iso and max(counts.day_first, counts.month_first):
                yield (
                    "its dates are written in two ways: choose the type Date, or Date and time, and"
                    " both are read"
                )
            return
        is_otherwise = column.any_date > fitting
        how = f" with the {order}" if is_otherwise else ""
        how += ", as was chosen" if is_otherwise and chosen else ""
        yield self._unfit(column, reading, f"no date{how}", counts.filled - fitting)

    def _numbers(self, column: _Column) -> Iterator[str]:
        chosen, counts = self._csv.decimal, column.counts
        sign: DecimalSign = chosen or ("," if counts.any_comma > counts.any_point else ".")
        fitting = counts.any_point if sign == "." else counts.any_comma
        if fitting == counts.filled:
            yield self._told(
                column, "any_number", "cells such as {example} can be numbers: choose that type"
            )
            return
        words = column.wordy + column.any_number == counts.filled
        both = column.any_number == counts.filled
        if not (words or both):  # such as 2A004 among postcodes
            return
        how = f" with {SIGN_WORDS[sign]}" if both else ""
        how += ", as was chosen" if both and chosen else ""
        wrong = f"NOT {cells.is_number('t', sign)}"
        yield self._unfit(column, wrong, f"no number{how}", counts.filled - fitting)

    def _unfit(self, column: _Column, wrong: str, fault: str, total: int) -> str:
        example = self._example(column, wrong)
        of = f"{total:,} of {column.counts.filled:,} cells"
        first = " in the first rows" if self._table.rows > SAMPLE_ROWS else ""
        verb = "is" if total == 1 else "are"
        such = example if total == 1 else f"the first is {example}"
        return f"{of}{first} {verb} {fault}: {such}"

    def _told(self, column: _Column, look: str, words: str) -> str:
        return words.format(example=self._example(column, _LOOKS[look]))

    def _example(self, column: _Column, condition: str) -> str:
        text = column.subject.text
        ((row, value),) = first_cells(self._connection, self._rows, text, condition, 1)
        return f"'{shorten(value)}' ({self._table.place(row)})"

    @property
    def _csv(self) -> CsvOptions:
        return self._table.source.csv


def first_rows(table: StagedTable) -> str:
    """Return the SQL of the rows that whoever brings a file looks at too, with their `rowid`."""
    return f"(SELECT rowid, * FROM main.{quote_name(table.physical)} LIMIT {SAMPLE_ROWS})"  # noqa: S608

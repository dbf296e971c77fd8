"""What looks wrong in a table that was read as it stands: cells that nearly are numbers or dates.

Nothing is changed by it. Looked for in the first rows alone, as whoever brings a file looks too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from core.data import cells
from core.data.catalogue import FieldType
from core.data.column_counts import SAMPLE_ROWS
from core.data.instance import quote_name, quote_text
from core.data.manifest import CsvOptions, DateOrder, DecimalSign
from core.data.report import Remark
from core.data.shown_styles import SIGN_WORDS
from core.data.sources._base import shorten
from core.data.staging import StagedTable

_MOST = 0.8
_SIGN = "([€$£¥₹]|[A-Z]{2,3}[$]|EUR|USD|GBP|CHF|PLN|SEK|NOK|DKK|CAD|AUD|zł|kr|Kč|Ft|lei)"
_DIGITS = r"[+-]? ?[0-9][0-9., \x{a0}\x{202f}]*"
_GAP = r"[ \x{a0}\x{202f}]?"
_MONEY = rf"[+-]?{_SIGN}{_GAP}{_DIGITS}|{_DIGITS}{_GAP}{_SIGN}"
_PERCENT = rf"{_DIGITS}{_GAP}%"
_SHORT_YEAR = r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2}([ T].*)?"
_TOTAL = re.compile(
    r"\W*(sub|grand )?(total\w*|sum|summe|gesamt\w*|somme|suma|totaal|totale)\b.*", re.IGNORECASE
)
_TIME_NAME = re.compile(
    r"date|datum|_at$|_on$|born|birth|geburt|naiss|joined|created|since|day$", re.IGNORECASE
)
# Excel counts days from 1900; these are 1954 to 2064.
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 60_000
# What letters with accents become where UTF-8 is read as something else.
_MISREAD = r"Ã[\x{80}-\x{bf}\x{152}-\x{192}\x{2c6}\x{2dc}\x{2013}-\x{203a}\x{20ac}]|â€"
_YEAR = re.compile("(19|20)[0-9]{2}")
_ROW_LIKE = (
    re.compile(r"[+-]?[0-9]+([.,][0-9]+)?"),
    re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    re.compile(r"[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{2,4}.*"),
)


@dataclass(frozen=True, slots=True)
class _Column:
    """The first cells of a column that stayed text, counted by what they look like."""

    name: str
    filled: int
    money: int
    percent: int
    short_year: int
    odd: int
    point: int
    comma: int
    any_number: int
    wordy: int
    iso: int
    day_first: int
    month_first: int
    any_date: int

    def is_most(self, number: int) -> bool:
        return number > 0 and number >= _MOST * self.filled


_LOOKS = {
    "money": cells.matches("t", _MONEY),
    "percent": cells.matches("t", _PERCENT),
    "short_year": cells.matches("t", _SHORT_YEAR),
    "odd": cells.is_odd_number("t"),
    "point": cells.is_number("t", "."),
    "comma": cells.is_number("t", ","),
    "any_number": f"{cells.is_number('t', '.')} OR {cells.is_number('t', ',')}",
    "wordy": "NOT regexp_matches(t, '[0-9]')",
    "iso": f"{cells.instant_value('t', 'UTC')} IS NOT NULL",
    "day_first": f"{cells.local_reading('t', 'day first')} IS NOT NULL",
    "month_first": f"{cells.local_reading('t', 'month first')} IS NOT NULL",
}
_LOOKS["any_date"] = " OR ".join(_LOOKS[look] for look in ("iso", "day_first", "month_first"))


class Oddities:
    """Looks at one typed table; what is a key or points to one is text on purpose."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, table: StagedTable, kept: frozenset[str]
    ) -> None:
        self._connection, self._table, self._kept = connection, table, kept

    def remarks(self) -> Iterator[Remark]:
        """Yield what somebody should know of the table and its columns."""
        for said in (*self._header(), *self._last_row(), *self._letters()):
            yield Remark(self._table.source.name, None, said)
        for column in self._texts():
            for said in self._near_miss(column):
                yield Remark(self._table.source.name, column.name, said, kept_as_text=True)
        for name, said in (*self._serials(), *self._spellings()):
            yield Remark(self._table.source.name, name, said)

    def _header(self) -> Iterator[str]:
        names = [plan.name for plan in self._table.columns]
        odd = [name for name in names if not _YEAR.fullmatch(name)]
        if any(each.fullmatch(name) for name in odd for each in _ROW_LIKE):
            named = ", ".join(f"'{shorten(name, 20)}'" for name in names[:4])
            yield (
                f"the first line is taken for the names of the columns, and looks like a row:"
                f" {named}. If it is one, write a line with names above it"
            )

    def _last_row(self) -> Iterator[str]:
        if self._table.rows < 2:
            return
        texts = [p.name for p in self._table.columns if p.type is FieldType.TEXT]
        row = self._table.rows - 1
        shown = ", ".join(self._table.column(name) for name in texts) or "NULL"
        found = self._connection.execute(
            f"SELECT {shown} FROM {self._source} WHERE rowid = {row}"  # noqa: S608
        ).fetchone()
        for cell in found or ():
            if cell is not None and _TOTAL.fullmatch(cell):
                yield (
                    f"the last row ('{shorten(cell)}', {self._table.place(row)}) looks like a"
                    " total: take it out of the file, or it counts like every other row"
                )
                return

    def _letters(self) -> Iterator[str]:
        texts = [p.name for p in self._table.columns if p.type is FieldType.TEXT]
        found = ", ".join(
            f"min(CASE WHEN regexp_matches({column}, {quote_text(_MISREAD)}) THEN {column} END)"
            for column in map(self._table.column, texts)
        )
        row = self._connection.execute(
            f"SELECT {found or 'NULL'} FROM (SELECT * FROM {self._source} LIMIT {SAMPLE_ROWS})"  # noqa: S608
        ).fetchone()
        for cell in [each for each in row or () if each is not None][:1]:
            yield (
                f"letters with accents look misread, as in '{shorten(cell)}': choose how the"
                " letters are written, or save the file as UTF-8"
            )

    def _texts(self) -> Iterator[_Column]:
        names = [
            plan.name
            for plan in self._table.columns
            if plan.type is FieldType.TEXT and plan.name not in self._kept
        ]
        for name in self._with_digits(names):
            looks = ", ".join(f"count_if({look})" for look in _LOOKS.values())
            row = self._connection.execute(
                f"SELECT count(t), {looks} FROM ({self._cells(name)})"  # noqa: S608
            ).fetchone()
            if row and row[0]:
                yield _Column(name, *(int(each) for each in row))

    def _with_digits(self, names: list[str]) -> list[str]:
        """Return the columns of which most cells have a digit near their beginning, cheaply."""
        if not names:
            return []
        columns = [self._table.column(name) for name in names]
        counts = ", ".join(
            f"count({column}), count_if(regexp_matches(left({column}, 8), '[0-9]'))"
            for column in columns
        )
        row = self._connection.execute(
            f"SELECT {counts} FROM (SELECT * FROM {self._source} LIMIT {SAMPLE_ROWS})"  # noqa: S608
        ).fetchone()
        pairs = zip(*[iter(row or ())] * 2, strict=True)
        return [
            name
            for name, (filled, digits) in zip(names, pairs, strict=True)
            if digits and digits >= _MOST * filled
        ]

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
        elif not column.odd and column.is_most(column.any_number):
            yield from self._numbers(column)

    def _dates(self, column: _Column) -> Iterator[str]:
        chosen = self._csv.dates
        order: DateOrder = chosen or (
            "month first" if column.month_first > column.day_first else "day first"
        )
        fitting = column.iso + (column.day_first if order == "day first" else column.month_first)
        reading = f"{cells.local_reading('t', order)} IS NULL AND NOT ({_LOOKS['iso']})"
        if fitting == column.filled:
            if column.iso and max(column.day_first, column.month_first):
                yield (
                    "its dates are written in two ways: choose the type Date, or Date and time, and"
                    " both are read"
                )
            return
        is_otherwise = column.any_date > fitting
        how = f" with the {order}" if is_otherwise else ""
        how += ", as was chosen" if is_otherwise and chosen else ""
        yield self._unfit(column, reading, f"no date{how}", column.filled - fitting)

    def _numbers(self, column: _Column) -> Iterator[str]:
        chosen = self._csv.decimal
        sign: DecimalSign = chosen or ("," if column.comma > column.point else ".")
        fitting = column.point if sign == "." else column.comma
        if fitting == column.filled:
            yield self._told(
                column, "any_number", "cells such as {example} can be numbers: choose that type"
            )
            return
        words = column.wordy + column.any_number == column.filled
        both = column.any_number == column.filled
        if not (words or both):  # such as 2A004 among postcodes
            return
        how = f" with {SIGN_WORDS[sign]}" if both else ""
        how += ", as was chosen" if both and chosen else ""
        wrong = f"NOT {cells.is_number('t', sign)}"
        yield self._unfit(column, wrong, f"no number{how}", column.filled - fitting)

    def _unfit(self, column: _Column, wrong: str, fault: str, total: int) -> str:
        example = self._example(column.name, wrong)
        of = f"{total:,} of {column.filled:,} cells"
        first = " in the first rows" if self._table.rows > SAMPLE_ROWS else ""
        verb = "is" if total == 1 else "are"
        such = f"{example}" if total == 1 else f"the first is {example}"
        return f"{of}{first} {verb} {fault}: {such}"

    def _told(self, column: _Column, look: str, words: str) -> str:
        return words.format(example=self._example(column.name, _LOOKS[look]))

    def _example(self, name: str, condition: str) -> str:
        row = self._connection.execute(
            f"SELECT r, t FROM ({self._cells(name)})"  # noqa: S608
            f" WHERE t IS NOT NULL AND coalesce({condition}, FALSE) ORDER BY r LIMIT 1"
        ).fetchone()
        number, value = row or (0, "")
        return f"'{shorten(value)}' ({self._table.place(int(number))})"

    def _serials(self) -> Iterator[tuple[str, str]]:
        for plan in self._table.columns:
            if plan.sql_type != "BIGINT" or not _TIME_NAME.search(plan.name):
                continue
            column = self._table.column(plan.name)
            least, most = self._connection.execute(
                f"SELECT min({column}), max({column}) FROM {self._source}"  # noqa: S608
            ).fetchone() or (None, None)
            if least is not None and least >= _FIRST_SERIAL and most <= _LAST_SERIAL:
                yield (
                    plan.name,
                    f"numbers such as {least} may be dates as Excel counts them: format the column"
                    " as a date there, and bring the file again",
                )

    def _spellings(self) -> Iterator[tuple[str, str]]:
        """Yield the keys and ends of links in which one name is written in several ways."""
        for plan in self._table.columns:
            if plan.type is not FieldType.TEXT or plan.name not in self._kept:
                continue
            column = self._table.column(plan.name)
            alike = f"lower({cells.trimmed(column)})"
            found = self._connection.execute(
                f"SELECT min({column}), max({column}), min(rowid) FROM"  # noqa: S608
                f" (SELECT rowid, {column} FROM {self._source} LIMIT {SAMPLE_ROWS})"
                f" WHERE {column} IS NOT NULL GROUP BY {alike}"
                f" HAVING min({column}) <> max({column}) ORDER BY 3 LIMIT 1"
            ).fetchone()
            if found:
                yield (
                    plan.name,
                    f"'{shorten(found[0])}' and '{shorten(found[1])}' differ in capitals or spaces"
                    " alone, and count as two",
                )

    def _cells(self, name: str) -> str:
        text = cells.trimmed(self._table.column(name))
        return f"SELECT rowid AS r, {text} AS t FROM {self._source} LIMIT {SAMPLE_ROWS}"  # noqa: S608

    @property
    def _source(self) -> str:
        return f"main.{quote_name(self._table.physical)}"

    @property
    def _csv(self) -> CsvOptions:
        return self._table.source.csv

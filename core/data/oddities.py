"""What looks wrong in a table that was read as it stands; nothing is changed by it.

The last row and the days that Excel counts are looked for in the whole table, all else in its first
rows.
"""

import re
from collections.abc import Iterator

import duckdb

from core.data import cells
from core.data.catalogue import FieldType
from core.data.instance import quote_name, quote_text
from core.data.near_misses import NearMisses, first_rows
from core.data.report import Remark
from core.data.sources._base import shorten
from core.data.staging import StagedTable

_TOTAL = re.compile(
    r"\W*(sub|grand )?(total\w*|sum|summe|gesamt\w*|somme|suma|totaal|totale)"
    r"( general| général)?\W*",
    re.IGNORECASE,
)
_TIME_NAME = re.compile(
    r"date|datum|_at$|_on$|born|birth|geburt|naiss|joined|created|since|_day$", re.IGNORECASE
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
        for name, said in NearMisses(self._connection, self._table, self._kept).reasons():
            yield Remark(self._table.source.name, name, said, kept_as_text=True)
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
        row = self._table.rows - 1
        found = self._connection.execute(
            f"SELECT {', '.join(self._texts) or 'NULL'} FROM {self._source} WHERE rowid = {row}"  # noqa: S608
        ).fetchone()
        total = next((cell for cell in found or () if cell and _TOTAL.fullmatch(cell)), None)
        if total is not None:
            yield (
                f"the last row ('{shorten(total)}', {self._table.place(row)}) looks like a total:"
                " take it out of the file, or it counts like every other row"
            )

    def _letters(self) -> Iterator[str]:
        found = ", ".join(
            f"min(CASE WHEN regexp_matches({column}, {quote_text(_MISREAD)}) THEN {column} END)"
            for column in self._texts
        )
        row = self._connection.execute(
            f"SELECT {found or 'NULL'} FROM {first_rows(self._table)}"  # noqa: S608
        ).fetchone()
        cell = next(filter(None, row or ()), None)
        if cell is not None:
            yield (
                f"letters with accents look misread, as in '{shorten(cell)}': choose how the"
                " letters are written, or save the file as UTF-8"
            )

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
                f"SELECT min({column}), max({column}), min(rowid) FROM {first_rows(self._table)}"  # noqa: S608
                f" WHERE {column} IS NOT NULL GROUP BY {alike}"
                f" HAVING min({column}) <> max({column}) ORDER BY 3 LIMIT 1"
            ).fetchone()
            if found:
                yield (
                    plan.name,
                    f"'{shorten(found[0])}' and '{shorten(found[1])}' differ in capitals or spaces"
                    " alone, and count as two",
                )

    @property
    def _texts(self) -> list[str]:
        """The columns of text, as SQL."""
        return [
            self._table.column(plan.name)
            for plan in self._table.columns
            if plan.type is FieldType.TEXT
        ]

    @property
    def _source(self) -> str:
        return f"main.{quote_name(self._table.physical)}"

"""Which column names the rows of a table, each once, or nearly."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from core.data.catalogue import FieldType
from core.data.instance import quote_name
from core.data.report import Remark
from core.data.sources._base import shorten
from core.data.staging import StagedTable

_KEY_NAME = re.compile(r"(^|_|-|\s)(id|key|code|no|nr|number|uuid|guid|ref|sku)$|Id$|ID$", re.ASCII)
# As French and Spanish exports call a first column: N° client, Numéro client, Nº de socio.
_NUMBER_OF = re.compile(r"(n[°º]|num[ée]ro)", re.IGNORECASE)
# Two columns of one name, which is not all of it: orders.customer_id and customers.id.
ID_ENDING = re.compile(r"[_\- ]?(id|key|code|no|nr|number|uuid|ref)$", re.IGNORECASE)
_NEARLY, _EXACT = 0.99, ("VARCHAR", "BIGINT")


@dataclass(frozen=True, slots=True)
class _Counts:
    """The rows of a table, those in which a column is filled, and how many values it has."""

    rows: int
    filled: int
    distinct: int


class Keys:
    """Looks for keys in typed tables; what was counted once is not counted again."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._counted: dict[tuple[str, str], _Counts] = {}

    def find(self, table: StagedTable, blanks: bool = False) -> str | None:
        """Return a unique column that is called like a key or stands first; filled, or `blanks`."""
        for name in _candidates(table):
            counts = self._count(table, name)
            expected = counts.filled if blanks else counts.rows
            if expected and expected == counts.distinct:
                return name
        return None

    def find_nearly(self, table: StagedTable) -> str | None:
        """Return such a column, filled in every row, of which few values repeat."""
        for name in _candidates(table):
            if table.by_name[name].sql_type not in _EXACT:
                continue
            counts = self._count(table, name)
            if 0 < counts.filled == counts.rows and _NEARLY * counts.rows <= counts.distinct:
                return name
        return None

    def is_unique(self, table: StagedTable, column: str) -> bool:
        """Return whether no value stands in two rows."""
        counts = self._count(table, column)
        return counts.distinct == counts.filled

    def repeats(self, table: StagedTable, key: str) -> Iterator[Remark]:
        """Yield what repeats in a key that is proposed or was chosen, of text or whole numbers.

        A key is loaded as text: other types may write one value in several ways.
        """
        if table.by_name[key].sql_type not in _EXACT or self.is_unique(table, key):
            return
        column, source = table.column(key), f"main.{quote_name(table.physical)}"
        value, total = self._connection.execute(
            f"SELECT v, count(*) OVER () FROM (SELECT {column} AS v, min(rowid) AS first"  # noqa: S608
            f" FROM {source} WHERE {column} IS NOT NULL GROUP BY {column} HAVING count(*) > 1)"
            " ORDER BY first LIMIT 1"
        ).fetchone() or ("", 0)
        places = self._connection.execute(
            f"SELECT rowid FROM {source} WHERE {column} = ? ORDER BY rowid LIMIT 2",  # noqa: S608
            [value],
        ).fetchall()
        said = _both(*(table.place(int(row)) for (row,) in places))
        stands = "1 value stands" if total == 1 else f"{total:,} values stand"
        such = "" if total == 1 else "such as "
        yield Remark(
            table.source.name,
            key,
            f"{stands} in more than one row, {such}'{shorten(value)}' ({said}): a load is refused"
            f" until {'it' if total == 1 else 'each'} stands once",
            distinct=self._count(table, key).distinct,
        )

    def _count(self, table: StagedTable, name: str) -> _Counts:
        known = self._counted.get((table.source.name, name))
        if known is None:
            column = table.column(name)
            row = self._connection.execute(
                f"SELECT count(*), count({column}), count(DISTINCT {column})"  # noqa: S608
                f" FROM main.{quote_name(table.physical)}"
            ).fetchone()
            known = self._counted[table.source.name, name] = _Counts(*map(int, row or ()))
        return known


def is_called_key(column: str) -> bool:
    """Return whether a column is called as keys are.

    >>> is_called_key("customer_id"), is_called_key("N° client"), is_called_key("name")
    (True, True, False)
    """
    return bool(_KEY_NAME.search(column) or _NUMBER_OF.match(column))


def _candidates(table: StagedTable) -> list[str]:
    """Return the columns that may be a key: first those called so, then the first one."""
    names = [column.name for column in table.columns]
    called = [name for name in names if _KEY_NAME.search(name)]
    called.sort(key=lambda each: _distance(table.source.name, each))
    kinds = (FieldType.TEXT, FieldType.NUMBER)
    return [name for name in [*called, *names[:1]] if table.by_name[name].type in kinds]


def _distance(table: str, column: str) -> int:
    """Return 0 for a column named after its table, or only `id`; 1 for others."""
    stem = ID_ENDING.sub("", column).lower()
    return 0 if stem == "" or table.lower().startswith(stem) else 1


def _both(first: str, second: str) -> str:
    """Return two places, the file that they share named once.

    >>> _both("a.csv, line 2", "a.csv, line 7")
    'a.csv, line 2 and line 7'
    """
    shared = f"{first.rpartition(', ')[0]}, "
    return f"{first} and {second.removeprefix(shared)}"

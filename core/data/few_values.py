# ruff: noqa: S608  (names are quoted)
"""All values of a text column where they are few, so that a question can name each of them."""

import duckdb

MOST_VALUES = 16
# A catalogue is read with every question: texts of any length do not belong in it.
MOST_CHARACTERS = 100
_FIRST_ROWS = 10_000


def find_values(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> tuple[str, ...]:
    """Return all values of a text column in code point order, none where they are many or long.

    `table` and `column` are quoted names; blank is no value.
    """
    filled = f"SELECT {column} AS v FROM {table} WHERE {column} IS NOT NULL"
    # Nearly every column with many values shows it in its first rows.
    if not _few(connection, f"{filled} LIMIT {_FIRST_ROWS}"):
        return ()
    return _few(connection, filled)


def _few(connection: duckdb.DuckDBPyConnection, rows: str) -> tuple[str, ...]:
    found = connection.execute(f"SELECT DISTINCT v FROM ({rows}) LIMIT {MOST_VALUES + 1}")
    values = sorted(value for (value,) in found.fetchall())
    few = len(values) <= MOST_VALUES and all(len(each) <= MOST_CHARACTERS for each in values)
    return tuple(values) if few else ()

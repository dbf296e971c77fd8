"""Small Parquet files for tests, and what stands in them."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

Cursor = duckdb.DuckDBPyConnection


def write_sql(cursor: Cursor, query: str, out: Path) -> Path:
    cursor.execute(f"COPY ({query}) TO '{out}' (FORMAT parquet)")
    return out


def write_members(cursor: Cursor, rows: Iterable[tuple[str, str | None]], out: Path) -> Path:
    cursor.execute("CREATE OR REPLACE TEMP TABLE rows (key VARCHAR, f0 VARCHAR)")
    listed = list(rows)
    if listed:
        cursor.executemany("INSERT INTO rows VALUES (?, ?)", listed)
    return write_sql(cursor, "SELECT * FROM rows ORDER BY key", out)


def write_wanted(cursor: Cursor, wanted: Mapping[str, str], out: Path) -> Path:
    """Write ids with a text attribute each, as `select_wanted` would."""
    cursor.execute("CREATE OR REPLACE TEMP TABLE rows (id VARCHAR, a VARCHAR)")
    if wanted:
        cursor.execute(
            "INSERT INTO rows SELECT unnest(?), unnest(?)", [list(wanted), list(wanted.values())]
        )
    query = """SELECT id, attributes, unhex(md5(attributes)) AS digest FROM (
        SELECT id, '{"a":{"text":' || to_json(a)::VARCHAR || '}}' AS attributes FROM rows)"""
    return write_sql(cursor, query, out)


def read_rows(cursor: Cursor, path: Path, columns: str = "*") -> list[tuple[object, ...]]:
    return cursor.execute(f"SELECT {columns} FROM read_parquet('{path}')").fetchall()

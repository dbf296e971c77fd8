# ruff: noqa: S608  (made of whole numbers and of quoted paths)
"""Writes a generated shop as files with a manifest, ready to be loaded."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import duckdb

from core.data.instance import open_limited, quote_text, translated
from core.data.memory import memory_limit
from core.data.scratch import temporary_folder
from core.sample.manifest import manifest_text
from core.sample.seasons import Day, spread
from core.sample.shop import FileFormat, Shop
from core.sample.tables import Tables

MEMORY_SHARE = 0.25
# Rows a file: what a thread holds at a time.
_PART = 1_000_000
_FORMATS = {
    FileFormat.PARQUET: "FORMAT parquet, COMPRESSION zstd",
    FileFormat.CSV: "FORMAT csv, HEADER true",
}

Query = Callable[[int, int], str]


def generate(folder: Path, shop: Shop, memory: str | None = None) -> Path:
    """Write the shop's files into the folder, which is made, and return its `dataset.toml`.

    Raises: StorageFull, QueryFailed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with temporary_folder() as scratch, translated():
        limit = memory_limit(MEMORY_SHARE, memory)
        with open_limited(":memory:", limit, scratch) as connection:
            _write_days(connection, shop)
            _write_parts(connection, list(_parts(folder, shop)))
    manifest = folder / "dataset.toml"
    manifest.write_text(manifest_text(shop), encoding="utf-8")
    return manifest


def _write_days(connection: duckdb.DuckDBPyConnection, shop: Shop) -> None:
    _write_table(connection, "order_days", spread(shop, shop.orders))
    _write_table(connection, "visit_days", spread(shop, shop.visits, shop.visit_days))


def _write_table(connection: duckdb.DuckDBPyConnection, name: str, days: Iterator[Day]) -> None:
    rows = ", ".join(f"(DATE '{d.day}', {d.first}, {d.past}, {d.people})" for d in days)
    connection.execute(
        f"CREATE TABLE {name} AS SELECT CAST(day AS DATE) AS day, CAST(first AS BIGINT) AS first,"
        f" CAST(past AS BIGINT) AS past, CAST(people AS BIGINT) AS people"
        f" FROM (VALUES {rows}) AS days(day, first, past, people)"
    )


def _parts(folder: Path, shop: Shop) -> Iterator[str]:
    """Yield the statement of every file; each may run by itself."""
    tables = Tables(shop)
    yield _copy(tables.stores(), folder, "stores", 0, shop)
    yield _copy(tables.products(), folder, "products", 0, shop)
    yield from _numbered(tables.customers, shop.people, folder, "customers", shop)
    yield from _numbered(tables.orders, shop.orders, folder, "orders", shop)
    if shop.lines:
        since = shop.first_day
        if shop.line_days is not None:
            since = max(since, shop.until - timedelta(days=shop.line_days - 1))

        def lines(low: int, past: int) -> str:
            return tables.order_lines(low, past, since)

        yield from _numbered(lines, shop.orders, folder, "order_lines", shop)
    if shop.visits:
        yield from _numbered(tables.visits, shop.visits, folder, "visits", shop)


def _numbered(query: Query, rows: int, folder: Path, table: str, shop: Shop) -> Iterator[str]:
    for number, low in enumerate(range(0, max(1, rows), _PART)):
        yield _copy(query(low, min(rows, low + _PART)), folder, table, number, shop)


def _copy(query: str, folder: Path, table: str, number: int, shop: Shop) -> str:
    target = folder / table / f"{number:04}.{shop.format}"
    target.parent.mkdir(exist_ok=True)
    return f"COPY ({query}) TO {quote_text(str(target))} ({_FORMATS[shop.format]})"


def _write_parts(connection: duckdb.DuckDBPyConnection, statements: list[str]) -> None:
    def write(statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(write, statements):
            pass

"""What must hold of typed tables before they may become a snapshot."""

from collections.abc import Mapping, Sequence

import duckdb

from core.data.catalogue import Catalogue, FieldType
from core.data.instance import quote_name
from core.data.manifest import LinkSource, Manifest
from core.data.sources._base import shorten
from core.data.staging import StagedTable
from core.errors import DataRefused, FewerRows, FileRefused, ManifestInvalid

_NAMED = 3
Tables = Mapping[str, StagedTable]


def check_key(connection: duckdb.DuckDBPyConnection, table: StagedTable, people: bool) -> None:
    """Refuse a key that is blank somewhere, stands twice, or is of a type that names nobody.

    Raises: FileRefused, ManifestInvalid.
    """
    key = table.source.key
    if key is None:
        return
    plan = table.by_name[key]
    if people and plan.type is not FieldType.TEXT and not _is_whole(plan.sql_type):
        raise ManifestInvalid(
            f"The key '{key}' of {table.source.name} is a {plan.type}, and people are named by"
            " text or whole numbers: choose another key, or give it the type text"
        )
    _check_filled(connection, table, key)
    check_unique(connection, table, key, "the key")


def _is_whole(sql_type: str) -> bool:
    return sql_type in ("BIGINT", "DECIMAL(38,0)")


def check_time(table: StagedTable) -> None:
    """Raises: ManifestInvalid where `time` is neither a date nor a timestamp."""
    time = table.source.time
    if time is not None and table.by_name[time].type not in (FieldType.DATE, FieldType.TIMESTAMP):
        raise ManifestInvalid(
            f"The time '{time}' of {table.source.name} was read as {table.by_name[time].type},"
            " and must be a date or a timestamp: set its type, or choose another column"
        )


def check_link(connection: duckdb.DuckDBPyConnection, link: LinkSource, tables: Tables) -> None:
    """Refuse a link between two types, or to a column in which a value stands twice.

    Raises: ManifestInvalid, FileRefused.
    """
    one, other = tables[link.table], tables[link.to_table]
    from_type, to_type = one.by_name[link.field].type, other.by_name[link.to_field].type
    if from_type is not to_type:
        raise ManifestInvalid(
            f"{link.label} joins {from_type} with {to_type}: give both columns one type"
        )
    if link.to_field != other.source.key:
        check_unique(connection, other, link.to_field, f"what {link.label} points to")


def _check_filled(connection: duckdb.DuckDBPyConnection, table: StagedTable, key: str) -> None:
    where = f"FROM main.{quote_name(table.physical)} WHERE {table.column(key)} IS NULL"
    rows = _numbers(connection, f"SELECT rowid {where} ORDER BY rowid LIMIT {_NAMED}")
    if not rows:
        return
    (total,) = _numbers(connection, f"SELECT count(*) {where}")
    more = f"; {total:,} in all, the next at {_places(table, rows[1:])}" if total > 1 else ""
    raise FileRefused(
        f"{table.place(rows[0])}, column '{key}': the key is blank{more}. Fill it in, or leave"
        " the row out"
    )


def check_unique(
    connection: duckdb.DuckDBPyConnection, table: StagedTable, column: str, what: str
) -> None:
    """Refuse a column in which a value that is not blank stands twice.

    Raises: FileRefused, with the first three values and where they stand.
    """
    name, quoted = f"main.{quote_name(table.physical)}", table.column(column)
    grouped = f"FROM {name} WHERE {quoted} IS NOT NULL GROUP BY {quoted} HAVING count(*) > 1"
    if not connection.execute(f"SELECT 1 {grouped} LIMIT 1").fetchall():
        return
    found = connection.execute(
        f"SELECT {quoted}::VARCHAR, list(rowid ORDER BY rowid)[1:2], count(*) OVER ()"
        f" {grouped} ORDER BY min(rowid) LIMIT {_NAMED}"
    ).fetchall()
    total = int(found[0][2])
    said = [f"'{shorten(value)}' at {_places(table, rows)}" for value, rows, _ in found]
    count = f"; {total:,} such values in all" if total > 1 else ""
    raise FileRefused(
        f"Column '{column}', {what}, must be unique, and is not: {'; '.join(said)}{count}. Take"
        " the repeated rows out of the file, bring it again, or choose another column"
    )


def find_fewer_rows(
    rows: Mapping[str, int], previous: Catalogue | None
) -> Sequence[tuple[str, int, int]]:
    """Return (table, rows last time, rows now) of tables that are gone or shrank by half."""
    if previous is None:
        return []
    return [
        (table.name, table.rows, rows.get(table.name, 0))
        for table in previous.tables
        if table.rows and rows.get(table.name, 0) * 2 < table.rows
    ]


def check_rows(rows: Mapping[str, int], previous: Catalogue | None) -> None:
    """Raises: FewerRows where a table is gone or has less than half of its last rows."""
    fewer = find_fewer_rows(rows, previous)
    if fewer:
        said = "; ".join(
            f"{name} has {now:,} rows, and had {last:,}"
            if name in rows
            else f"{name} is gone, and had {last:,} rows"
            for name, last, now in fewer
        )
        raise FewerRows(
            f"{said}. If that is right, load it all the same", terminal_hint="--accept-fewer"
        )


def check_tables(
    connection: duckdb.DuckDBPyConnection, manifest: Manifest, tables: Tables
) -> list[DataRefused]:
    """Return every refusal of keys, times and links, in the order of the manifest."""
    refusals: list[DataRefused] = []
    for table in tables.values():
        try:
            check_time(table)
            check_key(connection, table, table.source.name == manifest.people)
        except DataRefused as refusal:
            refusals.append(refusal)
    for link in manifest.links:
        if link.table not in tables or link.to_table not in tables:
            continue
        try:
            check_link(connection, link, tables)
        except DataRefused as refusal:
            refusals.append(refusal)
    return refusals


def _places(table: StagedTable, rows: Sequence[int]) -> str:
    return " and ".join(table.place(int(row)) for row in rows)


def _numbers(connection: duckdb.DuckDBPyConnection, sql: str) -> list[int]:
    return [int(row[0]) for row in connection.execute(sql).fetchall()]

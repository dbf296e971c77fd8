# ruff: noqa: S608  (names are quoted, values bound)
"""What all fields of a snapshot's table hold, in one look: frequent values, bounds, first rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from core.data import cells
from core.data.catalogue import Field, FieldType, Table
from core.data.instance import Snapshot, quote_name, quote_text, translated

MOST_ROWS = 200_000
_TOP = 4
_WIDTH = 60


@dataclass(frozen=True, slots=True)
class FieldProfile:
    """What a field holds: its most frequent values, or its smallest and largest."""

    top: tuple[str, ...] = ()
    least: str | None = None
    most: str | None = None
    true_share: float | None = None


def profile_fields(
    cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, table: Table, fields: Sequence[Field]
) -> Mapping[str, FieldProfile]:
    """Return a profile by field name, from at most the first MOST_ROWS rows.

    Those are a fair sample: people lie in random order, and other tables in that of their people.
    Raises: QueryFailed, Cancelled.
    """
    if not fields:
        return {}
    zone = snapshot.catalogue.zone
    asked = ", ".join(sql for field in fields for sql in _questions(field, zone))
    with translated():
        row = cursor.execute(
            f"SELECT {asked} FROM (SELECT * FROM {_place(snapshot, table)} LIMIT {MOST_ROWS})"
        ).fetchone()
    answers = iter(row or ())
    return {field.name: _profile(field, answers) for field in fields}


def sample_rows(
    cursor: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    table: Table,
    fields: Sequence[Field],
    count: int,
) -> tuple[tuple[str | None, ...], ...]:
    """Return the first rows as text, in the zone of the data.

    Raises: QueryFailed, Cancelled.
    """
    if not fields:
        return ()
    zone = snapshot.catalogue.zone
    shown = ", ".join(
        f"left({_as_text(quote_name(field.column), field.type, zone)}, 200)" for field in fields
    )
    with translated():
        rows = cursor.execute(
            f"SELECT {shown} FROM {_place(snapshot, table)} LIMIT {count}"
        ).fetchall()
    return tuple(rows)


def _place(snapshot: Snapshot, table: Table) -> str:
    return f"{quote_name(snapshot.alias)}.{quote_name(table.physical)}"


def _as_text(value: str, kind: FieldType, zone: str) -> str:
    if kind is FieldType.TIMESTAMP:
        return f"strftime({value} AT TIME ZONE {quote_text(zone)}, '%Y-%m-%d %H:%M')"
    if kind is FieldType.BOOLEAN:
        return cells.yes_or_no(value)
    return f"CAST({value} AS VARCHAR)"


def _questions(field: Field, zone: str) -> Iterator[str]:
    column = quote_name(field.column)
    if field.type is FieldType.TEXT:
        yield f"approx_top_k(left({column}, {_WIDTH}), {_TOP})"
    elif field.type is FieldType.BOOLEAN:
        yield f"avg(CAST({column} AS INTEGER))"
    else:
        yield _as_text(f"min({column})", field.type, zone)
        yield _as_text(f"max({column})", field.type, zone)


def _profile(field: Field, answers: Iterator[object]) -> FieldProfile:
    if field.type is FieldType.TEXT:
        top = next(answers) or ()
        return FieldProfile(top=tuple(top) if isinstance(top, list | tuple) else ())
    if field.type is FieldType.BOOLEAN:
        share = next(answers)
        return FieldProfile(true_share=float(share) if isinstance(share, float) else None)
    least, most = next(answers), next(answers)
    return FieldProfile(least=_said(least), most=_said(most))


def _said(value: object) -> str | None:
    return None if value is None else str(value)

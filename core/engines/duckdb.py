"""Counts segments in DuckDB, one statement a question, on a cursor of its own."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

import duckdb

from core.data.instance import Instance, Snapshot, quote_text, translated
from core.engines._base import Engine, Verdict
from core.errors import UnknownName
from core.segments.calendar import Today
from core.segments.compiler import Compiler, ExplainColumn, Statement
from core.segments.tree import FieldRef, Group, Match, Node, Segment
from core.segments.values import plain_digits

_FETCHED_AT_A_TIME = 100_000


class DuckDBEngine(Engine):
    """One snapshot, attached to the process's DuckDB."""

    label: ClassVar[str] = "DuckDB"

    def __init__(self, instance: Instance, snapshot: Snapshot) -> None:
        self._instance = instance
        self._snapshot = snapshot

    @classmethod
    def over(cls, instance: Instance, snapshot: Snapshot) -> "DuckDBEngine":
        return cls(instance, snapshot)

    def size(self, segment: Segment, today: Today) -> int:
        return int(self._one_row(self._compiler(today).size(segment))[0])

    def sizes(self, segment: Segment, today: Today) -> Mapping[str, int]:
        statement, places = self._compiler(today).sizes(segment)
        found = dict(zip(places, map(int, self._one_row(statement)), strict=True))
        if segment.limit is not None:
            found["limit"] = self.size(segment, today)
        return found

    def members(self, segment: Segment, today: Today) -> list[str]:
        with self._answered(self._compiler(today).members(segment)) as cursor:
            keys: list[str] = []
            while rows := cursor.fetchmany(_FETCHED_AT_A_TIME):
                keys += [key for (key,) in rows]
        return keys

    def sample(
        self, segment: Segment, today: Today, fields: Sequence[FieldRef], count: int
    ) -> list[tuple[object, ...]]:
        members = self._compiler(today).members(segment, fields)
        first = f"SELECT * FROM ({members.sql}) ORDER BY key LIMIT {count:d}"  # noqa: S608
        with self._answered(Statement(first, members.parameters)) as cursor:
            return cursor.fetchall()

    def write_members(
        self, segment: Segment, today: Today, fields: Sequence[FieldRef], out: Path
    ) -> int:
        statement = self._compiler(today).members(segment, fields)
        copy = f"COPY ({statement.sql}) TO {quote_text(str(out))} (FORMAT parquet)"
        return int(self._one_row(Statement(copy, statement.parameters))[0])

    def explain(self, segment: Segment, today: Today, key: str) -> Mapping[str, Verdict]:
        statement, columns = self._compiler(today).explain(segment, key)
        with self._answered(statement) as cursor:
            row = cursor.fetchone()
        if row is None:
            people = self._snapshot.catalogue.people
            raise UnknownName(f"Nobody in {people} has the key {key!r}.")
        verdicts = _leaf_verdicts(columns, row, today.zone)
        _add_groups(segment.where, verdicts)
        verdicts["member"] = Verdict(self._is_member(segment, today, key, verdicts))
        return verdicts

    def _is_member(
        self, segment: Segment, today: Today, key: str, verdicts: Mapping[str, Verdict]
    ) -> bool:
        passes = verdicts[segment.where.place].passes
        if segment.limit is None or not passes:
            return passes
        statement = self._compiler(today).members(segment)
        asked = f"SELECT count(*) FROM ({statement.sql}) WHERE key = $person"  # noqa: S608
        found = self._one_row(Statement(asked, {**statement.parameters, "person": key}))
        return bool(found[0])

    def _compiler(self, today: Today) -> Compiler:
        return Compiler(self._snapshot.catalogue, self._snapshot.alias, today)

    def _one_row(self, statement: Statement) -> tuple[int, ...]:
        with self._answered(statement) as cursor:
            row = cursor.fetchone()
        assert row is not None  # noqa: S101 - an aggregate always has a row
        return row

    @contextmanager
    def _answered(self, statement: Statement) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._instance.cursor() as cursor, translated():
            cursor.execute(statement.sql, dict(statement.parameters))
            yield cursor


def _leaf_verdicts(
    columns: Sequence[ExplainColumn], row: tuple[object, ...], zone: ZoneInfo
) -> dict[str, Verdict]:
    found = {}
    for position, column in enumerate(columns):
        passes, value = row[2 * position], row[2 * position + 1]
        found[column.place] = Verdict(bool(passes), _shown(value, column.shift, zone))
    return found


def _shown(value: object, shift: int, zone: ZoneInfo) -> str | None:
    if value is None:
        return None
    if shift and isinstance(value, int):
        whole, rest = divmod(abs(value), 10**shift)
        sign = "-" if value < 0 else ""
        return plain_digits(Decimal(f"{sign}{whole}.{rest:0{shift}}"))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(" ")
    return plain_digits(value) if isinstance(value, Decimal) else str(value)


def _add_groups(node: Node, verdicts: dict[str, Verdict]) -> bool:
    """Work out the verdicts of the groups from those of their conditions."""
    if not isinstance(node, Group):
        return verdicts[node.place].passes
    parts = [_add_groups(child, verdicts) for child in node.conditions]
    passes = {
        Match.ALL: all(parts),
        Match.ANY: any(parts) or not parts,
        Match.NONE: not any(parts),
    }[node.match]
    verdicts[node.place] = Verdict(passes)
    return passes


ENGINE = DuckDBEngine

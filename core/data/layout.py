# ruff: noqa: S608  (names are quoted, values bound)
"""How tables lie in a snapshot: people in random order, their rows beside one another."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import duckdb

from core.data.catalogue import Catalogue, Field, FieldType, Link, PersonPath, Table
from core.data.catalogue_json import CATALOGUE_TABLE, dump_catalogue
from core.data.days import first_instant
from core.data.few_values import find_values
from core.data.instance import quote_name
from core.data.manifest import LinkSource, Manifest
from core.data.names import MOMENT, ROW_NUMBER, person_column
from core.data.plans import ColumnPlan
from core.data.staging import TARGET, StagedTable
from core.errors import FileRefused
from core.names import clean_name

MAX_PERSON_PATHS = 4
_DAYS = "staged._days"


def find_person_paths(
    links: Sequence[LinkSource], table: str, people: str
) -> tuple[tuple[int, ...], ...]:
    """Return the chains of links from a table to people, shortest first, no table twice."""
    if table == people:
        return ()
    found: list[tuple[int, ...]] = []
    frontier: list[tuple[tuple[int, ...], tuple[str, ...]]] = [((), (table,))]
    while frontier and len(found) < MAX_PERSON_PATHS:
        longer: list[tuple[tuple[int, ...], tuple[str, ...]]] = []
        for chain, passed in frontier:
            for number, link in enumerate(links):
                if link.table != passed[-1] or link.to_table in passed:
                    continue
                if link.to_table == people:
                    found.append((*chain, number))
                else:
                    longer.append(((*chain, number), (*passed, link.to_table)))
        frontier = longer
    return tuple(found[:MAX_PERSON_PATHS])


class Layout:
    """Writes typed tables into the attached target, one at a time, people first."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        manifest: Manifest,
        tables: Mapping[str, StagedTable],
    ) -> None:
        self._connection = connection
        self._manifest = manifest
        self._tables = tables
        self._zone = ZoneInfo(manifest.zone)

    def write_people(self) -> Table:
        """Write people in the order of a hash of their key, numbered from 0."""
        table = self._tables[self._manifest.people]
        key = table.column(table.source.key or "")
        moment, join = self._moment(table)
        self._connection.execute(
            f"CREATE TABLE {_target(table)} AS"
            f" SELECT CAST(row_number() OVER () - 1 AS INTEGER) AS {ROW_NUMBER}, * FROM"
            f" (SELECT t.*{moment} FROM {_main(table)} AS t {join} ORDER BY hash(t.{key}), t.{key})"
        )
        return self._describe(table, ())

    def write_table(self, table: StagedTable) -> Table:
        """Write a table in the order of its people and its time, else as it is.

        People must have been written.
        """
        chains = find_person_paths(self._manifest.links, table.source.name, self._manifest.people)
        persons, joins = self._persons(table, chains)
        moment, join = self._moment(table)
        order = self._order(table, bool(chains))
        self._connection.execute(
            f"CREATE TABLE {_target(table)} AS SELECT t.*{persons}{moment}"
            f" FROM {_main(table)} AS t {joins} {join} {order}"
        )
        paths = tuple(
            PersonPath(chain, person_column(number)) for number, chain in enumerate(chains)
        )
        return self._describe(table, paths)

    def write_catalogue(self, tables: Mapping[str, Table]) -> Catalogue:
        """Write down what the snapshot holds, and return it."""
        names = [table.name for table in self._manifest.tables]
        catalogue = Catalogue(
            zone=self._manifest.zone,
            people=self._manifest.people,
            tables=tuple(tables[name] for name in names),
            links=tuple(self._link(link) for link in self._manifest.links),
        )
        name = f"{TARGET}.{quote_name(CATALOGUE_TABLE)}"
        self._connection.execute(f"CREATE TABLE {name} (catalogue VARCHAR)")
        self._connection.execute(f"INSERT INTO {name} VALUES (?)", [dump_catalogue(catalogue)])
        return catalogue

    def _persons(self, table: StagedTable, chains: tuple[tuple[int, ...], ...]) -> tuple[str, str]:
        columns, joins = "", ""
        for number, chain in enumerate(chains):
            last = f"p{number}_{len(chain) - 1}"
            columns += f", {last}.{ROW_NUMBER} AS {person_column(number)}"
            joins += " ".join(self._chain_joins(table, chain, number)) + " "
        return columns, joins

    def _chain_joins(
        self, table: StagedTable, chain: tuple[int, ...], number: int
    ) -> Iterator[str]:
        alias, current = "t", table
        for step, position in enumerate(chain):
            link = self._manifest.links[position]
            nearer = self._tables[link.to_table]
            nearer_alias = f"p{number}_{step}"
            stands = _target if link.to_table == self._manifest.people else _main
            yield (
                f"LEFT JOIN {stands(nearer)} AS {nearer_alias}"
                f" ON {alias}.{current.column(link.field)}"
                f" = {nearer_alias}.{nearer.column(link.to_field)}"
            )
            alias, current = nearer_alias, nearer

    def _moment(self, table: StagedTable) -> tuple[str, str]:
        """Return the column with the start of a date, and the join that it comes from."""
        time = table.source.time
        if time is None or table.by_name[time].type is not FieldType.DATE:
            return "", ""
        self._write_days(table, time)
        return (
            f", d.instant AS {MOMENT}",
            f"LEFT JOIN {_DAYS} AS d ON t.{table.column(time)} = d.day",
        )

    def _write_days(self, table: StagedTable, time: str) -> None:
        column = table.column(time)
        found = self._connection.execute(
            f"SELECT DISTINCT {column} FROM {_main(table)} WHERE {column} IS NOT NULL"
        ).fetchall()
        days = [(day, self._first_instant(day, table, time)) for (day,) in found]
        self._connection.execute(f"CREATE OR REPLACE TABLE {_DAYS} (day DATE, instant TIMESTAMPTZ)")
        for start in range(0, len(days), 1000):
            part = days[start : start + 1000]
            self._connection.execute(
                f"INSERT INTO {_DAYS} SELECT unnest($days), unnest($instants)",
                {"days": [day for day, _ in part], "instants": [instant for _, instant in part]},
            )

    def _first_instant(self, day: object, table: StagedTable, time: str) -> object:
        try:
            if isinstance(day, date):
                return first_instant(day, self._zone)
        except OverflowError:
            pass
        raise FileRefused(
            f"Table {table.source.name}, column '{time}': {day} is no day of the years 1 to 9999"
        )

    def _order(self, table: StagedTable, by_person: bool) -> str:
        if not by_person:
            return "ORDER BY t.rowid"
        columns = [person_column(0)]
        time, key = table.source.time, table.source.key
        if time is not None:
            dated = table.by_name[time].type is FieldType.DATE
            columns.append(MOMENT if dated else f"t.{table.column(time)}")
        if key is not None:
            columns.append(f"t.{table.column(key)}")
        return f"ORDER BY {', '.join(columns)}"

    def _describe(self, table: StagedTable, paths: tuple[PersonPath, ...]) -> Table:
        source = table.source
        is_people = source.name == self._manifest.people
        return Table(
            name=source.name,
            physical=table.physical,
            fields=self._fields(table),
            rows=table.rows,
            key=source.key,
            time=source.time,
            moment=_moment_column(table),
            row_number=ROW_NUMBER if is_people else None,
            person_paths=paths,
        )

    def _fields(self, table: StagedTable) -> tuple[Field, ...]:
        counted = ", ".join(f"count({quote_name(name)})" for name in table.names)
        row = self._connection.execute(f"SELECT {counted} FROM {_target(table)}").fetchone()
        return tuple(
            Field(
                name=plan.name,
                column=name,
                type=plan.type,
                sql_type=plan.sql_type,
                label=clean_name(table.source.labels.get(plan.name, "")),
                blank=table.rows - int(filled),
                values=self._values(table, plan, name) if filled else (),
            )
            for plan, name, filled in zip(table.columns, table.names, row or (), strict=True)
        )

    def _values(self, table: StagedTable, plan: ColumnPlan, name: str) -> tuple[str, ...]:
        if plan.type is not FieldType.TEXT:
            return ()
        return find_values(self._connection, _target(table), quote_name(name))

    def _link(self, link: LinkSource) -> Link:
        one, other = self._tables[link.table], self._tables[link.to_table]
        row = self._connection.execute(
            f"SELECT count(*) FROM {_main(one)} AS t SEMI JOIN {_main(other)} AS o"
            f" ON t.{one.column(link.field)} = o.{other.column(link.to_field)}"
        ).fetchone()
        matched = int(row[0]) if row else 0
        return Link(link.table, link.field, link.to_table, link.to_field, link.name, matched)


def _moment_column(table: StagedTable) -> str | None:
    time = table.source.time
    if time is None:
        return None
    if table.by_name[time].type is FieldType.DATE:
        return MOMENT
    return table.names[[plan.name for plan in table.columns].index(time)]


def _main(table: StagedTable) -> str:
    return f"main.{quote_name(table.physical)}"


def _target(table: StagedTable) -> str:
    return f"{TARGET}.{quote_name(table.physical)}"

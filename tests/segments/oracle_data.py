"""A dataset as plain Python values, and the ways over its links, by the format's text alone."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

Cell = None | str | Decimal | float | bool | date | datetime
Row = dict[str, Cell]


class Refused(Exception):
    """The segment is not valid; `place` is left out where the oracle does not work it out."""


@dataclass(frozen=True)
class OracleTable:
    """One table; the types of its columns by name; each row is known by its identity."""

    name: str
    types: dict[str, str]
    rows: list[Row]
    key: str | None = None
    time: str | None = None

    @cached_property
    def _indexes(self) -> dict[str, dict[Cell, list[Row]]]:
        return {}

    def where(self, column: str, value: Cell) -> list[Row]:
        """Return the rows whose column equals the value; blank never matches."""
        if value is None:
            return []
        if column not in self._indexes:
            found: dict[Cell, list[Row]] = defaultdict(list)
            for row in self.rows:
                found[row[column]].append(row)
            self._indexes[column] = dict(found)
        return self._indexes[column].get(value, [])


@dataclass(frozen=True)
class OracleLink:
    table: str
    field: str
    to_table: str
    to_field: str
    name: str | None = None


@dataclass(frozen=True)
class Walked:
    """A link walked, from its `from` to its `to` where `forward`."""

    link: OracleLink
    forward: bool

    @property
    def here(self) -> tuple[str, str]:
        link = self.link
        return (link.table, link.field) if self.forward else (link.to_table, link.to_field)

    @property
    def there(self) -> tuple[str, str]:
        link = self.link
        return (link.to_table, link.to_field) if self.forward else (link.table, link.field)


Way = tuple[Walked, ...]


@dataclass(frozen=True)
class OracleData:
    zone: str
    people: str
    tables: dict[str, OracleTable]
    links: list[OracleLink] = field(default_factory=list)

    def steps(self, table: str, forward_only: bool) -> Iterator[Walked]:
        for link in self.links:
            if link.table == table:
                yield Walked(link, True)
            if link.to_table == table and not forward_only:
                yield Walked(link, False)

    def named(self, name: str) -> tuple[str, str | None]:
        """Return the table and the link name that TABLE or TABLE:NAME stands for."""
        if name in self.tables:
            return name, None
        table, _, link_name = name.rpartition(":")
        if table not in self.tables:
            raise Refused(f"no table {name}")
        return table, link_name

    def shortest(self, here: str, name: str, forward_only: bool = False) -> Way:
        """Return the one shortest way."""
        table, link_name = self.named(name)
        if table == here:
            raise Refused("itself")
        ways: list[Way] = [()]
        for _ in range(len(self.tables) + 1):
            longer = [way for old in ways for way in self._longer(old, here, forward_only)]
            arrived = [
                way
                for way in longer
                if way[-1].there[0] == table and link_name in (None, way[-1].link.name)
            ]
            if len(arrived) > 1:
                raise Refused("several ways")
            if arrived:
                return arrived[0]
            ways = [way for way in longer if way[-1].there[0] != table]
        raise Refused("no way")

    def _longer(self, way: Way, here: str, forward_only: bool) -> Iterator[Way]:
        passed = {here, *(step.there[0] for step in way)}
        end = way[-1].there[0] if way else here
        for step in self.steps(end, forward_only):
            if step.there[0] not in passed:
                yield (*way, step)

    def join(self, here: str, name: str, through: list[str] | None = None) -> Way:
        """Return the way over each of `through`."""
        if self.named(name)[0] == here:
            raise Refused("itself")
        way: Way = ()
        for stop in [*(through or []), name]:
            leg = self.shortest(here, stop)
            way, here = way + leg, leg[-1].there[0]
        return way

    def field_way(self, here: str, name: str) -> tuple[Way, str, str]:
        """Return the to-one way, the table and the column that FIELD means."""
        if name in self.tables[here].types:
            return (), here, name
        for position, character in enumerate(name):
            head, tail = name[:position], name[position + 1 :]
            if character == "." and (head in self.tables or head.rpartition(":")[0] in self.tables):
                table = self.named(head)[0]
                if tail in self.tables[table].types:
                    return self.shortest(here, head, forward_only=True), table, tail
        raise Refused(f"no field {name}")

    def time_way(self, table: str) -> tuple[Way, str, str] | None:
        """Return the way to the time of a table's rows."""
        own = self.tables[table].time
        if own:
            return (), table, own
        seen, ways = {table, self.people}, [()]
        while ways:
            longer = [
                way
                for old in ways
                for way in self._longer(old, table, forward_only=True)
                if way[-1].there[0] not in seen
            ]
            timed = [way for way in longer if self.tables[way[-1].there[0]].time]
            if len(timed) > 1:
                raise Refused("several times")
            if timed:
                end = timed[0][-1].there[0]
                return timed[0], end, self.tables[end].time or ""
            seen |= {way[-1].there[0] for way in longer}
            ways = longer
        return None

    def rows_over(self, row: Row, way: Way) -> list[Row]:
        """Return the rows of the join, a row as often as the join gives it."""
        rows = [row]
        for step in way:
            table, column = step.there
            rows = [
                reached
                for each in rows
                for reached in self.tables[table].where(column, each[step.here[1]])
            ]
        return rows

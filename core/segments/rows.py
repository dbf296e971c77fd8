"""Rows of a table in a FROM, with what is reached from them joined as it is asked for."""

from collections.abc import Callable

from sqlglot import exp

from core.data.catalogue import Catalogue, Link, Table
from core.segments.operators._base import Operand
from core.segments.sql import Sql, column, join, table
from core.segments.tree import FieldRef, Leg


class Names:
    """Gives out aliases that are new in the whole statement."""

    def __init__(self) -> None:
        self._given = 0

    def new(self, prefix: str) -> str:
        self._given += 1
        return f"{prefix}{self._given}"


class Source:
    """One FROM with its joins; several tables of it can be asked for rows.

    `late` holds makers of joins that are complete only when everything has been compiled.
    """

    def __init__(self, catalogue: Catalogue, schema: str | None, names: Names) -> None:
        self.catalogue = catalogue
        self.schema = schema
        self.names = names
        self.first: Sql | None = None
        self._joins: list[exp.Join] = []
        self.late: list[Callable[[], list[exp.Join]]] = []

    def start(self, table_name: str) -> "Rows":
        """Return the rows that the FROM begins with."""
        rows = self._rows(table_name)
        self.first = rows.sql()
        return rows

    def walk(self, rows: "Rows", leg: Leg, side: str = "") -> "Rows":
        """Return the rows at the other end of a link, joined; `side` LEFT keeps rows without."""
        link = self.catalogue.links[leg.link]
        reached = self._rows(link.to_table if leg.forward else link.table)
        here, there = _ends(link, leg)
        on = exp.EQ(this=rows.link_column(here), expression=reached.link_column(there))
        self._joins.append(join(reached.sql(), on, side))
        return reached

    def all_joins(self) -> list[exp.Join]:
        """Return the joins, those last that can only be made when all is asked for."""
        return [*self._joins, *(made for make in self.late for made in make())]

    def _rows(self, table_name: str) -> "Rows":
        found = self.catalogue.by_name[table_name]
        return Rows(self, found, self.names.new("t"))


class Rows:
    """The rows of one table in a source."""

    def __init__(self, source: Source, table: Table, alias: str) -> None:
        self.source = source
        self.table = table
        self.alias = alias
        self._reached: dict[tuple[Leg, ...], Rows] = {(): self}

    def sql(self) -> Sql:
        return table(self.alias, self.table.physical, self.source.schema)

    def physical(self, column_name: str) -> Sql:
        return column(self.alias, column_name)

    def link_column(self, field: str) -> Sql:
        return self.physical(self.table.by_name[field].column)

    def reach(self, legs: tuple[Leg, ...]) -> "Rows":
        """Return the one row that to-one links lead to, joined once; its fields may be NULL."""
        found = self._reached.get(legs)
        if found is None:
            before = self.reach(legs[:-1])
            found = self._reached[legs] = self.source.walk(before, legs[-1], "LEFT")
        return found

    def operand(self, ref: FieldRef) -> Operand:
        """Return the field as an operand."""
        rows = self.reach(ref.legs)
        return Operand(rows.physical(ref.field.column), ref.field.type, ref.field.sql_type)

    def moment(self, time: FieldRef) -> Sql:
        """Return the instant at which the row happened."""
        rows = self.reach(time.legs)
        assert rows.table.moment is not None  # noqa: S101 - checked with the segment
        return rows.physical(rows.table.moment)


def _ends(link: Link, leg: Leg) -> tuple[str, str]:
    """Return the fields of a link on this side and on the other, as it is walked."""
    return (link.field, link.to_field) if leg.forward else (link.to_field, link.field)


def near_end(catalogue: Catalogue, leg: Leg) -> str:
    """Return the field on the side from which a leg is walked."""
    return _ends(catalogue.links[leg.link], leg)[0]


def far_end(catalogue: Catalogue, leg: Leg) -> str:
    """Return the field on the side to which a leg leads."""
    return _ends(catalogue.links[leg.link], leg)[1]

"""What a snapshot holds: tables, fields, links, and where each stands in its DuckDB file."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from core.names import comparable


class FieldType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True)
class Field:
    """One column; `name` is the user's, `column` the physical one.

    `sql_type` is DuckDB's: VARCHAR, BIGINT, DECIMAL(p,s), DOUBLE, BOOLEAN, DATE, TIMESTAMPTZ.
    `values` are all that a text holds, blank aside, in code point order; none where they are many.
    """

    name: str
    column: str
    type: FieldType
    sql_type: str
    label: str = ""
    blank: int = 0
    values: tuple[str, ...] = ()

    @property
    def approximate(self) -> bool:
        """Whether the file held floats, so that sums depend on their order."""
        return self.sql_type == "DOUBLE"


@dataclass(frozen=True, slots=True)
class Link:
    """Rows of `table` point to at most one row of `to_table`, where the two columns are equal."""

    table: str
    field: str
    to_table: str
    to_field: str
    name: str | None = None
    matched: int = 0

    @property
    def label(self) -> str:
        return f"{self.table}.{self.field} → {self.to_table}.{self.to_field}"


@dataclass(frozen=True, slots=True)
class PersonPath:
    """A physical column with the row number of the person reached over these to-one links.

    `links` are positions in `Catalogue.links`, walked from the table towards people.
    """

    links: tuple[int, ...]
    column: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table; `physical` is its name in the snapshot, `moment` the instant of its rows.

    `moment` is a TIMESTAMPTZ column: the `time` itself, or for a date the first instant of that
    day in the workspace's zone; None where the table has no time. `row_number` is the dense
    number of a person, 0 to rows - 1, on people only. `screen_names` is by name what each field is
    called on screen.
    """

    name: str
    physical: str
    fields: tuple[Field, ...]
    rows: int
    key: str | None = None
    time: str | None = None
    moment: str | None = None
    row_number: str | None = None
    person_paths: tuple[PersonPath, ...] = ()
    by_name: dict[str, Field] = field(init=False, repr=False, compare=False, hash=False)
    screen_names: dict[str, str] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {f.name: f for f in self.fields})
        object.__setattr__(self, "screen_names", _screen_names(self.fields))


def _screen_names(fields: tuple[Field, ...]) -> dict[str, str]:
    """Return by name what each field is called; two of one label have their name behind it."""
    called = {f.name: f.label or f.name for f in fields}
    times = Counter(comparable(said) for said in called.values())
    return {
        name: said if times[comparable(said)] == 1 or said == name else f"{said} ({name})"
        for name, said in called.items()
    }


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The dataset of one snapshot; `zone` is the IANA name of the workspace's time zone."""

    zone: str
    people: str
    tables: tuple[Table, ...]
    links: tuple[Link, ...]
    by_name: dict[str, Table] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {t.name: t for t in self.tables})

    @property
    def people_table(self) -> Table:
        return self.by_name[self.people]

    def field(self, table: str, name: str) -> Field:
        return self.by_name[table].by_name[name]

    def filled_rows(self, link: Link) -> int:
        """Return how many rows of the link's table hold something that may point to a row."""
        table = self.by_name[link.table]
        return table.rows - table.by_name[link.field].blank

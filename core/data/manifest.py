"""The manifest of a dataset: `dataset.toml`, checked word by word, as frozen values."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic import Field as Described

from core.data.catalogue import FieldType
from core.errors import ManifestInvalid

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
DateOrder = Literal["day first", "month first"]
DecimalSign = Literal[".", ","]


@dataclass(frozen=True, slots=True)
class CsvOptions:
    """How a CSV file is written; what is None is detected."""

    delimiter: str | None = None
    encoding: str | None = None
    decimal: DecimalSign | None = None
    dates: DateOrder | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class TableSource:
    """One table of the manifest, from files or a query; `file` is as written, before globs."""

    name: str
    file: str | None = None
    query: str | None = None
    csv: CsvOptions = CsvOptions()
    sheet: str | None = None
    key: str | None = None
    time: str | None = None
    types: Mapping[str, FieldType] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LinkSource:
    """One link of the manifest, from many to one."""

    table: str
    field: str
    to_table: str
    to_field: str
    name: str | None = None

    @property
    def label(self) -> str:
        return f"{self.table}.{self.field} → {self.to_table}.{self.to_field}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A dataset as it is to be loaded; files are relative to `folder`."""

    folder: Path
    zone: str
    people: str
    tables: tuple[TableSource, ...]
    links: tuple[LinkSource, ...] = ()

    def table(self, name: str) -> TableSource:
        return next(table for table in self.tables if table.name == name)

    def link_columns(self, table: str) -> frozenset[str]:
        """Return the columns of the table that are its key or an end of a link."""
        ends = {link.field for link in self.links if link.table == table}
        ends |= {link.to_field for link in self.links if link.to_table == table}
        key = self.table(table).key
        return frozenset(ends | {key} if key else ends)


_Name = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]*[^\s\x00-\x1f][^\x00-\x1f]*$")]


class _Border(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Csv(_Border):
    delimiter: Annotated[str, StringConstraints(pattern=r'^[^\r\n"]$')] | None = None
    encoding: str | None = None
    decimal: DecimalSign | None = None
    dates: DateOrder | None = None
    quote: Literal['"', "'"] | None = None


class _Table(_Border):
    file: _Name | None = None
    query: str | None = None
    csv: _Csv | None = None
    sheet: str | None = None
    key: _Name | None = None
    time: _Name | None = None
    types: dict[_Name, Literal["text", "number", "boolean", "date", "timestamp"]] = {}
    labels: dict[_Name, str] = {}


class _Link(_Border):
    from_: Annotated[str, Described(alias="from")]
    to: str
    name: _Name | None = None


class _Dataset(_Border):
    time_zone: str
    people: _Name
    tables: dict[_Name, _Table]
    links: list[_Link] = []


_KNOWN_KEYS: Mapping[str, tuple[str, ...]] = {
    "": tuple(_Dataset.model_fields),
    "tables": tuple(_Table.model_fields),
    "csv": tuple(_Csv.model_fields),
    "links": ("from", "to", "name"),
}


def read_manifest(path: Path) -> Manifest:
    """Return the manifest in the file.

    Raises: ManifestInvalid.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ManifestInvalid(f"There is no manifest at {path}: name another file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestInvalid(f"The manifest {path} cannot be read as UTF-8 text") from error
    return parse_manifest(text, path.resolve().parent, path.name)


def parse_manifest(text: str, folder: Path, name: str = "dataset.toml") -> Manifest:
    """Return the manifest of a TOML text, with file names relative to the folder.

    Raises: ManifestInvalid.
    """
    manifest = parse_draft(text, folder, name)
    for problem in find_problems(manifest):
        raise ManifestInvalid(f"{name}: {problem}")
    return manifest


def parse_draft(text: str, folder: Path, name: str = "dataset.toml") -> Manifest:
    """Return the manifest of a TOML text that may say what cannot be, such as people without a key.

    Raises: ManifestInvalid where it is no manifest at all.
    """
    try:
        stored = _Dataset.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ManifestInvalid(f"{name} is no TOML: {error}") from error
    except ValidationError as error:
        raise ManifestInvalid(f"{name}: {_sentence(error)}") from error
    return Manifest(
        folder=folder,
        zone=stored.time_zone,
        people=stored.people,
        tables=tuple(_table(name, table) for name, table in stored.tables.items()),
        links=tuple(_link(link, stored, number) for number, link in enumerate(stored.links)),
    )


def fill_variables(text: str) -> str:
    """Return the text with each ${NAME} replaced by that variable of the environment.

    Raises: ManifestInvalid where one is not set.
    """

    def value_of(match: re.Match[str]) -> str:
        value = os.environ.get(match[1])
        if value is None:
            raise ManifestInvalid(f"The variable {match[1]} is not set: '{text}' needs it")
        return value

    return _VARIABLE.sub(value_of, text)


def near(name: str, known: Mapping[str, object] | tuple[str, ...] | list[str]) -> str:
    """Return ". Did you mean …?" with the nearest known name, or what there is.

    >>> near("contry", ("country", "city"))
    ". Did you mean 'country'?"
    """
    lowered = {each.lower(): each for each in known}
    close = get_close_matches(name.lower(), list(lowered), n=1)
    if close:
        return f". Did you mean '{lowered[close[0]]}'?"
    return f": there are {', '.join(list(known)[:20])}" if known else ""


def _table(name: str, stored: _Table) -> TableSource:
    csv = stored.csv or _Csv()
    return TableSource(
        name=name,
        file=stored.file,
        query=stored.query,
        csv=CsvOptions(**dict(csv)),
        sheet=stored.sheet,
        key=stored.key,
        time=stored.time,
        types={column: FieldType(type_) for column, type_ in stored.types.items()},
        labels=dict(stored.labels),
    )


def _link(stored: _Link, dataset: _Dataset, number: int) -> LinkSource:
    table, column = _split_end(stored.from_, dataset, f"links[{number}].from")
    to_table, to_column = _split_end(stored.to, dataset, f"links[{number}].to")
    return LinkSource(table, column, to_table, to_column, stored.name)


def _split_end(end: str, dataset: _Dataset, place: str) -> tuple[str, str]:
    """Return table and column of "TABLE.COLUMN", either of which may hold a dot."""
    dots = [position for position, letter in enumerate(end) if letter == "."]
    for dot in reversed(dots):
        if end[:dot] in dataset.tables and end[dot + 1 :]:
            return end[:dot], end[dot + 1 :]
    if not dots:
        raise ManifestInvalid(f"{place}: '{end}' must be written TABLE.COLUMN")
    table = end[: dots[0]]
    raise ManifestInvalid(f"{place}: no table '{table}'{near(table, dataset.tables)}")


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"] if part != "[key]")
    if first["type"] == "extra_forbidden":
        return f"{place}: unknown key{near(str(first['loc'][-1]), _known_at(first['loc']))}"
    if first["type"] == "missing":
        return f"{place.removesuffix('_')}: this key is missing"
    given = first.get("input")
    shown = f", not {given!r:.60}" if isinstance(given, str | int | float) else ""
    return f"{place}: {first['msg'][:1].lower()}{first['msg'][1:]}{shown}"


def _known_at(location: tuple[Any, ...]) -> tuple[str, ...]:
    if location[0] == "tables" and location[2] == "csv" and len(location) > 3:
        return _KNOWN_KEYS["csv"]
    return _KNOWN_KEYS[location[0] if len(location) > 1 else ""]


def find_problems(manifest: Manifest) -> Iterator[str]:
    """Yield, as sentences, what the manifest says that cannot be, before any file is read."""
    yield from _zone_problems(manifest.zone)
    names = {table.name: table for table in manifest.tables}
    if manifest.people not in names:
        yield f"There is no table '{manifest.people}' of people{near(manifest.people, names)}"
    elif names[manifest.people].key is None:
        yield f"{manifest.people}: the people need a key, a column that names each of them"
    for table in manifest.tables:
        yield from _table_problems(table)
    yield from _link_problems(manifest.links)


def _zone_problems(zone: str) -> Iterator[str]:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        yield f"time_zone: '{zone}' is no IANA zone; write it like 'Europe/Paris'"


def _table_problems(table: TableSource) -> Iterator[str]:
    place = f"tables.{table.name}"
    if (table.file is None) == (table.query is None):
        yield f"{place}: give either a file or a query"
    if table.query is not None and (table.csv != CsvOptions() or table.sheet):
        yield f"{place}: 'csv' and 'sheet' go with a file, not with a query"
    for column in (table.key, table.time):
        if column is not None and not column.strip():
            yield f"{place}: the name of a column is blank"


def _link_problems(links: tuple[LinkSource, ...]) -> Iterator[str]:
    for link in links:
        if link.table == link.to_table:
            yield f"{link.label} links a table to itself, which is not possible"
    for one, other in combinations(links, 2):
        if {one.table, one.to_table} != {other.table, other.to_table}:
            continue
        if (one.table, one.field, one.to_table) == (other.table, other.field, other.to_table) and (
            one.to_field == other.to_field
        ):
            yield f"{one.label} stands there twice"
        elif one.name is None or other.name is None:
            unnamed = one if one.name is None else other
            yield (
                f"{unnamed.label} needs a name, as two links join {one.table} and {one.to_table}"
            )
        elif one.name == other.name:
            yield f"The name '{one.name}' stands at two links of {one.table}"

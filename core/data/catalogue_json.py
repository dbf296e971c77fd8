"""A snapshot's catalogue as the JSON text that stands in its file, in a versioned format."""

from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from core.data.catalogue import Catalogue, Field, FieldType, Link, PersonPath, Table

CATALOGUE_FORMAT = 1
CATALOGUE_TABLE = "_catalogue"


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _StoredField(_Stored):
    name: str
    column: str
    type: FieldType
    sql_type: str
    label: str
    blank: int
    values: tuple[str, ...] = ()


class _StoredLink(_Stored):
    table: str
    field: str
    to_table: str
    to_field: str
    name: str | None
    matched: int


class _StoredPath(_Stored):
    links: tuple[int, ...]
    column: str


class _StoredTable(_Stored):
    name: str
    physical: str
    fields: tuple[_StoredField, ...]
    rows: int
    key: str | None
    time: str | None
    moment: str | None
    row_number: str | None
    person_paths: tuple[_StoredPath, ...]


class _StoredCatalogue(_Stored):
    format: Literal[1]
    zone: str
    people: str
    tables: tuple[_StoredTable, ...]
    links: tuple[_StoredLink, ...]


_ADAPTER = TypeAdapter(_StoredCatalogue)


def dump_catalogue(catalogue: Catalogue) -> str:
    """Return the catalogue as JSON that `parse_catalogue` reads back equal."""
    stored = _StoredCatalogue(
        format=CATALOGUE_FORMAT,
        zone=catalogue.zone,
        people=catalogue.people,
        tables=tuple(_stored_table(table) for table in catalogue.tables),
        links=tuple(_StoredLink(**asdict(link)) for link in catalogue.links),
    )
    return stored.model_dump_json()


def parse_catalogue(text: str) -> Catalogue:
    """Return the catalogue of its JSON.

    Raises: pydantic's ValidationError where the text is no catalogue of this format.
    """
    stored = _ADAPTER.validate_json(text)
    return Catalogue(
        zone=stored.zone,
        people=stored.people,
        tables=tuple(_table(table) for table in stored.tables),
        links=tuple(Link(**dict(link)) for link in stored.links),
    )


def _stored_table(table: Table) -> _StoredTable:
    kept: dict[str, Any] = {name: getattr(table, name) for name in _StoredTable.model_fields}
    kept["fields"] = tuple(_StoredField(**asdict(field)) for field in table.fields)
    kept["person_paths"] = tuple(_StoredPath(**asdict(path)) for path in table.person_paths)
    return _StoredTable(**kept)


def _table(stored: _StoredTable) -> Table:
    kept = dict(stored)
    kept["fields"] = tuple(Field(**dict(field)) for field in stored.fields)
    kept["person_paths"] = tuple(PersonPath(**dict(path)) for path in stored.person_paths)
    return Table(**kept)

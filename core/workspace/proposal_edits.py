"""What somebody may change in a proposed manifest: pure functions from one to the next."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from core.data.catalogue import FieldType
from core.data.manifest import LinkSource, Manifest, TableSource
from core.errors import EditConflict, NameTaken, UsageError
from core.names import clean_name, comparable
from core.workspace.uploads import safe_stem

SHEET = "sheet"


def choose_people(manifest: Manifest, table: str) -> Manifest:
    """Make a table that of the people; it may still need a key. Raises: EditConflict."""
    return replace(manifest, people=_table(manifest, table).name)


def choose_zone(manifest: Manifest, zone: str) -> Manifest:
    """Say in which zone times without one are meant, and days begin."""
    return replace(manifest, zone=zone)


def choose_key(manifest: Manifest, table: str, key: str | None) -> Manifest:
    """Name a table's rows by a column, whose digits are kept; by none where it is None.

    Raises: EditConflict.
    """
    source = _table(manifest, table)
    return _with_table(manifest, _as_text(replace(source, key=key), key))


def choose_time(manifest: Manifest, table: str, time: str | None) -> Manifest:
    """Say which column tells when a table's rows happened. Raises: EditConflict."""
    return _with_table(manifest, replace(_table(manifest, table), time=time))


def change_columns(
    manifest: Manifest,
    table: str,
    types: Mapping[str, FieldType],
    labels: Mapping[str, str],
    columns: Collection[str],
) -> Manifest:
    """Give columns these types and labels; a blank label takes one away.

    `columns` are all that the table has.
    Raises: NameTaken for what another column is called on screen, EditConflict.
    """
    source = _table(manifest, table)
    named = {**source.labels, **{name: clean_name(label) for name, label in labels.items()}}
    kept = {name: label for name, label in named.items() if label}
    called = {name: kept.get(name, name) for name in (*columns, *source.types, *kept)}
    for name in labels.keys() & kept.keys():
        _refuse_called(name, called)
    return _with_table(manifest, replace(source, types={**source.types, **types}, labels=kept))


def _refuse_called(column: str, called: Mapping[str, str]) -> None:
    """Refuse what a column is called on screen where another one is called so."""
    wanted = comparable(called[column])
    for other, said in called.items():
        if other != column and comparable(said) == wanted:
            raise NameTaken(
                f"The column “{other}” is called “{said}” on screen already: choose another name."
            )


def write_as(manifest: Manifest, table: str, said: Mapping[str, str | None]) -> Manifest:
    """Say how a table's file is written: its sheet, or CSV options by name; the others stay.

    Raises: EditConflict.
    """
    source = _table(manifest, table)
    options: dict[str, Any] = {name: value for name, value in said.items() if name != SHEET}
    sheet = said.get(SHEET, source.sheet)
    return _with_table(manifest, replace(source, csv=replace(source.csv, **options), sheet=sheet))


def rename_table(manifest: Manifest, table: str, name: str) -> Manifest:
    """Call a table otherwise, wherever it is named.

    Raises: UsageError, NameTaken, EditConflict.
    """
    _table(manifest, table)
    if not (name := clean_name(name)):
        raise UsageError("A table needs a name.")
    name = safe_stem(f"{name}.csv")
    others = {each.name for each in manifest.tables} - {table}
    if comparable(name) in {comparable(each) for each in others}:
        raise NameTaken(f"Another table is called {name}: choose another name.")
    return replace(
        manifest,
        people=name if manifest.people == table else manifest.people,
        tables=tuple(
            replace(each, name=name) if each.name == table else each for each in manifest.tables
        ),
        links=tuple(renamed_link(link, table, name) for link in manifest.links),
    )


def leave_out_table(manifest: Manifest, table: str) -> Manifest:
    """Load a table no more, nor the links from and to it.

    Raises: UsageError for the last one, EditConflict.
    """
    _table(manifest, table)
    tables = tuple(each for each in manifest.tables if each.name != table)
    if not tables:
        raise UsageError("One table must stay: the people.")
    links = tuple(link for link in manifest.links if table not in (link.table, link.to_table))
    people = tables[0].name if manifest.people == table else manifest.people
    return replace(manifest, people=people, tables=tables, links=links)


def add_link(manifest: Manifest, table: str, field: str, to_table: str, to_field: str) -> Manifest:
    """Link two tables; the digits of both columns are kept.

    Raises: UsageError, EditConflict.
    """
    if table == to_table:
        raise UsageError("A link joins two different tables: choose another one.")
    if any(_ends(link) == (table, field, to_table, to_field) for link in manifest.links):
        raise UsageError("This link is there already.")
    added = LinkSource(table, field, to_table, to_field)
    linked = replace(manifest, links=_named((*manifest.links, added)))
    linked = _with_table(linked, _as_text(_table(linked, table), field))
    return _with_table(linked, _as_text(_table(linked, to_table), to_field))


def remove_link(
    manifest: Manifest, table: str, field: str, to_table: str, to_field: str
) -> Manifest:
    """Take the link with these ends away. Raises: EditConflict."""
    ends = (table, field, to_table, to_field)
    links = tuple(link for link in manifest.links if _ends(link) != ends)
    if links == manifest.links:
        raise EditConflict("This link was changed or removed meanwhile: nothing was changed.")
    return replace(manifest, links=links)


def _named(links: tuple[LinkSource, ...]) -> tuple[LinkSource, ...]:
    """Return the links, with a name for each that shares its two tables with another."""
    named: list[LinkSource] = []
    for link in links:
        pair = {link.table, link.to_table}
        beside = [each for each in links if {each.table, each.to_table} == pair]
        taken = {each.name for each in (*named, *links) if {each.table, each.to_table} == pair}
        if len(beside) > 1 and link.name is None:
            free = link.field if link.field not in taken else f"{link.field} to {link.to_field}"
            link = replace(link, name=free)
        named.append(link)
    return tuple(named)


def _ends(link: LinkSource) -> tuple[str, str, str, str]:
    return link.table, link.field, link.to_table, link.to_field


def renamed_link(link: LinkSource, table: str, name: str) -> LinkSource:
    """Return the link with a table called otherwise."""
    return replace(
        link,
        table=name if link.table == table else link.table,
        to_table=name if link.to_table == table else link.to_table,
    )


def _table(manifest: Manifest, name: str) -> TableSource:
    """Return the table, which somebody else may have called otherwise. Raises: EditConflict."""
    found = next((table for table in manifest.tables if table.name == name), None)
    if found is None:
        raise EditConflict(
            f"The table “{name}” was renamed or removed meanwhile: nothing was changed."
        )
    return found


def _as_text(source: TableSource, column: str | None) -> TableSource:
    if column is None:
        return source
    return replace(source, types={**source.types, column: FieldType.TEXT})


def _with_table(manifest: Manifest, table: TableSource) -> Manifest:
    tables = tuple(table if each.name == table.name else each for each in manifest.tables)
    return replace(manifest, tables=tables)

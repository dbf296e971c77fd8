"""From files to a proposed manifest: tables, types, keys, times and links."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.data import cells
from core.data.catalogue import FieldType
from core.data.column_types import DATES_OPTION
from core.data.ends import Chosen, Ends, LinkMatch
from core.data.instance import quote_name, quote_text, translated
from core.data.limits import limits_of
from core.data.load import LOAD_SHARE
from core.data.manifest import Manifest, TableSource
from core.data.manifest_toml import render_manifest
from core.data.memory import memory_limit
from core.data.oddities import Oddities
from core.data.report import Remark
from core.data.scratch import temporary_folder
from core.data.staging import StagedTable, Staging, shown_csv
from core.errors import FileRefused
from core.settings import Settings

_SAMPLE_ROWS, _SAMPLE_WIDTH = 5, 200
_TIME_NAMES = ("time", "date", "_at", "_on", "when", "created", "jour", "datum", "day")


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table as its files hold it: the types of its columns, and its first rows as text."""

    name: str
    rows: int
    types: Mapping[str, FieldType]
    sample: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A column of dates that can be read in two ways, which the sentence says."""

    table: str
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Detection:
    """A proposed manifest, how well its links match, and what a human should look at."""

    manifest: Manifest
    links: tuple[LinkMatch, ...]
    notes: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    tables: tuple[FoundTable, ...]
    remarks: tuple[Remark, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """All that a human should look at, as sentences."""
        doubts = (f"{doubt.sentence} ({DATES_OPTION})" for doubt in self.doubts)
        return (*self.notes, *doubts, *(remark.line for remark in self.remarks))

    @property
    def toml(self) -> str:
        """The proposal as a file, with match rates as comments."""
        notes = {
            match.link: f"{match.matched:,} of {match.filled:,} filled rows have a match"
            for match in self.links
        }
        return "".join(f"# {note}\n" for note in self.lines) + render_manifest(self.manifest, notes)


def detect(files: Sequence[Path], zone: str = "UTC", settings: Settings | None = None) -> Detection:
    """Return a proposed manifest of the files, one table each, to be saved in this folder.

    Raises: FileRefused, DataTooLarge, StorageFull, QueryFailed.
    """
    if not files:
        raise FileRefused("Name at least one file")
    return complete(_draft(files, zone), settings)


def complete(
    draft: Manifest, settings: Settings | None = None, chosen: Chosen | None = None
) -> Detection:
    """Return a proposed manifest of the draft's files, read as its tables say they are written.

    Keys, times, types and links of the draft are proposed anew, but for what was `chosen`.
    Raises: DataRefused, StorageFull, QueryFailed.
    """
    settings, chosen = settings or Settings(), chosen or Chosen()
    draft = replace(draft, links=(), tables=tuple(_bare(table) for table in draft.tables))
    with temporary_folder() as scratch, translated():
        memory = memory_limit(LOAD_SHARE, settings.memory)
        doubts = _Doubts()
        limits = limits_of(settings)
        staging = Staging(draft, scratch, memory, limits, on_doubt=doubts.note, finds_words=True)
        try:
            staging.check_zone()
            tables = {t.name: staging.read_files(doubts.about(t)) for t in draft.tables}
            return _propose(staging, draft, tables, doubts, chosen)
        finally:
            staging.close()


def _bare(table: TableSource) -> TableSource:
    """Return the table with nothing said of its columns."""
    return replace(table, key=None, time=None, types={}, labels={})


class _Doubts:
    """Gathers what can be read both ways, table by table."""

    def __init__(self) -> None:
        self.found: list[Doubt] = []
        self._table = ""

    def about(self, table: TableSource) -> TableSource:
        """Return the table, which what is noted next is about."""
        self._table = table.name
        return table

    def note(self, column: str, sentence: str) -> None:
        self.found.append(Doubt(self._table, column, sentence))

    def columns(self, table: str) -> frozenset[str]:
        return frozenset(doubt.column for doubt in self.found if doubt.table == table)


def _draft(files: Sequence[Path], zone: str) -> Manifest:
    tables: dict[str, TableSource] = {}
    for file in files:
        if file.stem in tables:
            raise FileRefused(f"Two files are called {file.stem}: rename one")
        tables[file.stem] = TableSource(file.stem, file=str(file.resolve()))
    folder = Path.cwd()
    named = tuple(
        replace(table, file=_name_in(folder, Path(table.file or ""))) for table in tables.values()
    )
    return Manifest(folder, zone, named[0].name, named)


def _name_in(folder: Path, file: Path) -> str:
    return str(file.relative_to(folder)) if file.is_relative_to(folder) else str(file)


def _propose(
    staging: Staging,
    draft: Manifest,
    tables: Mapping[str, StagedTable],
    doubts: _Doubts,
    chosen: Chosen,
) -> Detection:
    found_ends = Ends(staging, tables, chosen)
    keys, people, matches = found_ends.keys, found_ends.people, _name_parallel(found_ends.matches)
    ends = {(m.link.table, m.link.field) for m in matches}
    ends |= {(m.link.to_table, m.link.to_field) for m in matches}
    proposed = tuple(
        _proposed_table(
            tables[name],
            keys[name],
            {c for t, c in ends if t == name},
            name == people,
            doubts.columns(name),
        )
        for name in tables
    )
    manifest = replace(
        draft, people=people, tables=proposed, links=tuple(match.link for match in matches)
    )
    found = tuple(_found(staging, table) for table in tables.values())
    notes = tuple(_notes(manifest, keys))
    remarks = (
        *staging.remarks,
        *found_ends.repeats(),
        *_odd(staging, tables, manifest, doubts),
    )
    return Detection(manifest, matches, notes, tuple(doubts.found), found, remarks)


def _odd(
    staging: Staging, tables: Mapping[str, StagedTable], manifest: Manifest, doubts: _Doubts
) -> Iterator[Remark]:
    for name, table in tables.items():
        kept = manifest.link_columns(name) | doubts.columns(name)
        yield from Oddities(staging.connection, table, kept).remarks()


def _found(staging: Staging, table: StagedTable) -> FoundTable:
    shown = ", ".join(
        _as_text(table.column(c.name), c.type, staging.manifest.zone) for c in table.columns
    )
    rows = staging.connection.execute(
        f"SELECT {shown} FROM main.{quote_name(table.physical)} LIMIT {_SAMPLE_ROWS}"  # noqa: S608
    ).fetchall()
    types = {column.name: column.type for column in table.columns}
    return FoundTable(table.source.name, table.rows, types, tuple(rows))


def _as_text(column: str, kind: FieldType, zone: str) -> str:
    """Return the SQL of a column as people read it, not longer than a line."""
    if kind is FieldType.TIMESTAMP:
        return f"strftime({column} AT TIME ZONE {quote_text(zone)}, '%Y-%m-%d %H:%M:%S')"
    if kind is FieldType.BOOLEAN:
        return cells.yes_or_no(column)
    return f"left(CAST({column} AS VARCHAR), {_SAMPLE_WIDTH})"


def _notes(manifest: Manifest, keys: Mapping[str, str | None]) -> Iterator[str]:
    if keys[manifest.people] is None:
        yield f"No column of {manifest.people} names each person once: choose the people and a key"
    if len(manifest.tables) > 1 and not manifest.links:
        yield "No column points to another table's key: add the links by hand"


def _name_parallel(matches: tuple[LinkMatch, ...]) -> tuple[LinkMatch, ...]:
    """Return the matches with a name for each link that shares its two tables with another."""
    pairs = [frozenset((m.link.table, m.link.to_table)) for m in matches]
    return tuple(
        replace(match, link=replace(match.link, name=match.link.field))
        if pairs.count(pair) > 1
        else match
        for match, pair in zip(matches, pairs, strict=True)
    )


def _proposed_table(
    table: StagedTable, key: str | None, ends: set[str], people: bool, doubts: frozenset[str]
) -> TableSource:
    kept = ends | ({key} if key else set())
    types = {
        column.name: FieldType.TEXT if column.name in kept else column.type
        for column in table.columns
        if column.name in kept or (column.sql_type != "DOUBLE" and column.name not in doubts)
    }
    shown = shown_csv(table)
    return replace(
        table.source,
        csv=replace(shown, quote=None) if shown else table.source.csv,
        key=key,
        time=None if people else _find_time(table),
        types=types,
    )


def _find_time(table: StagedTable) -> str | None:
    """Return a timestamp, best one called like a time, else a date that is."""
    for kind in (FieldType.TIMESTAMP, FieldType.DATE):
        names = [column.name for column in table.columns if column.type is kind]
        called = [name for name in names if any(word in name.lower() for word in _TIME_NAMES)]
        if called:
            return called[0]
        if kind is FieldType.TIMESTAMP and names:
            return names[0]
    return None

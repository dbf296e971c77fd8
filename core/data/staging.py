"""The database beside a snapshot in the making: files as they are, then tables with types."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from glob import glob, has_magic
from pathlib import Path

import duckdb

from core.data.catalogue import FieldType
from core.data.column_counts import zone_is_known
from core.data.column_types import plan_columns
from core.data.instance import first_line, lock_down, open_limited, quote_name, quote_text
from core.data.limits import Limits
from core.data.manifest import CsvOptions, Manifest, TableSource, fill_variables, near
from core.data.names import unique_names
from core.data.plans import ColumnPlan
from core.data.report import Remark
from core.data.sources import source_for
from core.data.sources._base import (
    Part,
    Source,
    Staged,
    StagedColumn,
    StageRequest,
    Writing,
    check_header,
    shorten,
)
from core.data.typing_request import TypingRequest
from core.errors import Cancelled, FileRefused, ManifestInvalid

TARGET = "target"
_STAGED = "staged"


@dataclass(frozen=True, slots=True)
class StagedTable:
    """A table with its types, under `physical` in the staging database, rows in file order."""

    source: TableSource
    physical: str
    columns: tuple[ColumnPlan, ...]
    names: tuple[str, ...]
    rows: int
    parts: tuple[Part, ...] = ()
    reader: Source | None = None
    by_name: dict[str, ColumnPlan] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {c.name: c for c in self.columns})

    def column(self, name: str) -> str:
        """Return the quoted physical name of a column."""
        position = [each.name for each in self.columns].index(name)
        return quote_name(self.names[position])

    def place(self, row: int) -> str:
        """Return where a row stands, as "orders.csv, line 7"."""
        return place_of(self.source, self.parts, self.reader, row)


class Staging:
    """A DuckDB file of its own in which tables are read, typed and checked."""

    def __init__(
        self,
        manifest: Manifest,
        folder: Path,
        memory: str,
        limits: Limits,
        cancel: threading.Event | None = None,
        on_doubt: Callable[[str, str], None] | None = None,
        *,
        finds_words: bool = False,
    ) -> None:
        self._on_doubt, self._finds_words = on_doubt, finds_words
        self.remarks: list[Remark] = []
        self.manifest = manifest
        self.limits = limits
        self._folder = folder
        self._cancel = cancel
        self.connection = open_limited(str(folder / "staging.duckdb"), memory, folder / "spill")
        self.connection.execute(f"CREATE SCHEMA {_STAGED}")
        self._physical = dict(
            zip(
                [table.name for table in manifest.tables],
                unique_names(table.name for table in manifest.tables),
                strict=True,
            )
        )

    def close(self) -> None:
        """Let go of the database; its folder belongs to who made it."""
        self.connection.close()

    def step(self) -> None:
        """Raises: Cancelled once somebody asked for it."""
        if self._cancel is not None and self._cancel.is_set():
            raise Cancelled("The load was stopped: nothing has changed")

    @contextmanager
    def stoppable(self) -> Iterator[None]:
        """Interrupt the statement at work when somebody cancels."""
        if self._cancel is None:
            yield
            return
        done = threading.Event()
        watch = threading.Thread(target=self._watch, args=(done,), daemon=True)
        watch.start()
        try:
            yield
        finally:
            done.set()
            watch.join()

    def _watch(self, done: threading.Event) -> None:
        while not done.wait(0.2):
            if self._cancel is not None and self._cancel.is_set():
                self.connection.interrupt()

    def check_zone(self) -> None:
        """Raises: ManifestInvalid where the engine does not know the zone."""
        if not zone_is_known(self.connection, self.manifest.zone):
            raise ManifestInvalid(
                f"time_zone: the data engine does not know '{self.manifest.zone}': write it like"
                " 'Europe/Paris'"
            )

    def attach_target(self, path: Path) -> None:
        """Attach the snapshot to be written, then let nothing else be opened."""
        self.connection.execute(f"ATTACH {quote_text(str(path))} AS {TARGET}")
        lock_down(self.connection, [])

    def read_files(self, table: TableSource) -> StagedTable:
        """Read a table's files and give every column its type.

        Raises: DataRefused.
        """
        files = find_files(self.manifest.folder, table)
        reader = _reader(files)
        staged = reader.stage(
            StageRequest(
                connection=self.connection,
                into=f"{_STAGED}.{quote_name(self._physical[table.name])}",
                files=files,
                csv=table.csv,
                sheet=table.sheet,
                as_text=self.manifest.link_columns(table.name) - set(table.types),
                limits=self.limits,
                scratch=self._folder,
                step=self.step,
            )
        )
        return self._give_types(table, staged, reader)

    def run_query(self, table: TableSource) -> StagedTable:
        """Run a table's query over the tables above it and give every column its type.

        Raises: DataRefused.
        """
        place = f"tables.{table.name}.query"
        into = f"{_STAGED}.{quote_name(self._physical[table.name])}"
        query = single_select(self.connection, table.query or "", place)
        limit = self.limits.rows + 1
        try:
            self.connection.execute(
                f"CREATE TABLE {into} AS SELECT * FROM (\n{query}\n) LIMIT {limit}"  # noqa: S608
            )
        except duckdb.OperationalError:
            raise
        except (duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError) as error:
            raise ManifestInvalid(f"{place}: {first_line(error)}") from error
        except duckdb.PermissionException as error:
            raise ManifestInvalid(f"{place}: a query may read tables only") from error
        described = self.connection.execute(f"DESCRIBE {into}").fetchall()
        check_header([str(name) for name, *_ in described], f"Table {table.name}")
        columns = tuple(
            StagedColumn(name, quote_name(name), kind, Writing.FIXED)
            for name, kind, *_ in described
        )
        self.limits.check_columns(len(columns), f"Table {table.name}")
        rows = _count(self.connection, into)
        self.limits.check_rows(rows, f"Table {table.name}")
        part = Part(Path(f"query {table.name}"), 0, rows, self.limits)
        return self._give_types(table, Staged(into, columns, (part,)), None)

    def _give_types(self, table: TableSource, staged: Staged, reader: Source | None) -> StagedTable:
        check_columns_exist(self.manifest, table, [column.name for column in staged.columns])
        self.step()
        plans = plan_columns(
            TypingRequest(
                connection=self.connection,
                staged=staged,
                types=table.types,
                as_text=self.manifest.link_columns(table.name),
                csv=table.csv,
                zone=self.manifest.zone,
                place=lambda row: place_of(table, staged.parts, reader, row),
                on_doubt=self._on_doubt,
                on_remark=lambda name, said: self.remarks.append(Remark(table.name, name, said)),
                finds_words=self._finds_words,
            )
        )
        self.step()
        physical = self._physical[table.name]
        names = unique_names(plan.name for plan in plans)
        made = StagedTable(table, physical, plans, names, staged.rows, staged.parts, reader)
        values = ", ".join(
            f"{plan.value} AS {quote_name(name)}" for plan, name in zip(plans, names, strict=True)
        )
        self.connection.execute(
            f"CREATE TABLE main.{quote_name(physical)} AS SELECT {values} FROM {staged.name}"  # noqa: S608
        )
        self.connection.execute(f"DROP TABLE {staged.name}")
        self._check_cells(made)
        return made

    def _check_cells(self, table: StagedTable) -> None:
        texts = [plan.name for plan in table.columns if plan.type is FieldType.TEXT]
        if not texts:
            return
        name = f"main.{quote_name(table.physical)}"
        sizes = ", ".join(f"max(strlen({table.column(text)}))" for text in texts)
        found = self.connection.execute(f"SELECT {sizes} FROM {name}").fetchone()  # noqa: S608
        for text, size in zip(texts, found or (), strict=True):
            if (size or 0) > self.limits.cell_bytes:
                row = self.connection.execute(
                    f"SELECT min(rowid) FROM {name}"  # noqa: S608
                    f" WHERE strlen({table.column(text)}) > {self.limits.cell_bytes}"
                ).fetchone()
                where = table.place(int(row[0]) if row else 0)
                raise self.limits.cell_too_large(f"{where}, column '{text}': the cell")


def find_files(folder: Path, table: TableSource) -> tuple[Path, ...]:
    """Return the files of a table in the order of their names.

    Raises: FileRefused where there is none, ManifestInvalid for a variable that is not set.
    """
    pattern = fill_variables(table.file or "")
    path = folder / pattern
    if path.is_file():
        return (path,)
    if path.is_dir():
        raise FileRefused(f"{path} is a folder: name a file, or the files in it as {pattern}/*.csv")
    if not has_magic(pattern):
        raise FileRefused(f"Table {table.name}: there is no file {path}")
    found = sorted(Path(name) for name in glob(str(path), recursive=True))
    files = tuple(file for file in found if file.is_file())
    if not files:
        raise FileRefused(f"Table {table.name}: no file is called like {path}")
    return files


def single_select(connection: duckdb.DuckDBPyConnection, query: str, place: str) -> str:
    """Return the query without its closing sign, if it is one SELECT and nothing else.

    Raises: ManifestInvalid.
    """
    try:
        statements = connection.extract_statements(query)
    except duckdb.Error as error:
        raise ManifestInvalid(f"{place}: {first_line(error)}") from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise ManifestInvalid(f"{place}: '{shorten(query)}' must be one SELECT")
    return query.strip().rstrip(";")


def check_columns_exist(manifest: Manifest, table: TableSource, columns: list[str]) -> None:
    """Raises: ManifestInvalid where the manifest names a column that the table lacks."""
    named = {"key": [table.key], "time": [table.time]}
    place = f"tables.{table.name}"
    for what, names in named.items():
        for name in names:
            if name is not None and name not in columns:
                raise _no_column(table.name, name, columns, f"{place}.{what}")
    for what, mapping in (("types", table.types), ("labels", table.labels)):
        for name in mapping:
            if name not in columns:
                raise _no_column(table.name, name, columns, f"{place}.{what}")
    for link in manifest.links:
        for end, name in ((link.table, link.field), (link.to_table, link.to_field)):
            if end == table.name and name not in columns:
                raise _no_column(end, name, columns, f"links: {link.label}")


def _no_column(table: str, name: str, columns: list[str], place: str) -> ManifestInvalid:
    return ManifestInvalid(
        f"{table} has no column '{name}'{near(name, columns)}",
        terminal_hint=f"{place} in the manifest",
    )


def place_of(table: TableSource, parts: tuple[Part, ...], reader: Source | None, row: int) -> str:
    """Return where a row of the table stands in its files."""
    for part in parts:
        if part.first <= row < part.first + part.rows:
            if reader is None:
                break
            return f"{part.file.name}, {reader.place(part, row - part.first)}"
    return f"Table {table.name}, row {row + 1}"


def shown_csv(table: StagedTable) -> CsvOptions | None:
    """Return how a table's files are written, None where that is no question."""
    if not table.parts or table.reader is None or not table.parts[0].csv.encoding:
        return None
    return table.parts[0].csv


def _reader(files: tuple[Path, ...]) -> Source:
    readers = {source_for(file) for file in files}
    if len(readers) > 1:
        raise FileRefused(
            f"{files[0].name} and {files[-1].name} are of different kinds: the files of one table"
            " must be of one kind"
        )
    return readers.pop()


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    return int(row[0]) if row else 0

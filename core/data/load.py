"""From a manifest to a snapshot: a new file, or nothing."""

import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.data.catalogue import Catalogue, Table
from core.data.checks import check_rows, check_tables
from core.data.instance import translated
from core.data.layout import Layout
from core.data.limits import Limits, limits_of
from core.data.manifest import Manifest, TableSource, read_manifest
from core.data.memory import memory_limit
from core.data.report import CheckReport, LoadReport, OnProgress, Progress, TableReport
from core.data.scratch import temporary_folder
from core.data.staging import TARGET, StagedTable, Staging, shown_csv
from core.data.unfinished import refuse_changed, stamps_of
from core.errors import DataRefused, FileRefused, SnapshotMissing, StorageFull
from core.settings import Settings

LOAD_SHARE = 0.4
_READ_SHARE, _CHECK_SHARE = 0.5, 0.6
_FEW_MATCHES_PERCENT = 50


def load(
    manifest: Manifest,
    target: Path,
    scratch: Path,
    memory: str,
    limits: Limits,
    previous: Catalogue | None = None,
    accept_fewer: bool = False,
    on_progress: OnProgress | None = None,
    cancel: threading.Event | None = None,
) -> LoadReport:
    """Write the manifest's data as a new snapshot to `target`, which must not be there yet.

    `scratch` is a folder for files in between, which the caller removes.
    Raises: DataRefused, StorageFull, Cancelled, QueryFailed.
    """
    if target.exists():
        raise SnapshotMissing(f"{target.name} is there already: a snapshot is never replaced")
    part = target.with_name(f"{target.name}.part")
    try:
        work = _Load(manifest, part, scratch, memory, limits, on_progress, cancel)
        report = work.run(previous, accept_fewer)
        settle(part, target)
    finally:
        part.unlink(missing_ok=True)
        Path(f"{part}.wal").unlink(missing_ok=True)
    return report


def load_into(manifest_path: Path, target: Path, settings: Settings | None = None) -> LoadReport:
    """Load in this process, with nothing of the home; for tests and single evaluations.

    Raises: DataRefused, StorageFull, QueryFailed.
    """
    settings = settings or Settings()
    manifest = read_manifest(manifest_path)
    with temporary_folder() as scratch:
        memory = memory_limit(LOAD_SHARE, settings.memory)
        return load(manifest, target, scratch, memory, limits_of(settings))


def check(manifest: Manifest, settings: Settings | None = None) -> CheckReport:
    """Return all that stands in the way of loading the manifest, as sentences.

    Raises: StorageFull, QueryFailed.
    """
    settings = settings or Settings()
    with temporary_folder() as scratch:
        memory = memory_limit(LOAD_SHARE, settings.memory)
        work = _Load(
            manifest, scratch / "checked.duckdb", scratch, memory, limits_of(settings), None, None
        )
        return work.check()


@contextmanager
def translated_files() -> Iterator[None]:
    """Turn the operating system's errors into ours.

    Raises: StorageFull, FileRefused.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull("The disk is full: free some space, then try again") from error
        name = Path(str(error.filename)).name if error.filename else "A file"
        raise FileRefused(f"{name} cannot be read or written: {error.strerror}") from error


def settle(part: Path, target: Path) -> None:
    """Give a finished file its name, for good even if the machine stops right after."""
    _sync(part)
    try:
        os.link(part, target)  # unlike a rename, a link never replaces a file
        part.unlink()
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        part.rename(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Load:
    """One load at work."""

    def __init__(
        self,
        manifest: Manifest,
        part: Path,
        scratch: Path,
        memory: str,
        limits: Limits,
        on_progress: OnProgress | None,
        cancel: threading.Event | None,
    ) -> None:
        self._manifest = manifest
        self._part = part
        self._on_progress = on_progress
        self._started = time.monotonic()
        self._staging = Staging(manifest, scratch, memory, limits, cancel)
        self._tables: dict[str, StagedTable] = {}

    def run(self, previous: Catalogue | None, accept_fewer: bool) -> LoadReport:
        """Read, check and write; the first refusal is raised."""
        with self._closing():
            before = stamps_of(self._manifest)
            for refusal in self._read_and_check():
                raise refusal
            refuse_changed(before, stamps_of(self._manifest))
            if not accept_fewer:
                check_rows({name: t.rows for name, t in self._tables.items()}, previous)
            return self._write()

    def check(self) -> CheckReport:
        """Read, check and write, and gather every refusal."""
        with self._closing():
            refusals = self._read_and_check()
            if refusals:
                return CheckReport(tuple(str(each) for each in refusals), None)
            return CheckReport((), self._write())

    @contextmanager
    def _closing(self) -> Iterator[None]:
        try:
            with self._staging.stoppable(), translated(), translated_files():
                yield
        finally:
            self._staging.close()

    def _read_and_check(self) -> list[DataRefused]:
        self._staging.check_zone()
        files = [table for table in self._manifest.tables if table.query is None]
        queries = [table for table in self._manifest.tables if table.query is not None]
        refusals = self._read(files, self._staging.read_files)
        self._staging.attach_target(self._part)
        if not refusals:
            refusals += self._read(queries, self._staging.run_query)
        self._say("Checking keys and links", _CHECK_SHARE)
        return refusals + check_tables(self._staging.connection, self._manifest, self._tables)

    def _read(
        self, tables: list[TableSource], read: Callable[[TableSource], StagedTable]
    ) -> list[DataRefused]:
        refusals: list[DataRefused] = []
        for table in tables:
            self._staging.step()
            done = len(self._tables) / len(self._manifest.tables)
            self._say(f"Reading {table.name}", _READ_SHARE * done)
            try:
                self._tables[table.name] = read(table)
            except DataRefused as refusal:
                refusals.append(refusal)
        return refusals

    def _write(self) -> LoadReport:
        connection = self._staging.connection
        layout = Layout(connection, self._manifest, self._tables)
        people = self._manifest.people
        self._say(f"Writing {people}", _CHECK_SHARE)
        written: dict[str, Table] = {people: layout.write_people()}
        for name, table in self._tables.items():
            if name != people:
                self._staging.step()
                done = len(written) / len(self._tables)
                self._say(f"Writing {name}", _CHECK_SHARE + (1 - _CHECK_SHARE) * done)
                written[name] = layout.write_table(table)
        catalogue = layout.write_catalogue(written)
        connection.execute(f"CHECKPOINT {TARGET}")
        connection.execute(f"DETACH {TARGET}")
        seconds = time.monotonic() - self._started
        remarks = (remark.line for remark in self._staging.remarks)
        notes = (*remarks, *link_notes(catalogue), *field_notes(catalogue))
        return LoadReport(catalogue, self._reports(), notes, seconds)

    def _reports(self) -> tuple[TableReport, ...]:
        return tuple(
            TableReport(
                table.name,
                self._tables[table.name].rows,
                tuple(part.file.name for part in self._tables[table.name].parts)
                if table.query is None
                else (),
                shown_csv(self._tables[table.name]),
            )
            for table in self._manifest.tables
        )

    def _say(self, sentence: str, share: float) -> None:
        if self._on_progress is not None:
            self._on_progress(Progress(sentence, round(share, 3)))


def link_notes(catalogue: Catalogue) -> Iterator[str]:
    """Yield which links hold for few rows, as sentences."""
    for link in catalogue.links:
        table = catalogue.by_name[link.table]
        filled = table.rows - table.by_name[link.field].blank
        if filled and link.matched * 100 < filled * _FEW_MATCHES_PERCENT:
            yield f"{link.label}: only {link.matched:,} of {filled:,} filled rows have a match"


def field_notes(catalogue: Catalogue) -> Iterator[str]:
    """Yield which fields whoever loads should look at, as sentences."""
    for table in catalogue.tables:
        for field in table.fields:
            if field.approximate:
                yield (
                    f"{table.name}.{field.name} is approximate: its file holds floats, or more "
                    "than 10 decimal places"
                )
            if table.rows and field.blank == table.rows:
                yield f"{table.name}.{field.name} is blank in every row"

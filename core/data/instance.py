"""The one in-memory DuckDB of a process: limited, locked down, with snapshots attached to read."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import duckdb
from pydantic import ValidationError

from core.data.catalogue import Catalogue
from core.data.catalogue_json import CATALOGUE_TABLE, parse_catalogue
from core.data.memory import memory_limit
from core.data.scratch import ScratchFolder
from core.errors import Cancelled, QueryFailed, SnapshotMissing, StorageFull
from core.settings import Settings

# Source: duckdb #25965: `connect` can spin for ever after a reader was dropped half read.
_CONNECT_LIMIT_S = 60.0
_CLOSE_LIMIT_S = 5.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An attached snapshot; its tables are addressed as "alias"."physical"."""

    id: str
    alias: str
    path: Path
    catalogue: Catalogue


class StoppableQuery:
    """Statements of one thread that another may stop; once stopped, the next ones too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self._stopped = False

    def stop(self) -> None:
        """Let the statement that is being answered, and all to come, raise Cancelled."""
        with self._lock:
            self._stopped = True
            if self._cursor is not None:
                self._cursor.interrupt()

    @contextmanager
    def answering(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Answer on this cursor. Raises: Cancelled where it was stopped before."""
        with self._lock:
            if self._stopped:
                raise Cancelled("The question was given up.")
            before, self._cursor = self._cursor, cursor
        try:
            yield
        finally:
            with self._lock:
                self._cursor = before


@dataclass(slots=True)
class _Attached:
    snapshot: Snapshot
    readers: int


class Instance:
    """DuckDB under a memory limit that reads snapshots, plans and ledgers, and nothing else."""

    def __init__(
        self, settings: Settings, share: float, extra_folders: Sequence[Path] = ()
    ) -> None:
        """Open it with that share of the machine's memory, unless ROLLCALL_MEMORY is set."""
        self._scratch = ScratchFolder(settings.scratch.resolve(), "duckdb")
        folders = [settings.snapshots, settings.plans, settings.ledgers, *extra_folders]
        try:
            self._connection = open_locked(
                memory_limit(share, settings.memory), self._scratch.path, folders
            )
        except BaseException:
            self._scratch.close()
            raise
        self._attached: dict[Path, _Attached] = {}
        self._next_alias = 0
        self._cursors: set[duckdb.DuckDBPyConnection] = set()
        self._lock = threading.Lock()
        self._cursor_left = threading.Condition(self._lock)
        self._here = threading.local()
        self._closed = False

    @contextmanager
    def snapshot(self, path: Path) -> Iterator[Snapshot]:
        """Lend the snapshot of that file, attached once for all who read it at a time.

        Raises: SnapshotMissing.
        """
        path = path.resolve()
        snapshot = self._enter(path)
        try:
            yield snapshot
        finally:
            self._leave(path)

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a cursor of one query's own; another thread may interrupt it."""
        question: StoppableQuery | None = getattr(self._here, "question", None)
        with self._lock:
            self._refuse_closed()
            cursor = self._connection.cursor()
            self._cursors.add(cursor)
        try:
            with question.answering(cursor) if question else nullcontext():
                yield cursor
        finally:
            with self._cursor_left:
                self._cursors.discard(cursor)
                cursor.close()
                self._cursor_left.notify_all()

    @contextmanager
    def asking(self, question: "StoppableQuery") -> Iterator[None]:
        """Let whoever holds the question stop what this thread asks meanwhile."""
        before = getattr(self._here, "question", None)
        self._here.question = question
        try:
            yield
        finally:
            self._here.question = before

    def interrupt(self) -> None:
        """Stop every statement that is being answered: each raises Cancelled in its thread."""
        with self._lock:
            for cursor in self._cursors:
                cursor.interrupt()

    def close(self) -> None:
        """Stop what is being answered, close DuckDB and remove what it spilled."""
        with self._lock:
            self._closed = True
            self._stop_cursors()
            with suppress(duckdb.Error):  # busy with what heeds no interrupt: the process ends it
                self._connection.close()
            self._scratch.close()

    def _stop_cursors(self) -> None:
        """Interrupt until every cursor was left: a statement that only begins misses one."""
        deadline = time.monotonic() + _CLOSE_LIMIT_S
        while self._cursors and time.monotonic() < deadline:
            for cursor in self._cursors:
                cursor.interrupt()
            self._cursor_left.wait(0.05)

    def _refuse_closed(self) -> None:
        if self._closed:
            raise Cancelled("The process stops asking questions.")

    def _enter(self, path: Path) -> Snapshot:
        with self._lock:
            self._refuse_closed()
            attached = self._attached.get(path)
            if attached is None:
                attached = _Attached(self._attach(path), 0)
                self._attached[path] = attached
            attached.readers += 1
            return attached.snapshot

    def _attach(self, path: Path) -> Snapshot:
        alias = f"snapshot_{self._next_alias}"
        self._next_alias += 1
        with self._connection.cursor() as cursor:
            attach_snapshot(cursor, path, alias)
            try:
                catalogue = read_catalogue(cursor, path, alias)
            except BaseException:
                cursor.execute(f"DETACH {alias}")
                raise
        return Snapshot(path.stem, alias, path, catalogue)

    def _leave(self, path: Path) -> None:
        with self._lock:
            attached = self._attached[path]
            attached.readers -= 1
            if attached.readers:
                return
            del self._attached[path]
            with suppress(duckdb.Error), self._connection.cursor() as cursor:
                cursor.execute(f"DETACH {attached.snapshot.alias}")


def attach_snapshot(cursor: duckdb.DuckDBPyConnection, path: Path, alias: str) -> None:
    """Attach a snapshot's file to read.

    Raises: SnapshotMissing.
    """
    if not path.is_file():
        raise SnapshotMissing("What was loaded is gone from the disk: load the data again")
    try:
        within(
            _CONNECT_LIMIT_S,
            lambda: cursor.execute(f"ATTACH {quote_text(str(path))} AS {alias} (READ_ONLY)"),
        )
    except duckdb.Error as error:
        raise SnapshotMissing(
            f"What was loaded cannot be read ({first_line(error)}): load the data again"
        ) from error


def read_catalogue(cursor: duckdb.DuckDBPyConnection, path: Path, alias: str) -> Catalogue:
    """Return the catalogue of an attached snapshot.

    Raises: SnapshotMissing.
    """
    try:
        row = cursor.execute(f'SELECT catalogue FROM {alias}."{CATALOGUE_TABLE}"').fetchone()  # noqa: S608
        return parse_catalogue(row[0] if row else "")
    except (duckdb.Error, ValidationError) as error:
        raise SnapshotMissing(
            "What was loaded is not of this version of Rollcall: load the data again"
        ) from error


def open_locked(memory: str, temporary: Path, folders: Sequence[Path]) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB in memory that can open files in these folders only.

    Raises: QueryFailed where it does not open, or not in time.
    """
    connection = open_limited(":memory:", memory, temporary)
    try:
        lock_down(connection, folders)
    except BaseException:
        connection.close()
        raise
    return connection


def open_limited(database: str, memory: str, temporary: Path) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB with that much memory that spills into `temporary`; not locked yet.

    Raises: QueryFailed where it does not open, or not in time.
    """
    with translated():
        connection = within(_CONNECT_LIMIT_S, lambda: duckdb.connect(database, config=_config()))
        try:
            connection.execute(f"SET GLOBAL memory_limit = {quote_text(memory)}")
            connection.execute(f"SET GLOBAL temp_directory = {quote_text(str(temporary))}")
            connection.execute("SET GLOBAL TimeZone = 'UTC'")
        except BaseException:
            connection.close()
            raise
    return connection


def lock_down(connection: duckdb.DuckDBPyConnection, folders: Sequence[Path]) -> None:
    """Let DuckDB open files in these folders only from now on, for good."""
    allowed = ", ".join(quote_text(f"{folder.resolve()}/") for folder in folders)
    with translated():
        connection.execute(f"SET GLOBAL allowed_directories = [{allowed}]")
        connection.execute("SET GLOBAL enable_external_access = false")
        connection.execute("SET GLOBAL lock_configuration = true")


def _config() -> dict[str, str | bool | int | float | list[str]]:
    return {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
        "default_null_order": "NULLS_LAST",
    }


@contextmanager
def translated() -> Iterator[None]:
    """Turn DuckDB's errors into ours.

    Raises: Cancelled, StorageFull, QueryFailed.
    """
    try:
        yield
    except duckdb.InterruptException as error:
        raise Cancelled("The query was stopped") from error
    except duckdb.ConnectionException as error:
        raise Cancelled("The process stops asking questions.") from error
    except duckdb.Error as error:
        raise _translate(error) from error


def _translate(error: duckdb.Error) -> StorageFull | QueryFailed:
    said = str(error)
    if "No space left" in said or "max_temp_directory_size" in said or "Disk quota" in said:
        return StorageFull("The disk is full: free some space, then try again")
    if isinstance(error, duckdb.OutOfMemoryException):
        return QueryFailed(
            "The memory of this process is used up: set ROLLCALL_MEMORY higher (for example 8GB),"
            " or do less at a time"
        )
    return QueryFailed(f"The data engine could not answer: {first_line(error)}")


def first_line(error: BaseException, width: int = 300) -> str:
    """Return the first line of what an error says, without DuckDB's name of its kind."""
    said = (str(error).strip() or type(error).__name__).splitlines()[0]
    return said.partition(" Error: ")[2][:width] or said[:width]


def quote_text(value: str) -> str:
    """Return the value as an SQL text.

    >>> quote_text("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"


def quote_name(name: str) -> str:
    """Return the name as an SQL identifier.

    >>> quote_name('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def within(seconds: float, call: Callable[[], T]) -> T:
    """Return what the call returns, or give up waiting for it.

    Raises: QueryFailed after that time; else what the call raises.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(call())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work, name="duckdb-connect", daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise QueryFailed(
            f"The data engine did not open within {seconds:g} seconds: restart this process"
        )
    return results[0]

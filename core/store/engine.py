"""Connections to SQLite or PostgreSQL that begin, wait and sync as the store needs."""

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from core.errors import StoreUnavailable, UsageError
from core.settings import Settings

BUSY_TIMEOUT_S = 20.0
STORE_FILE = "store.db"
# Any number: it only has to be the same in all processes of one store.
WRITER_LOCK = 7_655_424_665
WRITES = "rollcall_writes"


def store_url(settings: Settings) -> URL:
    """Return where the store is, with the driver that is used for it.

    Raises: UsageError for a URL that is neither SQLite's nor PostgreSQL's.
    """
    if settings.database_url is None:
        return URL.create("sqlite", database=str((settings.home / STORE_FILE).absolute()))
    try:
        url = make_url(settings.database_url.get_secret_value())
    except ArgumentError as error:
        raise UsageError(
            "ROLLCALL_DATABASE_URL is not a URL; write postgresql://user:password@host/name "
            "or sqlite:////folder/store.db."
        ) from error
    if url.get_backend_name() in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        return url.set(drivername="sqlite")
    raise UsageError(
        f"ROLLCALL_DATABASE_URL names '{url.drivername}', which is not built; "
        "use postgresql:// or sqlite:/// with a file."
    )


def place_of(url: URL) -> str:
    """Return the address of the store without user, password and options.

    >>> place_of(make_url("postgresql+psycopg://ann:secret@db:5433/roll?sslmode=require"))
    'postgresql://db:5433/roll'
    """
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{url.host or 'local'}{port}/{url.database or ''}"


def make_engine(url: URL, *, migrating: bool = False) -> Engine:
    """Return an engine whose transactions are ours: reads never lock, writes lock at once."""
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, migrating)
    engine = create_engine(
        url,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": int(BUSY_TIMEOUT_S),
            "options": f"-c timezone=UTC -c lock_timeout={int(BUSY_TIMEOUT_S * 1000)}"
            " -c idle_in_transaction_session_timeout=60000",
        },
    )
    event.listen(engine, "begin", _begin_postgres)
    return engine


def _sqlite_engine(url: URL, migrating: bool) -> Engine:
    _make_file(Path(str(url.database)))
    engine = create_engine(url, module=sqlite3, connect_args={"timeout": BUSY_TIMEOUT_S})
    foreign_keys = "OFF" if migrating else "ON"

    def prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        # SQLAlchemy's own BEGIN comes too late and takes no write lock: lost updates.
        connection.isolation_level = None
        _set_journal(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA foreign_keys={foreign_keys}")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_file(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreUnavailable(
            f"The store cannot be made at {path}: {error.strerror}. "
            "Choose another folder with ROLLCALL_HOME, or make this one writable."
        ) from error


def journal_mode(version: tuple[int, int, int]) -> str:
    """Return WAL, or TRUNCATE where SQLite has the fault that a reset of the WAL can lose data.

    Source: https://sqlite.org/wal.html#walreset, fixed in 3.51.3, 3.50.7 and 3.44.6.

    >>> journal_mode((3, 40, 1)), journal_mode((3, 44, 6)), journal_mode((3, 51, 2))
    ('truncate', 'wal', 'truncate')
    """
    major, minor, patch = version
    mended = {44: 6, 50: 7, 51: 3}.get(minor) if major == 3 else None
    if mended is not None:
        return "wal" if patch >= mended else "truncate"
    return "wal" if version > (3, 51, 3) else "truncate"


def _set_journal(connection: Any) -> None:
    version = tuple(int(part) for part in _one(connection, "SELECT sqlite_version()").split("."))
    wanted = journal_mode((version[0], version[1], version[2]))
    if _one(connection, "PRAGMA journal_mode") != wanted:
        _one(connection, f"PRAGMA journal_mode={wanted}")


def _one(connection: Any, statement: str) -> str:
    return str(connection.execute(statement).fetchone()[0])


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgres(connection: Connection) -> None:
    if connection.get_execution_options().get(WRITES, False):
        # One writer at a time, as on SQLite: one reasoning about races holds on both.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

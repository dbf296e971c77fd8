"""Copies of a database file that others may be writing to, and of the store where it is one."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from core.durable import disk_told, flush, make_for_owner
from core.errors import StorageFull, StorageRefused
from core.settings import Settings
from core.store.engine import BUSY_TIMEOUT_S, place_of, store_url
from core.store.failures import OUT_OF_REACH, PRIMARY_CODE, told_of


def store_file(settings: Settings) -> Path | None:
    """Return the file of a store in SQLite, None for one in PostgreSQL. Raises: UsageError."""
    url = store_url(settings)
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def store_place(settings: Settings) -> str:
    """Return where the store is, without user and password. Raises: UsageError."""
    return place_of(store_url(settings))


def copy_database(file: Path, copy: Path) -> None:
    """Copy a SQLite file as it is at one instant to a new one of its owner's, on disk at the end.

    Raises: StoreUnavailable, StoreError about the file; StorageFull, StorageRefused about the copy.
    """
    with _copying_told(copy):
        make_for_owner(copy)
    # Without its mode, a file that is not there would be made.
    place = f"{file.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(copy)) as target, _reading_told(file):
        source = sqlite3.connect(place, timeout=BUSY_TIMEOUT_S, isolation_level=None, uri=True)
        with closing(source):
            # Without a reading transaction a writer in between would make the copy begin anew.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            with _copying_told(copy):
                source.backup(target)
                # With a write-ahead log it could not be read from a disk that takes nothing.
                target.execute("PRAGMA journal_mode=DELETE")
    with _copying_told(copy):
        flush(copy)


@contextmanager
def _reading_told(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        told = told_of(error, str(file))
        if told is None:
            raise
        raise told from error


@contextmanager
def _copying_told(copy: Path) -> Iterator[None]:
    try:
        with disk_told(copy.parent):
            yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & PRIMARY_CODE
        if code == sqlite3.SQLITE_FULL:
            raise StorageFull(f"The disk of {copy} is full; free some space there.") from error
        if code in OUT_OF_REACH:
            raise StorageRefused(f"{copy} cannot be written: {error}.") from error
        raise

"""Copies of a database file that others may be writing to, and of the store where it is one."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from core.durable import flush
from core.errors import UsageError
from core.settings import Settings
from core.store.engine import BUSY_TIMEOUT_S, place_of, store_url
from core.store.failures import told_of


def store_file(settings: Settings) -> Path | None:
    """Return the file of a store in SQLite, None for one in PostgreSQL. Raises: UsageError."""
    url = store_url(settings)
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def store_place(settings: Settings) -> str:
    """Return where the store is, without user and password. Raises: UsageError."""
    return place_of(store_url(settings))


def copy_whole_database(file: Path, copy: Path) -> None:
    """Copy a SQLite file as it is at one instant, for its owner alone.

    Raises: StoreUnavailable, StorageFull, StoreError, UsageError where there is no such file.
    """
    if not file.is_file():
        raise UsageError(f"There is no store at {file}: name another folder with ROLLCALL_HOME.")
    try:
        copy_database(file, copy)
    except sqlite3.DatabaseError as error:
        told = told_of(error, str(file))
        if told is None:
            raise
        raise told from error


def copy_database(file: Path, copy: Path) -> None:
    """Copy a SQLite file to a new one of its owner's, on disk when this returns.

    Raises: sqlite3.Error, OSError.
    """
    os.close(os.open(copy, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600))
    source = sqlite3.connect(file, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    with closing(source), closing(sqlite3.connect(copy)) as target:
        # Without a reading transaction a writer in between would make the copy begin anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(target)
    flush(copy)

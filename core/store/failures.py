"""What a driver's error means to a user, in one place."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, TimeoutError

from core.errors import StorageFull, StoreError, StoreUnavailable

BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
OUT_OF_REACH = frozenset(
    {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR}
)
DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
PRIMARY_CODE = 0xFF  # SQLite's extended codes keep the primary one in the low byte


@contextmanager
def failures_told(place: str) -> Iterator[None]:
    """Turn a driver's errors about the store at `place` into sentences; pass others on.

    Raises: StoreUnavailable, StorageFull, StoreError.
    """
    try:
        yield
    except TimeoutError as error:
        raise StoreUnavailable(
            f"The store ({place}) gave no connection in time; try again in a moment."
        ) from error
    except DBAPIError as error:
        told = told_of(error.orig, place)
        if told is None:
            raise
        raise told from error


def told_of(cause: BaseException | None, place: str) -> StoreError | StorageFull | None:
    """Return what a driver's error about the store at `place` means, None where nobody knows."""
    if isinstance(cause, psycopg.Error):
        return _postgres_sentence(cause, place)
    if isinstance(cause, sqlite3.DatabaseError):
        return _sqlite_sentence(cause, place)
    return None


def _sqlite_sentence(cause: sqlite3.Error, place: str) -> StoreError | StorageFull | None:
    code = getattr(cause, "sqlite_errorcode", 0) & PRIMARY_CODE
    if code in BUSY:
        return _busy(place)
    if code == sqlite3.SQLITE_FULL:
        return _full(place)
    if code in OUT_OF_REACH:
        return StoreUnavailable(
            f"The store ({place}) cannot be opened or written: {cause}. "
            "Check that the folder exists, may be written and has space left, then try again."
        )
    if code in DAMAGED:
        return StoreError(
            f"The file {place} is not a store or is damaged: {cause}. Put back a backup."
        )
    return None


def _postgres_sentence(cause: psycopg.Error, place: str) -> StoreError | StorageFull | None:
    if isinstance(cause, psycopg.errors.DiskFull):
        return _full(place)
    if isinstance(
        cause,
        psycopg.errors.LockNotAvailable
        | psycopg.errors.DeadlockDetected
        | psycopg.errors.SerializationFailure,
    ):
        return _busy(place)
    if isinstance(cause, psycopg.errors.InsufficientPrivilege):
        return StoreError(
            f"The store ({place}) does not let its user do this: grant it all on the database."
        )
    if isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return StoreUnavailable(
            f"The store ({place}) is out of reach. Check that the server runs and that the URL, "
            "user and password are right, then try again."
        )
    return None


def _busy(place: str) -> StoreUnavailable:
    return StoreUnavailable(
        f"The store ({place}) is locked by another process; try again in a moment."
    )


def _full(place: str) -> StorageFull:
    return StorageFull(f"The disk of the store ({place}) is full. Free some space and try again.")

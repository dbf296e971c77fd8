"""The store: where settings, segments and runs are kept, opened, read and written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import local

from sqlalchemy import Engine, text
from sqlmodel import Session

from core.clock import Clock, SystemClock
from core.errors import StoreError, StoreOutdated, StoreTooNew, StoreUnavailable, UsageError
from core.settings import Settings
from core.store.engine import WRITES, make_engine, place_of, store_url
from core.store.failures import failures_told
from core.store.upgrade import (
    Migration,
    create_if_empty,
    known_revisions,
    migrate_engine,
    revision_of,
)

DATABASE_CLOCK = "database"


@dataclass(frozen=True, slots=True)
class Tick:
    """A reading of a clock that never goes back; readings compare within one `boot_id` only."""

    seconds: float
    boot_id: str


class ReadSession(Session):
    """One transaction that sees one state of the store and cannot change it."""

    store: "Store"

    def now(self) -> datetime:
        """Return the present instant by the clock that all processes of the store share."""
        if not self.store.by_database_clock:
            return self.store.clock.now()
        moment: datetime = self.connection().execute(text("SELECT clock_timestamp()")).scalar_one()
        return moment.astimezone(UTC)

    def tick(self) -> Tick:
        """Return seconds that all processes of the store count alike."""
        if self.store.by_database_clock:
            return Tick(self.now().timestamp(), DATABASE_CLOCK)
        return Tick(self.store.clock.monotonic(), boot_id())


class WriteSession(ReadSession):
    """One transaction that holds the store's only write lock; `actor` is who changes it."""

    actor: str


class Store:
    """An open store; threads share it, each with sessions of its own."""

    def __init__(self, engine: Engine, settings: Settings, clock: Clock | None) -> None:
        self.settings = settings
        self.place = place_of(engine.url)
        self.on_sqlite = engine.dialect.name == "sqlite"
        self.by_database_clock = clock is None and not self.on_sqlite
        self.clock = clock or SystemClock()
        self._open = local()
        self._file = Path(self.place) if self.on_sqlite else None
        self._file_id = _file_id(self._file)
        self._engine = engine
        self._writing_engine = engine.execution_options(**{WRITES: True})

    @contextmanager
    def read(self) -> Iterator[ReadSession]:
        """Open a reading transaction; leave it soon, on SQLite it can keep writers waiting.

        Raises: StoreUnavailable, StoreError.
        """
        self._require_file()
        with (
            self._not_nested(writes=False),
            failures_told(self.place),
            ReadSession(self._engine) as session,
        ):
            session.store = self
            yield session

    @contextmanager
    def write(self, actor: str) -> Iterator[WriteSession]:
        """Open a writing transaction that commits when the block ends well."""
        if not actor:
            raise UsageError("Who changes the store must be said.")
        self._require_file()
        with (
            self._not_nested(writes=True),
            failures_told(self.place),
            WriteSession(self._writing_engine) as session,
        ):
            session.store = self
            session.actor = actor
            with session.begin():
                session.connection()  # takes the lock now, not at the first statement
                yield session

    def _require_file(self) -> None:
        """Refuse to go on with a file that nobody finds any more: what is written to it is lost."""
        found = _file_id(self._file)
        if self._file is not None and found is None:
            raise StoreUnavailable(
                f"The store ({self.place}) is gone: somebody moved or deleted it while Rollcall "
                "ran. Whoever runs Rollcall puts it back, or stops Rollcall and restores a backup."
            )
        if found != self._file_id:
            raise StoreError(
                f"The store ({self.place}) was replaced while Rollcall ran: whoever runs Rollcall "
                "stops it and starts it again."
            )

    @contextmanager
    def _not_nested(self, *, writes: bool) -> Iterator[None]:
        """Refuse what would wait for itself: a thread that writes beside another session."""
        outer: list[bool] = self._open.__dict__.setdefault("sessions", [])
        if outer and (writes or any(outer)):
            raise RuntimeError("A thread opened a second session of the store beside a write.")
        outer.append(writes)
        try:
            yield
        finally:
            outer.pop()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def open_store(settings: Settings, clock: Clock | None = None) -> Store:
    """Return the store of the settings, made new where there is none.

    With a `clock`, all times come from it; without, from the machine or from PostgreSQL.

    Raises: StoreOutdated, StoreTooNew, StoreUnavailable, StoreError, UsageError.
    """
    engine = make_engine(store_url(settings))
    place = place_of(engine.url)
    try:
        with failures_told(place):
            revision = revision_of(engine)
            if revision is None:
                create_if_empty(engine)
                revision = revision_of(engine)
        _check_revision(revision, place)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, settings, clock)


def holds_store(settings: Settings) -> bool:
    """Return whether there is a store, without making one.

    Raises: StoreUnavailable, StoreError, UsageError.
    """
    engine = make_engine(store_url(settings))
    try:
        with failures_told(place_of(engine.url)):
            return revision_of(engine) is not None
    finally:
        engine.dispose()


def migrate(settings: Settings) -> Migration:
    """Bring the store up to this version of the code, a copy of a SQLite file first.

    Raises: StoreTooNew, StoreUnavailable, StorageFull, StoreError, UsageError.
    """
    url = store_url(settings)
    engine = make_engine(url, migrating=True)
    place = place_of(url)
    try:
        with failures_told(place):
            revision = revision_of(engine)
            if revision is not None and revision not in known_revisions():
                raise _too_new(place, revision)
            return migrate_engine(engine, datetime.now(UTC))
    finally:
        engine.dispose()


def _check_revision(revision: str | None, place: str) -> None:
    revisions = known_revisions()
    if revision == revisions[-1]:
        return
    if revision in revisions:
        raise StoreOutdated(
            f"The store ({place}) is at revision {revision} and this version of Rollcall needs "
            f"{revisions[-1]}. Stop the other processes and run: python -m core migrate"
        )
    raise _too_new(place, revision)


def _too_new(place: str, revision: str | None) -> StoreTooNew:
    return StoreTooNew(
        f"The store ({place}) is at revision {revision}, made by a newer version of Rollcall. "
        "Upgrade Rollcall, or put back the copy made before the migration."
    )


def _file_id(file: Path | None) -> tuple[int, int] | None:
    """Return what tells the file from every other one, None where there is none."""
    try:
        found = None if file is None else file.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found else None


@cache
def boot_id() -> str:
    """Return what names this start of the machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()

"""Making and migrating the tables, by one process at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from core.durable import flush
from core.errors import StorageFault, StoreError
from core.store.copying import copy_database
from core.store.engine import WRITES, place_of

MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Migration:
    """What a migration did; `copy` is the file of before, on SQLite."""

    before: str | None
    after: str
    copy: Path | None

    @property
    def sentence(self) -> str:
        """Say it to whoever ran it."""
        if self.before == self.after:
            return f"The store is up to date (revision {self.after}); nothing was changed."
        if self.before is None:
            return f"A new store was made (revision {self.after})."
        kept = f"The store of before is kept in {self.copy}." if self.copy else POSTGRES_BACKUP
        return f"The store went from revision {self.before} to {self.after}. {kept}"


POSTGRES_BACKUP = "No copy was made: backups of PostgreSQL are its operator's."


@cache
def known_revisions() -> tuple[str, ...]:
    """Return the revisions that this version of the code knows, oldest first."""
    files = (MIGRATIONS / "versions").glob("[0-9]*_*.py")
    return tuple(sorted(file.name.split("_")[0] for file in files))


def revision_of(engine: Engine) -> str | None:
    """Return the revision of the store's tables, None where there are no tables at all.

    Raises: StoreError for a database that holds something else.
    """
    with engine.connect() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables and "workspace" in tables:
        row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
        return str(row[0]) if row else None
    if tables:
        raise StoreError(
            f"The database {place_of(connection.engine.url)} holds other tables "
            f"({', '.join(sorted(tables)[:3])}) and no store: name an empty one."
        )
    return None


def create_if_empty(engine: Engine) -> None:
    """Make all tables, unless another process was faster."""
    with _alone(engine), _writing(engine) as connection:
        if _revision(connection) is None:
            upgrade(connection)


def migrate_engine(engine: Engine, now: datetime) -> Migration:
    """Run the migrations that are missing in one transaction, after a copy."""
    with _alone(engine), _writing(engine) as connection:
        before = _revision(connection)
        after = known_revisions()[-1]
        if before == after:
            return Migration(before, after, None)
        copy = _copied(engine, before, now) if before is not None else None
        upgrade(connection)
        _check_references(connection)
    return Migration(before, after, copy)


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the migrations up to `revision` in the connection's transaction."""
    # Only a new or an older store needs it, and it takes every command a third of a second.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        yield connection


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """Keep other processes that make or migrate this store out; PostgreSQL's lock is a write's."""
    if engine.dialect.name != "sqlite":
        yield
        return
    with Path(f"{engine.url.database}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _copied(engine: Engine, revision: str | None, now: datetime) -> Path | None:
    if engine.dialect.name != "sqlite":
        return None
    file = Path(str(engine.url.database))
    copy = file.with_name(f"{file.stem}.before-{revision}-{now:%Y%m%dT%H%M%S}{file.suffix}")
    unfinished = copy.with_name(f"{copy.name}.unfinished")
    try:
        copy_database(file, unfinished)
    except (StorageFault, StoreError) as error:
        unfinished.unlink(missing_ok=True)
        raise type(error)(
            f"The copy before the migration could not be made, so nothing was migrated: {error}"
        ) from error
    unfinished.rename(copy)
    flush(copy.parent)
    return copy


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if broken is not None:
        raise StoreError(
            f"The migration would leave rows of '{broken[0]}' that point to nothing; "
            "it was undone. Please report this."
        )

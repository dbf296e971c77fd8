"""Fixtures that run a test on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr

from core.settings import Settings
from core.store.database import Store, open_store
from core.store.models import Workspace
from tests.postgres import database_beside

BOTH = ["sqlite", "postgres"]
NEW_WORKSPACE = (
    "INSERT INTO workspace (id, name, people_word, everything_paused, zone, next_load_known)"
    " VALUES (1, 'Rollcall', 'people', FALSE, 'UTC', FALSE)"
)
FIRST_IDS = (
    "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"
    " WHERE seqrelid::regclass::text LIKE '%_id_seq'"
)


@pytest.fixture(params=BOTH)
def store_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Give settings of a store that does not exist yet."""
    if request.param == "sqlite":
        return Settings(home=tmp_path / "home")
    url = request.getfixturevalue("postgres_url")
    return Settings(home=tmp_path / "home", database_url=SecretStr(url))


@pytest.fixture(params=BOTH)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give an empty store."""
    opened = open_store(request.getfixturevalue(f"new_{request.param}_store"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty store once: copies cost less than migrations."""
    home = tmp_path_factory.mktemp("template")
    open_store(Settings(home=home)).close()
    return home / "store.db"


@pytest.fixture
def new_sqlite_store(sqlite_template: Path, tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    shutil.copy(sqlite_template, home)
    return Settings(home=home)


@pytest.fixture(scope="session")
def postgres_template(
    postgres_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Make a store once, to be emptied for each test, and give its URL."""
    with database_beside(postgres_server) as url:
        home = tmp_path_factory.mktemp("template")
        open_store(Settings(home=home, database_url=SecretStr(url))).close()
        yield url


@pytest.fixture
def new_postgres_store(postgres_template: str, tmp_path: Path) -> Settings:
    with psycopg.connect(postgres_template) as connection:
        connection.execute("SET lock_timeout = '20s'")
        # Not TRUNCATE, which makes new files for every table and index.
        for table in reversed(Workspace.metadata.sorted_tables):
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
        connection.execute(FIRST_IDS)
        connection.execute(NEW_WORKSPACE)
    return Settings(home=tmp_path / "home", database_url=SecretStr(postgres_template))

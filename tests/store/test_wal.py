"""With a SQLite that is free of the WAL fault, readers and writers do not wait for each other."""

import platform
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from core.errors import StoreUnavailable
from core.settings import Settings
from core.store import engine as engine_module
from core.store import failures as failures_module
from core.store.database import Store, open_store
from core.store.workspace import get_workspace, name_workspace
from tests.store.example import ANN

pytestmark = pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"), reason="no wheel of pysqlite3"
)


@pytest.fixture
def wal_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    newer = pytest.importorskip("pysqlite3.dbapi2")
    monkeypatch.setattr(engine_module, "sqlite3", newer)
    monkeypatch.setattr(failures_module, "sqlite3", newer)
    monkeypatch.setattr(engine_module, "BUSY_TIMEOUT_S", 0.3)
    store = open_store(Settings(home=tmp_path))
    yield store
    store.close()


def test_the_journal_is_a_wal_and_synced(wal_store: Store) -> None:
    with wal_store.read() as session:
        connection = session.connection()
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2


def test_an_open_read_keeps_no_writer_waiting(wal_store: Store) -> None:
    other = open_store(wal_store.settings)
    with wal_store.read() as session:
        assert get_workspace(session).name == "Rollcall"
        with other.write(ANN) as writing:
            name_workspace(writing, "Other", "guests")
        session.expire_all()
        assert get_workspace(session).name == "Rollcall"
    other.close()


def test_two_writers_still_take_turns(wal_store: Store) -> None:
    other = open_store(wal_store.settings)
    with wal_store.write(ANN), pytest.raises(StoreUnavailable), other.write("bob"):
        pass
    other.close()


def test_no_update_of_many_threads_is_lost(
    wal_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "BUSY_TIMEOUT_S", 20)
    with wal_store.write(ANN) as session:
        name_workspace(session, "0", "people")

    def count_up(number: int) -> None:
        store = open_store(wal_store.settings)
        for _ in range(10):
            with store.write(f"thread {number}") as session:
                name_workspace(session, str(int(get_workspace(session).name) + 1), "people")
        store.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count_up, range(4)))
    with wal_store.read() as session:
        assert get_workspace(session).name == "40"

"""Copies of a database: of one instant, and what goes wrong is said of the side that it is on."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import StorageFull, StorageRefused, StoreError, StoreUnavailable
from core.store.copying import copy_database
from tests.full_disk import largest_file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a database of a table of 1 MB."""
    made = tmp_path / "one?%20.db"
    with closing(sqlite3.connect(made)) as database, database:
        database.execute("CREATE TABLE texts (text)")
        database.execute("INSERT INTO texts VALUES (?)", ("x" * 1_000_000,))
    return made


def test_a_copy_holds_what_the_file_holds_for_its_owner_alone(file: Path, tmp_path: Path) -> None:
    copy_database(file, tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as database:
        assert database.execute("SELECT length(text) FROM texts").fetchall() == [(1_000_000,)]
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0


def test_a_copy_is_read_without_files_beside_it(file: Path, tmp_path: Path) -> None:
    (tmp_path / "read-only").mkdir()
    copy = tmp_path / "read-only" / "copy.db"
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        copy_database(file, copy)
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT count(*) FROM texts").fetchone() == (1,)
        assert list(copy.parent.iterdir()) == [copy]


def test_a_full_disk_is_that_of_the_copy(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with largest_file(100_000), pytest.raises((StorageFull, StorageRefused)) as refused:
        copy_database(file, copy)
    assert str(copy) in str(refused.value) and str(file) not in str(refused.value)


def test_a_folder_that_is_gone_is_that_of_the_copy(file: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageRefused, match="gone cannot be written"):
        copy_database(file, tmp_path / "gone" / "copy.db")


def test_a_file_that_is_gone_is_said_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"gone\.db"):
        copy_database(tmp_path / "gone.db", tmp_path / "copy.db")
    assert not (tmp_path / "gone.db").exists()


def test_a_damaged_file_is_said(file: Path, tmp_path: Path) -> None:
    file.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match="damaged"):
        copy_database(file, tmp_path / "copy.db")

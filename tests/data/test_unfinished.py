"""Files that are still being written are told from those that are complete."""

import os
import time
from pathlib import Path

import pytest

from core.data.load import load_into
from core.data.manifest import Manifest, read_manifest
from core.data.unfinished import find_unfinished, refuse_changed, stamps_of
from core.errors import FileRefused

MANIFEST = """
time_zone = "UTC"
people = "people"
[tables.people]
file = "people-*.csv"
key = "id"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "dataset.toml").write_text(MANIFEST)
    made = tmp_path / "people-1.csv"
    made.write_text("id\n1\n")
    an_hour_ago = time.time() - 3600
    os.utime(made, (an_hour_ago, an_hour_ago))
    return made


def manifest_of(file: Path) -> Manifest:
    return read_manifest(file.parent / "dataset.toml")


def test_a_file_that_rests_is_finished(file: Path) -> None:
    assert find_unfinished(manifest_of(file), quiet_s=60) is None


def test_a_file_written_just_now_is_not(file: Path) -> None:
    file.touch()
    assert "people-1.csv was written just now" in (find_unfinished(manifest_of(file), 60) or "")
    assert find_unfinished(manifest_of(file), quiet_s=0) is None


def test_a_file_that_somebody_has_open_for_writing_is_not(file: Path) -> None:
    with file.open("a"):
        assert "open for writing" in (find_unfinished(manifest_of(file), 0) or "")
    with file.open("r"):
        assert find_unfinished(manifest_of(file), 0) is None


def test_a_missing_file_is_refused(file: Path) -> None:
    file.unlink()
    with pytest.raises(FileRefused, match="no file is called like"):
        find_unfinished(manifest_of(file), 0)


@pytest.mark.parametrize("change", ["append", "replace", "add", "remove"])
def test_a_file_that_changes_meanwhile_is_noticed(file: Path, change: str) -> None:
    before = stamps_of(manifest_of(file))
    refuse_changed(before, stamps_of(manifest_of(file)))
    other = file.with_name("people-2.csv")
    if change == "append":
        file.write_text("id\n1\n2\n")
    elif change == "replace":
        other.write_text(file.read_text())
        other.replace(file)
    else:
        other.write_text("id\n2\n")
        before = stamps_of(manifest_of(file)) if change == "remove" else before
        if change == "remove":
            other.unlink()
    with pytest.raises(FileRefused, match="changed while it was being loaded"):
        refuse_changed(before, stamps_of(manifest_of(file)))


def test_a_load_under_which_a_file_grows_is_refused(file, monkeypatch, tmp_path) -> None:
    from core.data.staging import Staging

    read = Staging.read_files

    def read_and_grow(self, table):
        staged = read(self, table)
        with file.open("a") as out:
            out.write("2\n")
        return staged

    monkeypatch.setattr(Staging, "read_files", read_and_grow)
    with pytest.raises(FileRefused, match="load again when it is complete"):
        load_into(file.parent / "dataset.toml", tmp_path / "snapshot.duckdb")
    assert not (tmp_path / "snapshot.duckdb").exists()

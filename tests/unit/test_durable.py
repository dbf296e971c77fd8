import errno
import os
from pathlib import Path

import pytest

from core.durable import folder_written_whole, passing_file, sweep_folder, written_whole
from core.errors import StorageFault, StorageFull, StorageRefused, UsageError


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path):
    with written_whole(tmp_path / "a") as part:
        part.write_text("half")
        assert not (tmp_path / "a").exists()
    assert (tmp_path / "a").read_text() == "half"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_write_that_breaks_off_leaves_the_old_file(tmp_path: Path):
    (tmp_path / "a").write_text("old")
    with pytest.raises(ValueError, match="broken"), written_whole(tmp_path / "a") as part:
        part.write_text("new")
        raise ValueError("broken")
    assert (tmp_path / "a").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_full_disk_is_said(tmp_path: Path):
    with pytest.raises(StorageFull), written_whole(tmp_path / "a"):
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOENT])
def test_a_disk_that_takes_nothing_is_said(number: int, tmp_path: Path):
    with pytest.raises(StorageRefused, match="cannot be written"), written_whole(tmp_path / "a"):
        raise OSError(number, os.strerror(number))
    with pytest.raises(StorageRefused), passing_file(tmp_path, "members"):
        raise OSError(number, os.strerror(number))


def test_a_disk_that_takes_nothing_is_not_called_full_and_both_may_pass():
    assert not issubclass(StorageRefused, StorageFull)
    assert all(issubclass(kind, StorageFault) for kind in (StorageFull, StorageRefused))
    assert StorageFull.retryable and StorageRefused.retryable


def test_a_file_elsewhere_that_is_not_there_is_not_blamed_on_the_folder(tmp_path: Path):
    missing, folder = tmp_path / "missing", tmp_path / "folder"
    with pytest.raises(FileNotFoundError), written_whole(folder / "a"):
        missing.read_text()
    with pytest.raises(FileNotFoundError), folder_written_whole(folder / "b"):
        missing.read_text()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("folder", ["/proc/none", "/proc/none/lower", "/dev/null/lower"])
def test_a_folder_that_cannot_be_made_is_said(folder: str):
    with pytest.raises(StorageRefused, match=folder), written_whole(Path(folder) / "a"):
        pass
    with pytest.raises(StorageRefused, match=folder), folder_written_whole(Path(folder) / "a"):
        pass


def test_a_folder_appears_only_when_it_is_whole(tmp_path: Path):
    with folder_written_whole(tmp_path / "a") as part:
        (part / "file").write_text("x")
        assert not (tmp_path / "a").exists() and part.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "file"]


def test_a_folder_that_breaks_off_leaves_nothing_and_one_that_exists_stays(tmp_path: Path):
    with pytest.raises(ValueError, match="broken"), folder_written_whole(tmp_path / "a"):
        raise ValueError("broken")
    assert not list(tmp_path.iterdir())
    (tmp_path / "a").mkdir()
    with (
        pytest.raises(UsageError, match="there already"),
        folder_written_whole(tmp_path / "a") as part,
    ):
        (part / "file").write_text("x")
    assert [path.name for path in tmp_path.rglob("*")] == ["a"]


def test_a_folder_in_the_making_is_left_alone_and_a_dead_one_removed(tmp_path: Path):
    (tmp_path / ".rollcall-dead.part").mkdir()
    with folder_written_whole(tmp_path / "a"), folder_written_whole(tmp_path / "b"):
        assert len(list(tmp_path.iterdir())) == 2
    assert {path.name for path in tmp_path.iterdir()} == {"a", "b"}


def test_a_passing_file_is_gone_afterwards(tmp_path: Path):
    with passing_file(tmp_path, "members") as path:
        path.write_text("x")
    assert not path.exists()


def test_sweeping_spares_what_a_row_points_to_and_what_is_new(tmp_path: Path):
    for name in ("kept", "old", "new"):
        (tmp_path / name).write_text(name)
    for name in ("kept", "old"):
        os.utime(tmp_path / name, (0, 0))
    assert sweep_folder(tmp_path, {"kept"}, older_than_s=3600) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"kept", "new"}


def test_a_folder_that_was_never_made_has_nothing_to_sweep(tmp_path: Path):
    assert sweep_folder(tmp_path / "none", set(), older_than_s=0) == 0

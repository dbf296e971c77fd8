import os
from pathlib import Path

import pytest

from core.durable import passing_file, sweep_folder, written_whole
from core.errors import StorageFull


def test_a_file_appears_only_when_it_is_whole(folder: Path):
    with written_whole(folder / "a") as part:
        part.write_text("half")
        assert not (folder / "a").exists()
    assert (folder / "a").read_text() == "half"
    assert [path.name for path in folder.iterdir()] == ["a"]


def test_a_write_that_breaks_off_leaves_the_old_file(folder: Path):
    (folder / "a").write_text("old")
    with pytest.raises(ValueError, match="broken"), written_whole(folder / "a") as part:
        part.write_text("new")
        raise ValueError("broken")
    assert (folder / "a").read_text() == "old"
    assert len(list(folder.iterdir())) == 1


def test_a_full_disk_is_said(folder: Path):
    with pytest.raises(StorageFull), written_whole(folder / "a"):
        raise OSError(28, "No space left on device")


def test_a_passing_file_is_gone_afterwards(folder: Path):
    with passing_file(folder, "members") as path:
        path.write_text("x")
    assert not path.exists()


def test_sweeping_spares_what_a_row_points_to_and_what_is_new(folder: Path):
    for name in ("kept", "old", "new"):
        (folder / name).write_text(name)
    for name in ("kept", "old"):
        os.utime(folder / name, (0, 0))
    assert sweep_folder(folder, {"kept"}, older_than_s=3600) == 1
    assert {path.name for path in folder.iterdir()} == {"kept", "new"}


def test_a_folder_that_was_never_made_has_nothing_to_sweep(folder: Path):
    assert sweep_folder(folder / "none", set(), older_than_s=0) == 0

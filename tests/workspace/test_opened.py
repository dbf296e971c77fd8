"""Opening a workspace: its folders are its owner's alone, or a sentence says why there are none."""

import os
import stat
from pathlib import Path

import pytest

from core.errors import UsageError
from core.settings import Settings, make_folders


def test_a_new_home_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        make_folders(Settings(home=tmp_path / "new" / "home"))
    finally:
        os.umask(before)
    home = tmp_path / "new" / "home"
    modes = {stat.S_IMODE(folder.stat().st_mode) for folder in (home, *home.iterdir())}
    assert modes == {0o700}


def test_a_home_that_cannot_be_made_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="ROLLCALL_HOME"):
        make_folders(Settings(home=tmp_path / "file" / "home"))


def test_a_home_that_no_data_can_be_loaded_into_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a \? in its path.*ROLLCALL_HOME"):
        make_folders(Settings(home=tmp_path / "what?" / "home"))
    assert not list(tmp_path.iterdir())

"""Locks that are tried: who gets them, and who is told that somebody has them."""

import os
from pathlib import Path

import pytest

from core.locks import is_locked, take_lock, try_lock


def test_a_lock_is_had_once_and_again_after_it_ended(tmp_path: Path) -> None:
    held = try_lock(tmp_path)
    assert held is not None and try_lock(tmp_path) is None
    os.close(held)
    again = try_lock(tmp_path)
    assert again is not None
    os.close(again)


def test_what_is_not_there_is_not_locked(tmp_path: Path) -> None:
    assert try_lock(tmp_path / "none") is None
    with pytest.raises(FileNotFoundError):
        is_locked(tmp_path / "none")


def test_looking_takes_no_lock_away(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with file.open("w") as lock:
        assert not is_locked(file) and take_lock(lock.fileno()) and is_locked(file)
    assert not is_locked(file)

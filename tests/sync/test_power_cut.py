"""Every file is on disk, by content and by name, before a row of the store points to it."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text

from core.data.limits import limits_of
from core.data.load import load
from core.data.manifest import read_manifest
from core.settings import Settings
from tests.sync.test_takeover import FIRST_RUN, PEOPLE, run_into_a_cut
from tests.sync.world import World

POINTERS = (
    ("plans", "SELECT plan_file FROM runs WHERE plan_file IS NOT NULL"),
    ("ledgers", "SELECT ledger_file FROM audiences WHERE ledger_file IS NOT NULL"),
)


class Disk:
    """What a power cut would leave: contents that were synced, names of folders that were."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.contents: set[int] = set()
        self.names: dict[str, set[str]] = {}
        self._fsync = os.fsync
        monkeypatch.setattr(os, "fsync", self.fsync)

    def fsync(self, descriptor: int) -> None:
        self._fsync(descriptor)
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            folder = os.readlink(f"/proc/self/fd/{descriptor}")
            self.names[folder] = set(os.listdir(folder))
        else:
            self.contents.add(found.st_ino)

    def holds(self, file: Path) -> bool:
        folder = str(file.parent.resolve())
        return file.stat().st_ino in self.contents and file.name in self.names.get(folder, set())


@pytest.fixture
def disk(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """Look at each commit whether all that the store points to would survive a power cut."""
    made, checked = Disk(monkeypatch), []

    def check(connection) -> None:
        for folder, query in POINTERS:
            for (name,) in connection.execute(text(query)):
                file = world.settings.home / folder / name
                assert made.holds(file), f"{folder}/{name} is not safely on disk"
                checked.append(name)

    event.listen(world.store._engine, "commit", check)
    yield made
    event.remove(world.store._engine, "commit", check)
    assert checked, "no commit pointed to a file"


def test_files_of_a_run_are_on_disk_before_its_rows_point_to_them(world: World, disk: Disk):
    world.run(PEOPLE)
    world.run(PEOPLE[5:])


@pytest.mark.parametrize("place", FIRST_RUN)
def test_so_they_are_wherever_the_power_is_cut(world: World, disk: Disk, place: str):
    run_into_a_cut(world, PEOPLE, place)
    world.run(PEOPLE)
    assert world.platform.ids("vip") == set(PEOPLE)


def test_a_snapshot_has_its_name_only_when_it_is_on_disk(tmp_path, monkeypatch):
    (tmp_path / "people.csv").write_text("id\n1\n")
    (tmp_path / "dataset.toml").write_text(
        'time_zone = "UTC"\npeople = "p"\n[tables.p]\nfile = "people.csv"\nkey = "id"\n'
    )
    made, target = Disk(monkeypatch), tmp_path / "snapshots" / "one.duckdb"
    target.parent.mkdir()
    (tmp_path / "scratch").mkdir()
    manifest = read_manifest(tmp_path / "dataset.toml")
    load(manifest, target, tmp_path / "scratch", "200MB", limits_of(Settings()))
    assert made.holds(target)

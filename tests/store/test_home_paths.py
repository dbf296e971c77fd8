"""Paths inside the home are kept without it, so that the home may be somewhere else tomorrow."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from core.settings import Settings
from core.store.database import Store, open_store
from core.store.home_paths import kept_path, whole_path
from core.store.loads import NewLoad, list_loads, queue_load
from core.store.snapshots import add_snapshot, current_snapshot, list_snapshots
from core.store.workspace import get_workspace, set_data_source

UPLOAD = "uploads/20260101T000000Z-aaaaaaaaaaaa/dataset.toml"


def name_everywhere(store: Store, manifest: str) -> None:
    with store.write("ann") as session:
        set_data_source(session, manifest, None)
        queue_load(session, NewLoad(manifest, "by hand"))
        add_snapshot(session, "s1", manifest="", manifest_path=manifest, rows={})


def named(store: Store) -> set[str | None]:
    with store.read() as session:
        current = current_snapshot(session)
        return {
            get_workspace(session).manifest_path,
            current and current.manifest_path,
            *(each.manifest_path for each in list_snapshots(session)),
            *(each.manifest_path for each in list_loads(session)),
        }


def test_what_lies_in_the_home_is_found_in_the_folder_that_the_home_is_moved_to(
    store: Store, tmp_path: Path
) -> None:
    home, other = store.settings.home, tmp_path / "elsewhere"
    home.mkdir(exist_ok=True)
    name_everywhere(store, str(home / UPLOAD))
    assert named(store) == {str(home / UPLOAD)}
    shutil.copytree(home, other)
    with closing(open_store(store.settings.model_copy(update={"home": other}))) as moved:
        assert named(moved) == {str(other / UPLOAD)}


def test_what_lies_elsewhere_stays_where_it_is(store: Store, tmp_path: Path) -> None:
    store.settings.home.mkdir(exist_ok=True)
    outside, other = str(tmp_path / "homes" / "dataset.toml"), tmp_path / "elsewhere"
    name_everywhere(store, outside)
    shutil.copytree(store.settings.home, other)
    with closing(open_store(store.settings.model_copy(update={"home": other}))) as moved:
        assert named(moved) == {outside}


@pytest.mark.parametrize("written", ["home", "link", "./home"])
def test_every_way_to_write_the_home_is_the_same_home(
    written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "home")
    home = Settings(home=Path(written)).home
    assert kept_path(home, f"{written}/{UPLOAD}") == UPLOAD
    assert kept_path(home, str(tmp_path / "home" / UPLOAD)) == UPLOAD
    assert whole_path(home, UPLOAD) == str(tmp_path / "home" / UPLOAD)

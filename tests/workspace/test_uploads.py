"""Uploads: names that are safe everywhere, limits, ids from anywhere, what is swept."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from core.errors import DataTooLarge, FileRefused, UnknownName
from core.settings import Settings
from core.store.loads import LoadState, NewLoad, claim_load, end_load, queue_load
from core.store.workspace import set_data_source
from core.workspace.opened import OpenWorkspace, open_workspace
from core.workspace.uploads import (
    Upload,
    add_earlier_files,
    add_file,
    find_upload,
    new_upload,
    remove_upload,
    sweep_uploads,
    unloaded_uploads,
    upload_of,
)


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def upload(home: Settings) -> Upload:
    return new_upload(home)


@pytest.fixture
def workspace(new_sqlite_store: Settings) -> Iterator[OpenWorkspace]:
    settings = new_sqlite_store.model_copy(update={"memory": "256MiB"})
    with open_workspace(settings, 0.1) as opened:
        yield opened


def add(upload: Upload, *names: str, known: tuple[str, ...] = ()) -> list[str]:
    for name in names:
        add_file(upload, name, BytesIO(b"id\n1\n"), 100, known)
    return list(upload.tables())


def test_an_upload_is_found_again_by_its_id(home: Settings, upload: Upload) -> None:
    assert find_upload(home, upload.id) == upload
    assert upload.folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "asked", ["", ".", "..", "../snapshots", "/etc", "20260101T000000Z-000000000000", "a\0b", "%2e"]
)
def test_an_id_that_is_none_is_refused_with_a_sentence(
    home: Settings, upload: Upload, asked: str
) -> None:
    with pytest.raises(UnknownName, match="upload the files again"):
        find_upload(home, asked)


def test_no_name_leaves_the_folder_or_means_more_than_itself(upload: Upload) -> None:
    names = ["../../etc/passwd.csv", "C:\\data\\[a]*?.csv", "${HOME}.csv", ".csv.csv", "é" * 300]
    add(upload, *(f"{name.removesuffix('.csv')}.csv" for name in names))
    assert list(upload.tables()) == sorted(["passwd", "_a___", "__HOME_", "csv", "é" * 60])
    assert {file.parent for file in upload.files.iterdir()} == {upload.files}


def test_two_files_of_one_name_become_two_tables(upload: Upload) -> None:
    assert add(upload, "orders.csv", "Orders.parquet", "orders.csv") == [
        "Orders_2",
        "orders",
        "orders_3",
    ]


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(upload: Upload) -> None:
    with pytest.raises(DataTooLarge, match=r"big is larger than .*ROLLCALL_UPLOAD_MAX_BYTES"):
        add_file(upload, "big.csv", BytesIO(b"x" * 101), 100)
    assert not upload.tables()


@pytest.mark.parametrize("name", ["people.exe", "people", "people.zip"])
def test_a_kind_that_cannot_be_loaded_is_refused(upload: Upload, name: str) -> None:
    with pytest.raises(FileRefused):
        add(upload, name)


def test_an_empty_file_is_refused(upload: Upload) -> None:
    with pytest.raises(FileRefused, match="people is empty"):
        add_file(upload, "people.csv", BytesIO(b""), 100)
    assert not upload.tables()


def test_a_dated_file_renews_the_table_it_is_called_like(upload: Upload) -> None:
    known = ("customers", "orders 2025")
    assert add(upload, "customers_2026-11-25.csv", "orders (2).csv", "new.csv", known=known) == [
        "customers",
        "new",
        "orders 2025",
    ]


def test_what_was_not_brought_again_is_taken_over(home: Settings, upload: Upload) -> None:
    add(upload, "customers.csv", "orders.csv")
    later = new_upload(home)
    add(later, "orders.csv")
    files = {name: upload.folder / path for name, path in upload.tables().items()}
    assert add_earlier_files(later, files) == ("customers",)
    remove_upload(upload)
    assert list(later.tables()) == ["customers", "orders"]


def test_an_upload_is_told_from_other_sources(home: Settings, upload: Upload) -> None:
    assert upload_of(home, str(upload.manifest)) == upload
    assert upload_of(home, str(home.home / "sample" / "dataset.toml")) is None
    assert upload_of(home, None) is None


def test_old_uploads_go_unless_the_data_comes_from_them(workspace: OpenWorkspace) -> None:
    kept, gone, young = (new_upload(workspace.settings) for _ in range(3))
    for each in (kept, gone):
        age(each.folder, 8)
        age(each.files, 8)
    with workspace.store.write("test") as session:
        set_data_source(session, str(kept.manifest), None)
    assert sweep_uploads(workspace) == 1
    assert kept.folder.is_dir() and young.folder.is_dir() and not gone.folder.exists()


def age(path: Path, days: float) -> None:
    then = time.time() - days * 24 * 3600
    os.utime(path, (then, then))


def test_what_was_looked_into_and_never_loaded_waits(workspace: OpenWorkspace) -> None:
    settings = workspace.settings
    unread, first, second = (new_upload(settings) for _ in range(3))
    add(unread, "a.csv")
    (first.folder / "draft.toml").touch()
    (second.folder / "dataset.toml").touch()
    with workspace.store.write("ann") as session:
        load = queue_load(session, NewLoad(str(first.manifest), "by hand"))
        claimed = claim_load(session, load.id, "one")
        assert claimed is not None and claimed.token is not None
        assert {each.id for each in unloaded_uploads(settings, session)} == {first.id, second.id}
        end_load(session, load.id, claimed.token, LoadState.LOADED)
        assert unloaded_uploads(settings, session) == (second,)


def test_an_upload_knows_when_it_was_brought(upload: Upload) -> None:
    assert abs((datetime.now(UTC) - upload.brought_at).total_seconds()) < 60

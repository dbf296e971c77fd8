"""Snapshots: the last one is current, and no file that somebody needs may go."""

from core.store.database import Store
from core.store.snapshots import (
    add_snapshot,
    current_snapshot,
    expired_snapshots,
    forget_current,
    get_snapshot,
    list_snapshots,
    note_file_deleted,
)
from core.store.workspace import (
    get_workspace,
    pause_everything,
    resume_everything,
    set_data_source,
)
from tests.store.example import ANN


def load(store: Store, *ids: str) -> None:
    for snapshot_id in ids:
        with store.write(ANN) as session:
            rows = {"people": 3_000_000_000}
            add_snapshot(session, snapshot_id, manifest="x", manifest_path="m.toml", rows=rows)


def test_before_the_first_load_there_is_none(store: Store) -> None:
    with store.read() as session:
        assert current_snapshot(session) is None
        assert get_snapshot(session, "s1") is None


def test_the_last_load_is_current(store: Store) -> None:
    load(store, "s1", "s2")
    with store.read() as session:
        current = current_snapshot(session)
        assert current is not None and current.id == "s2"
        assert current.rows == {"people": 3_000_000_000}
        assert get_workspace(session).current_snapshot_id == "s2"


def test_a_workspace_can_be_one_without_data_again(store: Store) -> None:
    load(store, "s1")
    with store.write(ANN) as session:
        forget_current(session)
        forget_current(session)
        assert current_snapshot(session) is None
        assert [view.id for view in list_snapshots(session)] == ["s1"]


def test_the_last_three_are_kept(store: Store) -> None:
    load(store, "s1", "s2", "s3", "s4", "s5")
    with store.write(ANN) as session:
        expired = expired_snapshots(session)
        assert [view.id for view in expired] == ["s2", "s1"]
        for view in expired:
            note_file_deleted(session, view.id)
        assert [view.id for view in list_snapshots(session)] == ["s5", "s4", "s3"]
        assert get_snapshot(session, "s1") is not None


def test_pausing_everything_is_undone(store: Store) -> None:
    with store.write(ANN) as session:
        assert pause_everything(session) is True
        assert pause_everything(session) is False
        assert resume_everything(session) is True
        assert resume_everything(session) is False
        assert get_workspace(session).paused_by is None


def test_a_data_source_is_changed_once(store: Store) -> None:
    with store.write(ANN) as session:
        assert set_data_source(session, "/files/dataset.toml", '"manual"') is True
        assert set_data_source(session, "/files/dataset.toml", '"manual"') is False
        assert get_workspace(session).manifest_path == "/files/dataset.toml"

"""Segments keep every version, exactly as given, and nobody overwrites another's."""

import pytest
from sqlmodel import col, update

from core.errors import EditConflict, NameTaken, UnknownName
from core.store.activity import list_activity
from core.store.database import Store
from core.store.models import Segment
from core.store.segments import (
    archive_segment,
    create_segment,
    find_segment,
    get_segment,
    list_segment_versions,
    list_segments,
    pause_segment,
    restore_segment,
    save_segment,
)
from tests.store.example import ANN, TREE

OTHER = '{"field": "spent", "gte": 300}'


@pytest.fixture(autouse=True)
def vip(store: Store) -> None:
    with store.write(ANN) as session:
        create_segment(session, "vip", name="VIP", tree=TREE, resolved="{}")


def save(store: Store, actor: str, tree: str, edited_from: int, name: str = "VIP") -> int:
    with store.write(actor) as session:
        return save_segment(
            session, "vip", name=name, tree=tree, resolved="{}", edited_from=edited_from
        ).version


def test_a_tree_comes_back_as_it_was_given(store: Store) -> None:
    with store.read() as session:
        assert get_segment(session, "vip").tree == TREE


def test_another_tree_is_another_version(store: Store) -> None:
    assert save(store, "bob", OTHER, 1) == 2
    with store.read() as session:
        versions = list_segment_versions(session, "vip")
    assert [(v.version, v.actor, v.tree) for v in versions] == [(2, "bob", OTHER), (1, ANN, TREE)]


def test_who_edited_an_old_version_is_told_who_was_faster(store: Store) -> None:
    save(store, "bob", OTHER, 1)
    with pytest.raises(
        EditConflict, match=r"meanwhile \(version 2, yours was 1\), so nothing was saved"
    ):
        save(store, ANN, TREE, 1)


def test_saving_the_same_again_writes_nothing(store: Store) -> None:
    assert save(store, "bob", TREE, 1) == 1
    with store.read() as session:
        assert [entry.action for entry in list_activity(session)] == ["created"]


def test_another_name_alone_is_no_new_version(store: Store) -> None:
    assert save(store, "bob", TREE, 1, name="Best customers") == 1
    with store.read() as session:
        assert get_segment(session, "vip").name == "Best customers"


def test_a_new_version_ends_the_pause_of_the_old(store: Store) -> None:
    with store.write(ANN) as session:
        pause_segment(session, "vip", "The field 'spent' is gone.")
    save(store, ANN, OTHER, 1)
    with store.read() as session:
        assert get_segment(session, "vip").paused_reason is None


def test_a_key_is_taken_once_also_when_archived(store: Store) -> None:
    with store.write(ANN) as session:
        archive_segment(session, "vip")
    with pytest.raises(NameTaken, match="'vip'"), store.write(ANN) as session:
        create_segment(session, "vip", name="VIP", tree=TREE, resolved="{}")


def test_archived_segments_are_listed_only_if_asked_for(store: Store) -> None:
    with store.write(ANN) as session:
        archive_segment(session, "vip")
    with store.read() as session:
        assert list_segments(session) == ()
        assert [segment.key for segment in list_segments(session, archived=True)] == ["vip"]
    with store.write(ANN) as session:
        assert restore_segment(session, "vip").archived_at is None


def test_an_unknown_segment_is_told_with_what_was_meant(store: Store) -> None:
    with store.read() as session:
        assert find_segment(session, "vipp") is None
        with pytest.raises(UnknownName, match=r"no segment 'vipp'\. Did you mean 'vip'\?"):
            get_segment(session, "vipp")


def test_activity_is_paged_newest_first(store: Store) -> None:
    save(store, "bob", OTHER, 1)
    with store.read() as session:
        (newest,) = list_activity(session, kind="segment", key="vip", limit=1)
        (older,) = list_activity(session, before_id=newest.id)
        assert list_activity(session, kind="segment", key="other") == ()
    assert (newest.action, newest.actor, older.action) == ("saved", "bob", "created")


def test_two_segments_in_use_are_not_called_the_same(store: Store) -> None:
    with store.write(ANN) as session:
        create_segment(session, "two", name="Two", tree=TREE, resolved="{}")
    said = "There is a segment “VIP” already"
    with pytest.raises(NameTaken, match=said), store.write(ANN) as session:
        save_segment(session, "two", name="vip ", tree=TREE, resolved="{}", edited_from=1)
    with store.write(ANN) as session:
        archive_segment(session, "vip")
        save_segment(session, "two", name="vip", tree=TREE, resolved="{}", edited_from=1)
    with pytest.raises(NameTaken), store.write(ANN) as session:
        restore_segment(session, "vip")


COMPOSED, DECOMPOSED = "Fid\u00e8les", "Fide\u0300les"


def test_a_name_is_one_name_however_its_accents_are_written(store: Store) -> None:
    with store.write(ANN) as session:
        made = create_segment(session, "two", name=f"{DECOMPOSED}\u200b", tree=TREE, resolved="{}")
    assert made.name == COMPOSED
    for name in (COMPOSED, DECOMPOSED, f" {COMPOSED}\u202e"):
        with pytest.raises(NameTaken), store.write(ANN) as session:
            create_segment(session, "three", name=name, tree=TREE, resolved="{}")


def test_names_of_before_that_look_the_same_go_on_until_they_are_changed(store: Store) -> None:
    with store.write(ANN) as session:
        for key in ("one", "two"):
            create_segment(session, key, name=key, tree=TREE, resolved="{}")
        for key, name in (("one", COMPOSED), ("two", DECOMPOSED)):
            session.exec(update(Segment).where(col(Segment.key) == key).values(name=name))
    with store.write(ANN) as session:
        kept = save_segment(
            session, "two", name=DECOMPOSED, tree=OTHER, resolved="{}", edited_from=1
        )
    assert (kept.name, kept.version) == (DECOMPOSED, 2)
    with pytest.raises(NameTaken), store.write(ANN) as session:
        save_segment(session, "two", name=COMPOSED, tree=OTHER, resolved="{}", edited_from=2)

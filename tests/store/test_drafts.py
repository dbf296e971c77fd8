"""Drafts survive until they are saved, given up or forgotten."""

from datetime import datetime, timedelta

from core.store.database import ReadSession, Store, open_store
from core.store.drafts import (
    KEPT_FOR,
    DraftKind,
    find_draft,
    forget_draft,
    is_kept_elsewhere,
    keep_draft,
    list_new_drafts,
)
from tests.sync.scripted import FakeClock

SEGMENT, ACTIVATION = DraftKind.SEGMENT, DraftKind.ACTIVATION


def keep(store: Store, draft_id: str, name: str = "VIP", kind: DraftKind = SEGMENT) -> None:
    with store.write("ana") as session:
        keep_draft(session, draft_id, kind, item_key=None, name=name, kept='{"root": 1}')


def seen_at(session: ReadSession, draft_id: str) -> datetime:
    found = find_draft(session, draft_id, SEGMENT)
    assert found is not None
    return found.updated_at


def test_a_draft_is_there_as_it_was_last_kept(store: Store) -> None:
    keep(store, "d1")
    keep(store, "d1", "Very VIP")
    with store.read() as session:
        found = find_draft(session, "d1", SEGMENT)
        assert found is not None and (found.name, found.actor) == ("Very VIP", "ana")
        assert [draft.id for draft in list_new_drafts(session, SEGMENT)] == ["d1"]


def test_a_draft_that_is_given_up_is_gone(store: Store) -> None:
    keep(store, "d1")
    with store.write("ana") as session:
        forget_draft(session, "d1", seen_at(session, "d1"))
        assert find_draft(session, "d1", SEGMENT) is None


def test_a_draft_that_was_written_since_it_was_seen_stays(store: Store) -> None:
    keep(store, "d1")
    with store.read() as session:
        before = seen_at(session, "d1")
    keep(store, "d1", "Very VIP")
    with store.write("ana") as session:
        forget_draft(session, "d1", before)
        assert find_draft(session, "d1", SEGMENT) is not None


def test_drafts_of_one_kind_are_none_of_another(store: Store) -> None:
    keep(store, "d1")
    keep(store, "d2", kind=ACTIVATION)
    with store.read() as session:
        assert [draft.id for draft in list_new_drafts(session, ACTIVATION)] == ["d2"]
        assert [draft.id for draft in list_new_drafts(session, SEGMENT)] == ["d1"]
        assert find_draft(session, "d2", SEGMENT) is None
        assert find_draft(session, "d2", ACTIVATION) is not None


def test_a_draft_that_somebody_else_has_kept_since_is_known(store: Store) -> None:
    keep(store, "d1")
    with store.read() as session:
        found = find_draft(session, "d1", SEGMENT)
        assert found is not None and not is_kept_elsewhere(session, "d1", found.updated_at)
        assert is_kept_elsewhere(session, "d1", None)
        assert not is_kept_elsewhere(session, "other", None)


def test_drafts_that_nobody_touches_are_forgotten(store: Store) -> None:
    if not store.on_sqlite:
        return  # the clock of a server cannot be moved by a test
    clock = FakeClock()
    opened = open_store(store.settings, clock)
    keep(opened, "old")
    clock.sleep((KEPT_FOR + timedelta(days=1)).total_seconds())
    keep(opened, "new")
    with opened.read() as session:
        assert [draft.id for draft in list_new_drafts(session, SEGMENT)] == ["new"]
    opened.close()

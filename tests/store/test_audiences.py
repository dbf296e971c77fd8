"""Audiences: what is ours, what was last written, what a ledger says."""

import pytest

from core.store.activity import list_activity
from core.store.audiences import (
    AudienceView,
    adopt_audience,
    book_ledger,
    ensure_audience,
    get_audience,
    intend_to_create,
    list_audiences,
    note_applied,
    note_created,
    note_gone,
    note_platform_count,
    note_write,
)
from core.store.database import Store
from tests.store.example import ANN


@pytest.fixture
def vip(store: Store) -> AudienceView:
    with store.write(ANN) as session:
        return ensure_audience(session, "account", "vip", "VIP")


def test_an_audience_is_one_row_for_good(store: Store, vip: AudienceView) -> None:
    with store.write(ANN) as session:
        assert ensure_audience(session, "account", "vip", "Other") == vip
        assert ensure_audience(session, "account 2", "vip", None).id != vip.id
        assert [view.account for view in list_audiences(session)] == ["account", "account 2"]


def test_the_intent_stands_until_the_creation_is_noted(store: Store, vip: AudienceView) -> None:
    with store.write(ANN) as session:
        intend_to_create(session, vip.id, "VIP")
        intended = get_audience(session, vip.id)
        note_created(session, vip.id, "token-1")
        created = get_audience(session, vip.id)
    assert (intended.intent, intended.ours) == ("creating", False)
    assert (created.intent, created.ours, created.last_token) == (None, True, "token-1")


def test_an_older_write_that_is_applied_proves_nothing(store: Store, vip: AudienceView) -> None:
    with store.write(ANN) as session:
        note_write(session, vip.id, "token-1")
        note_write(session, vip.id, "token-2")
        assert note_applied(session, vip.id, "token-1") is False
        assert get_audience(session, vip.id).applied_at is None
        assert note_applied(session, vip.id, "token-2") is True
        assert get_audience(session, vip.id).applied_at is not None


def test_a_list_that_is_gone_holds_nobody(store: Store, vip: AudienceView) -> None:
    with store.write(ANN) as session:
        note_created(session, vip.id, "token-1")
        book_ledger(session, vip.id, 1, file="l1.parquet", rows=300, unknown=2)
        note_platform_count(session, vip.id, 298)
        note_gone(session, vip.id)
        gone = get_audience(session, vip.id)
        assert list_activity(session, limit=1)[0].detail["held"] == 300
    assert (gone.ours, gone.ledger_file, gone.ledger_rows) == (False, None, 0)
    assert (gone.last_token, gone.platform_count) == (None, None)


def test_adopting_is_remembered(store: Store, vip: AudienceView) -> None:
    with store.write(ANN) as session:
        adopt_audience(session, vip.id, "keep")
        assert get_audience(session, vip.id).adopted == "keep"

"""Destinations keep their secrets encrypted and rest after a refusal until somebody looked."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from core.errors import NameTaken, SecretUnreadable, UnknownName, UsageError
from core.store.activations import archive_activation, create_activation, get_activation
from core.store.activity import list_activity
from core.store.audiences import find_audience
from core.store.database import ReadSession, Store
from core.store.destinations import (
    archive_destination,
    create_destination,
    destination_secrets,
    find_destination,
    get_destination,
    list_destinations,
    note_test_failed,
    note_tested,
    pause_destination,
    restore_destination,
    rotate_key,
    save_destination,
    unreadable_secrets,
    used_destinations,
)
from tests.store.example import ANN, activation, box, destination, furnish


@pytest.fixture(autouse=True)
def crm(store: Store) -> None:
    furnish(store)


def secrets_of(store: Store, key: str = "crm") -> dict[str, str]:
    with store.read() as session:
        return destination_secrets(session, key, box(store))


def test_secrets_come_back_and_are_nowhere_in_plain(store: Store) -> None:
    assert secrets_of(store) == {"rest_api_key": "s3cret"}
    with store.read() as session:
        stored = session.connection().execute(text("SELECT * FROM destinations")).all()
        assert "s3cret" not in str(stored) + str(list_activity(session)) + str(destination())
        assert get_destination(session, "crm").secret_names == {"rest_api_key"}


def test_saving_the_same_again_writes_nothing(store: Store) -> None:
    with store.write(ANN) as session:
        before = get_destination(session, "crm")
        assert save_destination(session, "crm", destination(), box(store)) == before


def test_a_secret_left_as_it_is_stays(store: Store) -> None:
    kept = replace(destination(), name="Other", secrets={"rest_api_key": None})
    with store.write(ANN) as session:
        assert save_destination(session, "crm", kept, box(store)).name == "Other"
    assert secrets_of(store) == {"rest_api_key": "s3cret"}


def test_a_secret_that_is_not_stored_cannot_be_kept(store: Store) -> None:
    missing = replace(destination(), secrets={"rest_api_key": None, "project_key": None})
    with pytest.raises(UsageError, match="'project_key' is needed"), store.write(ANN) as session:
        save_destination(session, "crm", missing, box(store))


def test_a_refused_key_pauses_until_another_is_given(store: Store) -> None:
    with store.write(ANN) as session:
        pause_destination(session, "crm", "The key was refused.")
    with store.write(ANN) as session:
        save_destination(session, "crm", replace(destination(), name="Other"), box(store))
        assert get_destination(session, "crm").paused_reason == "The key was refused."
        another = replace(destination(), secrets={"rest_api_key": "another"})
        assert save_destination(session, "crm", another, box(store)).paused_reason is None
    assert secrets_of(store) == {"rest_api_key": "another"}


def test_a_passed_test_ends_a_pause(store: Store) -> None:
    with store.write(ANN) as session:
        pause_destination(session, "crm", "The key was refused.")
        note_tested(session, "crm")
        crm = get_destination(session, "crm")
    assert (crm.paused_reason, crm.paused_at) == (None, None)
    assert crm.tested_at is not None


def failure_of(session: ReadSession) -> str | None:
    crm = get_destination(session, "crm")
    assert (crm.test_failure is None) == (crm.test_failed_at is None)
    return crm.test_failure


def test_what_a_failed_test_said_is_kept_until_one_passes(store: Store) -> None:
    with store.write(ANN) as session:
        note_test_failed(session, "crm", "Nobody answers.")
        assert failure_of(session) == "Nobody answers."
        assert get_destination(session, "crm").paused_at is None
        note_tested(session, "crm")
        assert failure_of(session) is None


def test_a_failed_test_says_nothing_of_other_keys(store: Store) -> None:
    with store.write(ANN) as session:
        note_test_failed(session, "crm", "The key was refused.")
        save_destination(session, "crm", replace(destination(), name="Other"), box(store))
        assert failure_of(session) == "The key was refused."
        another = replace(destination(), secrets={"rest_api_key": "another"})
        save_destination(session, "crm", another, box(store))
        assert failure_of(session) is None


def test_rotating_needs_no_old_key_afterwards(store: Store) -> None:
    assert rotate_key(store, box(store), ANN) == 1
    (store.settings.home / "key" / "0001.key").unlink()
    assert secrets_of(store) == {"rest_api_key": "s3cret"}


def test_a_secret_without_its_key_is_named_and_can_be_given_again(store: Store) -> None:
    (store.settings.home / "key" / "0001.key").unlink()
    with pytest.raises(SecretUnreadable, match="'rest_api_key' of destination 'crm'"):
        secrets_of(store)
    with store.read() as session:
        assert unreadable_secrets(session, box(store)) == {"crm": ("rest_api_key",)}
    with store.write(ANN) as session:
        save_destination(session, "crm", destination(), box(store))
        assert unreadable_secrets(session, box(store)) == {}
    assert secrets_of(store) == {"rest_api_key": "s3cret"}


def test_another_account_means_other_audiences(store: Store) -> None:
    with store.write(ANN) as session:
        save_destination(session, "crm", destination("https://other p1"), box(store))
        vip = get_activation(session, "vip_to_batch")
        assert (vip.account, vip.audience_name) == ("https://other p1", "vip")
        assert find_audience(session, "https://api.batch.com p1", "vip") is not None


def test_an_account_may_not_take_anothers_audience(store: Store) -> None:
    with store.write(ANN) as session:
        create_destination(session, "crm2", destination("https://other p1", "CRM 2"), box(store))
        create_activation(session, "second", activation(destination_key="crm2"))
    with pytest.raises(NameTaken) as refused, store.write(ANN) as session:
        save_destination(session, "crm", destination("https://other p1"), box(store))
    assert refused.value.terminal_hint == "activation 'second'"


def test_a_destination_is_archived_and_restored(store: Store) -> None:
    with store.write(ANN) as session:
        archive_destination(session, "crm")
        assert list_destinations(session) == ()
        with pytest.raises(NameTaken):
            create_destination(session, "crm", destination(), box(store))
        restore_destination(session, "crm")
        assert [view.key for view in list_destinations(session)] == ["crm"]


def test_a_destination_is_used_while_a_list_is_kept_there(store: Store) -> None:
    with store.write(ANN) as session:
        create_destination(session, "crm2", destination("https://other p1", "CRM 2"), box(store))
        assert used_destinations(session) == {"crm"}
        archive_activation(session, "vip_to_batch")
        assert used_destinations(session) == set()


@pytest.mark.parametrize("name", ["CRM", " crm ", "C\u200bRM\u2069"])
def test_two_destinations_in_use_are_not_called_the_same(store: Store, name: str) -> None:
    other = destination("https://other p1", name)
    said = "There is a destination “CRM” already"
    with pytest.raises(NameTaken, match=said), store.write(ANN) as session:
        create_destination(session, "crm2", other, box(store))
    with store.write(ANN) as session:
        archive_destination(session, "crm")
        create_destination(session, "crm2", other, box(store))
    with pytest.raises(NameTaken), store.write(ANN) as session:
        restore_destination(session, "crm")


def test_an_unknown_destination_is_told(store: Store) -> None:
    with store.read() as session:
        assert find_destination(session, "mail") is None
        with pytest.raises(UnknownName, match=r"There is: crm\."):
            get_destination(session, "mail")

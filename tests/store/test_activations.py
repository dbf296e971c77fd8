"""Activations: one live one an audience, and everything of them that a run depends on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import NameTaken, UnknownName, UsageError
from core.store.activations import (
    ActivationView,
    archive_activation,
    ask_full_resync,
    create_activation,
    due_activations,
    get_activation,
    get_activation_by_id,
    list_activations,
    pause_activation,
    restore_activation,
    resume_activation,
    save_activation,
    set_next_run,
)
from core.store.activity import list_activity
from core.store.database import Store
from core.store.destinations import create_destination
from core.store.segments import archive_segment
from tests.store.example import ANN, activation, box, destination, furnish

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def vip(store: Store) -> ActivationView:
    return furnish(store)


def test_what_was_set_comes_back(store: Store, vip: ActivationView) -> None:
    with store.read() as session:
        found = get_activation(session, "vip_to_batch")
        assert found == get_activation_by_id(session, vip.id) == vip
    assert found.settings == activation()


def test_an_audience_has_one_live_activation_and_the_refusal_names_it(store: Store) -> None:
    with pytest.raises(NameTaken, match="kept by 'VIP'") as refused:  # noqa: SIM117
        with store.write(ANN) as session:
            create_activation(session, "second", activation())
    assert refused.value.terminal_hint == "activation 'vip_to_batch'"


def test_also_across_two_destinations_of_one_account(store: Store) -> None:
    with store.write(ANN) as session:
        create_destination(session, "twin", destination(name="Twin"), box(store))
        create_destination(session, "other", destination("elsewhere", "Other"), box(store))
        create_activation(session, "third", activation(destination_key="other"))
        with pytest.raises(NameTaken) as refused:
            create_activation(session, "second", activation(destination_key="twin"))
        assert refused.value.terminal_hint == "activation 'vip_to_batch'"


def test_archiving_frees_the_audience_for_another(store: Store) -> None:
    with store.write(ANN) as session:
        archive_activation(session, "vip_to_batch")
        create_activation(session, "second", activation())
        with pytest.raises(NameTaken) as refused:
            restore_activation(session, "vip_to_batch")
        assert refused.value.terminal_hint == "activation 'second'"
        assert [view.key for view in list_activations(session)] == ["second"]
        assert len(list_activations(session, archived=True)) == 2


def test_an_archived_one_is_restored(store: Store) -> None:
    with store.write(ANN) as session:
        archive_activation(session, "vip_to_batch")
        assert restore_activation(session, "vip_to_batch").archived_at is None


def test_saving_the_same_again_writes_nothing(store: Store, vip: ActivationView) -> None:
    with store.write("bob") as session:
        assert save_activation(session, "vip_to_batch", activation()) == vip
        assert all(entry.actor == ANN for entry in list_activity(session))


def test_only_another_mapping_counts_as_one(store: Store) -> None:
    with store.write(ANN) as session:
        renamed = replace(activation(), display_name="Best")
        assert save_activation(session, "vip_to_batch", renamed).mapping_version == 1
        mapped = replace(renamed, attributes={"tier": "level"})
        assert save_activation(session, "vip_to_batch", mapped).mapping_version == 2


def test_the_salt_of_the_control_group_stays_for_good(store: Store, vip: ActivationView) -> None:
    with store.write(ANN) as session:
        changed = replace(activation(), control_percent=10.0)
        saved = save_activation(session, "vip_to_batch", changed)
    assert (saved.control_salt, saved.control_percent) == (vip.control_salt, 10.0)


def test_another_audience_name_is_another_audience(store: Store, vip: ActivationView) -> None:
    with store.write(ANN) as session:
        moved = save_activation(session, "vip_to_batch", activation("vip_2"))
        assert moved.audience_id != vip.audience_id
        create_activation(session, "second", activation("vip"))


def test_pausing_twice_is_pausing_once(store: Store) -> None:
    with store.write(ANN) as session:
        assert pause_activation(session, "vip_to_batch", "holiday") is True
        assert pause_activation(session, "vip_to_batch") is False
        assert get_activation(session, "vip_to_batch").paused_reason == "holiday"
        assert resume_activation(session, "vip_to_batch") is True
        assert resume_activation(session, "vip_to_batch") is False


def test_due_is_what_is_neither_paused_nor_archived_nor_later(
    store: Store, vip: ActivationView
) -> None:
    with store.write(ANN) as session:
        set_next_run(session, vip.id, NOON)
        assert [view.key for view in due_activations(session, NOON)] == ["vip_to_batch"]
        assert due_activations(session, NOON - timedelta(microseconds=1)) == ()
        pause_activation(session, "vip_to_batch")
        assert due_activations(session, NOON) == ()


def test_another_schedule_forgets_what_was_due(store: Store, vip: ActivationView) -> None:
    with store.write(ANN) as session:
        set_next_run(session, vip.id, NOON)
        changed = replace(activation(), schedule='{"cron": "0 7 * * *"}')
        assert save_activation(session, "vip_to_batch", changed).next_run_at is None


def test_a_full_resync_is_asked_for_once(store: Store) -> None:
    with store.write(ANN) as session:
        ask_full_resync(session, "vip_to_batch")
        assert get_activation(session, "vip_to_batch").full_resync is True
        ask_full_resync(session, "vip_to_batch", asked=False)
        assert get_activation(session, "vip_to_batch").full_resync is False


@pytest.mark.parametrize("wrong", [{"segment_key": "vpi"}, {"destination_key": "crn"}])
def test_what_it_joins_must_exist(store: Store, wrong: dict[str, str]) -> None:
    with pytest.raises(UnknownName, match="Did you mean"), store.write(ANN) as session:
        create_activation(session, "second", replace(activation("other"), **wrong))


def test_what_it_joins_must_not_be_archived(store: Store) -> None:
    with store.write(ANN) as session:
        archive_segment(session, "vip")
        with pytest.raises(UsageError, match="segment 'vip' is archived"):
            create_activation(session, "second", activation("other"))


def test_a_key_is_taken_once(store: Store) -> None:
    with pytest.raises(NameTaken), store.write(ANN) as session:
        create_activation(session, "vip_to_batch", activation("other"))


def test_a_display_name_is_saved_without_what_cannot_be_seen(store: Store) -> None:
    with store.write(ANN) as session:
        given = replace(activation(), display_name="\u202eFide\u0300les\x00 ")
        saved = save_activation(session, "vip_to_batch", given)
        assert saved.display_name == "Fid\u00e8les"
        assert save_activation(session, "vip_to_batch", given) == saved

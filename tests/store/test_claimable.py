"""Which runs may be claimed, and in which order."""

from datetime import UTC, datetime, timedelta

import pytest

from core.store.activations import (
    ActivationView,
    archive_activation,
    create_activation,
    pause_activation,
    resume_activation,
)
from core.store.database import Store, WriteSession
from core.store.destinations import create_destination, note_tested, pause_destination
from core.store.run_changes import (
    NewRun,
    ask_cancel,
    claim_run,
    queue_run,
    release_run,
    start_run,
    update_run,
    update_unowned_run,
)
from core.store.run_states import RunState
from core.store.runs import RunView, claimable_runs, get_run
from core.store.segments import pause_segment
from core.store.workspace import pause_everything, resume_everything
from tests.store.example import ANN, OWNER, activation, box, destination, furnish, new_run

SLOT = datetime(2030, 1, 1, 7, tzinfo=UTC)


@pytest.fixture
def vip(store: Store) -> ActivationView:
    return furnish(store)


@pytest.fixture
def other(store: Store, vip: ActivationView) -> ActivationView:
    with store.write(ANN) as session:
        return create_activation(session, "other", activation("other"))


def claimable(session: WriteSession, at: datetime = SLOT) -> list[int]:
    return [found.run.id for found in claimable_runs(session, at)]


def start(session: WriteSession, of: ActivationView, **changes: object) -> RunView:
    run = start_run(session, new_run(of), OWNER)
    return update_run(session, run.id, run.token or "", **changes)  # type: ignore[arg-type]


def test_by_hand_comes_before_the_oldest_slot(store: Store, vip, other) -> None:
    with store.write(ANN) as session:
        by_slot = queue_run(session, new_run(vip, SLOT))
        by_hand = queue_run(session, new_run(other, priority=10))
        assert claimable(session) == [by_hand.id, by_slot.id]


def test_the_oldest_slot_comes_first_whoever_was_queued_first(store: Store, vip, other) -> None:
    with store.write(ANN) as session:
        late = queue_run(session, new_run(vip, SLOT))
        early = queue_run(session, new_run(other, SLOT - timedelta(hours=1)))
        assert claimable(session) == [early.id, late.id]


def test_a_waiting_run_is_claimable_when_its_time_has_come(store: Store, vip) -> None:
    with store.write(ANN) as session:
        later = SLOT + timedelta(hours=1)
        run = start(session, vip, state=RunState.WAITING, next_try_at=later)
        assert claimable(session) == []
        assert claimable(session, later) == [run.id]


def test_a_try_put_off_by_a_clock_that_was_set_back_is_not_waited_for(store: Store, vip) -> None:
    with store.write(ANN) as session:
        far = SLOT + timedelta(hours=5)
        run = start(session, vip, state=RunState.WAITING, next_try_at=far)
        assert claimable(session) == [run.id]


def test_a_held_run_is_claimable_once_approved(store: Store, vip) -> None:
    with store.write(ANN) as session:
        run = start(session, vip, state=RunState.HELD)
        assert claimable(session) == []
        update_unowned_run(session, run.id, {RunState.HELD}, decision="approved")
        assert claimable(session) == [run.id]
        claimed = claim_run(session, run.id, OWNER, state=RunState.HELD, to=RunState.SENDING)
    assert claimed is not None and claimed.state == RunState.SENDING


def test_a_follow_up_waits_for_the_run_under_way(store: Store, vip, other) -> None:
    with store.write(ANN) as session:
        run = start(session, vip, state=RunState.SENDING)
        follow_up = queue_run(session, new_run(vip, SLOT))
        assert claimable(session) == []
        update_run(session, run.id, run.token or "", state=RunState.CONFIRMING)
        assert claimable(session) == [follow_up.id]


def test_a_run_waits_for_another_that_writes_to_the_same_list(store: Store, vip, other) -> None:
    with store.write(ANN) as session:
        start(session, vip, state=RunState.SENDING)
        queue_run(session, NewRun(other.id, vip.audience_id, "manual"))
        assert claimable(session) == []


def test_what_is_paused_rests(store: Store, vip) -> None:
    with store.write(ANN) as session:
        run = queue_run(session, new_run(vip, SLOT))
        pause_activation(session, vip.key)
        assert claimable(session) == []
        resume_activation(session, vip.key)
        pause_everything(session)
        assert claimable(session) == []
        resume_everything(session)
        pause_destination(session, "crm", "The key is refused.")
        assert claimable(session) == []
        note_tested(session, "crm")
        assert claimable(session) == [run.id]
        pause_segment(session, "vip", "A field is gone.")
        assert claimable(session) == []


def test_a_pause_does_not_keep_anyone_from_asking_what_became_of_a_write(store: Store, vip) -> None:
    with store.write(ANN) as session:
        run = start(session, vip, state=RunState.CONFIRMING)
        release_run(session, run.id, run.token or "")
        pause_activation(session, vip.key)
        assert claimable(session) == [run.id]


def test_a_cancelled_run_that_waits_is_claimed_though_paused_to_be_booked(store, vip) -> None:
    with store.write(ANN) as session:
        run = start(session, vip, state=RunState.WAITING, next_try_at=SLOT)
        pause_activation(session, vip.key)
        assert claimable(session) == []
        ask_cancel(session, run.id)
        assert claimable(session) == [run.id]


def test_archiving_cancels_what_waits_and_stops_what_is_under_way(store: Store, vip) -> None:
    with store.write(ANN) as session:
        under_way = start(session, vip, state=RunState.SENDING)
        queued = queue_run(session, new_run(vip, SLOT))
        archive_activation(session, vip.key)
        assert get_run(session, queued.id).state is RunState.CANCELLED
        assert get_run(session, under_way.id).cancel_asked_by == ANN


def test_a_run_names_the_account_that_it_will_call(store: Store, vip) -> None:
    with store.write(ANN) as session:
        queue_run(session, new_run(vip, SLOT))
        assert [found.account for found in claimable_runs(session, SLOT)] == [vip.account]


def test_a_full_account_hides_no_run_of_another_behind_its_own(store: Store, vip) -> None:
    with store.write(ANN) as session:
        create_destination(
            session, "shop", destination("https://api.batch.com p2", "Shop"), box(store)
        )
        shop = create_activation(session, "shop_list", activation("shop", "shop"))
        first = queue_run(session, new_run(vip, SLOT - timedelta(hours=1)))
        second = queue_run(session, new_run(shop, SLOT))
        found = [claimable_runs(session, SLOT, full, 1) for full in ((), {vip.account})]
    assert [run.run.id for (run,) in found] == [first.id, second.id]


def test_slots_that_were_missed_are_counted_on_the_run(store: Store, vip) -> None:
    with store.write(ANN) as session:
        run = queue_run(
            session, NewRun(vip.id, vip.audience_id, "schedule", slot_at=SLOT, missed=3)
        )
        assert run.merged_slots == 3
        later = SLOT + timedelta(hours=1)
        joined = NewRun(vip.id, vip.audience_id, "schedule", slot_at=later, missed=2)
        assert queue_run(session, joined).merged_slots == 6

"""Runs belong to one owner at a time, and an activation to one live run."""

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import LeaseLost, RunRefused, UnknownName
from core.store.activations import ActivationView
from core.store.database import Store
from core.store.run_changes import (
    Owner,
    ask_cancel,
    claim_run,
    queue_run,
    release_run,
    renew_lease,
    start_run,
    take_over_run,
    update_run,
    update_unowned_run,
)
from core.store.run_states import FINAL, LIVE, OWNED, RunState
from core.store.run_story import (
    GapKind,
    list_events,
    note_gap,
    note_gaps_booked,
    run_gaps,
    unbooked_gaps,
)
from core.store.runs import (
    RunView,
    find_run,
    get_run,
    list_runs,
    live_run,
    owned_runs,
)
from core.store.snapshots import add_snapshot, pinned_snapshots
from tests.store.example import ANN, OWNER, furnish, new_run

SLOT = datetime(2026, 11, 23, 7, tzinfo=UTC)
OTHER = Owner("process-2", 60)


@pytest.fixture
def vip(store: Store) -> ActivationView:
    return furnish(store)


@pytest.fixture
def run(store: Store, vip: ActivationView) -> RunView:
    with store.write(ANN) as session:
        return start_run(session, new_run(vip), OWNER)


def token_of(run: RunView) -> str:
    assert run.token is not None
    return run.token


def move(store: Store, run: RunView, state: RunState) -> RunView:
    with store.write("machine") as session:
        return update_run(session, run.id, token_of(run), state=state)


def test_a_started_run_is_claimed_already(run: RunView) -> None:
    assert (run.state, run.process_id) == (RunState.COMPUTING, "process-1")
    assert run.started_at is not None and run.lease_until is not None
    lasts = run.lease_until - run.started_at
    assert timedelta(seconds=60) <= lasts < timedelta(seconds=70)


def test_a_second_run_is_refused_while_one_is_live(
    store: Store, vip: ActivationView, run: RunView
) -> None:
    with pytest.raises(RunRefused, match=f"Run {run.id} works"), store.write(ANN) as session:
        start_run(session, new_run(vip), OTHER)


def test_slots_join_the_run_that_is_queued(store: Store, vip: ActivationView) -> None:
    slots = [SLOT + timedelta(minutes=15 * number) for number in range(4)]
    with store.write(ANN) as session:
        runs = [queue_run(session, new_run(vip, slot)) for slot in slots]
    assert len({run.id for run in runs}) == 1
    assert (runs[-1].slot_at, runs[-1].merged_slots) == (SLOT, 3)


def test_a_slot_is_recorded_once(store: Store, vip: ActivationView) -> None:
    with store.write(ANN) as session:
        first = queue_run(session, new_run(vip, SLOT))
        claimed = claim_run(session, first.id, OWNER, state=RunState.QUEUED, to=RunState.COMPUTING)
        assert queue_run(session, new_run(vip, SLOT)) == claimed


def test_a_follow_up_is_not_claimed_while_one_is_live(
    store: Store, vip: ActivationView, run: RunView
) -> None:
    with store.write(ANN) as session:
        follow_up = queue_run(session, new_run(vip, SLOT))
        claim = {"state": RunState.QUEUED, "to": RunState.COMPUTING}
        assert claim_run(session, follow_up.id, OTHER, **claim) is None
        update_run(session, run.id, token_of(run), state=RunState.CONFIRMING)
        assert claim_run(session, follow_up.id, OTHER, **claim) is not None


def test_a_write_with_an_old_token_is_refused(store: Store, run: RunView) -> None:
    with store.write("machine") as session:
        taken = take_over_run(session, run, OTHER, 5)
    assert taken is not None and taken.takeovers == 1
    for write in (update_run, release_run):
        with pytest.raises(LeaseLost), store.write("machine") as session:
            write(session, run.id, token_of(run), cursor=10_000)
    with pytest.raises(LeaseLost), store.write("machine") as session:
        renew_lease(session, run.id, token_of(run), 60)


def test_of_two_who_take_over_one_does(store: Store, run: RunView) -> None:
    with store.write("machine") as session:
        assert take_over_run(session, run, OTHER, 5) is not None
        assert take_over_run(session, run, Owner("process-3", 60), 5) is None


def test_a_renewed_lease_is_not_taken_over(store: Store, run: RunView) -> None:
    with store.write("machine") as session:
        renew_lease(session, run.id, token_of(run), 90)
        assert take_over_run(session, run, OTHER, 5) is None


def test_after_too_many_takeovers_it_needs_attention(store: Store, run: RunView) -> None:
    with store.write("machine") as session:
        taken: RunView | None = run
        for _ in range(3):
            assert taken is not None
            taken = take_over_run(session, taken, OTHER, 2)
    assert taken is not None
    assert (taken.state, taken.token, taken.takeovers) == (RunState.NEEDS_ATTENTION, None, 3)


@pytest.mark.parametrize("state", sorted(set(RunState) - OWNED - {RunState.QUEUED}))
def test_a_state_that_nobody_works_in_gives_the_run_up(
    store: Store, run: RunView, state: RunState
) -> None:
    moved = move(store, run, state)
    assert (moved.token, moved.process_id, moved.lease_until) == (None, None, None)
    assert (moved.finished_at is not None) == (state in FINAL)


def test_what_changes_comes_back_as_it_was_given(store: Store, run: RunView) -> None:
    with store.write("machine") as session:
        changed = update_run(
            session,
            run.id,
            token_of(run),
            now=SLOT,
            counts={"adds": 3_000_000_000},
            cursor=3_000_000_000,
            hold_reasons=["Everybody would leave."],
            error="x",
        )
    assert (changed.now, changed.cursor) == (SLOT, 3_000_000_000)
    assert changed.counts == {"adds": 3_000_000_000}
    assert changed.hold_reasons == ["Everybody would leave."]
    with store.read() as session:
        assert get_run(session, run.id) == changed


def test_an_unowned_run_changes_only_in_the_states_named(store: Store, run: RunView) -> None:
    held = {RunState.HELD}
    with store.write(ANN) as session:
        assert not update_unowned_run(session, run.id, held, decision="approved")
    move(store, run, RunState.HELD)
    with store.write(ANN) as session:
        assert update_unowned_run(session, run.id, held, decision="approved")
        assert get_run(session, run.id).decision == "approved"


def test_a_cancel_is_asked_for_only_before_the_end(store: Store, run: RunView) -> None:
    with store.write(ANN) as session:
        assert ask_cancel(session, run.id)
    move(store, run, RunState.CANCELLED)
    with store.write("bob") as session:
        assert not ask_cancel(session, run.id)
        assert get_run(session, run.id).cancel_asked_by == ANN


def test_the_story_names_each_step_and_actor(store: Store, run: RunView) -> None:
    move(store, run, RunState.SENDING)
    with store.read() as session:
        events = list_events(session, run.id)
    assert [(event.kind, event.actor) for event in events] == [
        ("computing", ANN),
        ("sending", "machine"),
    ]


def test_gaps_are_kept_until_a_ledger_knows_them(
    store: Store, vip: ActivationView, run: RunView
) -> None:
    with store.write("machine") as session:
        note_gap(session, run.id, GapKind.UNANSWERED, 20_000, 30_000)
        note_gap(session, run.id, GapKind.REFUSED, 0, 10_000, "No such attribute.")
        assert [gap.first_row for gap in run_gaps(session, run.id)] == [0, 20_000]
        note_gaps_booked(session, run_gaps(session, run.id)[:1])
        (left,) = unbooked_gaps(session, vip.audience_id)
    assert (left.kind, left.first_row, left.end_row) == (GapKind.UNANSWERED, 20_000, 30_000)


def test_runs_are_listed_newest_first_and_paged(store: Store, vip: ActivationView) -> None:
    with store.write(ANN) as session:
        ids = []
        for _ in range(3):
            started = start_run(session, new_run(vip), OWNER)
            ids.append(started.id)
            update_run(session, started.id, token_of(started), state=RunState.UNCHANGED)
        queue_run(session, new_run(vip, SLOT))
    with store.read() as session:
        ended = list_runs(session, activation_id=vip.id, states={RunState.UNCHANGED}, limit=2)
        assert [run.id for run in ended] == ids[:0:-1]
        older = list_runs(session, audience_id=vip.audience_id, before_id=ended[-1].id)
        assert [run.id for run in older] == ids[:1]
        assert live_run(session, vip.id) is None


def test_a_released_run_is_claimed_in_its_state(store: Store, run: RunView) -> None:
    confirming = move(store, run, RunState.CONFIRMING)
    with store.write("machine") as session:
        assert owned_runs(session) == (confirming,)
        release_run(session, run.id, token_of(run), next_try_at=SLOT)
        assert owned_runs(session) == ()
        claim = {"state": RunState.CONFIRMING, "to": RunState.CONFIRMING}
        assert claim_run(session, run.id, OTHER, **claim) is not None
        assert claim_run(session, run.id, OWNER, **claim) is None


def test_a_snapshot_is_pinned_until_the_plan_is_frozen(store: Store, run: RunView) -> None:
    with store.write(ANN) as session:
        add_snapshot(session, "s1", manifest="", manifest_path="m.toml", rows={})
        update_run(session, run.id, token_of(run), snapshot_id="s1")
        assert pinned_snapshots(session) == {"s1"}
        update_run(session, run.id, token_of(run), plan_id="p1")
        assert pinned_snapshots(session) == frozenset()


def test_an_unknown_run_is_told(store: Store) -> None:
    with store.read() as session:
        assert find_run(session, 7) is None
        with pytest.raises(UnknownName, match="no run 7"):
            get_run(session, 7)


def test_every_state_is_live_final_or_neither_but_never_both() -> None:
    assert not LIVE & FINAL
    assert not OWNED & FINAL
    assert set(RunState) - LIVE - FINAL == {
        RunState.QUEUED,
        RunState.HELD,
        RunState.CONFIRMING,
    }

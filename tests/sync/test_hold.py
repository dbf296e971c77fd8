"""Held runs: approved as frozen, rejected, replaced, healed."""

from dataclasses import replace

import pytest

from core.errors import NetworkFault, PlanOutdated, RunRefused
from core.store.activations import get_activation, save_activation
from core.store.run_states import RunState
from core.store.segments import save_segment
from core.store.snapshots import add_snapshot
from tests.sync.scripted import Answer
from tests.sync.world import World, make_world

PEOPLE = [f"id{n:02}" for n in range(20)]
HALF = PEOPLE[10:]


@pytest.fixture
def held(world: World):
    world.run(PEOPLE)
    return world.run(HALF)


def test_a_halved_list_is_held_and_sends_nothing(world: World, held):
    assert held.state is RunState.HELD
    assert held.reasons == ("50 % would leave, your limit is 30 %",)
    assert world.platform.ids("vip") == set(PEOPLE)


def test_an_emptied_list_is_held(world: World):
    world.run(PEOPLE)
    assert "become empty" in world.run([]).reasons[0]


def test_without_guards_everything_is_sent(store_settings):
    world = make_world(store_settings, guards="{}")
    try:
        world.run(PEOPLE)
        assert world.run([]).state is RunState.SUCCEEDED
        assert world.platform.ids("vip") == set()
    finally:
        world.close()
        world.store.close()


def test_an_approved_plan_is_sent_as_it_was_frozen(world: World, held):
    world.members.set(["somebody else"])
    done = world.runner.approve(held.run_id, held.plan_id, "bo")
    assert done.state is RunState.SUCCEEDED
    assert world.platform.ids("vip") == set(HALF)
    assert world.row(done).decided_by == "bo"


def test_approving_names_the_plan_that_was_looked_at(world: World, held):
    with pytest.raises(PlanOutdated, match="look at it"):
        world.runner.approve(held.run_id, "another", "bo")
    assert world.row(held).state is RunState.HELD


def test_a_rejected_plan_is_not_sent(world: World, held):
    assert world.runner.reject(held.run_id, "bo").state is RunState.REJECTED
    with pytest.raises(RunRefused, match="rejected"):
        world.runner.approve(held.run_id, held.plan_id, "bo")
    assert world.platform.ids("vip") == set(PEOPLE)


def test_newer_data_does_not_void_a_held_plan(world: World, held):
    with world.store.write("ana") as session:
        add_snapshot(session, "s2", manifest="", manifest_path="d", rows={})
    assert world.runner.approve(held.run_id, held.plan_id, "bo").state is RunState.SUCCEEDED


def test_a_plan_a_day_old_cannot_be_approved(world: World, held):
    world.clock.passed += 24 * 3600
    with pytest.raises(PlanOutdated, match="24 hours"):
        world.runner.approve(held.run_id, held.plan_id, "bo")


def test_a_changed_segment_voids_a_held_plan(world: World, held):
    with world.store.write("ana") as session:
        save_segment(session, "vip", name="VIP", tree="{ }", resolved="{}", edited_from=1)
    with pytest.raises(PlanOutdated, match="segment 'VIP' was changed"):
        world.runner.approve(held.run_id, held.plan_id, "bo")


def test_a_changed_mapping_voids_a_held_plan(world: World, held):
    with world.store.write("ana") as session:
        settings = get_activation(session, "vip").settings
        save_activation(session, "vip", replace(settings, external_id="email"))
    with pytest.raises(PlanOutdated, match="what is sent to it was changed"):
        world.runner.approve(held.run_id, held.plan_id, "bo")


def test_the_same_plan_found_again_leaves_the_held_run_as_it_is(world: World, held):
    again = world.run(HALF)
    assert (again.run_id, again.state) == (held.run_id, RunState.HELD)
    assert world.runner.approve(held.run_id, held.plan_id, "bo").state is RunState.SUCCEEDED


def test_another_plan_takes_the_place_of_a_held_one(world: World, held):
    again = world.run(HALF[2:])
    assert again.state is RunState.HELD
    assert again.run_id != held.run_id
    assert world.row(held).state is RunState.REPLACED
    assert world.row(held).replaced_by == again.run_id


def test_the_same_plan_a_day_later_takes_the_place_of_one_that_is_too_old(world: World, held):
    world.clock.passed += 24 * 3600
    again = world.run(HALF)
    assert again.run_id != held.run_id
    assert world.runner.approve(again.run_id, again.plan_id, "bo").state is RunState.SUCCEEDED


@pytest.mark.parametrize("ids", [PEOPLE, [*PEOPLE, "new"]])
def test_a_list_that_healed_is_sent_and_the_history_says_so(world: World, held, ids):
    healed = world.run(ids)
    assert healed.state in (RunState.SUCCEEDED, RunState.UNCHANGED)
    assert world.row(healed).healed
    assert world.row(held).state is RunState.REPLACED
    assert world.platform.ids("vip") == set(ids)


def test_a_list_deleted_after_the_plan_was_made_is_not_filled_by_a_plan_of_removals(
    world: World, held
):
    del world.platform.audiences["vip"]
    outcome = world.runner.approve(held.run_id, held.plan_id, "bo")
    assert outcome.state is RunState.FAILED
    assert "vip" not in world.platform.audiences


def test_a_held_run_can_be_cancelled(world: World, held):
    assert world.runner.cancel(held.run_id, "bo").state is RunState.CANCELLED


def test_a_run_that_has_ended_cannot_be_cancelled(world: World):
    done = world.run(PEOPLE)
    with pytest.raises(RunRefused, match="is done"):
        world.runner.cancel(done.run_id, "bo")


def test_a_run_whose_ledger_is_gone_can_be_cancelled_and_is_booked_once_it_is_back(world: World):
    world.run(PEOPLE)
    ledger = world.settings.ledgers / (world.audience().ledger_file or "")
    world.platform.tell("apply", Answer(), *[Answer(NetworkFault("cut"))] * 200)
    waiting = world.run([*PEOPLE[5:], *(f"new{n}" for n in range(15))], patience_s=0)
    assert waiting.state is RunState.WAITING and waiting.run_id is not None
    away = ledger.rename(ledger.with_suffix(".away"))
    world.platform.script.clear()
    assert world.runner.cancel(waiting.run_id, "ana").state is RunState.CANCELLED
    away.rename(ledger)
    assert world.run().state is RunState.SUCCEEDED
    assert world.platform.ids("vip") == {id_ for id_ in world.members.ids.values() if id_}

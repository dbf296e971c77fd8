"""What a run does when nothing goes wrong, and when the platform or a human says no."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from core.errors import (
    AudienceMissing,
    CallRefused,
    KeysRefused,
    NetworkFault,
    PlatformFault,
    QueryFailed,
    RunRefused,
    TooManyCalls,
    UnknownName,
)
from core.store.activations import pause_activation
from core.store.destinations import get_destination
from core.store.run_states import RunState
from core.store.workspace import pause_everything
from tests.sync.scripted import Answer
from tests.sync.world import World

PEOPLE = [f"id{n:02}" for n in range(25)]


def test_a_first_run_fills_the_audience(world: World):
    outcome = world.run(PEOPLE)
    assert outcome.state is RunState.SUCCEEDED
    assert world.platform.ids("vip") == set(PEOPLE)
    assert (outcome.sent_adds, outcome.sent_removes) == (25, 0)
    assert world.ledger() == dict.fromkeys(PEOPLE, False)


def test_the_second_run_sends_the_exact_difference(world: World):
    world.run(PEOPLE)
    outcome = world.run([*PEOPLE[3:], "new"])
    changes = [(change.action, change.id) for change in world.platform.applies[-1]]
    assert changes == [("remove", "id00"), ("remove", "id01"), ("remove", "id02"), ("add", "new")]
    assert outcome.state is RunState.SUCCEEDED
    assert world.platform.ids("vip") == {*PEOPLE[3:], "new"}


def test_an_unchanged_segment_writes_nothing(world: World):
    world.run(PEOPLE)
    before = list(world.platform.requests)
    outcome = world.run(PEOPLE)
    assert outcome.state is RunState.UNCHANGED
    assert world.platform.requests == [*before, "view"]


def test_a_first_run_of_an_empty_segment_makes_the_audience_and_succeeds(world: World):
    outcome = world.run([])
    assert outcome.state is RunState.SUCCEEDED
    assert world.platform.ids("vip") == set()
    assert world.platform.count("apply") == 0
    assert world.run([]).state is RunState.UNCHANGED


def test_a_story_tells_every_state(world: World):
    story = world.story(world.run(PEOPLE))
    assert story == [
        "computing",
        "sending",
        "created",
        "booked",
        "confirming",
        "applied",
        "succeeded",
    ]


def test_counts_show_where_people_are_lost(world: World):
    world.members.ids = {"1": "a", "2": "a", "3": None, "4": "x" * 21, "5": "b"}
    counts = world.run().counts
    assert (counts.segment, counts.blank, counts.too_long, counts.duplicate) == (5, 1, 1, 1)
    assert (counts.wanted, counts.adds) == (2, 2)


def test_people_who_are_not_sent_make_a_run_neither_partly_nor_failed(world: World):
    world.members.ids = {"1": None, "2": "a"}
    assert world.run().state is RunState.SUCCEEDED


def test_the_segment_is_evaluated_at_the_instant_asked_for(world: World):
    then = datetime(2017, 6, 1, tzinfo=UTC)
    outcome = world.run(PEOPLE, now=then)
    assert outcome.now == then
    assert world.members.asked == [then]


def test_an_unknown_activation_is_named(world: World):
    with pytest.raises(UnknownName, match="vip"):
        world.runner.run_now("vipp", "ana")


def test_a_paused_activation_is_refused(world: World):
    with world.store.write("ana") as session:
        pause_activation(session, "vip")
    with pytest.raises(RunRefused, match="paused"):
        world.run(PEOPLE)


def test_nothing_runs_while_everything_is_paused(world: World):
    with world.store.write("ana") as session:
        pause_everything(session)
    with pytest.raises(RunRefused, match="Everything is paused"):
        world.run(PEOPLE)


def test_a_list_that_somebody_else_made_is_refused(world: World):
    world.platform.audiences["vip"] = {"stranger": None}
    outcome = world.run(PEOPLE)
    assert outcome.state is RunState.FAILED
    assert "not made by Rollcall" in (outcome.error or "")
    assert world.platform.ids("vip") == {"stranger"}


def test_a_segment_that_cannot_be_evaluated_fails_the_run_with_its_sentence(world: World):
    world.members.error = QueryFailed("The memory of this process is used up.")
    outcome = world.run()
    assert (outcome.state, outcome.error) == (
        RunState.FAILED,
        "The memory of this process is used up.",
    )
    assert "create" not in world.platform.requests


@pytest.mark.parametrize("applied", [False, True])
def test_a_creation_whose_answer_was_lost_is_not_taken_for_a_strangers_list(world: World, applied):
    world.platform.tell("create", Answer(NetworkFault("cut"), applied=applied))
    assert world.run(PEOPLE).state is RunState.SUCCEEDED
    assert world.platform.ids("vip") == set(PEOPLE)


def test_a_deleted_list_holds_the_run_and_is_filled_again_when_approved(world: World):
    world.run(PEOPLE)
    del world.platform.audiences["vip"]
    held = world.run(PEOPLE)
    assert held.state is RunState.HELD
    assert "deleted" in held.reasons[0]
    assert world.runner.approve(held.run_id, held.plan_id, "bo").state is RunState.SUCCEEDED
    assert world.platform.ids("vip") == set(PEOPLE)


def test_a_deleted_list_is_not_made_again_after_a_rejection(world: World):
    world.run(PEOPLE)
    del world.platform.audiences["vip"]
    world.runner.reject(world.run(PEOPLE).run_id, "bo")
    assert world.run(PEOPLE).state is RunState.HELD
    assert "vip" not in world.platform.audiences


def test_an_empty_list_that_was_deleted_is_made_again(world: World):
    world.run([])
    del world.platform.audiences["vip"]
    assert world.run([]).state is RunState.SUCCEEDED
    assert world.platform.ids("vip") == set()


@pytest.mark.parametrize("fault", [NetworkFault("cut"), PlatformFault("500"), TooManyCalls("429")])
@pytest.mark.parametrize("applied", [False, True])
def test_a_passing_fault_is_tried_again(world: World, fault, applied):
    world.platform.tell("apply", Answer(), Answer(fault, applied=applied))
    assert world.run(PEOPLE).state is RunState.SUCCEEDED
    assert world.platform.ids("vip") == set(PEOPLE)


def test_a_long_fault_lets_the_run_wait_with_its_next_try_in_the_store(world: World):
    world.platform.tell("apply", Answer(), *[Answer(PlatformFault("503"))] * 100)
    outcome = world.run(PEOPLE, patience_s=100)
    assert outcome.state is RunState.WAITING
    assert outcome.next_try_at is not None
    assert outcome.next_try_at > world.clock.now()
    assert world.row(outcome).cursor == 10


def test_a_waiting_run_goes_on_at_its_cursor(world: World):
    world.platform.tell("apply", Answer(), *[Answer(PlatformFault("503"))] * 100)
    first = world.run(PEOPLE, patience_s=100)
    world.platform.script.clear()
    sent = len(world.platform.applies)
    outcome = world.run(now=first.now)
    assert outcome.run_id == first.run_id
    assert outcome.state is RunState.SUCCEEDED
    assert [len(call) for call in world.platform.applies[sent:]] == [10, 5]


def test_a_wait_is_sat_out_while_patience_lasts(world: World):
    world.platform.tell("apply", *[Answer(NetworkFault("cut"))] * 20)
    assert world.run(PEOPLE, patience_s=3600).state is RunState.SUCCEEDED
    assert world.platform.ids("vip") == set(PEOPLE)


def test_a_wait_of_a_day_ends_the_run_booked_and_the_next_one_plans_afresh(world: World):
    world.platform.tell("apply", Answer(), *[Answer(NetworkFault("cut"))] * 1000)
    first = world.run(PEOPLE, patience_s=1)
    world.clock.passed += 25 * 3600
    ended = world.run(PEOPLE, now=first.now, patience_s=1)
    assert (ended.run_id, ended.state) == (first.run_id, RunState.PARTLY)
    assert sorted(world.ledger().values()) == [False] * 10 + [True] * 10
    world.platform.script.clear()
    assert world.run([*PEOPLE[5:]]).state is RunState.SUCCEEDED
    assert world.platform.ids("vip") == set(PEOPLE[5:])


@pytest.mark.parametrize("after", [0, 1])
def test_refused_keys_pause_the_destination_and_ask_a_human(world: World, after):
    world.platform.tell("apply", *[Answer()] * after, Answer(KeysRefused("Look at the REST key.")))
    outcome = world.run(PEOPLE)
    assert outcome.state is (RunState.PARTLY if after else RunState.FAILED)
    assert len(world.ledger()) == 10 * after
    with world.store.read() as session:
        assert get_destination(session, "crm").paused_reason == "Look at the REST key."
    again = world.run(PEOPLE)
    assert (again.state, again.error is not None) == (RunState.FAILED, True)


def test_a_refused_call_makes_the_run_partly_and_its_rows_are_planned_again(world: World):
    world.platform.tell("apply", Answer(), Answer(CallRefused("400")))
    outcome = world.run(PEOPLE)
    assert (outcome.state, outcome.refused) == (RunState.PARTLY, 10)
    assert world.platform.ids("vip") == {*PEOPLE[:10], *PEOPLE[20:]}
    assert world.run(PEOPLE).state is RunState.SUCCEEDED
    assert world.platform.ids("vip") == set(PEOPLE)


def test_a_run_of_which_nothing_was_acknowledged_has_failed(world: World):
    world.platform.tell("apply", *[Answer(CallRefused("400"))] * 3)
    assert world.run(PEOPLE).state is RunState.FAILED
    assert world.ledger() == {}


def test_three_refusals_in_a_row_end_the_sending(world: World):
    world.platform.tell("apply", Answer(), *[Answer(CallRefused("400"))] * 9)
    outcome = world.run([f"id{n:03}" for n in range(90)])
    assert outcome.state is RunState.PARTLY
    assert world.platform.count("apply") == 4


def test_a_call_that_was_cut_and_then_refused_stays_unknown(world: World):
    world.platform.tell(
        "apply", Answer(NetworkFault("cut"), applied=True), Answer(CallRefused("4"))
    )
    world.run(PEOPLE)
    assert sum(world.ledger().values()) == 10
    world.run([])
    held = world.run([])
    world.runner.approve(held.run_id, held.plan_id, "bo")
    assert world.platform.ids("vip") == set()


def test_a_list_that_vanishes_while_it_is_filled_ends_the_run(world: World):
    world.platform.tell(
        "apply",
        Answer(run=lambda: None),
        Answer(AudienceMissing("There is no such audience.")),
    )
    outcome = world.run(PEOPLE)
    assert outcome.state is RunState.PARTLY
    assert "no such audience" in (outcome.error or "")


def test_a_run_that_is_still_being_indexed_is_looked_up_later(world: World):
    world.run([])
    world.platform.indexing = True
    outcome = world.run(PEOPLE, patience_s=30)
    assert outcome.state is RunState.CONFIRMING
    assert len(world.ledger()) == 25
    assert world.runner.look_up_pending("ana") == 0
    world.platform.indexing = False
    assert world.runner.look_up_pending("ana") == 1
    assert world.row(outcome).state is RunState.SUCCEEDED


def test_polling_starts_at_a_second_and_doubles(world: World):
    world.run([])
    world.platform.indexing = True
    world.clock.sleeps.clear()
    world.run(PEOPLE)
    polls = [pause for pause in world.clock.sleeps if pause in (1, 2, 4, 8, 16, 32, 64, 128)]
    assert polls[-8:] == [1, 2, 4, 8, 16, 32, 64, 128]


def test_the_next_runs_first_write_waits_until_the_last_is_applied(world: World):
    world.run(PEOPLE)
    world.platform.indexing = True
    world.run([*PEOPLE, "a"], patience_s=5)
    calls = world.platform.count("apply")
    outcome = world.run([*PEOPLE, "a", "b"], patience_s=5)
    assert outcome.state is RunState.WAITING
    assert world.platform.count("apply") == calls


def test_a_write_an_hour_old_holds_back_nothing(world: World):
    world.run(PEOPLE)
    world.platform.indexing = True
    world.run([*PEOPLE, "a"], patience_s=5)
    world.clock.passed += 3600
    world.run([*PEOPLE, "a", "b"], patience_s=5)
    assert "b" in world.platform.ids("vip")


def test_requests_keep_the_accounts_distance(world: World):
    times: list[float] = []
    world.platform.on_request = lambda: times.append(world.clock.passed)
    world.run(PEOPLE)
    assert min(b - a for a, b in pairwise(times)) >= 1.0


def test_a_dry_run_tells_and_changes_nothing(world: World):
    world.run(PEOPLE)
    before = world.audience()
    world.members.set(PEOPLE[10:])
    outcome = world.runner.dry_run("vip")
    assert (outcome.state, outcome.run_id, outcome.counts.removes) == (None, None, 10)
    assert "40 % would leave" in outcome.reasons[0]
    assert world.audience() == before
    assert [path.name for path in world.settings.plans.glob("*.part")] == []


def test_a_dry_run_before_the_first_run_makes_no_list(world: World):
    world.members.set(PEOPLE)
    assert world.runner.dry_run("vip").counts.adds == 25
    assert world.platform.audiences == {}


def test_a_run_leaves_no_passing_files(world: World):
    world.run(PEOPLE)
    world.run(PEOPLE)
    names = {path.name for path in world.settings.plans.iterdir()}
    assert len(names) == 2
    assert all(not name.endswith(".part") for name in names)

"""Power cuts at every place, and what the next command makes of them."""

import pytest

from core.errors import NetworkFault, RunRefused
from core.store.run_changes import ask_cancel
from core.store.run_states import RunState
from core.store.run_story import GapKind, unbooked_gaps
from core.store.runs import list_runs
from core.sync import points
from core.sync.run import Runner
from tests.sync.scripted import Answer
from tests.sync.world import World

PEOPLE = [f"id{n:02}" for n in range(25)]
FIRST_RUN = [
    "members written",
    "identifiers written",
    "plan written",
    "plan frozen",
    "intent written",
    "audience created",
    "call about to leave",
    "call acknowledged",
    "cursor moved",
    "ledger written",
    "ledger booked",
    "confirmed",
]


class PowerCut(BaseException):
    """Nothing after it runs, as far as a test can do that within one process."""


def cut_at(place: str, nth: int = 1) -> None:
    left = [nth]

    def listen(point: str) -> None:
        left[0] -= point == place
        if point == place and left[0] == 0:
            raise PowerCut(place)

    points.on_reach = listen


def die(world: World, runner: Runner) -> None:
    """Let go of the lock, as the kernel does for a dead process, and of nothing else."""
    points.on_reach = lambda point: None
    runner._heartbeat.stop()
    runner.process._lock.close()


def run_into_a_cut(world: World, ids: list[str], place: str, nth: int = 1) -> None:
    runner = world.again()
    world.members.set(ids)
    cut_at(place, nth)
    with pytest.raises(PowerCut):
        runner.run_now("vip", "ana")
    die(world, runner)


@pytest.mark.parametrize("place", FIRST_RUN)
def test_a_first_run_cut_anywhere_is_finished_by_the_next_command(world: World, place):
    run_into_a_cut(world, PEOPLE, place)
    assert world.run(PEOPLE).state in (RunState.SUCCEEDED, RunState.UNCHANGED)
    assert world.platform.ids("vip") == set(PEOPLE)
    assert world.ledger() == dict.fromkeys(PEOPLE, False)


@pytest.mark.parametrize("place", ["call about to leave", "call acknowledged", "cursor moved"])
@pytest.mark.parametrize("nth", [1, 3])
def test_a_plan_cut_while_it_is_sent_goes_on_as_frozen(world: World, place, nth):
    run_into_a_cut(world, PEOPLE, place, nth)
    changed = [*PEOPLE[5:], "new"]
    world.members.set(changed)
    assert world.run().state is RunState.SUCCEEDED
    assert world.platform.ids("vip") == set(changed)


def test_a_run_taken_over_is_the_same_run(world: World):
    run_into_a_cut(world, PEOPLE, "cursor moved")
    with world.store.read() as session:
        (cut,) = list_runs(session)
    done = world.run(now=cut.now)
    assert done.run_id == cut.id
    assert world.row(done).takeovers == 1
    assert sum(len(call) for call in world.platform.applies) == 25


def test_a_run_taken_over_while_computing_keeps_its_instant(world: World):
    run_into_a_cut(world, PEOPLE, "plan written")
    world.clock.passed += 100
    world.run()
    assert world.members.asked[1] == world.members.asked[0]
    assert world.members.asked[2] > world.members.asked[1]


def test_a_run_taken_over_too_often_needs_a_human(world: World):
    for _ in range(world.settings.max_takeovers + 1):
        run_into_a_cut(world, PEOPLE, "call about to leave")
    with pytest.raises(RunRefused, match="cancel it") as refused:
        world.run(PEOPLE)
    assert "runs cancel" in str(refused.value.terminal_hint)
    with world.store.read() as session:
        (stuck,) = list_runs(session)
    assert stuck.state is RunState.NEEDS_ATTENTION
    assert world.runner.cancel(stuck.id, "bo").state is RunState.CANCELLED
    assert world.run(PEOPLE).state is RunState.SUCCEEDED
    assert world.platform.ids("vip") == set(PEOPLE)


def test_a_run_cancelled_between_calls_is_booked(world: World):
    def cancel(point: str) -> None:
        if point == "cursor moved":
            with world.store.write("bo") as session:
                ask_cancel(session, 1)

    points.on_reach = cancel
    assert world.run(PEOPLE).state is RunState.CANCELLED
    assert world.ledger() == dict.fromkeys(PEOPLE[:10], False)


def test_a_waiting_run_is_cancelled_at_once_and_its_open_call_is_unknown(world: World):
    world.platform.tell("apply", Answer(), *[Answer(NetworkFault("cut"), applied=True)] * 99)
    waiting = world.run(PEOPLE, patience_s=1)
    assert waiting.state is RunState.WAITING
    assert world.runner.cancel(waiting.run_id, "bo").state is RunState.CANCELLED
    assert sum(world.ledger().values()) == 10
    world.platform.script.clear()
    assert world.run(PEOPLE[:15]).state is RunState.SUCCEEDED
    assert world.platform.ids("vip") == set(PEOPLE[:15])


def test_a_sender_that_lost_its_run_marks_what_it_had_in_flight(world: World):
    """The second owner finishes and books; then the first one's call turns out to be late."""
    other = world.again()
    late: list[object] = []

    def lose_the_run() -> None:
        if not late:
            late.append(None)
            die(world, world.runner)
            late[0] = other.run_now("vip", "bo", now=world.members.asked[0])

    world.platform.tell("apply", Answer(run=lose_the_run))
    world.members.set(PEOPLE)
    world.runner.run_now("vip", "ana", now=world.clock.now())
    with world.store.read() as session:
        gaps = unbooked_gaps(session, world.audience().id)
    assert [(gap.kind, gap.first_row, gap.end_row) for gap in gaps] == [(GapKind.UNANSWERED, 0, 10)]
    world.runner = other
    outcome = world.run(PEOPLE)
    assert outcome.counts.resent == 10
    assert world.ledger() == dict.fromkeys(PEOPLE, False)

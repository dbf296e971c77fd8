import random

import pytest

from core.destinations._base import Action, pass_gate
from core.errors import CallRefused, LeaseLost, NetworkFault, PlatformFault, TooManyCalls
from core.sync.calls import Caller, Patience, next_call, read_call
from core.sync.plan import freeze_plan
from tests.sync.parquet import write_wanted
from tests.sync.scripted import FakeClock, FreePacer, Platform, Scripted


class Attempts:
    """A request that raises what it is told to, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.tries = 0

    def __call__(self) -> str:
        pass_gate()
        self.tries += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def pacer() -> FreePacer:
    return FreePacer()


@pytest.fixture
def caller(clock, pacer) -> Caller:
    return Caller(pacer, Scripted.limits, clock, Patience(), random.Random(1))


@pytest.mark.parametrize("fault", [TooManyCalls("slow"), PlatformFault("500"), NetworkFault("cut")])
def test_what_may_pass_is_tried_again(caller, fault):
    ask = Attempts(fault, fault)
    assert caller.request(ask) == "answer"
    assert ask.tries == 3


def test_what_cannot_pass_is_not_tried_again(caller):
    ask = Attempts(CallRefused("400"))
    with pytest.raises(CallRefused):
        caller.request(ask)
    assert ask.tries == 1


def test_a_turn_that_was_slept_through_is_not_used(caller, pacer):
    pacer.stale = {1, 2}
    ask = Attempts()
    assert caller.request(ask) == "answer"
    assert (pacer.turns, ask.tries) == (3, 1)


def test_a_request_keeps_its_turn_while_that_is_fresh(caller, pacer):
    assert caller.request(lambda: [pass_gate(), pass_gate(), "answer"][-1]) == "answer"
    assert pacer.turns == 1


def test_a_turn_that_a_connection_outlived_is_not_used(caller, pacer):
    def ask() -> None:
        pass_gate()
        pacer.stale = {1}
        pass_gate()

    caller.request(ask)
    assert pacer.turns == 2


def test_it_gives_up_at_its_deadline_with_the_last_error(caller, clock):
    with pytest.raises(PlatformFault):
        caller.request(Attempts(*[PlatformFault("503")] * 1000))
    assert 60 < clock.passed <= 120


def test_the_wait_asked_for_is_kept(caller, clock):
    caller.request(Attempts(PlatformFault("503", retry_after_s=40)))
    assert clock.sleeps == [40]


def test_a_wait_past_the_deadline_is_not_sat_out(caller, clock):
    with pytest.raises(PlatformFault):
        caller.request(Attempts(PlatformFault("503", retry_after_s=4000)))
    assert clock.passed == 0


def test_waits_are_drawn_from_the_whole_range(clock, pacer):
    for seed in range(40):
        caller = Caller(pacer, Scripted.limits, clock, Patience(), random.Random(seed))
        caller.request(Attempts(PlatformFault("500")))
    assert min(clock.sleeps) < 0.2 < 0.8 < max(clock.sleeps) <= 1


def test_too_many_calls_slow_everybody_down(caller, pacer):
    caller.request(Attempts(TooManyCalls("429"), TooManyCalls("429", retry_after_s=9)))
    assert pacer.slowed == [5.0, 9]


def test_every_try_waits_its_turn(caller, pacer):
    caller.request(Attempts(NetworkFault("cut")))
    assert pacer.turns == 2


def test_a_lost_lease_stops_it_before_anything_is_sent(caller):
    def refuse() -> None:
        raise LeaseLost("Another process has taken the run over.")

    ask = Attempts()
    with pytest.raises(LeaseLost):
        caller.request(ask, before=refuse)
    assert ask.tries == 0


@pytest.fixture
def plan(cursor, folder):
    wanted = write_wanted(cursor, {f"{n:02}": "x" for n in range(25)}, folder / "wanted.parquet")
    return freeze_plan(cursor, None, wanted, folder / "plan.parquet").file


def test_calls_cover_the_plan_without_gap_or_overlap(cursor, plan):
    start, spans = 0, []
    while call := next_call(cursor, plan, start, Scripted(Platform())):
        spans.append((call.start, call.end))
        start = call.end
    assert spans == [(0, 10), (10, 20), (20, 25)]


def test_a_call_is_no_larger_than_the_body_allowed(cursor, plan):
    class Narrow(Scripted):
        def body_size(self, change):
            return 40_000

    call = next_call(cursor, plan, 0, Narrow(Platform()))
    assert call is not None
    assert call.end == 2


def test_a_change_too_large_for_any_call_goes_alone(cursor, plan):
    class Tiny(Scripted):
        def body_size(self, change):
            return 200_000

    call = next_call(cursor, plan, 3, Tiny(Platform()))
    assert call is not None
    assert (call.start, call.end) == (3, 4)


def test_a_call_can_be_read_again_as_it_was(cursor, plan):
    call = next_call(cursor, plan, 10, Scripted(Platform()))
    assert read_call(cursor, plan, 10, 20) == call
    assert call is not None
    assert call.count(Action.ADD) == 10

"""Calls to one account keep their distance, over all processes, and nobody is shut out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from sqlalchemy import text

from core.store.database import Store, WriteSession, open_store
from core.store.rates import Turn, ask_turn, move_turn
from core.sync.rate import FRESH_S, penalise, reserve, take_turn
from tests.store import workers
from tests.sync.scripted import FakeClock

INTERVAL_S = 1.05


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def timed(store: Store, clock: FakeClock) -> Iterator[Store]:
    """Give the store with a clock that only the test moves."""
    opened = open_store(store.settings, clock)
    yield opened
    opened.close()


def test_the_first_call_waits_for_nobody(timed: Store) -> None:
    assert reserve(timed, "account", INTERVAL_S) == 0


def test_the_next_call_waits_for_the_interval(timed: Store, clock: FakeClock) -> None:
    reserve(timed, "account", INTERVAL_S)
    clock.sleep(1.0)
    assert reserve(timed, "account", INTERVAL_S) == pytest.approx(0.05)
    clock.sleep(0.05)
    assert reserve(timed, "account", INTERVAL_S) == 0


def test_the_interval_counts_from_when_a_turn_was_taken_not_from_when_it_was_due(
    timed: Store, clock: FakeClock
) -> None:
    reserve(timed, "account", INTERVAL_S)
    clock.sleep(1.9)
    reserve(timed, "account", INTERVAL_S)
    assert reserve(timed, "account", INTERVAL_S) == pytest.approx(INTERVAL_S)


def test_accounts_do_not_wait_for_each_other(timed: Store) -> None:
    reserve(timed, "account", INTERVAL_S)
    assert reserve(timed, "another", INTERVAL_S) == 0


def test_taking_turns_spreads_calls(timed: Store, clock: FakeClock) -> None:
    sent = []
    for _ in range(5):
        take_turn(timed, "account", INTERVAL_S)
        sent.append(clock.monotonic())
    gaps = [later - earlier for earlier, later in pairwise(sent)]
    assert gaps == pytest.approx([INTERVAL_S] * 4)


def test_too_fast_keeps_everybody_away_for_a_while(timed: Store, clock: FakeClock) -> None:
    reserve(timed, "account", INTERVAL_S)
    penalise(timed, "account", 5)
    assert reserve(timed, "account", INTERVAL_S) == pytest.approx(5)
    penalise(timed, "account", 1)
    assert reserve(timed, "account", INTERVAL_S) == pytest.approx(5)


def test_an_account_never_called_can_be_put_off(timed: Store) -> None:
    penalise(timed, "account", 5)
    assert reserve(timed, "account", INTERVAL_S) == pytest.approx(5)


def test_nobody_is_kept_away_for_more_than_a_minute(timed: Store) -> None:
    penalise(timed, "account", 86_400)
    assert reserve(timed, "account", INTERVAL_S) == pytest.approx(60)


@pytest.mark.parametrize("change", ["next_at = 10000", "next_at = 30, boot_id = 'before'"])
def test_a_turn_that_no_clock_explains_is_reset(
    timed: Store, clock: FakeClock, change: str
) -> None:
    reserve(timed, "account", INTERVAL_S)
    with timed.write("test") as session:
        session.connection().execute(text(f"UPDATE rates SET {change}"))
    assert reserve(timed, "account", INTERVAL_S) == 0


def test_somebody_urgent_goes_before_the_next_batch(timed: Store, clock: FakeClock) -> None:
    reserve(timed, "account", INTERVAL_S)
    urgent_wait = reserve(timed, "account", INTERVAL_S, urgent=True)
    clock.sleep(urgent_wait)
    assert reserve(timed, "account", INTERVAL_S) > 0
    assert reserve(timed, "account", INTERVAL_S, urgent=True) == 0
    clock.sleep(INTERVAL_S)
    assert reserve(timed, "account", INTERVAL_S) == 0


def test_somebody_urgent_who_went_away_holds_nobody_up_for_long(
    timed: Store, clock: FakeClock
) -> None:
    reserve(timed, "account", INTERVAL_S)
    reserve(timed, "account", INTERVAL_S, urgent=True)
    take_turn(timed, "account", INTERVAL_S)
    assert clock.monotonic() < 4


def test_waiting_can_be_given_up(timed: Store) -> None:
    def give_up() -> None:
        raise KeyboardInterrupt

    reserve(timed, "account", INTERVAL_S)
    with pytest.raises(KeyboardInterrupt):
        take_turn(timed, "account", INTERVAL_S, waiting=give_up)


def test_a_turn_counts_from_when_the_store_has_noted_it(
    timed: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = timed.write

    @contextmanager
    def slow_write(actor: str) -> Iterator[WriteSession]:
        with quick(actor) as session:
            yield session
        clock.passed += 0.3

    monkeypatch.setattr(timed, "write", slow_write)
    assert reserve(timed, "account", INTERVAL_S) == 0
    assert reserve(timed, "account", INTERVAL_S) == pytest.approx(INTERVAL_S)


def held_up(
    note: Callable[..., object], clock: FakeClock, *seconds: float
) -> Callable[..., object]:
    """Return the function as a process runs it that is held up so long each time it has noted."""
    left = list(seconds)

    def noting(*given: object, **more: object) -> object:
        answer = note(*given, **more)
        clock.passed += left.pop(0) if left else 0.0
        return answer

    return noting


@pytest.mark.parametrize(("asking", "moving"), [((0.3,), ()), ((0.1,), (0.3,))])
def test_a_process_held_up_while_it_notes_a_turn_moves_it_on(
    timed: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, asking, moving
) -> None:
    monkeypatch.setattr("core.sync.rate.ask_turn", held_up(ask_turn, clock, *asking))
    monkeypatch.setattr("core.sync.rate.move_turn", held_up(move_turn, clock, *moving))
    assert reserve(timed, "account", INTERVAL_S) == 0
    assert reserve(timed, "account", INTERVAL_S) >= INTERVAL_S - FRESH_S


def test_a_turn_is_void_once_another_was_taken(timed: Store, clock: FakeClock) -> None:
    with timed.write("test") as session:
        turn = ask_turn(session, "account", INTERVAL_S, urgent=False)
    assert isinstance(turn, Turn)
    clock.sleep(INTERVAL_S)
    assert reserve(timed, "account", INTERVAL_S) == 0
    with timed.write("test") as session:
        assert move_turn(session, turn, 0.0) is False


def test_calls_of_four_processes_are_never_closer_than_the_interval(store: Store) -> None:
    interval_s = 0.2
    answers = workers.together(4, workers.call, store.settings, 4, interval_s)
    sent = sorted(float(moment) for answer in answers for moment in answer.split())
    gaps = [later - earlier for earlier, later in pairwise(sent)]
    assert len(sent) == 16
    assert sent[-1] - sent[0] >= 15 * interval_s - 0.1
    assert min(gaps) >= interval_s / 2  # a process may be held up between its turn and its note

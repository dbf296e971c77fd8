"""What is due is queued once, whoever looks, and whatever happened to the clock meanwhile."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.store.activations import (
    create_activation,
    get_activation,
    pause_activation,
    resume_activation,
    save_activation,
)
from core.store.database import Store, open_store
from core.store.destinations import note_tested, pause_destination
from core.store.loads import LoadState, claim_load, end_load, list_loads
from core.store.run_changes import claim_run, start_run, update_run
from core.store.run_states import RunState
from core.store.runs import RunView, list_runs
from core.store.workspace import (
    get_workspace,
    pause_everything,
    resume_everything,
    set_data_source,
    set_zone,
)
from core.worker.due import queue_due
from tests.store.example import ANN, OWNER, activation, furnish, new_run
from tests.sync.scripted import FakeClock

DAILY = '{"cron": "0 7 * * *", "zone": "Europe/Paris"}'
QUARTERLY = '{"every": "15 minutes"}'


class Timed:
    """A store whose clock a test moves, with an activation `vip_to_batch` that has a schedule."""

    def __init__(self, store: Store, clock: FakeClock) -> None:
        self.store, self.clock = store, clock
        furnish(store)

    def schedule(self, text: str) -> None:
        with self.store.write(ANN) as session:
            given = replace(get_activation(session, "vip_to_batch").settings, schedule=text)
            save_activation(session, "vip_to_batch", given)
        self.look()

    def look(self) -> int:
        return queue_due(self.store, "scheduler")

    def later(self, **span: float) -> int:
        self.clock.passed += timedelta(**span).total_seconds()
        return self.look()

    def runs(self) -> list[RunView]:
        with self.store.read() as session:
            return list(list_runs(session))[::-1]

    def slots(self) -> list[tuple[str, int]]:
        return [
            (f"{run.slot_at:%m-%d %H:%M}", run.merged_slots) for run in self.runs() if run.slot_at
        ]

    def end_queued(self) -> None:
        with self.store.write("scheduler") as session:
            for run in list_runs(session, states=[RunState.QUEUED]):
                claim = {"state": RunState.QUEUED, "to": RunState.COMPUTING}
                claimed = claim_run(session, run.id, OWNER, **claim)
                assert claimed and claimed.token
                update_run(session, run.id, claimed.token, state=RunState.UNCHANGED)


@pytest.fixture
def timed(store: Store) -> Iterator[Timed]:
    """Monday 23 November 2026, 07:00 UTC."""
    clock = FakeClock()
    opened = open_store(store.settings, clock)
    yield Timed(opened, clock)
    opened.close()


def test_an_activation_by_hand_is_never_queued(timed: Timed) -> None:
    assert timed.look() == 0
    assert timed.later(days=30) == 0


def test_a_slot_is_queued_when_it_has_come_and_not_before(timed: Timed) -> None:
    timed.schedule(QUARTERLY)
    assert timed.later(minutes=14) == 0
    assert timed.later(minutes=1) == 1
    assert timed.slots() == [("11-23 07:15", 0)]


def test_looking_again_queues_nothing_more(timed: Timed) -> None:
    timed.schedule(QUARTERLY)
    timed.later(minutes=15)
    timed.end_queued()
    assert [timed.look() for _ in range(3)] == [0, 0, 0]
    assert len(timed.runs()) == 1


def test_slots_that_come_while_one_waits_join_it(timed: Timed) -> None:
    timed.schedule(QUARTERLY)
    for _ in range(4):
        timed.later(minutes=15)
    assert timed.slots() == [("11-23 07:15", 3)]


def test_after_three_days_of_sleep_one_run_stands_for_all_that_were_missed(timed: Timed) -> None:
    timed.schedule(QUARTERLY)
    timed.later(days=3)
    assert timed.slots() == [("11-26 07:00", 3 * 96 - 1)]
    timed.end_queued()
    timed.later(minutes=15)
    assert timed.slots()[1:] == [("11-26 07:15", 0)]


def test_a_pause_is_not_made_up_for(timed: Timed) -> None:
    timed.schedule(QUARTERLY)
    with timed.store.write(ANN) as session:
        pause_activation(session, "vip_to_batch")
    assert timed.later(days=1) == 0
    with timed.store.write(ANN) as session:
        resume_activation(session, "vip_to_batch")
    assert timed.look() == 0
    timed.later(minutes=15)
    assert timed.slots() == [("11-24 07:15", 0)]


def test_neither_is_a_pause_of_everything(timed: Timed) -> None:
    timed.schedule(QUARTERLY)
    with timed.store.write(ANN) as session:
        pause_everything(session)
    assert timed.later(days=1) == 0
    with timed.store.write(ANN) as session:
        resume_everything(session)
    assert timed.look() == 0
    timed.later(minutes=15)
    assert timed.slots() == [("11-24 07:15", 0)]


def test_what_was_due_while_keys_were_refused_runs_once_when_they_are_mended(timed: Timed) -> None:
    timed.schedule(QUARTERLY)
    with timed.store.write("scheduler") as session:
        pause_destination(session, "crm", "The key is refused.")
    assert timed.later(hours=2) == 0
    with timed.store.write(ANN) as session:
        note_tested(session, "crm")
    assert timed.look() == 1
    assert timed.slots() == [("11-23 09:00", 7)]


def test_another_schedule_counts_from_when_it_was_saved(timed: Timed) -> None:
    timed.schedule(QUARTERLY)
    timed.clock.passed += 3600
    timed.schedule(DAILY)
    assert timed.runs() == []
    timed.later(days=1)
    assert timed.slots() == [("11-24 06:00", 0)]


def test_a_zone_that_changes_with_the_data_moves_what_is_due(timed: Timed) -> None:
    timed.schedule('{"cron": "0 9 * * *"}')
    with timed.store.write(ANN) as session:
        set_zone(session, "America/New_York")
    timed.look()
    with timed.store.read() as session:
        due = get_activation(session, "vip_to_batch").next_run_at
    assert due == datetime(2026, 11, 23, 14, tzinfo=UTC)


def test_a_clock_set_back_repeats_no_slot(timed: Timed) -> None:
    timed.schedule(QUARTERLY)
    timed.later(minutes=15)
    timed.end_queued()
    assert timed.later(hours=-1) == 0
    assert timed.later(hours=1) == 0
    assert timed.later(minutes=15) == 1
    assert timed.slots() == [("11-23 07:15", 0), ("11-23 07:30", 0)]


def test_an_ended_schedule_is_looked_at_once_and_left(timed: Timed) -> None:
    timed.schedule('{"every": "15 minutes", "ends": "2026-11-23"}')
    timed.later(days=2)
    with timed.store.read() as session:
        view = get_activation(session, "vip_to_batch")
    assert (view.next_run_at, view.next_run_known) == (None, True)
    assert timed.slots()[0][0] == "11-23 23:45"


def test_while_a_plan_is_held_slots_plan_again_at_most_hourly(timed: Timed) -> None:
    timed.schedule(QUARTERLY)
    with timed.store.write(ANN) as session:
        vip = get_activation(session, "vip_to_batch")
        run = start_run(session, new_run(vip), OWNER)
        update_run(session, run.id, run.token or "", state=RunState.HELD)
    for _ in range(4):
        timed.later(minutes=15)
    held, queued = timed.runs()
    assert (held.state, held.merged_slots) == (RunState.HELD, 3)
    assert queued.state is RunState.QUEUED and queued.slot_at is not None


def test_hundreds_that_are_due_at_once_are_queued_in_a_few_looks(timed: Timed) -> None:
    with timed.store.write(ANN) as session:
        for number in range(250):
            given = replace(activation(f"list{number}"), schedule=QUARTERLY)
            create_activation(session, f"a{number}", given)
    assert [timed.look(), timed.look()] == [0, 0]
    assert [timed.later(minutes=15), timed.look(), timed.look()] == [200, 50, 0]


def test_a_load_is_queued_when_it_is_due_and_once(timed: Timed) -> None:
    with timed.store.write(ANN) as session:
        set_data_source(session, "dataset.toml", '{"every": "1 hour"}')
    timed.look()
    assert timed.later(hours=1) == 1
    assert timed.later(hours=2) == 1
    with timed.store.read() as session:
        (load,) = list_loads(session)
    assert (load.state, load.merged_slots) == (LoadState.QUEUED, 2)


def test_a_load_under_way_gets_one_follow_up(timed: Timed) -> None:
    with timed.store.write(ANN) as session:
        set_data_source(session, "dataset.toml", '{"every": "1 hour"}')
    timed.look()
    timed.later(hours=1)
    with timed.store.write("scheduler") as session:
        (queued,) = list_loads(session)
        load = claim_load(session, queued.id, "p1")
    timed.later(hours=1)
    timed.later(hours=1)
    with timed.store.write("scheduler") as session:
        follow_up, under_way = list_loads(session)
        assert claim_load(session, follow_up.id, "p2") is None
        assert load and load.token
        end_load(session, under_way.id, load.token, LoadState.FAILED)
        assert claim_load(session, follow_up.id, "p2") is not None
    assert follow_up.merged_slots == 1


def test_a_dataset_without_a_schedule_is_loaded_by_hand_only(timed: Timed) -> None:
    with timed.store.write(ANN) as session:
        set_data_source(session, "dataset.toml", '"manual"')
    timed.look()
    assert timed.later(days=3) == 0
    with timed.store.read() as session:
        assert get_workspace(session).next_load_known

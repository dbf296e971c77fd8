"""A dead owner's run is taken over at once, a silent one's when its lease ends, no other's."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.errors import LeaseLost, StoreUnavailable
from core.store.activations import ActivationView
from core.store.database import Store, open_store
from core.store.processes import ProcessView, get_process, list_processes
from core.store.run_changes import start_run, update_run
from core.store.run_states import RunState
from core.store.runs import RunView, get_run
from core.sync.lease import (
    Heartbeat,
    Lease,
    OwnProcess,
    Pulse,
    abandoned_runs,
    forget_dead,
    lease_on,
    pulse_of,
    take_over,
)
from tests.store import workers
from tests.store.example import ANN, furnish, new_run
from tests.sync.scripted import FakeClock

LEASE_S = 60.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def timed(store: Store, clock: FakeClock) -> Iterator[Store]:
    """Give the store with a clock that only the test moves."""
    opened = open_store(store.settings, clock)
    yield opened
    opened.close()


@pytest.fixture
def process(timed: Store) -> Iterator[OwnProcess]:
    own = OwnProcess(timed, "test")
    yield own
    own.close()


@pytest.fixture
def vip(timed: Store) -> ActivationView:
    return furnish(timed)


def start(store: Store, vip: ActivationView, process: OwnProcess) -> Lease:
    def claim() -> RunView:
        with store.write(ANN) as session:
            return start_run(session, new_run(vip), process.owner())

    lease = lease_on(store, claim)
    assert lease is not None
    return lease


def row_of(store: Store, process: OwnProcess) -> ProcessView:
    with store.read() as session:
        row = get_process(session, process.id)
    assert row is not None
    return row


def run_of(store: Store, run_id: int) -> RunView:
    with store.read() as session:
        return get_run(session, run_id)


@pytest.fixture
def owner_of(store: Store) -> Iterator[Callable[[], workers.Owner]]:
    """Give a maker of other processes that own a run."""
    vip = furnish(store)
    made: list[workers.Owner] = []

    def make() -> workers.Owner:
        made.append(workers.Owner(store.settings, vip.key))
        return made[-1]

    yield make
    for owner in made:
        owner.end()


def test_a_live_process_is_seen_alive_by_itself_and_all(timed: Store, process: OwnProcess) -> None:
    assert pulse_of(row_of(timed, process)) is Pulse.ALIVE


def test_a_process_of_another_start_of_the_machine_is_dead(
    timed: Store, process: OwnProcess
) -> None:
    before = replace(row_of(timed, process), boot_id="before")
    assert pulse_of(before) is Pulse.DEAD


def test_of_another_machine_nobody_can_tell(timed: Store, process: OwnProcess) -> None:
    elsewhere = replace(row_of(timed, process), host="elsewhere", boot_id="before")
    assert pulse_of(elsewhere) is Pulse.UNKNOWN


def test_without_its_file_nobody_can_tell(timed: Store, process: OwnProcess) -> None:
    row = row_of(timed, process)
    assert pulse_of(replace(row, lock_file=f"{row.lock_file}.gone")) is Pulse.UNKNOWN


def test_a_process_that_leaves_leaves_nothing(timed: Store) -> None:
    own = OwnProcess(timed, "test")
    file = row_of(timed, own).lock_file
    own.close()
    with timed.read() as session:
        assert get_process(session, own.id) is None
    assert not Path(file).exists()


def test_a_killed_owner_is_taken_over_at_once(
    store: Store, owner_of: Callable[[], workers.Owner]
) -> None:
    owner = owner_of()
    assert abandoned_runs(store) == ()
    owner.signal(signal.SIGKILL)
    (seen,) = abandoned_runs(store)
    own = OwnProcess(store, "test")
    run, lease = take_over(store, seen, own)
    assert (run.id, run.process_id, run.takeovers) == (owner.run_id, own.id, 1)
    assert lease is not None and lease.remaining_s > 0
    own.close()


def test_a_stopped_owner_is_taken_over_only_when_its_lease_has_ended(
    store: Store, clock: FakeClock, owner_of: Callable[[], workers.Owner]
) -> None:
    owner = owner_of()
    owner.signal(signal.SIGSTOP)
    clock.start = SystemClock().now()
    later = open_store(store.settings, clock)
    patience = store.settings.lease_s + store.settings.http_timeout_s
    clock.passed = patience - 20
    assert abandoned_runs(later) == ()
    clock.passed = patience + 20
    assert [run.id for run in abandoned_runs(later)] == [owner.run_id]
    later.close()


def test_the_dead_are_forgotten_once_they_own_nothing(
    store: Store, owner_of: Callable[[], workers.Owner]
) -> None:
    owner_of().signal(signal.SIGKILL)
    assert forget_dead(store) == 0
    (seen,) = abandoned_runs(store)
    own = OwnProcess(store, "test")
    take_over(store, seen, own)
    assert forget_dead(store) == 1
    with store.read() as session:
        assert [process.id for process in list_processes(session, "test")] == [own.id]
    own.close()


def test_a_run_of_a_process_that_left_is_free(timed: Store, vip: ActivationView) -> None:
    own = OwnProcess(timed, "test")
    lease = start(timed, vip, own)
    own.close()
    assert [run.id for run in abandoned_runs(timed)] == [lease.run_id]


def test_of_two_who_see_a_dead_owner_one_takes_over(
    timed: Store, vip: ActivationView, process: OwnProcess, clock: FakeClock
) -> None:
    start(timed, vip, process)
    clock.passed += 1_000
    (seen,) = abandoned_runs(timed)
    assert take_over(timed, seen, process)[1] is not None
    assert take_over(timed, seen, process)[1] is None


def test_a_run_that_is_taken_over_too_often_needs_attention(
    timed: Store, vip: ActivationView, process: OwnProcess, clock: FakeClock
) -> None:
    lease = start(timed, vip, process)
    for _ in range(timed.settings.max_takeovers):
        clock.passed += 1_000
        assert take_over(timed, abandoned_runs(timed)[0], process)[1] is not None
    clock.passed += 1_000
    run, none = take_over(timed, abandoned_runs(timed)[0], process)
    assert (run.state, none) == (RunState.NEEDS_ATTENTION, None)
    assert run_of(timed, lease.run_id) == run
    assert abandoned_runs(timed) == ()


def test_a_heartbeat_keeps_a_lease_for_as_long_as_the_run_gets_on(
    timed: Store, vip: ActivationView, process: OwnProcess, clock: FakeClock
) -> None:
    lease = start(timed, vip, process)
    heartbeat = Heartbeat(timed, process)
    heartbeat.keep(lease)
    for _ in range(100):
        clock.passed += LEASE_S / 3
        lease.step()
        heartbeat.beat()
    assert lease.remaining_s == LEASE_S
    until = clock.now() + timedelta(seconds=LEASE_S)
    assert run_of(timed, lease.run_id).lease_until == until
    assert row_of(timed, process).beat_at == clock.now()


def test_a_run_that_stands_still_loses_its_heartbeat(
    timed: Store, vip: ActivationView, process: OwnProcess, clock: FakeClock
) -> None:
    lease = start(timed, vip, process)
    heartbeat = Heartbeat(timed, process)
    heartbeat.keep(lease)
    for _ in range(40):
        clock.passed += LEASE_S / 3
        heartbeat.beat()
    assert lease.stalled
    assert lease.remaining_s < 0
    assert [run.id for run in abandoned_runs(timed)] == [lease.run_id]


def test_before_a_send_a_lease_that_ended_is_renewed_or_lost(
    timed: Store, vip: ActivationView, process: OwnProcess, clock: FakeClock
) -> None:
    lease = start(timed, vip, process)
    clock.passed += 1_000
    lease.require()
    assert lease.remaining_s == LEASE_S
    clock.passed += 1_000
    take_over(timed, abandoned_runs(timed)[0], process)
    with pytest.raises(LeaseLost):
        lease.require()


def test_a_lost_lease_stays_lost(
    timed: Store, vip: ActivationView, process: OwnProcess, clock: FakeClock
) -> None:
    lease = start(timed, vip, process)
    heartbeat = Heartbeat(timed, process)
    heartbeat.keep(lease)
    clock.passed += 1_000
    lease.step()
    take_over(timed, abandoned_runs(timed)[0], process)
    heartbeat.beat()
    assert lease.remaining_s == 0
    with pytest.raises(LeaseLost), timed.write(ANN) as session:
        update_run(session, lease.run_id, lease.token, cursor=1)


def test_the_heartbeat_survives_a_store_out_of_reach(
    timed: Store,
    vip: ActivationView,
    process: OwnProcess,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    lease = start(timed, vip, process)
    heartbeat = Heartbeat(timed, process)
    heartbeat.keep(lease)
    clock.passed += LEASE_S / 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timed, "write", _out_of_reach)
        heartbeat.beat()
    assert "was not renewed" in caplog.text
    heartbeat.beat()
    assert lease.remaining_s == LEASE_S


def _out_of_reach(actor: str) -> None:
    raise StoreUnavailable(f"The store is locked for {actor}.")


def test_the_thread_beats_and_ends(store: Store) -> None:
    quick = store.settings.model_copy(update={"lease_s": 0.03})
    fast = open_store(quick)
    own = OwnProcess(fast, "test")
    before = row_of(fast, own).beat_at
    heartbeat = Heartbeat(fast, own)
    heartbeat.start()
    deadline = fast.clock.monotonic() + 10
    while row_of(fast, own).beat_at == before and fast.clock.monotonic() < deadline:
        fast.clock.sleep(0.01)
    heartbeat.stop()
    assert row_of(fast, own).beat_at > before
    own.close()
    fast.close()

"""The history of runs is filtered, paged and told as figures."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, delete

from core.store.activations import ActivationView, create_activation
from core.store.database import Store
from core.store.models import RunEvent
from core.store.run_changes import start_run, update_run, update_unowned_run
from core.store.run_history import (
    RunFilter,
    RunGroup,
    any_ended_well,
    count_history,
    count_states,
    data_instants,
    first_actors,
    list_history,
    list_names,
    list_points,
    run_waits,
)
from core.store.run_states import RunState
from core.store.snapshots import add_snapshot
from tests.store.example import ANN, OWNER, activation, furnish, new_run


@pytest.fixture
def vip(store: Store) -> ActivationView:
    return furnish(store)


def ended(store: Store, of: ActivationView, state: RunState, size: int = 0) -> int:
    """Make a run that is in that state now, and return its id."""
    with store.write(ANN) as session:
        run = start_run(session, new_run(of), OWNER)
        changes = {"sent_adds": 3, "sent_removes": 1, "counts": {"wanted": size}}
        update_run(session, run.id, run.token or "", state=state, **changes)  # type: ignore[arg-type]
    return run.id


def ids(store: Store, wanted: RunFilter, **page: int) -> Sequence[int]:
    with store.read() as session:
        found = list_history(session, wanted, **page)
        assert count_history(session, wanted) >= len(found)
    return [row.run.id for row in found]


def test_runs_come_newest_first_and_page_by_page(store: Store, vip: ActivationView) -> None:
    made = [ended(store, vip, RunState.UNCHANGED) for _ in range(5)]
    assert ids(store, RunFilter(), limit=2) == made[:2:-1]
    assert ids(store, RunFilter(), offset=4, limit=2) == made[:1]


def test_each_group_holds_its_states(store: Store, vip: ActivationView) -> None:
    states = {
        RunGroup.DONE: RunState.SUCCEEDED,
        RunGroup.FAILED: RunState.PARTLY,
        RunGroup.NEEDS_YOU: RunState.HELD,
        RunGroup.UNDER_WAY: RunState.CONFIRMING,
    }
    made = {group: ended(store, vip, state) for group, state in states.items()}
    for group, run_id in made.items():
        assert ids(store, RunFilter(group=group)) == [run_id]


def test_what_was_approved_needs_nobody_any_more(store: Store, vip: ActivationView) -> None:
    held = ended(store, vip, RunState.HELD)
    with store.write(ANN) as session:
        update_unowned_run(session, held, [RunState.HELD], decision="approved")
    assert ids(store, RunFilter(group=RunGroup.NEEDS_YOU)) == []
    assert ids(store, RunFilter(group=RunGroup.UNDER_WAY)) == [held]


def test_runs_of_one_list_since_a_moment(store: Store, vip: ActivationView) -> None:
    with store.write(ANN) as session:
        second = create_activation(session, "second", replace(activation("2"), display_name="B"))
    run_id = ended(store, vip, RunState.FAILED)
    ended(store, second, RunState.FAILED)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert ids(store, RunFilter("vip_to_batch", since=yesterday)) == [run_id]
    assert ids(store, RunFilter(since=yesterday + timedelta(days=2))) == []
    assert ids(store, RunFilter("no such list")) == []
    with store.read() as session:
        assert list_names(session) == {"second": "B", "vip_to_batch": "VIP"}


def test_a_row_says_who_asked_for_the_run(store: Store, vip: ActivationView) -> None:
    run_id = ended(store, vip, RunState.SUCCEEDED)
    with store.read() as session:
        (row,) = list_history(session, RunFilter())
        assert (row.activation_name, row.actor) == ("VIP", ANN)
        assert first_actors(session, [run_id]) == {run_id: ANN}


def test_figures_over_time_are_those_of_ended_runs(store: Store, vip: ActivationView) -> None:
    for size in (5, 8, 13):
        ended(store, vip, RunState.SUCCEEDED, size)
    ended(store, vip, RunState.CANCELLED, 99)
    with store.read() as session:
        points = list_points(session, vip.id, limit=2)
        assert list_points(session, 77) == ()
        assert [point.size for point in list_points(session)] == [5, 8, 13]
    assert [(point.size, point.entered, point.left) for point in points] == [(8, 3, 1), (13, 3, 1)]


def test_states_are_counted_since_a_moment(store: Store, vip: ActivationView) -> None:
    for state in (RunState.SUCCEEDED, RunState.SUCCEEDED, RunState.FAILED):
        ended(store, vip, state)
    with store.read() as session:
        counted = count_states(session, session.now() - timedelta(hours=1))
        assert count_states(session, session.now() + timedelta(hours=1)) == {}
    assert counted == {RunState.SUCCEEDED: 2, RunState.FAILED: 1}


def test_a_run_says_of_when_its_data_is(store: Store, vip: ActivationView) -> None:
    with store.write(ANN) as session:
        made = add_snapshot(session, "s1", manifest="", manifest_path="d.toml", rows={})
        run = start_run(session, new_run(vip), OWNER)
        update_run(session, run.id, run.token or "", snapshot_id="s1")
    with store.read() as session:
        assert data_instants(session, [run.id, 77]) == {run.id: made.created_at}


def test_a_list_was_kept_once_a_run_ended_well(store: Store, vip: ActivationView) -> None:
    ended(store, vip, RunState.FAILED)
    with store.read() as session:
        assert not any_ended_well(session, [vip.id])
    ended(store, vip, RunState.UNCHANGED)
    with store.read() as session:
        assert any_ended_well(session, [vip.id]) and not any_ended_well(session, [])


def test_waiting_is_told_apart_from_work(store: Store, vip: ActivationView) -> None:
    run_id = ended(store, vip, RunState.HELD)
    steps = [(RunState.HELD, 10), (RunState.HELD, 15), (RunState.SENDING, 70)]
    steps += [(RunState.WAITING, 71), (RunState.SENDING, 74), (RunState.SUCCEEDED, 80)]
    begun = datetime(2026, 11, 23, 7, tzinfo=UTC)
    with store.write(ANN) as session:
        session.exec(delete(RunEvent).where(col(RunEvent.run_id) == run_id))
        for kind, at_s in [("queued", 0), ("computing", 0), ("guard", 9), *steps, ("booked", 81)]:
            at = begun + timedelta(seconds=at_s)
            session.add(RunEvent(run_id=run_id, at=at, actor=ANN, kind=kind, detail={}))
    expected = {RunState.HELD: timedelta(seconds=60), RunState.WAITING: timedelta(seconds=3)}
    with store.read() as session:
        assert run_waits(session, [run_id, 77]) == {run_id: expected}
        assert list_history(session, RunFilter())[0].waits == expected


def test_a_run_that_never_waited_waited_for_nothing(store: Store, vip: ActivationView) -> None:
    run_id = ended(store, vip, RunState.SUCCEEDED)
    with store.read() as session:
        assert run_waits(session, [run_id]) == {}

"""Lists at a glance: size, trend, the data that each matches, and what moved."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import Settings
from core.store.run_states import RunState
from core.store.segments import list_segments, save_segment
from core.store.snapshots import add_snapshot
from core.workspace.overview import ListStatus, Overview, look_at_lists
from core.workspace.readiness import ReadinessKind
from tests.sync.world import World, make_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(Settings(home=tmp_path / "home"), guards="{}")
    yield made
    made.close()
    made.store.close()


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[World]:
    """Give a world in which a list that would lose much waits for approval."""
    made = make_world(Settings(home=tmp_path / "home"))
    yield made
    made.close()
    made.store.close()


def overview(world: World) -> Overview:
    with world.store.read() as session:
        return look_at_lists(session)


def only(world: World) -> ListStatus:
    (status,) = overview(world).lists
    return status


def sizes(world: World, *numbers: int) -> None:
    for number in numbers:
        world.run([f"id{each}" for each in range(number)])


def test_a_list_that_never_ran_is_not_written(world: World) -> None:
    status = only(world)
    assert (status.newest, status.is_written, status.size, status.trend) == (None, False, 0, ())


def test_a_list_has_its_size_its_trend_and_the_age_of_its_data(world: World) -> None:
    sizes(world, 3, 5, 4)
    status = only(world)
    assert (status.size, status.trend) == (4, (3, 5, 4))
    assert status.newest is not None and status.newest.state is RunState.SUCCEEDED
    assert status.readiness.kind is ReadinessKind.READY and status.data_at == world.clock.start


def test_a_failed_run_leaves_the_age_of_what_was_booked_before(world: World) -> None:
    sizes(world, 3)
    before = only(world).data_at
    world.members.error = RuntimeError("x")
    with pytest.raises(RuntimeError):
        world.run()
    assert only(world).data_at == before


def refreshed(world: World) -> None:
    world.clock.passed += 60
    with world.store.write("ana") as session:
        add_snapshot(session, "s2", manifest="", manifest_path="d", rows={"people": 1})


def test_a_list_that_is_found_unchanged_matches_the_newer_data_whatever_comes_next(
    world: World,
) -> None:
    sizes(world, 3)
    before = only(world).data_at
    refreshed(world)
    sizes(world, 3)
    matched = only(world).data_at
    world.members.error = RuntimeError("x")
    with pytest.raises(RuntimeError):
        world.run()
    assert before is not None and matched is not None and before < matched
    assert only(world).data_at == matched


def test_a_list_is_left_by_a_rejected_run_also_while_the_next_one_waits(
    guarded: World,
) -> None:
    sizes(guarded, 20)
    assert only(guarded).left_by is None
    held = guarded.run(["id1"])
    guarded.run(["id1"])
    assert only(guarded).left_by is None and held.run_id is not None
    guarded.runner.reject(held.run_id, "bo")
    assert only(guarded).left_by is RunState.REJECTED
    sizes(guarded, 20)
    assert only(guarded).left_by is None


def test_a_move_of_more_than_a_fifth_is_told(world: World) -> None:
    sizes(world, 10, 12)
    assert overview(world).moves == ()
    sizes(world, 15)
    (move,) = overview(world).moves
    assert (move.before, move.after) == (12, 15)


def test_a_first_member_is_a_move(world: World) -> None:
    sizes(world, 0, 1)
    assert [move.after for move in overview(world).moves] == [1]


def test_a_list_is_behind_from_a_change_of_its_segment_until_its_next_run(world: World) -> None:
    sizes(world, 3)
    before = only(world).is_behind
    with world.store.write("ana") as session:
        (segment,) = list_segments(session)
        save_segment(
            session,
            segment.key,
            name=segment.name,
            tree='{"changed": 1}',
            resolved=segment.resolved,
            edited_from=segment.version,
        )
    assert (before, only(world).is_behind) == (False, True)

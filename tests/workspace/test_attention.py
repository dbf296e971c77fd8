"""What needs somebody is found, in the order of its urgency, and said once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import CallRefused, KeysRefused, RollcallError, SecretUnreadable
from core.settings import Settings
from core.store.activations import pause_activation
from core.store.loads import LoadState, NewLoad, claim_load, end_load, queue_load
from core.store.segments import pause_segment
from core.sync.hold import approve_plan
from core.sync.outcome import RunOutcome
from core.workspace import attention
from core.workspace.needs import Need, NeedKind, Place
from core.workspace.overview import Overview, look_at_lists
from tests.sync.scripted import Answer
from tests.sync.world import World, make_world

PEOPLE = [f"id{number}" for number in range(9)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(Settings(home=tmp_path / "home"))
    yield made
    made.close()
    made.store.close()


def overview(world: World) -> Overview:
    with world.store.read() as session:
        return look_at_lists(session)


def needs(world: World) -> list[tuple[NeedKind, Place, str]]:
    return [(need.kind, need.place, need.key) for need in overview(world).needs]


def only(world: World) -> Need:
    (need,) = overview(world).needs
    return need


def held(world: World) -> RunOutcome:
    world.run(PEOPLE)
    return world.run([])


def fail_load(world: World) -> None:
    with world.store.write("ana") as session:
        load = claim_load(session, queue_load(session, NewLoad("d.toml", "schedule")).id, "p")
        assert load is not None and load.token is not None
        end_load(session, load.id, load.token, LoadState.FAILED, error=CallRefused("No such file."))


def test_a_list_in_order_needs_nobody(world: World) -> None:
    world.run(PEOPLE)
    assert needs(world) == []


def test_data_that_is_gone_is_said_once_with_why_the_refresh_failed(world: World) -> None:
    world.run(PEOPLE)
    fail_load(world)
    with world.store.read() as session:
        (need,) = look_at_lists(session, is_data_gone=True).needs
    assert "is gone from the disk" in need.said
    assert (need.place, need.detail) == (Place.DATA, "No such file.")


def test_keys_that_cannot_be_read_are_said_once_and_before_a_run_fails_on_them(
    world: World,
) -> None:
    world.run(PEOPLE)
    unreadable = {"crm": ("REST API key", "Project key")}
    for _ in range(2):
        with world.store.read() as session:
            (need,) = look_at_lists(session, unreadable=unreadable).needs
        assert (need.kind, need.place, need.key) == (NeedKind.DESTINATION, Place.DESTINATION, "crm")
        assert need.detail.startswith("REST API key and Project key: type them again")
        world.members.error = SecretUnreadable("No key.")
        world.run()


def test_a_held_run_asks_for_approval_with_its_reason(world: World) -> None:
    outcome = held(world)
    assert needs(world) == [(NeedKind.APPROVAL, Place.RUN, str(outcome.run_id))]
    assert only(world).detail.startswith("the list would become empty")


def test_an_approved_run_asks_nobody(world: World) -> None:
    outcome = held(world)
    with world.store.write("bo") as session:
        approve_plan(session, outcome.run_id or 0, outcome.plan_id or "")
    assert needs(world) == []


def test_refused_keys_are_said_once_for_all_lists(world: World) -> None:
    world.platform.tell("apply", Answer(KeysRefused("Look at the REST key.")))
    world.run(PEOPLE)
    assert needs(world) == [(NeedKind.DESTINATION, Place.DESTINATION, "crm")]
    assert only(world).detail == "Look at the REST key."


@pytest.mark.parametrize("times", [1, 9])
def test_a_refusal_is_told_with_what_was_refused(world: World, times: int) -> None:
    world.platform.tell("apply", *[Answer(CallRefused("400"))] * times)
    world.run([f"id{number:03}" for number in range(15)])
    assert only(world).kind is NeedKind.FAILED
    assert "CRM refused" in only(world).said


def test_a_segment_that_rests_speaks_for_its_lists(world: World) -> None:
    world.members.error = CallRefused("x")
    world.run()
    with world.store.write("ana") as session:
        pause_segment(session, "vip", "There is no field 'city' any more.")
    assert needs(world) == [(NeedKind.SEGMENT, Place.SEGMENT, "vip")]


def test_a_list_that_somebody_paused_needs_nobody(world: World) -> None:
    with world.store.write("ana") as session:
        pause_activation(session, "vip")
    assert needs(world) == []


def test_a_list_that_new_data_paused_needs_somebody(world: World) -> None:
    with world.store.write("ana") as session:
        pause_activation(session, "vip", "The data no longer fits: no field 'customer_id'.")
    assert needs(world) == [(NeedKind.LIST, Place.ACTIVATION, "vip")]


def test_a_failed_refresh_needs_an_admin(world: World) -> None:
    fail_load(world)
    assert needs(world) == [(NeedKind.DATA, Place.DATA, "")]


def test_approvals_come_first(world: World) -> None:
    outcome = held(world)
    with world.store.write("ana") as session:
        pause_segment(session, "vip", "There is no field 'city' any more.")
    assert [kind for kind, _, _ in needs(world)] == [NeedKind.APPROVAL, NeedKind.SEGMENT]
    assert needs(world)[0][2] == str(outcome.run_id)


def test_advice_is_on_errors_that_there_are() -> None:
    known = {RollcallError.__name__}
    waiting = [RollcallError]
    while waiting:
        kinds = waiting.pop().__subclasses__()
        known |= {kind.__name__ for kind in kinds}
        waiting += kinds
    assert set(attention._ADVICE) <= known

"""Trying settings out: who would move, and how the ids look as they are sent."""

from dataclasses import replace
from pathlib import Path

from core.sync.draft import Question
from core.sync.identifiers import IdentifierRules
from core.sync.trial import Trial, try_out
from tests.sync.world import World

PEOPLE = [f"c{number:03}" for number in range(25)]


def trial(world: World, ledger: str | None = None) -> Trial:
    with world.store.read() as session:
        now = session.now()
    question = Question("vip", "s1", now, ("customer_id",), IdentifierRules(512))
    file = world.settings.ledgers / ledger if ledger else None
    return try_out(world.instance, world.members, question, file, world.settings.plans)


def files(world: World) -> set[Path]:
    return set(world.settings.plans.glob("*"))


def test_before_the_first_run_everybody_enters(world: World) -> None:
    world.members.set(PEOPLE)
    tried = trial(world)
    assert tried.first and tried.movers.entering == tuple(PEOPLE) and tried.movers.leaving == ()
    assert tried.id_sample.first == ("c000", "c001", "c002")


def test_only_who_moves_is_named_and_nothing_is_left_behind(world: World) -> None:
    world.run(PEOPLE)
    before = files(world)
    world.members.set([*PEOPLE[2:], "new"])
    tried = trial(world, world.audience().ledger_file)
    assert tried.movers.entering == ("new",) and tried.movers.leaving == ("c000", "c001")
    assert (tried.guarded.held, tried.guarded.removes, tried.first) == (25, 2, False)
    assert files(world) == before


def test_blank_and_duplicate_ids_are_counted(world: World) -> None:
    world.members.ids = {"a": "1", "b": "1", "c": None, "d": " "}
    counts = trial(world).counts
    assert (counts.segment, counts.wanted, counts.duplicate, counts.blank) == (4, 1, 1, 2)


def test_ids_that_look_like_something_else_are_counted(world: World) -> None:
    world.members.ids = {"a": "ana@example.com", "b": " c1", "c": "c2", "d": "not@n address"}
    looks = trial(world).id_sample
    assert (looks.like_emails, looks.with_spaces) == (1, 1)
    assert looks == replace(looks, first=(" c1", "ana@example.com", "c2"))


def test_at_most_a_hundred_are_named(world: World) -> None:
    world.members.set([f"{number:05}" for number in range(1000)])
    tried = trial(world)
    assert (len(tried.movers.entering), tried.counts.adds) == (100, 1000)

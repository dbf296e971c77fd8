"""Whom a run adds, removes and does not send can be seen, until its files are swept."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import python_calamine as calamine

from core.errors import CallRefused
from core.settings import Settings
from core.store.secrets import SecretBox
from core.sync.outcome import RunOutcome
from core.workspace.opened import OpenWorkspace
from core.workspace.run_lists import (
    ListKind,
    first_rows,
    lists_kept,
    whole_list,
    whole_list_for_excel,
)
from tests.sync.scripted import Answer
from tests.sync.world import World, make_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(Settings(home=tmp_path / "home"), guards="{}")
    yield made
    made.close()
    made.store.close()


def opened(world: World) -> OpenWorkspace:
    return OpenWorkspace(world.settings, world.store, SecretBox(world.settings), world.instance)


def rows(world: World, outcome: RunOutcome, kind: ListKind, limit: int = 100) -> list[str]:
    part = first_rows(opened(world), world.row(outcome), kind, limit)
    return ["|".join(row) for row in part.rows]


def test_who_enters_and_who_leaves_is_listed(world: World) -> None:
    world.run(["a", "b"])
    outcome = world.run(["b", "c", "d"])
    assert rows(world, outcome, ListKind.ENTER) == ["c", "d"]
    assert rows(world, outcome, ListKind.ENTER, limit=1) == ["c"]
    assert rows(world, outcome, ListKind.LEAVE) == ["a"]


def test_who_is_not_sent_is_listed_with_why(world: World) -> None:
    world.members.ids = {"key-1": "a", "key-2": None, "key-3": "a"}
    outcome = world.run()
    assert ListKind.NOT_SENT in lists_kept(opened(world), world.row(outcome))
    assert rows(world, outcome, ListKind.NOT_SENT) == ["key-2||no ID", "key-3|a|duplicates"]


def test_a_whole_list_is_csv(world: World) -> None:
    outcome = world.run(["a", 'with,"comma'])
    made = whole_list(opened(world), world.row(outcome), ListKind.ENTER)
    assert made.decode() == 'id\r\na\r\n"with,""comma"\r\n'


def test_a_whole_list_is_exact_as_csv_and_text_in_excel(world: World) -> None:
    ids = ["+1", "-1", "00017", "=1+1", "@a"]
    outcome = world.run(ids)
    run = world.row(outcome)
    made = whole_list(opened(world), run, ListKind.ENTER).decode().splitlines()
    assert made == ["id", *ids]
    book = calamine.load_workbook(BytesIO(whole_list_for_excel(opened(world), run, ListKind.ENTER)))
    assert book.get_sheet_by_index(0).to_python() == [["id"], *([each] for each in ids)]


def test_who_was_refused_is_listed_with_the_answer(world: World) -> None:
    world.platform.tell("apply", Answer(CallRefused("no")))
    outcome = world.run(["a", "b"])
    kept = lists_kept(opened(world), world.row(outcome))
    assert ListKind.REFUSED in kept
    assert rows(world, outcome, ListKind.REFUSED) == ["a|enter|no", "b|enter|no"]


def test_nothing_is_kept_once_the_files_are_swept(world: World) -> None:
    outcome = world.run(["a"])
    run = world.row(outcome)
    assert run.plan_file is not None
    (world.settings.plans / run.plan_file).unlink()
    assert lists_kept(opened(world), run) == frozenset()
    assert rows(world, outcome, ListKind.ENTER) == []

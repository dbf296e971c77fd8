"""What the next run of a list does after its segment was changed, worked out beside the page."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from core.store.activations import get_activation, pause_activation, save_activation
from core.store.audiences import book_ledger
from core.store.run_changes import start_run, update_run
from core.store.run_states import RunState
from core.store.snapshots import current_snapshot
from core.workspace.book import GOOD_FOR
from core.workspace.next_moves import FollowingList, MovesBook, NextMoves, following_lists
from core.workspace.opened import OpenWorkspace
from tests.store.example import ANN, OWNER, new_run
from tests.sync.parquet import write_sql
from tests.sync.scripted import FakeClock
from tests.workspace.test_segments_edited import FRENCH, GERMAN, activate, save

KEY, FILE = "vip", "held.parquet"
HELD = ("00001", "c2", "gone")


@pytest.fixture
def workspace(example: OpenWorkspace) -> OpenWorkspace:
    """Give the example with a list of the French, which was sent."""
    save(example, "French")
    activate(example, KEY, external_id="customer_id", guards='{"removals": {"above_percent": 30}}')
    send(example)
    return example


def send(workspace: OpenWorkspace) -> None:
    """Let a run of the segment's first version have filled the list."""
    workspace.settings.ledgers.mkdir(exist_ok=True)
    rows = f"SELECT unnest({list(HELD)}) AS id, unhex(md5('{{}}')) AS digest, FALSE AS unknown"
    with workspace.instance.cursor() as cursor:
        write_sql(cursor, rows, workspace.settings.ledgers / FILE)
    with workspace.store.write("scheduler") as session:
        view = get_activation(session, KEY)
        run = start_run(session, new_run(view), OWNER)
        ends = {"state": RunState.SUCCEEDED, "segment_versions": {"french": 1}}
        update_run(session, run.id, run.token or "", **ends)  # type: ignore[arg-type]
        book_ledger(session, view.audience_id, run.id, file=FILE, rows=len(HELD), unknown=0)


def following(workspace: OpenWorkspace) -> tuple[FollowingList, ...]:
    with workspace.store.read() as session:
        snapshot = current_snapshot(session)
        return following_lists(session, "french", snapshot.id if snapshot else None)


def change(workspace: OpenWorkspace) -> None:
    save(workspace, "French", GERMAN, "french", 1)


def settled(workspace: OpenWorkspace, book: MovesBook) -> NextMoves:
    """Ask again, as a page does, until it is known."""
    for _ in range(500):
        known = book.moves(following(workspace))
        if known:
            return next(iter(known.values()))
        while book.is_counting():
            time.sleep(0.005)
    raise AssertionError("it never came")


def test_a_list_follows_once_its_segment_says_something_else(workspace: OpenWorkspace) -> None:
    assert following(workspace) == ()
    save(workspace, "Renamed", FRENCH, "french", 1)
    assert following(workspace) == ()
    change(workspace)
    assert [each.key for each in following(workspace)] == [KEY]


@pytest.mark.parametrize("end", [RunState.REJECTED, RunState.HELD, RunState.REPLACED])
def test_a_list_whose_last_run_was_not_sent_follows_a_change_after_it(
    workspace: OpenWorkspace, end: RunState
) -> None:
    with workspace.store.write("scheduler") as session:
        run = start_run(session, new_run(get_activation(session, KEY)), OWNER)
        ends = {"state": end, "segment_versions": {"french": 1}}
        update_run(session, run.id, run.token or "", **ends)  # type: ignore[arg-type]
    assert following(workspace) == ()
    change(workspace)
    assert [each.key for each in following(workspace)] == [KEY]


def test_a_list_that_is_paused_follows_nothing(workspace: OpenWorkspace) -> None:
    change(workspace)
    with workspace.store.write(ANN) as session:
        pause_activation(session, KEY)
    assert following(workspace) == ()


def test_a_change_says_how_many_enter_and_leave_and_leaves_no_file(
    workspace: OpenWorkspace,
) -> None:
    change(workspace)
    book = MovesBook(workspace)
    assert book.moves(following(workspace)) == {}
    moves = settled(workspace, book)
    assert (moves.enter, moves.leave, moves.problem) == (2, 3, None)
    assert "would leave" in moves.waits_because[0]
    assert not list(workspace.settings.plans.iterdir())


def test_what_is_known_is_good_for_a_while(workspace: OpenWorkspace, clock: FakeClock) -> None:
    change(workspace)
    book = MovesBook(workspace)
    settled(workspace, book)
    assert book.moves(following(workspace)) and not book.is_counting()
    clock.passed += (GOOD_FOR + timedelta(seconds=1)).total_seconds()
    assert book.moves(following(workspace)) == {}
    settled(workspace, book)


def test_what_cannot_be_worked_out_is_said(workspace: OpenWorkspace) -> None:
    change(workspace)
    (workspace.settings.ledgers / FILE).unlink()
    problem = settled(workspace, MovesBook(workspace)).problem or ""
    assert "is gone" in problem


def test_a_list_that_is_saved_again_is_worked_out_anew(
    workspace: OpenWorkspace, clock: FakeClock
) -> None:
    change(workspace)
    book = MovesBook(workspace)
    settled(workspace, book)
    clock.passed += 1
    with workspace.store.write(ANN) as session:
        given = get_activation(session, KEY).settings
        save_activation(session, KEY, replace(given, guards='{"removals": false}'))
    assert book.moves(following(workspace)) == {}
    assert settled(workspace, book).waits_because == ()

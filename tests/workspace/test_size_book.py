"""Sizes in the list of segments: counted once, and anew where anything they rest on has changed."""

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.errors import StoreUnavailable
from core.segments.reading import read_json
from core.store.segments import (
    SegmentView,
    archive_segment,
    create_segment,
    list_segments,
    restore_segment,
    save_segment,
)
from core.store.snapshots import current_snapshot
from core.workspace.book import GOOD_FOR
from core.workspace.opened import OpenWorkspace
from core.workspace.saved import check_new, resolved_text, saved_segments
from core.workspace.size_book import ListedSize, SizeBook
from tests.cli.example import SEGMENTS, write_dataset
from tests.sync.scripted import FakeClock
from tests.workspace.conftest import take

FRENCH, BOTH = json.dumps(SEGMENTS["french"]), json.dumps(SEGMENTS["french_and_active"])
WINTER = datetime(2026, 2, 1, tzinfo=UTC)
GERMAN = FRENCH.replace("FR", "DE")
BROKEN = FRENCH.replace("country", "contry")


def save(workspace: OpenWorkspace, key: str, tree: str, resolved: str | None = None) -> None:
    """Save a segment as it is given, checked unless `resolved` says what it means."""
    catalogue = workspace.catalogue()
    assert catalogue is not None
    with workspace.store.write("test") as session:
        saved = saved_segments(session)
        if resolved is None:
            checked = check_new(read_json(tree), catalogue, session.now(), saved.named, key)
            resolved = resolved_text(checked.resolution)
        before = saved.views.get(key)
        if before is None:
            create_segment(session, key, name=key, tree=tree, resolved=resolved)
        else:
            made_from = before.version
            save_segment(
                session, key, name=key, tree=tree, resolved=resolved, edited_from=made_from
            )


@pytest.fixture
def workspace(example: OpenWorkspace) -> OpenWorkspace:
    """Give the example with its three segments; it is the winter of its orders."""
    for key, segment in SEGMENTS.items():
        save(example, key, json.dumps(segment))
    return example


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(WINTER)


@pytest.fixture
def book(workspace: OpenWorkspace) -> SizeBook:
    return SizeBook(workspace)


def views_of(workspace: OpenWorkspace, *keys: str) -> list[SegmentView]:
    with workspace.store.read() as session:
        views = list_segments(session)
    return [view for view in views if not keys or view.key in keys]


def listed(workspace: OpenWorkspace, book: SizeBook, *keys: str) -> Mapping[str, ListedSize]:
    """Return what the book knows at once of these segments, of all without a key."""
    with workspace.store.read() as session:
        data = current_snapshot(session)
    assert data is not None
    return book.sizes(views_of(workspace, *keys), data.id)


def ask(workspace: OpenWorkspace, book: SizeBook, *keys: str) -> Mapping[str, int | None]:
    return {key: each.size for key, each in listed(workspace, book, *keys).items()}


def problem_of(workspace: OpenWorkspace, book: SizeBook, key: str) -> str:
    """Return why there is no size of a segment, once that is known."""
    settled(workspace, book, key)
    return listed(workspace, book, key)[key].problem or ""


def settled(workspace: OpenWorkspace, book: SizeBook, *keys: str) -> Mapping[str, int | None]:
    """Ask again, as a page does, until every size is there."""
    for _ in range(500):
        sizes = ask(workspace, book, *keys)
        if len(sizes) == len(views_of(workspace, *keys)):
            return sizes
        while book.is_counting():
            time.sleep(0.005)
    raise AssertionError("the sizes never came")


def test_sizes_come_a_moment_after_they_were_asked_for(
    workspace: OpenWorkspace, book: SizeBook
) -> None:
    assert not book.is_counting()
    assert ask(workspace, book) == {}
    sizes = settled(workspace, book)
    assert sizes == {"french": 3, "active": 2, "french_and_active": 1}
    assert not book.is_counting()


def test_nothing_is_counted_of_no_segments(workspace: OpenWorkspace, book: SizeBook) -> None:
    assert book.sizes([], "one") == {}
    assert not book.is_counting()


def test_what_is_known_is_not_counted_again(workspace: OpenWorkspace, book: SizeBook) -> None:
    settled(workspace, book)
    assert ask(workspace, book, "french") == {"french": 3}
    assert len(ask(workspace, book)) == 3
    assert not book.is_counting()


def test_a_size_is_good_for_a_while_only(
    workspace: OpenWorkspace, book: SizeBook, clock: FakeClock
) -> None:
    settled(workspace, book)
    clock.passed += (GOOD_FOR - timedelta(seconds=1)).total_seconds()
    assert len(ask(workspace, book)) == 3
    clock.passed += timedelta(days=60).total_seconds()
    assert ask(workspace, book) == {}
    assert settled(workspace, book)["active"] == 0


def test_another_version_is_counted_anew(workspace: OpenWorkspace, book: SizeBook) -> None:
    settled(workspace, book)
    save(workspace, "french", GERMAN)
    assert "french" not in ask(workspace, book, "french")
    assert settled(workspace, book)["french"] == 2


@pytest.mark.parametrize("shown", [(), ("french_and_active",)])
def test_a_segment_that_names_another_is_counted_anew_with_it(
    workspace: OpenWorkspace, book: SizeBook, shown: tuple[str, ...]
) -> None:
    settled(workspace, book)
    save(workspace, "french", GERMAN.replace('"op": "is"', '"op": "is_not"'))
    sizes = ask(workspace, book, *shown)
    assert "french_and_active" not in sizes
    assert settled(workspace, book, *shown)["french_and_active"] == 1
    save(workspace, "active", FRENCH)
    assert settled(workspace, book, *shown)["french_and_active"] == 3


def test_what_is_named_through_another_counts_too(workspace: OpenWorkspace, book: SizeBook) -> None:
    save(workspace, "above", BOTH.replace('"active"', '"french_and_active"'))
    assert settled(workspace, book)["above"] == 1
    save(workspace, "active", FRENCH)
    assert settled(workspace, book)["above"] == 3


def test_other_data_are_counted_anew(workspace: OpenWorkspace, book: SizeBook) -> None:
    settled(workspace, book)
    folder = workspace.settings.home.parent
    manifest = write_dataset(folder)
    with (folder / "customers.csv").open("a") as customers:
        customers.write("c7,FR,Nice,2\n")
    take(workspace, manifest)
    assert ask(workspace, book, "french") == {}
    assert settled(workspace, book, "french") == {"french": 4}


def test_a_segment_that_cannot_be_counted_has_no_size_until_it_is_mended(
    workspace: OpenWorkspace, book: SizeBook
) -> None:
    save(workspace, "french", BROKEN, resolved="{}")
    sizes = settled(workspace, book)
    assert sizes == {"french": None, "active": 2, "french_and_active": None}
    assert "Did you mean “country”?" in problem_of(workspace, book, "french")
    save(workspace, "french", GERMAN)
    assert settled(workspace, book)["french_and_active"] == 1


def test_a_named_segment_that_comes_back_is_counted_again(
    workspace: OpenWorkspace, book: SizeBook
) -> None:
    with workspace.store.write("test") as session:
        archive_segment(session, "french")
    assert settled(workspace, book, "french_and_active") == {"french_and_active": None}
    with workspace.store.write("test") as session:
        restore_segment(session, "french")
    assert settled(workspace, book, "french_and_active") == {"french_and_active": 1}


def test_data_that_are_gone_are_why_there_is_no_size(
    workspace: OpenWorkspace, book: SizeBook
) -> None:
    for file in workspace.settings.snapshots.glob("*.duckdb"):
        file.unlink()
    assert "load the data again" in problem_of(workspace, book, "french")


def failing(error: Exception) -> Callable[..., Any]:
    def fail(*_: object) -> None:
        raise error

    return fail


def test_a_store_that_is_busy_while_it_counts_is_no_size_to_remember(
    workspace: OpenWorkspace, book: SizeBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(OpenWorkspace, "snapshot", failing(StoreUnavailable("Busy.")))
        assert ask(workspace, book) == {}
        while book.is_counting():
            time.sleep(0.005)
        assert ask(workspace, book) == {}
        while book.is_counting():
            time.sleep(0.005)
    assert settled(workspace, book)["french"] == 3

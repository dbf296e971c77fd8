"""What is worked out in a thread: remembered while it is good, one thread at a time."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from threading import Event

import pytest

from core.errors import QueryFailed, RollcallError, StoreUnavailable
from core.workspace.book import GOOD_FOR, Book, told
from tests.sync.scripted import FakeClock

Lengths = Iterator[tuple[str, int]]


def lengths(words: Sequence[str]) -> Lengths:
    return ((word, len(word)) for word in words)


def book_of(
    work_out: Callable[[Sequence[str]], Lengths] = lengths,
    clock: FakeClock | None = None,
    most: int = 10,
) -> Book[str, int]:
    return Book(clock or FakeClock(), work_out, name="lengths", most=most)


def work_out(book: Book[str, int], *words: str) -> None:
    book.begin(words)
    while book.is_counting():
        time.sleep(0.001)


def test_what_was_worked_out_is_known() -> None:
    book = book_of()
    assert book.known(["ab"]) == {}
    work_out(book, "ab", "abc")
    assert book.known(["ab", "abcd"]) == {"ab": 2}


def test_nothing_to_work_out_begins_nothing() -> None:
    book = book_of()
    book.begin([])
    assert not book.is_counting()


def test_what_is_known_is_good_for_a_while(clock: FakeClock) -> None:
    book = book_of(clock=clock)
    work_out(book, "ab")
    clock.passed += (GOOD_FOR - timedelta(seconds=1)).total_seconds()
    assert book.known(["ab"]) == {"ab": 2}
    clock.passed += 1
    assert book.known(["ab"]) == {}


def test_it_forgets_rather_than_remembers_without_end() -> None:
    book = book_of(most=2)
    work_out(book, "a", "ab", "abc")
    assert book.known(["a", "ab", "abc"]) == {"abc": 3}


def test_one_thread_works_at_a_time() -> None:
    go_on = Event()

    def slowly(words: Sequence[str]) -> Lengths:
        go_on.wait(60)
        return lengths(words)

    book = book_of(slowly)
    book.begin(["ab"])
    assert book.is_counting()
    book.begin(["abc"])
    go_on.set()
    while book.is_counting():
        time.sleep(0.001)
    assert book.known(["ab", "abc"]) == {"ab": 2}


@pytest.mark.parametrize("error", [StoreUnavailable("Locked."), QueryFailed("Too much.")])
def test_what_fails_in_between_leaves_the_book_ready_for_the_next(error: RollcallError) -> None:
    failing = [error]

    def work(words: Sequence[str]) -> Lengths:
        yield words[0], len(words[0])
        if failing:
            raise failing.pop()
        yield from lengths(words[1:])

    book = book_of(work)
    work_out(book, "a", "ab")
    assert book.known(["a", "ab"]) == {"a": 1}
    work_out(book, "a", "ab")
    assert book.known(["a", "ab"]) == {"a": 1, "ab": 2}


def raising(error: Exception) -> Callable[[], str]:
    def work() -> str:
        raise error

    return work


def test_a_problem_is_said_in_place_of_what_is_not_known() -> None:
    assert told(lambda: "7", str.upper) == "7"
    assert told(raising(QueryFailed("Too much.")), str.upper) == "TOO MUCH."


def test_what_nobody_foresaw_is_logged_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    assert "nobody foresaw" in told(raising(ValueError("customer 4711")), str)
    assert "ValueError" in caplog.text and "4711" not in caplog.text


def test_a_store_that_is_busy_is_no_answer_to_remember() -> None:
    with pytest.raises(StoreUnavailable):
        told(raising(StoreUnavailable("Locked.")), str)

"""A list is ready once the platform has taken in all that was sent, and not a moment before."""

from collections.abc import Callable

import pytest

from core.store.audiences import (
    AudienceView,
    book_ledger,
    ensure_audience,
    get_audience,
    note_applied,
    note_created,
    note_gone,
    note_write,
)
from core.store.database import Store, WriteSession
from core.workspace.readiness import Readiness, ReadinessKind, readiness_of

Step = Callable[[WriteSession, int], object]


def create(session: WriteSession, audience: int) -> None:
    note_created(session, audience, "t1")


def write(session: WriteSession, audience: int) -> None:
    note_write(session, audience, "t2")


def book(session: WriteSession, audience: int) -> None:
    book_ledger(session, audience, None, file="1.parquet", rows=7, unknown=0)


def apply(session: WriteSession, audience: int) -> None:
    note_applied(session, audience, "t2")


def lose(session: WriteSession, audience: int) -> None:
    note_gone(session, audience)


def after(store: Store, *steps: Step) -> AudienceView:
    with store.write("test") as session:
        audience = ensure_audience(session, "account", "vip", None)
        for step in steps:
            step(session, audience.id)
        return get_audience(session, audience.id)


@pytest.mark.parametrize(
    ("steps", "kind"),
    [
        ((), ReadinessKind.NOT_THERE),
        ((create,), ReadinessKind.NOT_TAKEN_IN),
        ((create, write), ReadinessKind.NOT_TAKEN_IN),
        ((create, write, book), ReadinessKind.NOT_TAKEN_IN),
        ((create, write, book, apply), ReadinessKind.READY),
        ((create, write, book, apply, write), ReadinessKind.NOT_TAKEN_IN),
        ((create, write, book, apply, lose), ReadinessKind.NOT_THERE),
    ],
)
def test_a_list_is_ready_once_all_is_taken_in(
    steps: tuple[Step, ...], kind: ReadinessKind, store: Store
) -> None:
    assert readiness_of(after(store, *steps)).kind is kind


def test_readiness_has_its_moment(store: Store) -> None:
    audience = after(store, create, write, book, apply)
    assert readiness_of(audience) == Readiness(ReadinessKind.READY, audience.applied_at)

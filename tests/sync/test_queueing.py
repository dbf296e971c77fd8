"""A run that somebody asks for waits for the scheduler, before all that is due."""

from collections.abc import Callable

import pytest

from core.errors import RunRefused
from core.store.activations import archive_activation, get_activation, pause_activation
from core.store.database import Store, WriteSession
from core.store.runs import list_runs
from core.sync.claims import BY_HAND
from core.sync.queueing import queue_by_hand, queue_slot
from tests.store.example import ANN, furnish


def test_a_run_by_hand_goes_before_what_is_due(store: Store) -> None:
    activation = furnish(store)
    with store.write(ANN) as session:
        due = queue_slot(session, activation, "schedule", session.now())
        asked = queue_by_hand(session, activation)
    assert asked.id == due.id and asked.priority > due.priority


def test_asking_twice_is_one_run(store: Store) -> None:
    activation = furnish(store)
    with store.write(ANN) as session:
        first, second = (queue_by_hand(session, activation) for _ in range(2))
        assert (first.id, first.trigger) == (second.id, BY_HAND)
        assert len(list_runs(session)) == 1


@pytest.mark.parametrize("rest", [pause_activation, archive_activation])
def test_what_rests_is_not_queued(
    rest: Callable[[WriteSession, str], object], store: Store
) -> None:
    key = furnish(store).key
    with store.write(ANN) as session:
        rest(session, key)
        with pytest.raises(RunRefused):
            queue_by_hand(session, get_activation(session, key))

"""Pages do no more work when there is more of something in the store or on the page."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import process_time

import pytest
from streamlit.testing.v1 import AppTest

from core.store.models import Run, RunEvent
from core.store.run_states import RunState
from core.workspace.opened import OpenWorkspace
from tests.app.building import bar, ids, open_row, saved
from tests.app.conftest import OpenApp
from tests.app.runs import COUNTS, sample_list

_TRIES = 5
_SLACK = 3


def fill(opened: OpenWorkspace, number: int) -> None:
    """Add that many runs, one each quarter of an hour until now."""
    activation = sample_list(opened)
    with opened.store.write("scheduler") as session:
        now = session.now()
        made = [
            Run(
                activation_id=activation.id,
                audience_id=activation.audience_id,
                state=RunState.FAILED if place % 20 == 0 else RunState.SUCCEEDED,
                trigger="schedule",
                queued_at=(at := now - timedelta(minutes=15 * (number - place))),
                started_at=at,
                finished_at=at + timedelta(seconds=9),
                counts=dict(COUNTS),
            )
            for place in range(number)
        ]
        session.add_all(made)
        session.flush()
        session.add_all(
            RunEvent(
                run_id=run.id or 0, at=run.queued_at, actor="scheduler", kind="queued", detail={}
            )
            for run in made
        )


def cost(page: AppTest) -> float:
    """Return the seconds of processor that a rerun of the page takes at the least."""

    def once(rerun: Callable[[], AppTest]) -> float:
        began = process_time()
        assert not rerun().error
        return process_time() - began

    return min(once(page.run) for _ in range(_TRIES))


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("home", {}),
        ("runs", {}),
        ("runs", {"state": "failed", "page": "2"}),
        ("runs", {"activation": "vips_about_to_lapse"}),
    ],
)
def test_more_runs_cost_no_more(
    name: str, query: dict[str, str], app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    fill(opened, 500)
    few = cost(app(name, **query))
    fill(opened, 9_500)
    assert cost(app(name, **query)) < _SLACK * few


def test_thirty_conditions_cost_little_more_than_three(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    each = [
        {"field": "country", "op": "is_any_of", "value": ["FR", "ES"]},
        {"table": "orders", "measure": "count", "op": "at_least", "value": 2},
        {"table": "visits", "measure": "maximum", "of": "visited_at", "op": "is_not_blank"},
    ]
    three, thirty = (
        app("segments", segment=saved(opened, f"{times} times", *(each * times)))
        for times in (1, 10)
    )
    for page in (three, thirty):
        bar(page)
        open_row(page, ids(page)[1])
    assert cost(thirty) < 5 * cost(three)

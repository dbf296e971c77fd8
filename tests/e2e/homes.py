"""A home that processes run over, as the test reads and prepares it beside them."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.data.snapshots import snapshot_path
from core.sample.practice import PROJECT_KEY, REST_API_KEY
from core.sample.shop import Shop
from core.sample.workspace import FOLDER, start_sample
from core.schedule.definition import MANUAL
from core.settings import Settings
from core.store.activations import get_activation
from core.store.database import open_store
from core.store.processes import SCHEDULER, last_beat, list_processes, note_beat
from core.store.run_states import RunState
from core.store.runs import RunView, newest_runs
from core.store.segments import get_segment
from core.store.snapshots import current_snapshot
from core.sync.guards import parse_guards
from core.sync.queueing import queue_by_hand
from core.workspace.activation_drafts import ActivationDraft, save_activation_draft
from core.workspace.loading import load_data
from core.workspace.members import SavedMembers
from core.workspace.opened import OpenWorkspace, open_workspace
from core.workspace.segments import save_edited
from tests.stand_in import StandInServer
from tests.sync.scripted import FakeClock
from tests.worker.home import wait_until

_ACTOR = "test"
_SHARE = 0.05


@contextmanager
def opened_home(home: Path) -> Iterator[OpenWorkspace]:
    """Lend the workspace of a home beside the processes that run over it."""
    with open_workspace(Settings(home=home, memory="300MB"), _SHARE) as workspace:
        yield workspace


def people_in(home: Path, segment: str) -> set[str]:
    """Return the keys of who is in a saved segment, without a page or a run."""
    with opened_home(home) as workspace:
        with workspace.store.read() as session:
            data, now = current_snapshot(session), session.now()
        assert data is not None
        out = workspace.settings.plans / f"expected-{segment}.parquet"
        members = SavedMembers(workspace.store, workspace.settings, workspace.instance)
        members.write_members(segment, data.id, now, [], out)
    with duckdb.connect() as connection:
        return {key for (key,) in connection.sql(f"FROM '{out}' SELECT key").fetchall()}


def save(home: Path, name: str, *conditions: dict[str, Any], key: str | None = None) -> str:
    """Save a segment of these conditions, the one of that `key` again, and return its key."""
    tree = json.dumps({"where": {"match": "all", "conditions": conditions}})
    with opened_home(home) as workspace:
        catalogue = workspace.catalogue()
        assert catalogue is not None
        with workspace.store.write(_ACTOR) as session:
            version = get_segment(session, key).version if key else 0
            return save_edited(session, key, name, tree, version, catalogue).key


def activate(home: Path, segment: str, destination: str, guards: dict[str, Any]) -> str:
    """Make an activation that runs by hand, begin its first run, and return its key."""
    parsed = parse_guards(guards)
    draft = ActivationDraft(
        segment, destination, segment, segment, "customer_id", (), MANUAL, parsed
    )
    with opened_home(home) as workspace:
        return save_activation_draft(workspace, draft, _ACTOR, run=True).key


def run_again(home: Path, activation: str) -> None:
    with opened_home(home) as workspace, workspace.store.write(_ACTOR) as session:
        queue_by_hand(session, get_activation(session, activation))


def wait_for_run(home: Path, activation: str, *states: RunState) -> RunView:
    """Return the newest run once it is in one of the states."""
    with opened_home(home) as workspace:

        def newest() -> RunView | None:
            with workspace.store.read() as session:
                return newest_runs(session).get(get_activation(session, activation).id)

        def is_there() -> bool:
            run = newest()
            return run is not None and run.state in states

        wait_until(is_there, 60, f"no run of {activation} came to {states}")
        found = newest()
    assert found is not None
    return found


def make_small_shop(home: Path, people: int = 400) -> None:
    """Fill a home with a small sample shop; its destination answers nowhere."""
    settings = Settings(home=home, practice_url="http://127.0.0.1:9", memory="300MB")
    today = datetime.now(UTC).date()
    with pytest.MonkeyPatch.context() as patch, open_workspace(settings, _SHARE) as workspace:
        patch.setenv(REST_API_KEY, StandInServer.rest_api_key)
        patch.setenv(PROJECT_KEY, StandInServer.project_key)
        start_sample(workspace, today, _ACTOR, Shop(people=people, until=today))


def load_again(home: Path, times: int = 1) -> None:
    """Load the sample's files anew; of the copies, the last three stay on disk."""
    with opened_home(home) as workspace:
        for _ in range(times):
            load_data(workspace, home / FOLDER / "dataset.toml", _ACTOR)


def remove_snapshot(home: Path) -> None:
    """Take the file of the current data away, as somebody who tidies the disk may."""
    with opened_home(home) as workspace:
        with workspace.store.read() as session:
            data = current_snapshot(session)
        assert data is not None
        snapshot_path(workspace.settings, data.id).unlink()


def wait_for_beat(home: Path) -> None:
    """Return once a scheduler has said that it lives."""
    with opened_home(home) as workspace:

        def is_alive() -> bool:
            with workspace.store.read() as session:
                return last_beat(session) is not None

        wait_until(is_alive, 60, "no scheduler started")


def age_beats(home: Path, seconds: float) -> None:
    """Let every scheduler have been seen that much earlier."""
    with opened_home(home) as workspace:
        clock = FakeClock(datetime.now(UTC) - timedelta(seconds=seconds))
        with (
            closing(open_store(workspace.settings, clock)) as store,
            store.write(_ACTOR) as session,
        ):
            for process in list_processes(session, SCHEDULER):
                note_beat(session, process.id)

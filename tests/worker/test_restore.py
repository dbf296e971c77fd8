"""A backup made beside a scheduler at work, put back elsewhere: data, lists and history go on."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import Event, Thread
from time import time

import duckdb
import pytest

from core.settings import Settings
from core.store.activations import get_activation
from core.store.audiences import list_audiences
from core.store.loads import LoadState, list_loads
from core.store.run_states import FINAL, RunState
from core.store.runs import list_runs
from core.store.workspace import name_workspace
from core.sync.queueing import queue_by_hand
from core.workspace.data_source import load_proposal
from core.workspace.opened import OpenWorkspace, open_workspace
from core.workspace.proposals import first_draft, propose
from core.workspace.uploads import add_file, new_upload
from tests.journey.commands import Commands
from tests.sync.parquet import read_rows
from tests.worker.home import Home, wait_until
from tests.worker.processes import schedulers

PEOPLE = b"customer_id,wanted\n" + b"".join(b"a%d,true\nb%d,false\n" % (n, n) for n in range(100))


def settings_of(home: Path, like: Settings) -> Settings:
    return Settings(home=home, database_url=like.database_url, load_quiet_s=0)


@pytest.fixture
def at_home(home: Home, store_settings: Settings) -> Home:
    """Give a home whose data somebody uploads."""
    home.settings = settings_of(store_settings.home, store_settings)
    home.activation("vip")
    return home


def upload(workspace: OpenWorkspace) -> None:
    made = new_upload(workspace.settings)
    add_file(made, "customers.csv", BytesIO(PEOPLE), 100_000)
    load_proposal(workspace, propose(made, first_draft(made, "UTC"), workspace.settings), "ana")


def wait_for_load(workspace: OpenWorkspace) -> None:
    def is_loaded() -> bool:
        with workspace.store.read() as session:
            return list_loads(session)[0].state is LoadState.LOADED

    wait_until(is_loaded, 60, "the data was not loaded")


def run_by_hand(workspace: OpenWorkspace) -> RunState:
    with workspace.store.write("ana") as session:
        asked = queue_by_hand(session, get_activation(session, "vip"))

    def state() -> RunState:
        with workspace.store.read() as session:
            return next(run.state for run in list_runs(session) if run.id == asked.id)

    wait_until(lambda: state() in FINAL, 60, "the run did not end")
    return state()


@contextmanager
def writing(workspace: OpenWorkspace) -> Iterator[list[float]]:
    """Let runs and edits go on meanwhile; give when each was written."""
    stop, written = Event(), list[float]()

    def write_on() -> None:
        while not stop.is_set():
            with workspace.store.write("ana") as session:
                name_workspace(session, f"Shop {len(written)}", "people")
                queue_by_hand(session, get_activation(session, "vip"))
            written.append(time())

    thread = Thread(target=write_on)
    thread.start()
    try:
        yield written
    finally:
        stop.set()
        thread.join()


def ledger_of(workspace: OpenWorkspace) -> set[str]:
    with workspace.store.read() as session:
        (audience,) = list_audiences(session)
    file = workspace.settings.ledgers / str(audience.ledger_file)
    assert audience.ledger_unknown == 0
    with duckdb.connect() as connection:
        return {str(id_) for (id_,) in read_rows(connection, file, "id")}


def commands_over(settings: Settings) -> Commands:
    url = settings.database_url
    variables = {"ROLLCALL_DATABASE_URL": url.get_secret_value()} if url else {}
    return Commands(settings.home, variables)


@pytest.fixture
def saved(at_home: Home) -> Path:
    """Give a backup that was made while runs and edits went on."""
    with schedulers(at_home) as scheduler, at_home.opened() as workspace:
        upload(workspace)
        scheduler.start_surely()
        wait_for_load(workspace)
        at_home.apply(workspace)
        assert run_by_hand(workspace) is RunState.SUCCEEDED
        with writing(workspace) as written:
            since = time()
            made = commands_over(at_home.settings).json("backup")["folder"]
            until = time()
        assert sum(since < moment < until for moment in written) > 0
        scheduler.end(scheduler.running[0])
    return Path(made)


@pytest.fixture
def restored(at_home: Home, saved: Path) -> Commands:
    """Give the commands over a home elsewhere, with backup and key, after the first was lost."""
    shutil.move(at_home.settings.home, at_home.folder / "lost")
    at_home.settings = settings_of(at_home.folder / "elsewhere", at_home.settings)
    commands = commands_over(at_home.settings)
    commands.json("restore", saved)
    shutil.copytree(at_home.folder / "lost" / "key", commands.home / "key")
    return commands


def test_a_restored_home_refreshes_runs_and_agrees_with_the_list(
    at_home: Home, restored: Commands
) -> None:
    with schedulers(at_home) as scheduler, open_workspace(at_home.settings, 0.05) as workspace:
        scheduler.start_surely()
        wait_for_load(workspace)
        with workspace.store.read() as session:
            assert Path(list_loads(session)[0].manifest_path).is_relative_to(restored.home)
        assert run_by_hand(workspace) in (RunState.SUCCEEDED, RunState.UNCHANGED)
        assert ledger_of(workspace) == at_home.stand_in.members("vip")
        assert len(ledger_of(workspace)) == 100
        assert {each["mark"] for each in restored.json("doctor")["findings"]} == {"ok"}

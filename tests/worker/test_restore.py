"""A backup made beside a scheduler at work, put back elsewhere: data, lists and history go on."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import Event, Thread

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


@pytest.fixture
def at_home(home: Home, store_settings: Settings) -> Home:
    """Give a home whose data somebody uploads."""
    home.settings = Settings(
        home=store_settings.home, database_url=store_settings.database_url, load_quiet_s=0
    )
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
def writing(workspace: OpenWorkspace) -> Iterator[None]:
    """Let runs and edits go on meanwhile."""
    stop = Event()

    def write_on() -> None:
        for number in range(10_000):
            if stop.is_set():
                return
            with workspace.store.write("ana") as session:
                name_workspace(session, f"Shop {number}", "people")
                queue_by_hand(session, get_activation(session, "vip"))

    thread = Thread(target=write_on)
    thread.start()
    try:
        yield
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


def test_a_restored_home_refreshes_runs_and_agrees_with_the_list(at_home: Home) -> None:
    settings, url = at_home.settings, at_home.settings.database_url
    variables = {"ROLLCALL_DATABASE_URL": url.get_secret_value()} if url else {}
    with schedulers(at_home) as one, at_home.opened() as workspace:
        upload(workspace)
        one.start_surely()
        wait_for_load(workspace)
        at_home.apply(workspace)
        assert run_by_hand(workspace) is RunState.SUCCEEDED
        with writing(workspace):
            made = Commands(settings.home, variables).json("backup")
        one.end(one.running[0])
    elsewhere = at_home.folder / "elsewhere"
    at_home.settings = Settings(home=elsewhere, database_url=url, load_quiet_s=0)
    shutil.move(settings.home, at_home.folder / "lost")
    commands = Commands(elsewhere, variables)
    commands.json("restore", made["folder"])
    shutil.copytree(at_home.folder / "lost" / "key", elsewhere / "key")
    with schedulers(at_home) as one, open_workspace(at_home.settings, 0.05) as workspace:
        one.start_surely()
        wait_for_load(workspace)
        with workspace.store.read() as session:
            assert Path(list_loads(session)[0].manifest_path).is_relative_to(elsewhere)
        assert run_by_hand(workspace) in (RunState.SUCCEEDED, RunState.UNCHANGED)
        assert ledger_of(workspace) == at_home.stand_in.members("vip")
        assert len(ledger_of(workspace)) == 100
        assert {each["mark"] for each in commands.json("doctor")["findings"]} == {"ok"}

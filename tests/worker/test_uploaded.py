"""Uploaded files are loaded at once; files on the server only once they rest."""

from io import BytesIO

from core.store.loads import LoadState, NewLoad, list_loads, queue_load
from core.worker.loop import Scheduler
from core.workspace.data_source import load_proposal
from core.workspace.opened import OpenWorkspace
from core.workspace.proposals import first_draft, propose
from core.workspace.uploads import add_file, new_upload
from tests.worker.home import Home, wait_until


def state_after_a_turn(workspace: OpenWorkspace) -> tuple[LoadState, str | None]:
    """Return what became of the queued load once a scheduler took it up."""
    scheduler = Scheduler(workspace)

    def taken_up() -> bool:
        scheduler.tick()
        with workspace.store.read() as session:
            load = list_loads(session)[0]
        return load.finished_at is not None or load.next_try_at is not None

    try:
        wait_until(taken_up)
    finally:
        scheduler.close()
    with workspace.store.read() as session:
        load = list_loads(session)[0]
    return load.state, load.error


def test_uploaded_files_do_not_have_to_rest(home: Home) -> None:
    home.settings = home.settings.model_copy(update={"load_quiet_s": 3600})
    with home.opened() as workspace:
        upload = new_upload(workspace.settings)
        add_file(upload, "people.csv", BytesIO(b"id\n1\n"), 100)
        made = propose(upload, first_draft(upload, "UTC"), workspace.settings)
        load_proposal(workspace, made, "ana")
        assert state_after_a_turn(workspace) == (LoadState.LOADED, None)


def test_files_on_the_server_have_to_rest(home: Home) -> None:
    home.settings = home.settings.model_copy(update={"load_quiet_s": 3600})
    with home.opened() as workspace:
        home.write()
        with workspace.store.write("ana") as session:
            queue_load(session, NewLoad(str(home.folder / "dataset.toml"), "test"))
        state, said = state_after_a_turn(workspace)
    assert state is LoadState.QUEUED and "written just now" in (said or "")

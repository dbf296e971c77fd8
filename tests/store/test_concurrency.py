"""Many processes and threads at one store: nothing is lost, nothing is done twice."""

from concurrent.futures import ThreadPoolExecutor

from core.settings import Settings
from core.store.database import Store
from core.store.run_changes import Owner, claim_run, queue_run
from core.store.run_states import RunState
from core.store.workspace import get_workspace, name_workspace
from tests.store import workers
from tests.store.example import ANN, furnish, new_run


def test_no_update_of_many_processes_is_lost(store: Store) -> None:
    with store.write(ANN) as session:
        name_workspace(session, "0", "people")
    workers.together(4, workers.count_up, store.settings, 15)
    with store.read() as session:
        assert get_workspace(session).name == "60"


def test_four_processes_may_open_an_empty_home_at_once(store_settings: Settings) -> None:
    names = workers.together(4, workers.open_and_look, store_settings)
    assert names == ["Rollcall"] * 4
    keys = list((store_settings.home / "key").glob("*.key"))
    assert [key.name for key in keys] == ["0001.key"]


def test_of_many_processes_one_claims(store: Store) -> None:
    vip = furnish(store)
    with store.write(ANN) as session:
        run = queue_run(session, new_run(vip))
    answers = workers.together(4, workers.claim, store.settings, run.id)
    assert sorted(answers) == ["lost", "lost", "lost", "won"]


def test_of_many_threads_one_claims(store: Store) -> None:
    vip = furnish(store)
    with store.write(ANN) as session:
        run = queue_run(session, new_run(vip))

    def claim(number: int) -> bool:
        with store.write(ANN) as session:
            owner = Owner(f"thread {number}", 60)
            to = RunState.COMPUTING
            return claim_run(session, run.id, owner, state=RunState.QUEUED, to=to) is not None

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(claim, range(16))) == 1

"""Several who run one activation at the same moment, on the real clock."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from core.store.database import Store
from core.store.run_states import RunState
from core.store.runs import list_runs
from tests.sync.world import World, furnish

AT_ONCE = 6


def test_all_who_start_at_once_get_the_end_of_a_run(store: Store):
    furnish(store, store.settings)
    world = World(store.settings, store, store.clock)
    world.members.set(["ann", "bob"])
    barrier = Barrier(AT_ONCE)

    def run(number: int) -> RunState | None:
        with world.again() as runner:
            barrier.wait()
            return runner.run_now("vip", f"actor {number}", patience_s=60).state

    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            states = set(pool.map(run, range(AT_ONCE)))
        with store.read() as session:
            runs = list_runs(session)
        # Whoever asked after that run's now gets one of his own, which finds nothing to do.
        assert states <= {RunState.SUCCEEDED, RunState.CONFIRMING, RunState.UNCHANGED}
        assert [r.state for r in runs].count(RunState.SUCCEEDED) == 1
        assert world.platform.ids("vip") == {"ann", "bob"}
    finally:
        world.close()

"""Works on several runs at once, each in a thread of its own."""

import logging
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor

from core.errors import RollcallError
from core.sync.claims import Claim
from core.sync.run import Runner
from core.worker.logs import about, say_unforeseen

log = logging.getLogger(__name__)

THREADS = 4


class RunThreads:
    """A few threads; one account never takes all of them, so that others get their turn."""

    def __init__(self, runner: Runner, threads: int = THREADS) -> None:
        self._runner = runner
        self._threads = threads
        self._most_an_account = max(1, threads - 1)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="run")
        self._working: dict[Future[None], str] = {}

    @property
    def working(self) -> int:
        """How many runs are being worked on."""
        self._working = {one: account for one, account in self._working.items() if not one.done()}
        return len(self._working)

    def fill(self) -> int:
        """Claim runs for all free threads, and return how many that were. Raises: StoreError."""
        begun = 0
        while self.working < self._threads:
            claim = self._runner.claim_next(self._full_accounts())
            if claim is None:
                break
            self._working[self._pool.submit(self._work, claim)] = claim.account
            begun += 1
        return begun

    def close(self) -> None:
        """Return when the last thread has ended."""
        self._pool.shutdown(wait=True)

    def _full_accounts(self) -> frozenset[str]:
        counts = Counter(self._working.values())
        return frozenset(a for a, count in counts.items() if count >= self._most_an_account)

    def _work(self, claim: Claim) -> None:
        """Carry one run on; whatever goes wrong in it is said, and touches no other."""
        with about(run=claim.run.id, activation=claim.activation_key):
            log.info("run begun", extra={"state": str(claim.run.state)})
            try:
                run = self._runner.carry(claim)
            except RollcallError as error:
                log.error("run interrupted", extra={"error": type(error).__name__})
            except Exception as error:
                say_unforeseen(log, "run interrupted", error)
            else:
                log.info("run left", extra={"state": str(run.state), "calls": run.calls})

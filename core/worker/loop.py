"""The scheduler's loop: once a second it queues what is due and works on what is queued."""

import logging
import time
from collections.abc import Callable

import schedule

from core.errors import RollcallError
from core.store.processes import SCHEDULER
from core.sync.calls import Patience
from core.sync.run import Runner
from core.worker.due import queue_due
from core.worker.loads import LoadThread
from core.worker.logs import say_unforeseen
from core.worker.ping import Ping
from core.worker.runs import RunThreads
from core.workspace.opened import OpenWorkspace
from core.workspace.sweeping import sweep_home

log = logging.getLogger(__name__)

TICK_S = 1
_PING_S = 60
# Short, so that a platform that is slow or down holds no thread from the runs of others.
_PATIENCE = Patience(deadline_s=60, applied_s=10)
_SWEEP_S = 3600


class Scheduler:
    """The parts of the process, and what it does when."""

    def __init__(self, workspace: OpenWorkspace) -> None:
        self._workspace = workspace
        self._is_stopping = False
        self._runner: Runner = workspace.runner(SCHEDULER, _PATIENCE)
        self._runs = RunThreads(self._runner)
        self._loads = LoadThread(workspace, self._runner.process)
        self._ping = Ping(workspace.settings)

    def run(self) -> None:
        """Work until somebody calls `stop`, then let the calls in hand end."""
        ticker = schedule.Scheduler()
        ticker.every(TICK_S).seconds.do(self.tick)
        ticker.every(_PING_S).seconds.do(self._safely, "ping", self._ping.send)
        ticker.every(_SWEEP_S).seconds.do(self._safely, "sweep", self._sweep)
        ticker.run_all()
        while not self._is_stopping:
            ticker.run_pending()
            time.sleep(max(0.05, min(ticker.idle_seconds or TICK_S, TICK_S)))
        self.close()

    def tick(self) -> None:
        """Queue, load and run what there is; a part that fails keeps no other from its turn."""
        self._safely("queueing", lambda: queue_due(self._workspace.store, SCHEDULER))
        self._safely("loads", self._loads.fill)
        self._safely("runs", self._runs.fill)

    def stop(self) -> None:
        """Let `run` end within a tick; safe to call from a signal's handler."""
        # No Event: setting one takes a lock that the interrupted code may hold.
        self._is_stopping = True

    def close(self) -> None:
        """Let the calls in hand end, and everything else wait for whoever runs next."""
        log.info("stopping", extra={"runs": self._runs.working})
        self._loads.stop()
        self._runner.stop()
        self._loads.close()
        self._runs.close()
        self._ping.close()
        self._runner.close()
        log.info("stopped")

    def _sweep(self) -> None:
        sweep_home(self._workspace, SCHEDULER)

    def _safely(self, what: str, do: Callable[[], object]) -> None:
        try:
            do()
        except RollcallError as error:
            log.error("%s failed, and is tried again", what, extra={"error": type(error).__name__})
        except Exception as error:
            say_unforeseen(log, f"{what} failed, and is tried again", error)

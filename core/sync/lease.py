"""Who works on a run: processes that prove they live, leases that end, takeovers of the rest."""

import fcntl
import logging
import os
import socket
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from io import TextIOWrapper
from pathlib import Path
from threading import Event, Lock, Thread
from uuid import uuid4

from core.errors import LeaseLost, StorageFault, StoreError, StoreUnavailable
from core.locks import is_locked
from core.store.database import Store, boot_id
from core.store.processes import (
    ProcessView,
    add_process,
    get_process,
    list_processes,
    note_beat,
    remove_process,
)
from core.store.run_changes import Owner, renew_lease, take_over_run
from core.store.run_states import RunState
from core.store.runs import RunView, owned_runs

log = logging.getLogger(__name__)

PROCESS_FOLDER = "processes"
MACHINE = "rollcall"  # the actor of what a process does by itself


class Pulse(Enum):
    ALIVE = "alive"
    DEAD = "dead"
    UNKNOWN = "unknown"


class OwnProcess:
    """This process as others see it: a row, and a lock that ends with the process.

    The lock is on a file of its own, so whoever gets it knows that the process is gone.
    """

    def __init__(self, store: Store, role: str) -> None:
        self.id = uuid4().hex
        self.role = role
        self._store = store
        self._file = store.settings.home / PROCESS_FOLDER / f"{self.id}.lock"
        self._lock = _held_lock(self._file)
        # A forked child would hold the lock on after our death.
        os.register_at_fork(after_in_child=self._lock.close)
        with store.write(MACHINE) as session:
            add_process(
                session,
                self.id,
                host=socket.gethostname(),
                boot_id=boot_id(),
                pid=os.getpid(),
                role=role,
                lock_file=str(self._file.absolute()),
            )

    def owner(self) -> Owner:
        """Return what a claim is made with."""
        return Owner(self.id, self._store.settings.lease_s)

    def close(self) -> None:
        """Leave: the row and the file go, whoever looks later sees that nobody is there."""
        try:
            with self._store.write(MACHINE) as session:
                remove_process(session, self.id)
        finally:
            self._file.unlink(missing_ok=True)
            self._lock.close()


def _held_lock(file: Path) -> TextIOWrapper:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = file.open("w")
    except OSError as error:
        raise StoreUnavailable(
            f"The process cannot make its lock file {file}: {error.strerror}. "
            "Make the folder writable, or choose another with ROLLCALL_HOME."
        ) from error
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return lock


def pulse_of(process: ProcessView) -> Pulse:
    """Return whether a process lives, as far as this machine can tell."""
    if process.host != socket.gethostname():
        return Pulse.UNKNOWN
    if process.boot_id != boot_id():
        return Pulse.DEAD
    try:
        return Pulse.ALIVE if is_locked(Path(process.lock_file)) else Pulse.DEAD
    except OSError:  # another container's folder, or somebody removed the file
        return Pulse.UNKNOWN


def forget_dead(store: Store) -> int:
    """Remove the rows and lock files of dead processes that own no run; return how many."""
    with store.read() as session:
        owners = {run.process_id for run in owned_runs(session)}
        idle = [process for process in list_processes(session) if process.id not in owners]
    dead = [process for process in idle if pulse_of(process) is Pulse.DEAD]
    for process in dead:
        with store.write(MACHINE) as session:
            remove_process(session, process.id)
        Path(process.lock_file).unlink(missing_ok=True)
    return len(dead)


def is_gone(store: Store, process_id: str | None) -> bool:
    """Return whether the process has left, or is dead as far as this machine can tell."""
    with store.read() as session:
        process = get_process(session, process_id or "")
    return _is_dead(process)


class Lease:
    """The right to work on one run, for as long as it is renewed."""

    def __init__(self, store: Store, run: RunView, taken_at: float) -> None:
        if run.token is None:
            raise LeaseLost(f"Run {run.id} is owned by nobody: claim it first.")
        self.run_id = run.id
        self.token = run.token
        self._store = store
        self._lease_s = store.settings.lease_s
        self._lock = Lock()
        self._ends_at = taken_at + self._lease_s
        self._step_at = taken_at
        self._lost = False

    def step(self) -> None:
        """Say that the run has got on; without it the heartbeat lets the lease end."""
        self._step_at = self._store.clock.monotonic()

    @property
    def stalled(self) -> bool:
        """Whether the run has made no step for too long to keep it alive."""
        return self._store.clock.monotonic() - self._step_at > self._store.settings.stall_s

    @property
    def remaining_s(self) -> float:
        """Return the seconds left, by a clock that also counts the time the machine slept."""
        return 0.0 if self._lost else self._ends_at - self._store.clock.monotonic()

    def renew(self) -> None:
        """Make the lease last its whole time again.

        Raises: LeaseLost, StoreError where the store cannot be reached.
        """
        with self._lock:
            asked_at = self._store.clock.monotonic()
            try:
                with self._store.write(MACHINE) as session:
                    renew_lease(session, self.run_id, self.token, self._lease_s)
            except LeaseLost:
                self._lost = True
                raise
            self._ends_at = asked_at + self._lease_s

    def require(self) -> None:
        """Return only while the run is ours: asked before each send.

        Raises: LeaseLost, StoreError.
        """
        if self.remaining_s <= 0:
            self.renew()


def lease_on(store: Store, claim: Callable[[], RunView | None]) -> Lease | None:
    """Return the lease on the run that `claim` gives; its time counts from before the claim."""
    taken_at = store.clock.monotonic()
    run = claim()
    return None if run is None or run.token is None else Lease(store, run, taken_at)


class Heartbeat:
    """A thread that keeps the process's row and the leases of its runs alive."""

    def __init__(self, store: Store, process: OwnProcess) -> None:
        self._store = store
        self._process = process
        self._leases: set[Lease] = set()
        self._lock = Lock()
        self._stop = Event()
        self._thread = Thread(target=self._beat_on, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Beat from now on, at a third of a lease's time."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; leases end by themselves."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def keep(self, lease: Lease) -> None:
        """Renew this lease from now on."""
        with self._lock:
            self._leases.add(lease)

    def drop(self, lease: Lease) -> None:
        """Let this lease be."""
        with self._lock:
            self._leases.discard(lease)

    def beat(self) -> None:
        """Renew once what is to be renewed; a store out of reach is tried again at the next."""
        with self._lock:
            leases = tuple(self._leases)
        try:
            with self._store.write(MACHINE) as session:
                note_beat(session, self._process.id)
        except (StoreError, StorageFault) as error:
            log.warning("A heartbeat was missed: %s", type(error).__name__)
        for lease in leases:
            self._renew(lease)

    def _renew(self, lease: Lease) -> None:
        if lease.stalled:
            self.drop(lease)
            return
        try:
            lease.renew()
        except LeaseLost:
            self.drop(lease)
        except (StoreError, StorageFault) as error:
            kind = type(error).__name__
            log.warning("The lease on run %s was not renewed: %s", lease.run_id, kind)

    def _beat_on(self) -> None:
        while not self._stop.wait(self._store.settings.lease_s / 3):
            self.beat()


def abandoned_runs(store: Store) -> tuple[RunView, ...]:
    """Return the runs that may be taken over, the oldest first.

    The owner is dead by its lock; or, where nobody can tell or it stands still, the lease has
    ended and so has any request that was sent just before.
    """
    with store.read() as session:
        now = session.now()
        runs = owned_runs(session)
        owners = {run.process_id: get_process(session, run.process_id or "") for run in runs}
    answered = timedelta(seconds=store.settings.http_timeout_s)
    return tuple(
        run
        for run in runs
        if _is_dead(owners[run.process_id])
        or (run.lease_until is not None and run.lease_until + answered < now)
    )


def _is_dead(process: ProcessView | None) -> bool:
    """A process without a row has left in good order."""
    return process is None or pulse_of(process) is Pulse.DEAD


def take_over(store: Store, seen: RunView, process: OwnProcess) -> tuple[RunView, Lease | None]:
    """Return an abandoned run as it is now, with a lease if it is ours.

    Without: somebody was faster, or it was taken over too often and needs attention.
    """
    taken_at = store.clock.monotonic()
    limit = store.settings.max_takeovers
    with store.write(MACHINE) as session:
        run = take_over_run(session, seen, process.owner(), limit)
    if run is None:
        return seen, None
    if run.state is RunState.NEEDS_ATTENTION:
        log.error("run %s needs attention", run.id)
        return run, None
    log.info("taking over run %s", run.id)
    return run, Lease(store, run, taken_at)

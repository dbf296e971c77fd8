"""Taking runs for this process: new ones, those that wait, and those whose owner is gone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from core.errors import RunRefused
from core.store.activations import ActivationView, get_activation_by_id
from core.store.database import Store
from core.store.run_changes import NewRun, claim_run, start_run
from core.store.run_states import RunState
from core.store.runs import RunView, claimable_runs, live_run
from core.sync.hold import approve_plan
from core.sync.lease import Lease, OwnProcess, abandoned_runs, lease_on, take_over

BY_HAND = "by hand"
BY_HAND_PRIORITY = 10


@dataclass(frozen=True, slots=True)
class Claim:
    """A run that this process owns now, its activation's key, and the account that it calls."""

    run: RunView
    activation_key: str
    account: str
    lease: Lease


class Claims:
    """Claims runs for one process; without a lease a run is somebody else's, or must wait."""

    def __init__(self, store: Store, process: OwnProcess) -> None:
        self._store = store
        self._process = process

    def next(self, full: Collection[str]) -> Claim | None:
        """Return the run to work on next, but for accounts that are `full`; None for nothing.

        Runs whose owner is gone come first: they keep their audiences from everybody else.
        """
        return self._next_abandoned(full) or self._next_idle(full)

    def start(
        self, activation: ActivationView, actor: str, now: datetime | None
    ) -> tuple[RunView, Lease | None]:
        """Return a new run with its lease, or the run of whoever was faster, without."""
        new = NewRun(
            activation.id, activation.audience_id, BY_HAND, priority=BY_HAND_PRIORITY, now=now
        )
        found: list[RunView] = []

        def claim() -> RunView | None:
            with self._store.write(actor) as session:
                faster = live_run(session, activation.id)
                found.append(faster or start_run(session, new, self._process.owner()))
            return None if faster else found[-1]

        lease = lease_on(self._store, claim)
        return found[-1], lease

    def take_live(self, activation: ActivationView) -> tuple[RunView | None, Lease | None]:
        """Return the activation's run that is under way, with a lease where it could be claimed.

        Raises: RunRefused where it needs attention.
        """
        with self._store.read() as session:
            run = live_run(session, activation.id)
        if run is None:
            return None, None
        if run.state is RunState.NEEDS_ATTENTION:
            raise RunRefused(
                f"Run {run.id} of '{activation.display_name}' was begun again and again and "
                "never ended: cancel it, then run it again.",
                terminal_hint=f"`runs show {run.id}`, `runs cancel {run.id}`",
            )
        return self.take(run)

    def take(self, run: RunView) -> tuple[RunView, Lease | None]:
        """Claim a run that waits or needs attention, or take it over where its owner is gone."""
        if run.token is None:
            return self._take_idle(run)
        if run.id not in {abandoned.id for abandoned in abandoned_runs(self._store)}:
            return run, None
        return take_over(self._store, run, self._process)

    def take_pending(self, run: RunView) -> Lease | None:
        """Claim a run whose writes are still being indexed."""
        return self._claim(run, RunState.CONFIRMING) if run.token is None else self.take(run)[1]

    def take_approved(self, run_id: int, plan_id: str, actor: str) -> Lease | None:
        """Note the approval of a held plan and claim its run. Raises: RunRefused, PlanOutdated."""
        owner = self._process.owner()

        def claim() -> RunView:
            with self._store.write(actor) as session:
                approve_plan(session, run_id, plan_id)
                run = claim_run(session, run_id, owner, state=RunState.HELD, to=RunState.SENDING)
                if run is None:
                    raise RunRefused(
                        "Another run of this activation is under way: wait for its end, then "
                        "approve."
                    )
                return run

        return lease_on(self._store, claim)

    def _next_abandoned(self, full: Collection[str]) -> Claim | None:
        for run in abandoned_runs(self._store):
            with self._store.read() as session:
                activation = get_activation_by_id(session, run.activation_id)
            if activation.account in full:
                continue
            taken, lease = take_over(self._store, run, self._process)
            if lease is not None:
                return Claim(taken, activation.key, activation.account, lease)
        return None

    def _next_idle(self, full: Collection[str]) -> Claim | None:
        with self._store.read() as session:
            candidates = claimable_runs(session, session.now(), full)
        for candidate in candidates:
            lease = self._claim(candidate.run, _state_to_be(candidate.run))
            if lease is not None:
                return Claim(candidate.run, candidate.activation_key, candidate.account, lease)
        return None

    def _take_idle(self, run: RunView) -> tuple[RunView, Lease | None]:
        with self._store.read() as session:
            now = session.now()
        is_due = run.next_try_at is None or run.next_try_at <= now
        if not is_due and run.cancel_asked_by is None:
            return run, None
        return run, self._claim(run, _state_to_be(run))

    def _claim(self, run: RunView, to: RunState) -> Lease | None:
        def claim() -> RunView | None:
            with self._store.write(self._process.role) as session:
                return claim_run(session, run.id, self._process.owner(), state=run.state, to=to)

        return lease_on(self._store, claim)


def _state_to_be(run: RunView) -> RunState:
    """Return the state in which a claimed run goes on."""
    if run.state is RunState.CONFIRMING:
        return run.state
    return RunState.SENDING if run.plan_file else RunState.COMPUTING

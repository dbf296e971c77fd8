"""Runs from claim to booking: started, followed, taken over, approved, cancelled."""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Semaphore
from types import TracebackType

from core.data.instance import Instance
from core.errors import LeaseLost, RunRefused, StorageFault, StoreError
from core.settings import Settings
from core.store.activations import ActivationView, get_activation, get_activation_by_id
from core.store.database import ReadSession, Store
from core.store.run_states import FINAL, LIVE, RunState
from core.store.runs import RunView, get_run, list_runs
from core.store.segments import get_segment
from core.store.workspace import get_workspace
from core.sync.calls import Patience
from core.sync.carry import carry_on, give_back
from core.sync.claims import Claim, Claims
from core.sync.confirm import POLLING_S
from core.sync.dry import dry_run
from core.sync.hold import reject_plan
from core.sync.job import Connector, Desk, Job
from core.sync.lease import Heartbeat, Lease, OwnProcess, forget_dead
from core.sync.members import MemberSource
from core.sync.outcome import RunOutcome, outcome_of
from core.sync.question import refuse_unbuilt
from core.sync.stopping import stop_run

log = logging.getLogger(__name__)

_LOOK_AGAIN_S = 0.5


class Runner:
    """Works on runs in this process; use it as a context, it owns a heartbeat and a lock.

    `process` is what others see of it.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        instance: Instance,
        members: MemberSource,
        connect: Connector,
        *,
        role: str = "command",
        patience: Patience | None = None,
    ) -> None:
        self._desk = Desk(
            store,
            settings,
            instance,
            members,
            connect,
            patience or Patience(),
            Semaphore(settings.run_computing),
        )
        self._store = store
        self.process = OwnProcess(store, role)
        self._claims = Claims(store, self.process)
        self._heartbeat = Heartbeat(store, self.process)
        self._heartbeat.start()

    def __enter__(self) -> "Runner":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the heartbeat and leave; a run that was not finished may be taken over at once."""
        self._heartbeat.stop()
        self.process.close()
        forget_dead(self._store)

    def run_now(
        self,
        activation_key: str,
        actor: str,
        *,
        now: datetime | None = None,
        patience_s: float = 900,
    ) -> RunOutcome:
        """Run the activation here and now, after the run that is under way, if one is.

        `now` is the instant its segment is evaluated at. A run under way whose owner is dead is
        taken over; one evaluated at `now` or later will do.

        Raises: UnknownName, RunRefused, UsageError, StoreError, StorageFault, LedgerMissing.
        """
        deadline = self._store.clock.monotonic() + patience_s
        with self._store.read() as session:
            asked_for = now or session.now()
        mine: set[int] = set()
        while True:
            activation = self._refuse_paused(activation_key)
            run, lease = self._claims.take_live(activation)
            if run is None:
                run, lease = self._claims.start(activation, actor, now)
                mine |= {run.id} if lease else set()
            run = self._carry_or_wait(run, lease, actor, deadline)
            if run.state in LIVE:
                if self._is_out_of_time(run, deadline):
                    return self._outcome(run)
            elif run.id in mine or (run.now is not None and run.now >= asked_for):
                return self._outcome(run)

    def dry_run(self, activation_key: str, *, now: datetime | None = None) -> RunOutcome:
        """Return what a run would do; nothing is changed, here or at the platform.

        Raises: UnknownName, RunRefused, UsageError, DestinationError, SegmentInvalid, …
        """
        return dry_run(self._desk, self._refuse_paused(activation_key), now)

    def approve(
        self, run_id: int, plan_id: str, actor: str, *, patience_s: float = 900
    ) -> RunOutcome:
        """Send a held plan as it was frozen.

        Raises: RunRefused, PlanOutdated, UnknownName, StoreError.
        """
        deadline = self._store.clock.monotonic() + patience_s
        with self._store.read() as session:
            run = get_run(session, run_id)
            activation = get_activation_by_id(session, run.activation_id)
        self._refuse_paused(activation.key)
        lease = self._claims.take_approved(run_id, plan_id, actor)
        with self._store.read() as session:
            run = get_run(session, run_id)
        return self._follow(run, lease, actor, deadline)

    def reject(self, run_id: int, actor: str) -> RunOutcome:
        """End a held run without sending. Raises: RunRefused, UnknownName, StoreError."""
        with self._store.write(actor) as session:
            run = reject_plan(session, run_id)
        return self._outcome(run)

    def cancel(self, run_id: int, actor: str, *, patience_s: float = 60) -> RunOutcome:
        """Stop a run and book what it has sent; its owner, if one lives, does so itself.

        Raises: RunRefused where it has ended or everything is sent, UnknownName, StoreError.
        """
        deadline = self._store.clock.monotonic() + patience_s
        with self._store.write(actor) as session:
            run = stop_run(session, run_id)
        return self._follow(run, None, actor, deadline)

    def look_up_pending(self, actor: str) -> int:
        """Ask once for every run that is still being indexed; return how many are done now.

        Raises: StoreError.
        """
        with self._store.read() as session:
            pending = list_runs(session, states=[RunState.CONFIRMING], limit=100)
        done = 0
        for run in pending:
            lease = self._claims.take_pending(run)
            if lease is not None:
                done += self._carry(run.id, lease, actor, 0).state in FINAL
        return done

    def claim_next(self, full: Collection[str]) -> Claim | None:
        """Return the next run to work on, claimed; accounts that are `full` wait.

        Raises: StoreError.
        """
        return self._claims.next(full)

    def carry(self, claim: Claim) -> RunView:
        """Do what is left of a claimed run, ask once about what is still being indexed.

        Whatever keeps it from going on, it is given back, to be claimed again.
        Raises: what `carry_on` raises.
        """
        try:
            return self._carry(claim.run.id, claim.lease, self.process.role, 0)
        except Exception as error:
            self._give_back(claim, error)
            raise

    def stop(self) -> None:
        """Let the runs under way end with the call in hand, and wait to be claimed again."""
        self._desk.stopping.set()
        self._store.clock.wake()
        self._desk.instance.interrupt()

    def _follow(self, run: RunView, lease: Lease | None, actor: str, deadline: float) -> RunOutcome:
        """Carry this one run on, or wait for whoever does, until it ends or time is up."""
        while True:
            if lease is None and run.state in LIVE:
                run, lease = self._claims.take(run)
            run = self._carry_or_wait(run, lease, actor, deadline)
            if run.state not in LIVE or self._is_out_of_time(run, deadline):
                return self._outcome(run)
            lease = None

    def _carry_or_wait(
        self, run: RunView, lease: Lease | None, actor: str, deadline: float
    ) -> RunView:
        clock = self._store.clock
        if lease is not None:
            return self._carry(run.id, lease, actor, deadline - clock.monotonic())
        if run.state in LIVE:
            clock.sleep(max(0.0, min(_LOOK_AGAIN_S, deadline - clock.monotonic())))
        with self._store.read() as session:
            return get_run(session, run.id)

    def _carry(self, run_id: int, lease: Lease, actor: str, patience_s: float) -> RunView:
        with self._job(run_id, lease, actor) as job:
            try:
                carry_on(job, min(patience_s, POLLING_S))
            except LeaseLost:
                log.warning("run %s was taken over by another process", run_id)
        with self._store.read() as session:
            return get_run(session, run_id)

    def _give_back(self, claim: Claim, error: Exception) -> None:
        """Let a run go that could not go on, as soon as the store takes it."""
        while claim.lease.remaining_s > 0:
            try:
                with self._job(claim.run.id, claim.lease, self.process.role) as job:
                    give_back(job, error)
                return
            except LeaseLost:
                return
            except (StoreError, StorageFault):
                self._store.clock.sleep(_LOOK_AGAIN_S)

    @contextmanager
    def _job(self, run_id: int, lease: Lease, actor: str) -> Iterator[Job]:
        with self._store.read() as session:
            run = get_run(session, run_id)
            activation = get_activation_by_id(session, run.activation_id)
        job = Job(self._desk, actor, run, activation, lease)
        self._heartbeat.keep(lease)
        try:
            yield job
        finally:
            self._heartbeat.drop(lease)
            job.close()

    def _is_out_of_time(self, run: RunView, deadline: float) -> bool:
        """Whether nothing can come of the run before the deadline."""
        left_s = deadline - self._store.clock.monotonic()
        if run.next_try_at is None or run.state is not RunState.WAITING:
            return left_s <= 0
        with self._store.read() as session:
            return left_s <= max(0.0, (run.next_try_at - session.now()).total_seconds())

    def _refuse_paused(self, activation_key: str) -> ActivationView:
        """Return the activation if it may run now. Raises: UnknownName, RunRefused, UsageError."""
        with self._store.read() as session:
            activation = get_activation(session, activation_key)
            refuse_resting(session, activation)
        refuse_unbuilt(activation)
        return activation

    def _outcome(self, run: RunView) -> RunOutcome:
        with self._store.read() as session:
            if run.state is RunState.REPLACED and run.replaced_by is not None:
                run = get_run(session, run.replaced_by)
            activation = get_activation_by_id(session, run.activation_id)
            return outcome_of(run, activation.key, session.now())


def refuse_resting(session: ReadSession, activation: ActivationView) -> None:
    """Raise RunRefused where the activation, its segment or everything rests."""
    segment = get_segment(session, activation.segment_key)
    if activation.archived_at is not None:
        raise RunRefused(
            f"'{activation.display_name}' is archived: bring it back, then run it.",
            terminal_hint="`apply`",
        )
    if get_workspace(session).everything_paused:
        raise RunRefused(
            "Everything is paused: nothing runs until that ends.", terminal_hint="`resume --all`"
        )
    if activation.paused_at is not None:
        why = f" ({activation.paused_reason})" if activation.paused_reason else ""
        raise RunRefused(
            f"'{activation.display_name}' is paused{why}: resume it, then run it.",
            terminal_hint=f"`activations resume {activation.key}`",
        )
    if segment.paused_reason is not None:
        raise RunRefused(f"The segment '{segment.name}' is paused: {segment.paused_reason}")

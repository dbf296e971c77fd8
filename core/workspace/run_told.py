"""One run with all that its story needs, read at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.errors import PlanOutdated
from core.store.activations import ActivationView, get_activation_by_id
from core.store.database import ReadSession
from core.store.destinations import DestinationView, get_destination
from core.store.run_history import data_instants
from core.store.run_states import RESTING, RunState
from core.store.run_story import RunEventView, list_events
from core.store.runs import RunView, blocking_run, find_run
from core.store.segments import get_segment
from core.store.workspace import get_workspace
from core.sync.decide import check_approvable
from core.sync.outcome import RunCounts, stored_counts
from core.workspace.destinations import place_of


@dataclass(frozen=True, slots=True)
class RunTold:
    """A run, its list, and what happened.

    `data_at` is when the data was loaded that it worked from, `outdated` says why its plan cannot
    be approved any more, `waits_because` what keeps it from starting.
    """

    run: RunView
    activation: ActivationView
    destination: DestinationView
    counts: RunCounts
    events: tuple[RunEventView, ...]
    data_at: datetime | None
    outdated: str | None
    waits_because: str | None

    @property
    def place(self) -> str:
        """Return what the place is called that the list lies in."""
        return place_of(self.destination)

    @property
    def asked_by(self) -> str:
        """Return who asked for the run."""
        return self.events[0].actor if self.events else ""


def tell_run(session: ReadSession, run_id: int) -> RunTold | None:
    """Return the run of that id with its story, or None where there is no such run."""
    run = find_run(session, run_id)
    if run is None:
        return None
    activation = get_activation_by_id(session, run.activation_id)
    return RunTold(
        run=run,
        activation=activation,
        destination=get_destination(session, activation.destination_key),
        counts=stored_counts(run.counts),
        events=list_events(session, run.id),
        data_at=data_instants(session, [run.id]).get(run.id),
        outdated=_why_outdated(session, run),
        waits_because=why_it_waits(session, run),
    )


def is_waiting_for_approval(run: RunView) -> bool:
    """Return whether a human is to decide on the run."""
    return run.state is RunState.HELD and run.decision is None


def is_approved(run: RunView) -> bool:
    """Return whether a human let the run go, and it is still to be sent."""
    return run.state is RunState.HELD and run.decision is not None


def is_at_rest(run: RunView) -> bool:
    """Return whether the run stays as it is until somebody does something."""
    return run.state in RESTING and not is_approved(run)


def _why_outdated(session: ReadSession, run: RunView) -> str | None:
    if not is_waiting_for_approval(run):
        return None
    try:
        check_approvable(session, run)
    except PlanOutdated as problem:
        return str(problem)
    return None


def why_it_waits(session: ReadSession, run: RunView) -> str | None:
    """Return the first thing that keeps a run which could start from starting, or None."""
    if run.state not in (RunState.QUEUED, RunState.WAITING) and not is_approved(run):
        return None
    activation = get_activation_by_id(session, run.activation_id)
    return next(_obstacles(session, run, activation), None)


def _obstacles(session: ReadSession, run: RunView, activation: ActivationView) -> Iterator[str]:
    if get_workspace(session).everything_paused:
        yield "everything is paused"
    if activation.archived_at is not None:
        yield "the list is archived"
    if activation.paused_at is not None:
        yield "the list is paused"
    if get_segment(session, activation.segment_key).paused_reason is not None:
        yield "its segment no longer fits the data"
    if get_destination(session, activation.destination_key).paused_at is not None:
        yield "its destination is paused"
    other = blocking_run(session, run.activation_id, run.audience_id, but=run.id)
    if other is not None:
        yield f"run {other.id} of the same list is under way"

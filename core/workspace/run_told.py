"""One run with all that its story needs, read at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.errors import PlanOutdated
from core.store.activations import ActivationView, get_activation_by_id
from core.store.database import ReadSession
from core.store.destinations import DestinationView, get_destination
from core.store.run_history import ENDED_WELL, Waits, data_instants, run_waits
from core.store.run_states import RESTING, RunState
from core.store.run_story import RunEventView, list_events
from core.store.runs import RunView, blocking_run, find_run, get_run, list_runs, newest_runs
from core.store.segments import get_segment, list_segment_versions
from core.store.workspace import get_workspace
from core.sync.decide import check_approvable
from core.sync.outcome import RunCounts, stored_counts
from core.workspace.destinations import place_of


@dataclass(frozen=True, slots=True)
class SegmentChange:
    """A segment that was saved anew between the run before, which began `since`, and this one.

    `actor` and `at` are of who saved it last; None where the list rests on it only now.
    """

    name: str
    since: datetime
    actor: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class RunTold:
    """A run, its list, and what happened.

    `data_at` is when the data was loaded that it worked from, `outdated` says why its plan cannot
    be approved any more, `waits_because` what keeps it from starting. `segment_change` is a reason
    of its own for what a run that waits for approval would do, `waits` for how long it waited, and
    `stand_in` is the run that stands for a replaced one.
    """

    run: RunView
    activation: ActivationView
    destination: DestinationView
    counts: RunCounts
    events: tuple[RunEventView, ...]
    data_at: datetime | None
    outdated: str | None
    waits_because: str | None
    segment_change: SegmentChange | None
    waits: Waits
    stand_in: RunView | None

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
        segment_change=_segment_change(session, run),
        waits=run_waits(session, [run.id]).get(run.id, {}),
        stand_in=None if run.replaced_by is None else find_run(session, run.replaced_by),
    )


def is_waiting_for_approval(run: RunView) -> bool:
    """Return whether a human is to decide on the run."""
    return run.state is RunState.HELD and run.decision is None


def is_approved(run: RunView) -> bool:
    """Return whether a human let the run go, and it is still to be sent."""
    return run.state is RunState.HELD and run.decision is not None


def is_joined(run: RunView) -> bool:
    """Return whether the run found what an earlier one, which waited for approval, asks for."""
    return (
        run.state is RunState.REPLACED and run.replaced_by is not None and run.replaced_by < run.id
    )


def standing_runs(session: ReadSession) -> dict[int, RunView]:
    """Return the newest run of every activation, by its id; a joined one is the one it joined."""
    newest = newest_runs(session)
    for activation_id, run in newest.items():
        if is_joined(run) and run.replaced_by is not None:
            newest[activation_id] = get_run(session, run.replaced_by)
    return newest


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


def _segment_change(session: ReadSession, run: RunView) -> SegmentChange | None:
    """Return what was changed of the segments of a run that waits for approval, if anything."""
    if not is_waiting_for_approval(run):
        return None
    states = (*ENDED_WELL, RunState.PARTLY, RunState.CONFIRMING)
    earlier = list_runs(
        session, activation_id=run.activation_id, states=states, before_id=run.id, limit=1
    )
    if not earlier or earlier[0].segment_versions is None:
        return None
    before, since = earlier[0].segment_versions, earlier[0].started_at or earlier[0].queued_at
    for key, version in (run.segment_versions or {}).items():
        if before.get(key) != version:
            return _changed(session, key, version, since, is_new=key not in before)
    return None


def _changed(
    session: ReadSession, key: str, version: int, since: datetime, *, is_new: bool
) -> SegmentChange:
    saved = {each.version: each for each in list_segment_versions(session, key)}
    view = saved.get(version)
    name = get_segment(session, key).name
    if is_new or view is None:
        return SegmentChange(name, since, None, None)
    return SegmentChange(name, since, view.actor, view.at)


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

"""The way to a first list of one's own: data, segment, destination, activation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.store.activations import list_activations
from core.store.database import ReadSession
from core.store.destinations import list_destinations
from core.store.run_history import any_ended_well
from core.store.segments import list_segments
from core.store.snapshots import current_snapshot


class Step(StrEnum):
    """The steps in their order."""

    DATA = "data"
    SEGMENT = "segment"
    DESTINATION = "destination"
    ACTIVATION = "activation"


class StepState(StrEnum):
    """`RUNNING` is the last step once its list is saved and has not run to its end yet."""

    DONE = "done"
    NEXT = "next"
    LATER = "later"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class LentParts:
    """Parts of the workspace that are nobody's own, by key; `manifest` is a path."""

    manifest: str = ""
    segments: frozenset[str] = frozenset()
    destinations: frozenset[str] = frozenset()
    activations: frozenset[str] = frozenset()


def first_steps(session: ReadSession, lent: LentParts) -> Mapping[Step, StepState] | None:
    """Return how far the first list of one's own is, None once one was brought up to date."""
    own = [view for view in list_activations(session) if view.key not in lent.activations]
    if own and any_ended_well(session, [view.id for view in own]):
        return None
    snapshot = current_snapshot(session)
    done = {
        Step.DATA: snapshot is not None and snapshot.manifest_path != lent.manifest,
        Step.SEGMENT: any(view.key not in lent.segments for view in list_segments(session)),
        Step.DESTINATION: any(
            view.key not in lent.destinations for view in list_destinations(session)
        ),
    }
    return _in_order(done, is_activated=bool(own))


def _in_order(done: Mapping[Step, bool], *, is_activated: bool) -> Mapping[Step, StepState]:
    """Return a state for each step: the first that is not done is the next."""
    states: dict[Step, StepState] = {}
    for step, is_done in done.items():
        if is_done:
            states[step] = StepState.DONE
        else:
            states[step] = StepState.LATER if _has_next(states.values()) else StepState.NEXT
    if is_activated:
        states[Step.ACTIVATION] = StepState.RUNNING
    else:
        waits = _has_next(states.values())
        states[Step.ACTIVATION] = StepState.LATER if waits else StepState.NEXT
    return states


def _has_next(states: Iterable[StepState]) -> bool:
    return StepState.NEXT in states

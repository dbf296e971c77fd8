"""Destinations and segments that stop all of their lists, each said once for them all."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.errors import SecretUnreadable
from core.store.activations import ActivationView
from core.store.destinations import DestinationView
from core.store.runs import RunView
from core.store.segments import SegmentView
from core.workspace.needs import ADMIN, RUNNER, Need, NeedKind, Place

_UNREADABLE = SecretUnreadable.__name__


@dataclass(frozen=True, slots=True)
class Stops:
    """What can stop lists, by key; `unreadable` are the titles of keys that cannot be read."""

    destinations: Mapping[str, DestinationView]
    segments: Mapping[str, SegmentView]
    unreadable: Mapping[str, Sequence[str]]

    def needs(self, used: Collection[str]) -> Iterator[Need]:
        """Yield one need for each that stops lists now; `used` are the segments of lists."""
        yield from self._paused_destinations()
        yield from self._unreadable_destinations()
        yield from self._paused_segments(used)

    def tells(self, run: RunView, view: ActivationView) -> bool:
        """Return whether one of the needs tells already why the run of that list failed."""
        destination = self.destinations.get(view.destination_key)
        segment = self.segments.get(view.segment_key)
        return bool(
            (destination and destination.paused_at is not None)
            or (segment and segment.paused_reason is not None)
            or (run.error_kind == _UNREADABLE and view.destination_key in self.unreadable)
        )

    def _paused_destinations(self) -> Iterator[Need]:
        for view in self.destinations.values():
            if view.paused_at is not None:
                yield Need(
                    NeedKind.DESTINATION,
                    view.name,
                    "Refuses the API keys: no list is sent to it until they are mended.",
                    view.paused_reason or "",
                    ADMIN,
                    Place.DESTINATION,
                    view.key,
                )

    def _unreadable_destinations(self) -> Iterator[Need]:
        for view in self.destinations.values():
            if view.key in self.unreadable and view.paused_at is None:
                yield Need(
                    NeedKind.DESTINATION,
                    view.name,
                    "Its stored keys cannot be read: no list is sent to it until they can.",
                    f"{' and '.join(self.unreadable[view.key])}: type them again, or put back the "
                    "secret key of Rollcall that they were stored with.",
                    f"{ADMIN} or {RUNNER}",
                    Place.DESTINATION,
                    view.key,
                )

    def _paused_segments(self, used: Collection[str]) -> Iterator[Need]:
        for view in self.segments.values():
            if view.paused_reason is not None and view.key in used:
                yield Need(
                    NeedKind.SEGMENT,
                    view.name,
                    "The segment no longer fits the data, so its lists are paused.",
                    view.paused_reason,
                    ADMIN,
                    Place.SEGMENT,
                    view.key,
                )

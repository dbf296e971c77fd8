"""Saved segments: checked against a snapshot in the meaning they were saved with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.data.catalogue import Catalogue
from core.errors import SegmentInvalid, UnknownName
from core.segments.calendar import Today
from core.segments.checking import Checked, NamedSegment, check_segment, references
from core.segments.reading import read_json
from core.segments.resolution import Resolution, resolution_from_json, resolution_to_json
from core.segments.tree import Segment
from core.store.database import ReadSession
from core.store.segments import SegmentView, list_segments


@dataclass(frozen=True, slots=True)
class SavedSegments:
    """Every saved segment that is not archived, by key."""

    views: Mapping[str, SegmentView]

    @property
    def named(self) -> dict[str, NamedSegment]:
        """Return them as segments that others may speak of."""
        return {key: named_segment(view) for key, view in self.views.items()}

    def check(self, key: str, catalogue: Catalogue, now: datetime) -> Segment:
        """Return a saved segment's tree over the catalogue.

        Raises: UnknownName; SegmentInvalid, also where what it was saved with is gone.
        """
        view = self.views.get(key)
        if view is None:
            raise UnknownName(f"No segment {key!r}, or it is archived.")
        one = named_segment(view)
        today = Today(now, ZoneInfo(catalogue.zone))
        return check_segment(one.raw, catalogue, today, self.named, one.saved, key).segment

    def problem(self, key: str, catalogue: Catalogue, now: datetime) -> str | None:
        """Return why a saved segment cannot be evaluated on the catalogue, or None."""
        try:
            self.check(key, catalogue, now)
        except SegmentInvalid as fault:
            return fault.told
        return None

    def rests_on(self, key: str) -> dict[str, int | None]:
        """Return the version of each segment that this one speaks of, also through others.

        It is None where there is no such segment.
        """
        found: dict[str, int | None] = {}
        waiting = [key]
        while waiting:
            name = waiting.pop()
            if name not in found:
                view = self.views.get(name)
                found[name] = view.version if view else None
                waiting += references(read_json(view.tree)) if view else ()
        del found[key]
        return found

    def versions(self, key: str, segment: Segment) -> dict[str, int]:
        """Return the version of the segment and of each that it rests on, by key."""
        keys = [key, *(name for name, _ in segment.named)]
        return {each: self.views[each].version for each in keys}


def saved_segments(session: ReadSession) -> SavedSegments:
    """Return what is saved now."""
    return SavedSegments({view.key: view for view in list_segments(session)})


def named_segment(view: SegmentView) -> NamedSegment:
    """Return a saved segment with its resolution."""
    resolution = resolution_from_json(json.loads(view.resolved))
    return NamedSegment(read_json(view.tree), resolution, view.name)


def resolved_text(resolution: Resolution) -> str:
    """Return a resolution as the store keeps it."""
    return json.dumps(resolution_to_json(resolution), sort_keys=True)


def check_new(
    raw: object,
    catalogue: Catalogue,
    now: datetime,
    named: Mapping[str, NamedSegment],
    key: str,
    kept: Resolution | None = None,
) -> Checked:
    """Return a segment about to be saved under `key`.

    Its names are resolved by the links there are now, unless `kept` says what they mean.
    Raises: SegmentInvalid.
    """
    today = Today(now, ZoneInfo(catalogue.zone))
    return check_segment(raw, catalogue, today, named, kept, key)

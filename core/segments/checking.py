"""Checks a segment as it was given and returns it as a tree, or names the first place at fault.

Faults come in the order of the format: a node before its keys, keys in the order of the shapes,
unknown keys last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.data.catalogue import Catalogue
from core.errors import SegmentInvalid
from core.segments.calendar import Today
from core.segments.keys import MISSING, NOT_KNOWN, Keys, require_object
from core.segments.leaves import Scope
from core.segments.related import RelatedChecker
from core.segments.resolution import Resolution
from core.segments.suggest import did_you_mean, nearest, shown
from core.segments.tree import Group, Limit, Match, Node, Segment, SegmentCondition
from core.segments.values import WrongValue, read_percent, read_unicode, read_whole

FORMAT = 1
MAX_CONDITIONS = 500
MAX_DEPTH = 10
_MAX_LIMIT = 1_000_000_000
_ROOT_KEYS = ("format", "of", "where", "limit")
_KINDS = ("match", "field", "table", "segment")


@dataclass(frozen=True, slots=True)
class NamedSegment:
    """A segment that others may speak of: as given, with the resolution it was saved with.

    `label` is what people call it.
    """

    raw: object
    saved: Resolution | None = None
    label: str = ""


Named = Mapping[str, NamedSegment]


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with a named segment, for files and for pages."""

    problem: str
    told: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A segment's tree, and what its names were resolved to."""

    segment: Segment
    resolution: Resolution


def check_segment(
    raw: object,
    catalogue: Catalogue,
    today: Today,
    named: Named | None = None,
    saved: Resolution | None = None,
    name: str | None = None,
) -> Checked:
    """Return the segment's tree, with every segment that it speaks of.

    `saved` is the resolution to keep to; `name` is what the segment is or will be called.
    Raises: SegmentInvalid, with the place of the first fault.
    """
    known = dict(named or {})
    if name is not None:
        known[name] = NamedSegment(raw, saved, known[name].label if name in known else "")
    library = _Library(catalogue, today, known)
    library.settle(references(raw), around=name)
    checker = _SegmentChecker(catalogue, today, saved, library)
    segment = checker.segment(raw)
    return Checked(segment, checker.resolver.made)


def references(raw: object) -> tuple[str, ...]:
    """Return the names that segment conditions anywhere in `raw` speak of, in order."""
    found: dict[str, None] = {}
    waiting = [raw]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            name = value.get("segment")
            if isinstance(name, str):
                found[name] = None
            waiting += reversed(list(value.values()))
        elif isinstance(value, list | tuple):
            waiting += reversed(value)
    return tuple(found)


class _Library:
    """The named segments, each checked once, those it speaks of first; faults are kept too."""

    def __init__(self, catalogue: Catalogue, today: Today, named: Named) -> None:
        self.names = tuple(named)
        self._catalogue = catalogue
        self._today = today
        self._named = named
        self._settled: dict[str, Segment | _Fault] = {}

    def get(self, name: str) -> Segment | _Fault | None:
        """Return the checked segment, the problem with it, or None where there is none."""
        return self._settled.get(name)

    def settle(self, names: tuple[str, ...], around: str | None) -> None:
        """Check these segments and all that they speak of; `around` is the one being checked."""
        path: list[str] = [around] if around is not None else []
        waiting: list[tuple[str, bool]] = [(name, False) for name in reversed(names)]
        while waiting:
            name, leaving = waiting.pop()
            if leaving:
                path.pop()
                if name not in self._settled:
                    self._settled[name] = self._check(name)
            elif name in path:
                self._mark_circle([*path[path.index(name) :], name])
            elif name in self._named and name not in self._settled:
                path.append(name)
                waiting.append((name, True))
                inner = references(self._named[name].raw)
                waiting += [(other, False) for other in reversed(inner)]

    def _mark_circle(self, circle: list[str]) -> None:
        said = "These segments speak of each other in a circle: {}."
        labels = [f"“{self._label(name)}”" for name in circle]
        fault = _Fault(said.format(" → ".join(circle)), said.format(" → ".join(labels)))
        for name in circle:
            self._settled[name] = fault

    def gone_sentence(self, name: object) -> str:
        """Return that there is no such segment as a page says it."""
        said = "The segment that was chosen here is gone or archived"
        near = nearest(name, self._named)
        if near is None:
            return f"{said}: choose another."
        return f"{said}. Did you mean “{self._label(near)}”?"

    def _label(self, name: str) -> str:
        return self._named[name].label or name

    def _check(self, name: str) -> Segment | _Fault:
        one = self._named[name]
        checker = _SegmentChecker(self._catalogue, self._today, one.saved, self)
        try:
            return checker.segment(one.raw)
        except SegmentInvalid as fault:
            return _Fault(
                f"The segment {name!r} has a fault: {fault}",
                f"The segment “{self._label(name)}” has a fault: {fault.told}",
            )


class _SegmentChecker(RelatedChecker):
    """Checks one segment: its root, groups, limit and segment conditions."""

    def __init__(
        self, catalogue: Catalogue, today: Today, saved: Resolution | None, library: _Library
    ) -> None:
        super().__init__(catalogue, today, saved)
        self._library = library
        self._conditions = 0
        self._spoken_of: dict[str, Segment] = {}

    def segment(self, raw: object) -> Segment:
        keys = Keys(require_object(raw, "segment", "a segment"), "", _ROOT_KEYS)
        self._format(keys)
        self._of_people(keys)
        scope = Scope(self.catalogue.people, 1, True)
        given = keys.get("where")
        where = (
            Group("where", Match.ALL, ())
            if given is MISSING
            else self.group(given, "where", scope, may_be_empty=True)
        )
        limit = self._limit(keys)
        keys.finish()
        return Segment(where, limit, self._all_named())

    def group(self, raw: object, place: str, scope: Scope, may_be_empty: bool) -> Group:
        given = require_object(raw, place, "a group")
        self._require_depth(place, scope)
        keys = Keys(given, place, ("match", "conditions"))
        match = Match(keys.choice("match", tuple(Match), "match"))
        nodes = keys.require("conditions", "a list of conditions")
        if not isinstance(nodes, list | tuple):
            raise keys.fault("conditions", "It is a list of conditions.")
        if not nodes and not may_be_empty:
            raise keys.fault("conditions", "The group is empty: add a condition or remove it.")
        conditions = tuple(
            self._node(node, f"{place}.conditions[{position}]", scope)
            for position, node in enumerate(nodes)
        )
        keys.finish()
        return Group(place, match, conditions)

    def _node(self, raw: object, place: str, scope: Scope) -> Node:
        given = require_object(raw, place, "a condition or a group")
        kind = next((kind for kind in _KINDS if kind in given), None)
        if kind == "match":
            return self.group(given, place, scope.deeper(), may_be_empty=False)
        if kind is None:
            raise SegmentInvalid(
                place,
                f"Neither a group nor a condition: it has none of {', '.join(_KINDS)}.",
                told=NOT_KNOWN,
            )
        self._conditions += 1
        if self._conditions > MAX_CONDITIONS:
            raise SegmentInvalid(place, f"A segment has at most {MAX_CONDITIONS} conditions.")
        if kind == "field":
            return self.field_condition(given, place, scope)
        if kind == "table":
            return self.related_condition(given, place, scope)
        return self._segment_condition(given, place, scope)

    def _require_depth(self, place: str, scope: Scope) -> None:
        if scope.depth > MAX_DEPTH:
            raise SegmentInvalid(place, f"Groups go at most {MAX_DEPTH} levels deep.")

    def _segment_condition(
        self, raw: dict[str, object], place: str, scope: Scope
    ) -> SegmentCondition:
        keys = Keys(raw, place, ("segment", "op"))
        if not scope.on_people:
            raise keys.fault("segment", "It stands in the segment's own groups only.")
        name = keys.get("segment")
        found = self._library.get(name) if isinstance(name, str) else None
        if not isinstance(name, str) or found is None:
            possible = self._library.names
            raise keys.fault(
                "segment",
                f"No segment {shown(name)}. {did_you_mean(name, possible)}",
                self._library.gone_sentence(name),
            )
        if isinstance(found, _Fault):
            raise keys.fault("segment", found.problem, found.told)
        negated = keys.choice("op", ("in", "not_in"), "operator") == "not_in"
        keys.finish()
        self._spoken_of[name] = found
        return SegmentCondition(place, name, negated)

    def _all_named(self) -> tuple[tuple[str, Segment], ...]:
        """Return every segment that this one rests on, deepest first."""
        found: dict[str, Segment] = {}
        for name, segment in self._spoken_of.items():
            found |= dict(segment.named)
            found[name] = segment
        return tuple(found.items())

    def _format(self, keys: Keys) -> None:
        given = keys.get("format")
        if given is not MISSING and (isinstance(given, bool) or given != FORMAT):
            raise keys.fault("format", f"This is Rollcall's format {FORMAT}, not {shown(given)}.")

    def _of_people(self, keys: Keys) -> None:
        given = keys.get("of")
        if given is not MISSING and given != self.catalogue.people:
            raise keys.fault("of", f"A segment is of the people table, {self.catalogue.people}.")

    def _limit(self, keys: Keys) -> Limit | None:
        raw = keys.get("limit")
        if raw is MISSING:
            return None
        known = ("count", "percent", "by", "order", "salt")
        inner = Keys(require_object(raw, "limit", "a limit"), "limit", known)
        if ("count" in inner) == ("percent" in inner):
            raise SegmentInvalid(
                "limit", "A limit is a count or a percentage: one of the two must stand here."
            )
        try:
            key = "count" if "count" in inner else "percent"
            given = inner.get(key)
            count = read_whole(given, 1, _MAX_LIMIT, "The count") if key == "count" else None
            percent = read_percent(given) if key == "percent" else None
        except WrongValue as problem:
            raise inner.fault(key, str(problem)) from problem
        limit = self._order(inner, count, percent)
        inner.finish()
        return limit

    def _order(self, keys: Keys, count: int | None, percent: Decimal | None) -> Limit:
        if "by" not in keys and "order" not in keys:
            return Limit(count, percent, None, False, self._salt(keys))
        by = self.field_of(keys, "by", self.catalogue.people)
        order = keys.choice("order", ("highest", "lowest"), "order")
        if "salt" in keys:
            raise keys.fault("salt", "An order by a field is not random: leave the salt out.")
        return Limit(count, percent, by, order == "highest", "")

    def _salt(self, keys: Keys) -> str:
        raw = keys.get("salt")
        if raw is MISSING:
            return ""
        try:
            return read_unicode(raw)
        except WrongValue as problem:
            raise keys.fault("salt", str(problem)) from problem

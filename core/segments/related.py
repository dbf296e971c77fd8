"""Checks related conditions: the rows of another table, which of them, and what is measured."""

from abc import abstractmethod
from collections.abc import Mapping
from types import MappingProxyType

from core.data.catalogue import FieldType
from core.errors import SegmentInvalid
from core.segments.calendar import Unit
from core.segments.keys import MISSING, NOT_KNOWN, Keys, require_object
from core.segments.leaves import TEST_KEYS, LeafChecker, Scope
from core.segments.naming import TYPE_WORDS, quoted
from core.segments.operators._base import DATES
from core.segments.paths import NoPath
from core.segments.suggest import shown
from core.segments.tree import (
    FieldRef,
    Group,
    Join,
    Measure,
    Per,
    Pick,
    RelatedCondition,
    Span,
    Step,
    Test,
)
from core.segments.values import MAX_COUNT, WrongValue, read_unit, read_whole

_RELATED_KEYS = (
    "table",
    "through",
    "when",
    "where",
    "followed_by",
    "pick",
    "that",
    "measure",
    "of",
    "per",
    *TEST_KEYS,
)
_STEP_KEYS = ("op", "table", "through", "within", "where", "followed_by")
_WITHIN_UNITS = (Unit.HOURS, Unit.DAYS, Unit.WEEKS)
# Beyond this a statement nests deeper than it can be written; the format sets no limit.
MAX_STEPS = 60
_NUMBER = frozenset({FieldType.NUMBER})
# The types of `of` that a measure takes; None: it has no `of`.
MEASURED_TYPES: Mapping[Measure, frozenset[FieldType] | None] = MappingProxyType(
    {
        Measure.COUNT: None,
        Measure.COUNT_DISTINCT: frozenset(FieldType),
        Measure.SUM: _NUMBER,
        Measure.AVERAGE: _NUMBER,
        Measure.MINIMUM: _NUMBER | DATES,
        Measure.MAXIMUM: _NUMBER | DATES,
        Measure.MOST_FREQUENT: frozenset({FieldType.TEXT, FieldType.NUMBER, FieldType.DATE}),
        Measure.SHARE: None,
    }
)
_OWN_TYPE = (Measure.MINIMUM, Measure.MAXIMUM, Measure.MOST_FREQUENT)


class RelatedChecker(LeafChecker):
    """Checks related conditions; groups inside them are checked by a subclass."""

    @abstractmethod
    def group(self, raw: object, place: str, scope: Scope, may_be_empty: bool) -> Group:
        """Return the checked group."""

    def related_condition(
        self, raw: dict[str, object], place: str, scope: Scope
    ) -> RelatedCondition:
        keys = Keys(raw, place, _RELATED_KEYS)
        join = self._join(keys, scope.table)
        inner = scope.inside(join.table)
        when, time = self._when(keys, join.table, scope)
        where = self._group_at(keys, "where", inner)
        followed_by = self._followed_by(keys, join, scope)
        pick = self._pick(keys, join, scope)
        that = self._that(keys, inner)
        measure = Measure(keys.choice("measure", tuple(Measure), "measure"))
        of = self._of(keys, measure, join.table)
        per = self._per(keys, measure, of)
        type_ = of.field.type if of and measure in _OWN_TYPE else FieldType.NUMBER
        test = self.test(keys, type_, scope)
        keys.finish()
        if time is None and (followed_by or pick):
            time = self.resolver.time(place, join.table)
        return RelatedCondition(
            place, join, time, when, where, followed_by, pick, that, measure, of, per, test
        )

    def _join(self, keys: Keys, origin: str) -> Join:
        name = keys.require("table", "the table whose rows count")
        if not isinstance(name, str):
            raise keys.fault("table", f"A table is named by a text, not {shown(name)}.")
        self._require_table(keys, origin, name)
        through = self._through(keys)
        try:
            return self.resolver.join(keys.at("table"), origin, name, through)
        except NoPath as problem:
            at = "table" if problem.step is None else f"through[{problem.step}]"
            raise keys.fault(at, str(problem), problem.told) from problem

    def _require_table(self, keys: Keys, origin: str, name: str) -> None:
        """Refuse an unknown table before anything on the way to it is looked at."""
        try:
            self.resolver.paths.target(name)
        except NoPath as problem:
            raise keys.fault("table", str(problem), problem.told) from problem

    def _through(self, keys: Keys) -> tuple[str, ...]:
        raw = keys.get("through")
        if raw is MISSING:
            return ()
        if not isinstance(raw, list | tuple) or not raw:
            raise keys.fault(
                "through", "It is a list of tables on the way, and not empty.", NOT_KNOWN
            )
        for position, element in enumerate(raw):
            if not isinstance(element, str):
                raise keys.fault(
                    f"through[{position}]", f"Not the name of a table: {shown(element)}."
                )
        return tuple(raw)

    def _time(self, keys: Keys, key: str, table: str, place: str) -> FieldRef:
        """Return the time of the table's rows; `key` is at fault where there is none."""
        try:
            time = self.resolver.time(place, table)
        except NoPath as problem:
            raise keys.fault(key, str(problem), problem.told) from problem
        if time is None:
            raise keys.fault(
                key,
                f"Rows of {table} have no time.",
                f"The data does not say when {quoted(table)} happened: leave the time out, or "
                "choose it on the Data page.",
            )
        return time

    def _when(self, keys: Keys, table: str, scope: Scope) -> tuple[Test | None, FieldRef | None]:
        raw = keys.get("when")
        if raw is MISSING:
            return None, None
        inner = Keys(
            require_object(raw, keys.at("when"), "a date condition"), keys.at("when"), TEST_KEYS
        )
        time = self._time(keys, "when", table, keys.place)
        test = self.test(inner, time.field.type, Scope(table, scope.depth, False))
        inner.finish()
        return test, time

    def _group_at(self, keys: Keys, key: str, scope: Scope) -> Group | None:
        raw = keys.get(key)
        return None if raw is MISSING else self.group(raw, keys.at(key), scope, may_be_empty=True)

    def _that(self, keys: Keys, scope: Scope) -> Group | None:
        if keys.get("that") is MISSING and keys.get("measure") == Measure.SHARE:
            raise keys.missing(
                "that",
                "a share needs the group that it counts",
                "Say of which of them the share is.",
            )
        return self._group_at(keys, "that", scope)

    def _of(self, keys: Keys, measure: Measure, table: str) -> FieldRef | None:
        possible = MEASURED_TYPES[measure]
        if possible is None:
            if "of" in keys:
                raise keys.fault("of", f"{measure} is not of a field: leave it out.", NOT_KNOWN)
            return None
        of = self.field_of(keys, "of", table)
        if of.field.type not in possible:
            types = ", ".join(sorted(possible))
            raise keys.fault(
                "of",
                f"{measure} takes fields of type {types}; {of.given} is a {of.field.type}.",
                f"That is not possible of {quoted(of.field.label or of.given)}, which is "
                f"a {TYPE_WORDS[of.field.type]}: choose another field.",
            )
        return of

    def _per(self, keys: Keys, measure: Measure, of: FieldRef | None) -> Per | None:
        if keys.get("per") is MISSING:
            return None
        if measure is not Measure.COUNT_DISTINCT or of is None or of.field.type not in DATES:
            raise keys.fault(
                "per", "It goes with count_distinct of a date or a timestamp only.", NOT_KNOWN
            )
        return Per(keys.choice("per", tuple(Per), "period"))

    def _pick(self, keys: Keys, join: Join, scope: Scope) -> Pick | None:
        raw = keys.get("pick")
        if raw is MISSING:
            return None
        if not scope.on_people:
            raise keys.fault("pick", "It stands in the segment's own groups only.")
        self._time(keys, "pick", join.table, keys.place)
        if self.catalogue.by_name[join.table].key is None:
            raise keys.fault(
                "pick",
                f"{join.table} has no key, so its rows cannot be ordered.",
                f"{quoted(join.table)} have no key, so nobody knows which is first: choose the "
                "key on the Data page.",
            )
        inner = Keys(
            require_object(raw, keys.at("pick"), "a pick"), keys.at("pick"), ("first", "last")
        )
        if ("first" in inner) == ("last" in inner):
            raise keys.fault("pick", "Exactly one of first and last must stand here.", NOT_KNOWN)
        end = "last" if "last" in inner else "first"
        try:
            count = read_whole(inner.get(end), 1, MAX_COUNT, "The count")
        except WrongValue as problem:
            raise inner.fault(end, str(problem)) from problem
        inner.finish()
        return Pick(count, last=end == "last")

    def _followed_by(self, keys: Keys, join: Join, scope: Scope) -> Step | None:
        raw = keys.get("followed_by")
        if raw is MISSING:
            return None
        if not scope.on_people:
            raise keys.fault("followed_by", "It stands in the segment's own groups only.")
        self._time(keys, "followed_by", join.table, keys.place)
        return self._step(raw, keys.at("followed_by"), scope)

    def _step(self, raw: object, place: str, scope: Scope, level: int = 1) -> Step:
        if level > MAX_STEPS:
            raise SegmentInvalid(place, f"Steps go at most {MAX_STEPS} deep.")
        keys = Keys(require_object(raw, place, "a step"), place, _STEP_KEYS)
        negated = keys.choice("op", ("did", "did_not"), "operator") == "did_not"
        join = self._join(keys, scope.table)
        time = self._time(keys, "table", join.table, place)
        within = self._within(keys)
        where = self._group_at(keys, "where", scope.inside(join.table))
        nested = keys.get("followed_by")
        followed_by = (
            None
            if nested is MISSING
            else self._step(nested, keys.at("followed_by"), scope, level + 1)
        )
        keys.finish()
        return Step(place, negated, join, time, within, where, followed_by)

    def _within(self, keys: Keys) -> Span | None:
        raw = keys.get("within")
        if raw is MISSING:
            return None
        place = keys.at("within")
        inner = Keys(require_object(raw, place, "a span of time"), place, ("count", "unit"))
        try:
            count = read_whole(inner.require("count", "how many"), 0, MAX_COUNT, "The count")
        except WrongValue as problem:
            raise inner.fault("count", str(problem)) from problem
        try:
            unit = read_unit(inner.require("unit", "hours, days or weeks"), _WITHIN_UNITS)
        except WrongValue as problem:
            raise inner.fault("unit", str(problem)) from problem
        inner.finish()
        return Span(count, unit)

"""Checks the parts of a segment that hold no other conditions: fields, operators, values."""

from dataclasses import dataclass

from core.data.catalogue import Catalogue, FieldType
from core.segments.calendar import Today
from core.segments.keys import MISSING, Keys
from core.segments.naming import TYPE_WORDS
from core.segments.operators import Operator, all_operators, operators_for
from core.segments.paths import NoPath, Paths
from core.segments.resolution import Resolution, Resolver
from core.segments.suggest import did_you_mean, shown
from core.segments.tree import FieldCondition, FieldRef, Test, Value
from core.segments.values import (
    CHOOSE_AGAIN,
    MONTHS,
    NUMBER_LIST,
    TEXT_LIST,
    WEEKDAYS,
    WrongValue,
)

MAX_LISTED = 50_000
TEST_KEYS = ("op", "value", "ignore_case")
_LISTS = (NUMBER_LIST, TEXT_LIST, MONTHS, WEEKDAYS)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a node stands: on rows of `table`, in a group at `depth`; the root's is 1."""

    table: str
    depth: int
    on_people: bool

    def inside(self, table: str) -> "Scope":
        """Return the scope of a group that speaks of the rows of a related table."""
        return Scope(table, self.depth + 1, False)

    def deeper(self) -> "Scope":
        """Return the scope of a group in this one."""
        return Scope(self.table, self.depth + 1, self.on_people)


class LeafChecker:
    """Checks leaves against one catalogue at one moment, and counts what is limited."""

    def __init__(self, catalogue: Catalogue, today: Today, saved: Resolution | None = None) -> None:
        self.catalogue = catalogue
        self.today = today
        self.resolver = Resolver(Paths(catalogue), saved)
        self._listed = 0

    def field_condition(self, raw: dict[str, object], place: str, scope: Scope) -> FieldCondition:
        keys = Keys(raw, place, ("field", *TEST_KEYS))
        field = self.field_of(keys, "field", scope.table)
        test = self.test(keys, field.field.type, scope)
        keys.finish()
        return FieldCondition(place, field, test)

    def field_of(self, keys: Keys, key: str, table: str) -> FieldRef:
        """Return the field that a key names on rows of `table`."""
        name = keys.require(key, f"a field of {table}")
        if not isinstance(name, str):
            raise keys.fault(key, f"A field is named by a text, not {shown(name)}.")
        try:
            return self.resolver.field(keys.at(key), table, name)
        except NoPath as problem:
            raise keys.fault(key, str(problem), problem.told) from problem

    def test(self, keys: Keys, type_: FieldType, scope: Scope) -> Test:
        """Return the operator and the value that the keys `op` and `value` name."""
        operator = self._operator(keys, type_)
        if operator.people_only and not scope.on_people:
            raise keys.fault(
                "op",
                f"{operator.key} ranks people: it cannot stand in here.",
                f"“{operator.label}” compares people with each other: it cannot stand in here.",
            )
        value = self._value(keys, operator, type_)
        return Test(operator.key, value, self._ignore_case(keys, operator))

    def _operator(self, keys: Keys, type_: FieldType) -> Operator:
        possible = operators_for(type_)
        key = keys.require("op", f"an operator for a {type_}: {', '.join(possible)}")
        if isinstance(key, str) and key in possible:
            return possible[key]
        known = next((each for each in all_operators() if each.key == key), None)
        if known is not None:
            raise keys.fault(
                "op",
                f"{key} is not for a {type_}. There is: {', '.join(possible)}.",
                f"“{known.label}” is not possible of a {TYPE_WORDS[type_]}: choose another "
                "comparison.",
            )
        raise keys.fault(
            "op",
            f"No operator {shown(key)}. {did_you_mean(key, possible)}",
            "This comparison is not known: choose another.",
        )

    def _value(self, keys: Keys, operator: Operator, type_: FieldType) -> Value:
        raw = keys.get("value")
        if not operator.takes_value:
            if raw is not MISSING:
                raise keys.fault(
                    "value", f"{operator.key} takes no value: leave it out.", CHOOSE_AGAIN
                )
            return None
        if raw is MISSING:
            raise keys.missing("value", f"what {operator.key} compares with")
        try:
            value = operator.shape.read(raw, type_)
            if operator.check:
                operator.check(value, type_, self.today)
        except WrongValue as problem:
            raise keys.fault("value", _sentence(problem), problem.told) from problem
        except ValueError as problem:
            raise keys.fault("value", _sentence(problem)) from problem
        self._count_listed(keys, operator, value)
        return value

    def _count_listed(self, keys: Keys, operator: Operator, value: Value) -> None:
        if operator.shape in _LISTS and isinstance(value, tuple):
            self._listed += len(value)
            if self._listed > MAX_LISTED:
                raise keys.fault(
                    "value",
                    f"All lists of a segment together hold at most {MAX_LISTED:,} elements.",
                )

    def _ignore_case(self, keys: Keys, operator: Operator) -> bool:
        raw = keys.get("ignore_case")
        if raw is MISSING:
            return False
        if not operator.knows_case:
            raise keys.fault(
                "ignore_case",
                f"{operator.key} does not know this key.",
                f"“{operator.label}” does not know capitals from small letters.",
            )
        if not isinstance(raw, bool):
            raise keys.fault("ignore_case", f"It is true or false, not {shown(raw)}.")
        return raw


def _sentence(problem: Exception) -> str:
    text = str(problem)
    return text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")

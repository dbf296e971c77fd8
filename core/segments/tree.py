"""A segment as frozen values, checked: every name resolved, every value typed.

Every node carries its `place`, the path of its key in the segment as it was given
(`where.conditions[2]`), which is also its id in sizes and explanations.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from core.data.catalogue import Field
from core.segments.calendar import Unit


class Match(StrEnum):
    ALL = "all"
    ANY = "any"
    NONE = "none"


class Measure(StrEnum):
    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    SUM = "sum"
    AVERAGE = "average"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    MOST_FREQUENT = "most_frequent"
    SHARE = "share"


class Per(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Span:
    """So many units, as in `in_last` and `within`."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class AgoSpan:
    """From so many units ago to so many."""

    start: int
    end: int
    unit: Unit


Value = (
    None
    | str
    | Decimal
    | date
    | Span
    | AgoSpan
    | tuple[str, ...]
    | tuple[Decimal, ...]
    | tuple[date, ...]
)


@dataclass(frozen=True, slots=True)
class Leg:
    """One link walked; `forward` from its `from` to its `to`. `link` is a catalogue position."""

    link: int
    forward: bool


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A field, reached from the table at hand over to-one links; `legs` is empty for its own.

    `given` is the name as the segment wrote it.
    """

    given: str
    legs: tuple[Leg, ...]
    table: str
    field: Field


@dataclass(frozen=True, slots=True)
class Test:
    """An operator with its value; `op` is the key of a registered operator."""

    op: str
    value: Value = None
    ignore_case: bool = False


@dataclass(frozen=True, slots=True)
class FieldCondition:
    place: str
    field: FieldRef
    test: Test


@dataclass(frozen=True, slots=True)
class SegmentCondition:
    place: str
    segment: str
    negated: bool


@dataclass(frozen=True, slots=True)
class Join:
    """The rows of `table` that belong to a row of `origin`; `given` is the name as written."""

    given: str
    origin: str
    table: str
    legs: tuple[Leg, ...]
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What the person did, or did not, after a row; `time` is the moment of the step's rows."""

    place: str
    negated: bool
    join: Join
    time: FieldRef
    within: Span | None
    where: "Group | None"
    followed_by: "Step | None"


@dataclass(frozen=True, slots=True)
class Pick:
    """The first or the last `count` rows in order of time, then key."""

    count: int
    last: bool


@dataclass(frozen=True, slots=True)
class RelatedCondition:
    """A measure over the rows of another table; `time` is the rows' time, where it is needed."""

    place: str
    join: Join
    time: FieldRef | None
    when: Test | None
    where: "Group | None"
    followed_by: Step | None
    pick: Pick | None
    that: "Group | None"
    measure: Measure
    of: FieldRef | None
    per: Per | None
    test: Test


Condition = FieldCondition | RelatedCondition | SegmentCondition


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions joined by all, any or none; only a root, a `where` or a `that` may be empty."""

    place: str
    match: Match
    conditions: "tuple[Node, ...]"


Node = Group | Condition


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many, or such a part, of those who match; `salt` where the choice is random."""

    count: int | None
    percent: Decimal | None
    by: FieldRef | None
    highest: bool
    salt: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A checked segment; `named` holds every segment that it speaks of, deepest first."""

    where: Group
    limit: Limit | None
    named: "tuple[tuple[str, Segment], ...]" = ()

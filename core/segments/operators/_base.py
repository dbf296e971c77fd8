"""What an operator is, and what it may ask of the statement that it stands in."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, Protocol

from sqlglot import exp

from core.data.catalogue import FieldType
from core.segments.calendar import Today
from core.segments.sql import Sql as Sql
from core.segments.tree import Value
from core.segments.values import NOTHING, Shape

DATES = frozenset({FieldType.DATE, FieldType.TIMESTAMP})
EVERY_TYPE = frozenset(FieldType)


@dataclass(frozen=True, slots=True)
class Quotient:
    """`top` / `bottom` in whole steps, rounded half away from zero, to be compared undivided.

    It is at least n steps where top / bottom >= (2n - 1) x `half_step`, or > for an n of 0 or
    less. `bottom` is NULL or above 0; `largest` is more steps than it ever has, either way.
    """

    top: Sql
    bottom: Sql
    half_step: Decimal
    sql_type: str
    largest: int


@dataclass(frozen=True, slots=True)
class Operand:
    """What a condition compares: an expression with its type; NULL is blank.

    `zero_if_missing` says that NULL stands for 0, as for a count over no rows. The SQL value is
    the real one times 10 ** `shift`, so that averages stay whole numbers; `quotient` says the
    same without a division, which costs more than all the rest of a comparison.
    """

    sql: Sql
    type: FieldType
    sql_type: str
    zero_if_missing: bool = False
    shift: int = 0
    quotient: Quotient | None = None

    def whole(self) -> Sql:
        """Return the expression with 0 in the place of a NULL that stands for it."""
        if not self.zero_if_missing:
            return self.sql
        return exp.Coalesce(this=self.sql, expressions=[exp.Literal.number(0)])


class Context(Protocol):
    """What the statement around a condition gives to its operator."""

    @property
    def today(self) -> Today: ...

    @property
    def ignore_case(self) -> bool: ...

    def bind(self, value: object, sql_type: str) -> Sql:
        """Return a parameter with that value, cast to the type."""

    def one_of(self, sql: Sql, values: list[object], sql_type: str) -> Sql:
        """Return whether the expression equals one of the values."""

    def rank_edge(self, percent: Decimal, highest: bool) -> Sql:
        """Return the value of the last rank that is still in, over all people."""


class Example(NamedTuple):
    """A cell as text (None is blank), a value as in the format, and whether they match.

    `ignore_case` is given to operators that know it.
    """

    cell: str | None
    value: object
    matches: bool
    ignore_case: bool = False


@dataclass(frozen=True, slots=True)
class Operator:
    """One entry of the registry.

    `build` returns a condition that is true where it matches and false or NULL elsewhere; where
    `negates` names a twin, the condition is its exact complement and `build` is the twin's.
    `check` refuses a value that only the present moment makes impossible.
    `sentence` is what stands between field and value in words.
    """

    key: str
    types: frozenset[FieldType]
    label: str
    sentence: str
    shape: Shape
    build: Callable[[Operand, Value, Context], Sql]
    examples: tuple[Example, ...]
    negates: str | None = None
    people_only: bool = False
    knows_case: bool = False
    check: Callable[[Value, FieldType, Today], None] | None = None

    @property
    def takes_value(self) -> bool:
        return self.shape is not NOTHING


def negation(of: Operator, key: str, label: str, sentence: str) -> Operator:
    """Return the exact complement of an operator; its examples are turned round."""
    examples = tuple(example._replace(matches=not example.matches) for example in of.examples)
    return Operator(
        key=key,
        types=of.types,
        label=label,
        sentence=sentence,
        shape=of.shape,
        build=of.build,
        examples=examples,
        negates=of.key,
        people_only=of.people_only,
        knows_case=of.knows_case,
        check=of.check,
    )

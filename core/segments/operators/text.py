"""Texts: equal, in a list, containing, starting, ending.

Ignoring case compares both sides in Unicode's simple lower case, as the engine works it out.
"""

from typing import cast

from sqlglot import exp

from core.data.catalogue import FieldType
from core.segments.operators._base import Context, Example, Operand, Operator, Sql, negation
from core.segments.tree import Value
from core.segments.values import TEXT, TEXT_LIST, TEXT_PART

_TEXT = frozenset({FieldType.TEXT})


def _lower(sql: Sql) -> Sql:
    return exp.Lower(this=sql)


def _is(operand: Operand, value: Value, context: Context) -> Sql:
    wanted = context.bind(value, "TEXT")
    if context.ignore_case:
        return exp.EQ(this=_lower(operand.sql), expression=_lower(wanted))
    return exp.EQ(this=operand.sql, expression=wanted)


def _is_any_of(operand: Operand, value: Value, context: Context) -> Sql:
    wanted = list(cast("tuple[str, ...]", value))
    if not context.ignore_case:
        return context.one_of(operand.sql, list(wanted), "TEXT")
    array = exp.Explode(this=context.bind(wanted, "TEXT[]"))
    lowered = exp.Select(expressions=[_lower(array)])
    return exp.In(this=_lower(operand.sql), query=exp.Subquery(this=lowered))


def _contains(operand: Operand, value: Value, context: Context) -> Sql:
    return exp.Contains(this=_lower(operand.sql), expression=_lower(context.bind(value, "TEXT")))


def _starts_with(operand: Operand, value: Value, context: Context) -> Sql:
    return exp.StartsWith(this=_lower(operand.sql), expression=_lower(context.bind(value, "TEXT")))


def _ends_with(operand: Operand, value: Value, context: Context) -> Sql:
    return exp.EndsWith(this=_lower(operand.sql), expression=_lower(context.bind(value, "TEXT")))


IS = Operator(
    key="is",
    types=_TEXT,
    label="is",
    sentence="is {value}",
    shape=TEXT,
    build=_is,
    knows_case=True,
    examples=(
        Example("Paris", "Paris", True),
        Example("paris", "Paris", False),
        Example("paris", "PARIS", True, ignore_case=True),
        Example("ÉVRY", "évry", True, ignore_case=True),
        Example("straße", "STRASSE", False, ignore_case=True),
        Example(" Paris", "Paris", False),
        Example(None, "Paris", False),
    ),
)
IS_ANY_OF = Operator(
    key="is_any_of",
    types=_TEXT,
    label="is any of",
    sentence="is {value}",
    shape=TEXT_LIST,
    build=_is_any_of,
    knows_case=True,
    examples=(
        Example("FR", ["FR", "ES"], True),
        Example("fr", ["FR", "ES"], False),
        Example("fr", ["FR", "ES"], True, ignore_case=True),
        Example("DE", ["FR", "ES"], False),
        Example(None, ["FR", "ES"], False),
    ),
)
CONTAINS = Operator(
    key="contains",
    types=_TEXT,
    label="contains",
    sentence="contains {value}",
    shape=TEXT_PART,
    build=_contains,
    examples=(
        Example("New York", "YORK", True),
        Example("New York", "w y", True),
        Example("100% Sam", "0% s", True),
        Example("100 Sam", "0% s", False),
        Example("a_b", "_", True),
        Example("ab", "_", False),
        Example("New York", "  ", False),
        Example(None, "a", False),
    ),
)
STARTS_WITH = Operator(
    key="starts_with",
    types=_TEXT,
    label="starts with",
    sentence="starts with {value}",
    shape=TEXT_PART,
    build=_starts_with,
    examples=(
        Example("Paris", "pa", True),
        Example("Paris", "aris", False),
        Example("İzmir", "i", True),
        Example("%a", "%", True),
        Example("a", "%", False),
        Example(None, "a", False),
    ),
)
ENDS_WITH = Operator(
    key="ends_with",
    types=_TEXT,
    label="ends with",
    sentence="ends with {value}",
    shape=TEXT_PART,
    build=_ends_with,
    examples=(
        Example("Paris", "IS", True),
        Example("Paris", "pari", False),
        Example("ΟΔΟΣ", "σ", True),
        Example("a\\", "\\", True),
        Example(None, "a", False),
    ),
)

_OR_BLANK = "(or is blank)"

OPERATORS = (
    IS,
    negation(IS, "is_not", "is not", f"is not {{value}} {_OR_BLANK}"),
    IS_ANY_OF,
    negation(IS_ANY_OF, "is_none_of", "is none of", f"is not {{value}} {_OR_BLANK}"),
    CONTAINS,
    negation(
        CONTAINS,
        "does_not_contain",
        "does not contain",
        f"does not contain {{value}} {_OR_BLANK}",
    ),
    STARTS_WITH,
    negation(
        STARTS_WITH,
        "does_not_start_with",
        "does not start with",
        f"does not start with {{value}} {_OR_BLANK}",
    ),
    ENDS_WITH,
    negation(
        ENDS_WITH,
        "does_not_end_with",
        "does not end with",
        f"does not end with {{value}} {_OR_BLANK}",
    ),
)

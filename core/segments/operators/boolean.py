"""Yes and no."""

from sqlglot import exp

from core.data.catalogue import FieldType
from core.segments.operators._base import Context, Example, Operand, Operator, Sql, negation
from core.segments.tree import Value
from core.segments.values import NOTHING

_BOOLEAN = frozenset({FieldType.BOOLEAN})


def _is_true(operand: Operand, _: Value, __: Context) -> Sql:
    return operand.sql


def _is_false(operand: Operand, _: Value, __: Context) -> Sql:
    return exp.Not(this=operand.sql)


IS_TRUE = Operator(
    key="is_true",
    types=_BOOLEAN,
    label="is yes",
    sentence="is yes",
    shape=NOTHING,
    build=_is_true,
    examples=(
        Example("true", None, True),
        Example("false", None, False),
        Example(None, None, False),
    ),
)
IS_FALSE = Operator(
    key="is_false",
    types=_BOOLEAN,
    label="is no",
    sentence="is no",
    shape=NOTHING,
    build=_is_false,
    examples=(
        Example("false", None, True),
        Example("true", None, False),
        Example(None, None, False),
    ),
)

OPERATORS = (
    IS_TRUE,
    IS_FALSE,
    negation(IS_TRUE, "is_not_true", "is not yes", "is not yes (no, or blank)"),
    negation(IS_FALSE, "is_not_false", "is not no", "is not no (yes, or blank)"),
)

"""Whether there is a value at all."""

from sqlglot import exp

from core.segments.operators._base import (
    EVERY_TYPE,
    Context,
    Example,
    Operand,
    Operator,
    Sql,
    negation,
)
from core.segments.tree import Value
from core.segments.values import NOTHING


def _is_blank(operand: Operand, _: Value, __: Context) -> Sql:
    if operand.zero_if_missing:
        return exp.false()
    return exp.Is(this=operand.sql, expression=exp.null())


IS_BLANK = Operator(
    key="is_blank",
    types=EVERY_TYPE,
    label="is blank",
    sentence="is blank",
    shape=NOTHING,
    build=_is_blank,
    examples=(Example(None, None, True), Example("\u00a0", None, True)),
)

OPERATORS = (IS_BLANK, negation(IS_BLANK, "is_not_blank", "is not blank", "is not blank"))

"""Averages and shares are compared undivided, and yet as if they had been rounded first."""

from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from core.data.catalogue import FieldType
from core.segments.measures import measure_rows
from core.segments.operators import operators_for
from core.segments.operators._base import Operand
from core.segments.sql import Parameters, Sql, column, text_of
from core.segments.tree import Measure

MICRO = Decimal("0.000001")
SIZES = {
    "DECIMAL(18, 0)": 10**18 - 1,
    "DECIMAL(18, 2)": 10**16 - 1,
    "DECIMAL(18, 10)": 10**8 - 1,
    "BIGINT": 2**63 - 1,
}


class Bound(Parameters):
    """The little of a statement that a comparison of numbers asks for."""


def passes(operand: Operand, op: str, value: Decimal, source: str) -> bool | None:
    bound = Bound()
    condition: Sql = operators_for(FieldType.NUMBER)[op].build(operand, value, bound)  # type: ignore[arg-type]
    query = f"SELECT {text_of(condition)} FROM ({source}) AS a"
    with duckdb.connect() as connection:
        row = connection.execute(query, bound.values).fetchone()
    assert row is not None
    return row[0]


def expected(op: str, left: Decimal, right: Decimal) -> bool:
    return {"at_least": left >= right, "greater_than": left > right, "at_most": left <= right,
            "less_than": left < right, "equals": left == right}[op]  # fmt: skip


OPS = st.sampled_from(["at_least", "greater_than", "at_most", "less_than", "equals"])
NEAR = st.integers(-2, 2).map(lambda steps: steps * MICRO / 2)


@pytest.mark.parametrize("sql_type", SIZES)
@given(data=st.data(), op=OPS, off=NEAR)
def test_an_average_is_compared_as_if_rounded(
    sql_type: str, data: st.DataObject, op: str, off: Decimal
) -> None:
    places = int(sql_type[:-1].split(", ")[1]) if "(" in sql_type else 0
    cell = st.integers(-SIZES[sql_type], SIZES[sql_type]) | st.integers(-7, 7)
    cells = [Decimal(n).scaleb(-places) for n in data.draw(st.lists(cell, min_size=1, max_size=7))]
    mean = (sum(cells) / len(cells)).quantize(MICRO, ROUND_HALF_UP)
    rows = ", ".join(f"(CAST('{each:f}' AS {sql_type}))" for each in cells)
    of = Operand(column("r", "x"), FieldType.NUMBER, sql_type)
    measured = measure_rows(Measure.AVERAGE, of, None, None)
    names = ", ".join(f"{text_of(each)} AS m{i}" for i, each in enumerate(measured.aggregates))
    operand = measured.operand([column("a", "m0"), column("a", "m1")])
    found = passes(operand, op, mean + off, f"SELECT {names} FROM (VALUES {rows}) AS r(x)")
    assert found == expected(op, mean, mean + off)


@given(
    hits=st.integers(0, 10**9),
    others=st.integers(0, 10**9),
    op=OPS,
    off=NEAR | st.integers(-200, 200).map(Decimal),
)
def test_a_share_is_compared_as_if_rounded(hits: int, others: int, op: str, off: Decimal) -> None:
    operand = measure_rows(Measure.SHARE, None, None, exp.true()).operand(
        [column("a", "m0"), column("a", "m1")]
    )
    source = f"SELECT CAST({hits} AS BIGINT) AS m0, CAST({hits + others} AS BIGINT) AS m1"
    if hits + others == 0:
        assert passes(operand, op, off, source) in (None, False)
        return
    share = (Decimal(100 * hits) / (hits + others)).quantize(MICRO, ROUND_HALF_UP)
    assert passes(operand, op, share + off, source) == expected(op, share, share + off)


@pytest.mark.parametrize("op", ["at_least", "at_most", "equals", "less_than"])
def test_an_average_over_nothing_passes_nothing(op: str) -> None:
    of = Operand(column("r", "x"), FieldType.NUMBER, "DECIMAL(18, 2)")
    operand = measure_rows(Measure.AVERAGE, of, None, None).operand(
        [column("a", "m0"), column("a", "m1")]
    )
    source = "SELECT CAST(NULL AS DECIMAL(38, 2)) AS m0, CAST(0 AS BIGINT) AS m1"
    assert not passes(operand, op, Decimal(0), source)

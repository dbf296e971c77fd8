"""Texts written as CSV come back as they were, whatever stands in them."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.data.conftest import Loader

TRICKY = ['"', '""', "'", ",", ";", "\t", "|", "\n", "\r\n", "\r", "\\", "#", " ", "\ufeff", "é😀"]
CELLS = (
    st.lists(st.sampled_from(TRICKY) | st.text(max_size=3), max_size=4)
    .map("".join)
    .filter(lambda cell: "\0" not in cell)
)
TABLES = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=20)
)
DIALECTS = st.tuples(
    st.sampled_from([",", ";", "\t", "|"]), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
)


def written(rows: list[list[str]], width: int, delimiter: str, quoting: "csv._QuotingType") -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\r\n")
    writer.writerow(["id", *(f"c{position}" for position in range(width))])
    writer.writerows([str(number), *row] for number, row in enumerate(rows))
    return out.getvalue()


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=TABLES, dialect=DIALECTS)
def test_texts_come_back_as_they_were(
    load: Loader, rows: list[list[str]], dialect: "tuple[str, csv._QuotingType]"
) -> None:
    width = len(rows[0]) if rows else 1
    names = [f"c{position}" for position in range(width)]
    types = "[tables.people.types]\n" + "".join(f'{name} = "text"\n' for name in names)
    loaded = load(written(rows, width, *dialect), types)
    for position, name in enumerate(names):
        cells = [row[position] for row in rows]
        assert loaded.values(name) == [cell if cell.strip() else None for cell in cells]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_empty_cells_at_the_end_of_a_line_are_nothing_whichever_way_it_is_read(
    load: Loader, ending: str
) -> None:
    # Endings that change within a file are more than DuckDB takes: Python reads it then.
    loaded = load(f"id,x\n1,a{ending}2,b,{ending}3,,,{ending}")
    assert loaded.values("x") == ["a", "b", None]

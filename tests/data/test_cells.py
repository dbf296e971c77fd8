"""What the cells of a CSV file become."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.data.cells import WHITE_SPACE
from core.errors import FileRefused
from tests.data.conftest import Loader


def column(*cells: str) -> str:
    return "id,x\n" + "".join(f'{number},"{cell}"\n' for number, cell in enumerate(cells))


TYPED = [
    (["1", "-20", "0"], "BIGINT", [1, -20, 0]),
    (["1.5", "20", ""], "DECIMAL(18,1)", [Decimal("1.5"), Decimal(20), None]),
    (["12.50", "0.25"], "DECIMAL(18,2)", [Decimal("12.50"), Decimal("0.25")]),
    (["9223372036854775807"], "BIGINT", [9223372036854775807]),
    (["92233720368547758070"], "DECIMAL(38,0)", [Decimal("92233720368547758070")]),
    (["1234567890123456.789"], "DECIMAL(38,3)", [Decimal("1234567890123456.789")]),
    (["1e3", "1.5e-2"], "DECIMAL(18,3)", [Decimal(1000), Decimal("0.015")]),
    (["0.12345678901"], "DOUBLE", [0.12345678901]),
    (["1e-12"], "DOUBLE", [1e-12]),
    ([" 7 ", "\u00a08"], "BIGINT", [7, 8]),
    (["true", "False", " TRUE"], "BOOLEAN", [True, False, True]),
    (["2026-12-31", ""], "DATE", [date(2026, 12, 31), None]),
    (["31/12/2026", "01/02/2026"], "DATE", [date(2026, 12, 31), date(2026, 2, 1)]),
    (["12/31/2026", "1/2/2026"], "DATE", [date(2026, 12, 31), date(2026, 1, 2)]),
    (["31.12.2026"], "DATE", [date(2026, 12, 31)]),
    (["03/03/2026"], "DATE", [date(2026, 3, 3)]),
    (["2026-01-02T03:04:05Z"], "TIMESTAMPTZ", [datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)]),
    (["2026-01-02 03:04", "2026-01-03"], "TIMESTAMPTZ", [
        datetime(2026, 1, 2, 3, 4, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC)]),
    (["2026-01-02 03:04:05 +02:00"], "TIMESTAMPTZ", [datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)]),
    (["2026-01-02 03:04:05 UTC"], "TIMESTAMPTZ", [datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)]),
    (["12/31/2026 5:03 PM"], "TIMESTAMPTZ", [datetime(2026, 12, 31, 17, 3, tzinfo=UTC)]),
    (["31/12/2026, 17:03:04"], "TIMESTAMPTZ", [datetime(2026, 12, 31, 17, 3, 4, tzinfo=UTC)]),
    (["1,234.50", "12.00"], "DECIMAL(18,1)", [Decimal("1234.5"), Decimal(12)]),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "sql_type", "values"), TYPED)
def test_a_column_gets_the_type_that_all_of_its_cells_fit(
    load: Loader, cells: list[str], sql_type: str, values: list[object]
) -> None:
    loaded = load(column(*cells))
    assert loaded.field("x").sql_type == sql_type
    assert loaded.values("x") == values


TEXTS = [
    ["007", "1"],
    ["+33612345678", "1"],
    ["12345678901234567890123456789"],
    ["1", "two"],
    ["2026-02-30"],
    ["0000-01-01"],
    ["1,234", "5,678"],
    ["612 345 678"],
    ["31/12/2026", "12/31/2026"],
    ["31/12/26"],
    ["true", "yes"],
    ["NaN"],
    ["inf"],
    ["1e999"],
    ["0x1F"],
    ["2026-01-02 25:00:00"],
    [" padded ", "x"],
]


@pytest.mark.parametrize("cells", TEXTS)
def test_what_would_lose_something_stays_text(load: Loader, cells: list[str]) -> None:
    loaded = load(column(*cells))
    assert loaded.field("x").sql_type == "VARCHAR"
    assert loaded.values("x") == cells


def test_a_cell_of_white_space_is_blank_whatever_its_type(load: Loader) -> None:
    cells = ["", *WHITE_SPACE, "\u2003\t\u3000", "a"]
    assert load(column(*cells)).values("x") == [None] * (len(cells) - 1) + ["a"]


def test_white_space_is_all_that_python_and_unicode_call_so() -> None:
    assert set(WHITE_SPACE) == {chr(n) for n in range(0x110000) if chr(n).isspace()}


def test_a_blank_number_is_blank(load: Loader) -> None:
    assert load(column("1", "\u00a0", "")).values("x") == [1, None, None]


def test_one_leading_zero_in_the_last_row_keeps_the_column_text(load: Loader) -> None:
    loaded = load(column(*[str(n) for n in range(1, 30_000)], "007"))
    assert loaded.field("x").sql_type == "VARCHAR"


def test_an_explicit_type_wins_over_a_leading_zero(load: Loader) -> None:
    loaded = load(column("007", "+8"), '[tables.people.types]\nx = "number"\n')
    assert loaded.values("x") == [7, 8]


def test_an_explicit_date_takes_midnights(load: Loader) -> None:
    loaded = load(column("2026-01-02 00:00:00"), '[tables.people.types]\nx = "date"\n')
    assert loaded.values("x") == [date(2026, 1, 2)]


@pytest.mark.parametrize(
    ("kind", "cells", "shown"),
    [
        ("number", ["1", "x", "2", "y", "z", "w"], "'x' is no number"),
        ("boolean", ["true", "maybe"], "'maybe' is neither yes nor no"),
        ("date", ["2026-01-01", "2026-02-30"], "'2026-02-30' is no date"),
        ("date", ["2026-01-01 10:00"], "'2026-01-01 10:00' is no date"),
        ("date", ["31/12/2026", "12/31/2026", "30/12/2026"], "'12/31/2026' is no date"),
        ("timestamp", ["2026-01-01 10:00", "noon"], "'noon' is no date and time"),
        ("number", ["1e999"], "'1e999' is no number"),
        ("number", ["1" * 50], "is no number of up to 28 digits"),
    ],
)
def test_a_cell_that_is_not_of_its_type_is_named(
    load: Loader, kind: str, cells: list[str], shown: str
) -> None:
    with pytest.raises(FileRefused, match=shown):
        load(column(*cells), f'[tables.people.types]\nx = "{kind}"\n')


def test_a_refusal_counts_all_bad_cells_and_names_the_lines_of_three(load: Loader) -> None:
    text = 'id,x\n1,"a\nb"\n\n2,c\n3,4\n4,d\n5,e\n'
    with pytest.raises(FileRefused) as refused:
        load(text, '[tables.people.types]\nx = "number"\n')
    said = str(refused.value)
    assert "people.csv, line 2, column 'x': 'a b' is no number" in said
    assert "4 cells in all" in said
    assert "line 5 ('c')" in said and "line 7 ('d')" in said and "'e'" not in said


def test_dates_that_could_be_read_both_ways_are_refused_with_both(load: Loader) -> None:
    with pytest.raises(FileRefused, match=r"2026-04-03.*day first.*2026-03-04.*month first"):
        load(column("03/04/2026", "05/06/2026"))


def test_the_manifest_settles_the_order_of_dates(load: Loader) -> None:
    manifest = '[tables.people.csv]\ndates = "month first"\n'
    assert load(column("03/04/2026"), manifest).values("x") == [date(2026, 3, 4)]


def test_one_sure_date_column_settles_the_others(load: Loader) -> None:
    loaded = load("id,x,y\n1,03/04/2026,31/12/2026\n")
    assert loaded.values("x") == [date(2026, 4, 3)]


def test_a_number_that_a_comma_makes_doubtful_is_refused(load: Loader) -> None:
    with pytest.raises(FileRefused, match=r"'1,234' can be read as 1\.234 or as 1234"):
        load(column("1,234"), '[tables.people.types]\nx = "number"\n')


def test_the_manifest_settles_the_decimal_sign(load: Loader) -> None:
    manifest = '[tables.people.csv]\ndecimal = "."\n[tables.people.types]\nx = "number"\n'
    assert load(column("1,234", "5.5"), manifest).values("x") == [Decimal(1234), Decimal("5.5")]


def test_a_decimal_comma_is_found_and_thousands_go_with_it(load: Loader) -> None:
    loaded = load("id;x;y\n1;12,50;1 234,5\n2;0,5;1.000,25\n")
    assert loaded.values("x") == [Decimal("12.5"), Decimal("0.5")]
    assert loaded.values("y") == [Decimal("1234.5"), Decimal("1000.25")]

"""Files of the real world, as people export them."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.load import load_into
from core.data.report import LoadReport
from core.data.sources import source_for, sources
from core.data.sources.excel import sheet_names
from core.errors import DataTooLarge, FileRefused
from core.settings import Settings
from tests.data.conftest import Loader

FRENCH = """\
identifiant;prénom;dépense;né le
0012;Zoë;12,50;31/12/1990
7;"L'été; 5 €";0,5;01/02/2000"""


def load_file(file: Path, more: str = "", **limits: Any) -> LoadReport:
    manifest = file.parent / "dataset.toml"
    manifest.write_text(
        f'time_zone = "UTC"\npeople = "people"\n[tables.people]\nfile = "{file.name}"\n'
        f'key = "id"\n{more}',
        encoding="utf-8",
    )
    settings = Settings(**limits)
    return load_into(manifest, file.parent / f"{file.name}.duckdb", settings)


def types_of(report: LoadReport) -> dict[str, str]:
    return {field.name: field.sql_type for field in report.catalogue.people_table.fields}


def cells_of(file: Path, column: str) -> list[Any]:
    import duckdb

    with duckdb.connect(f"{file}.duckdb", read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        sql = f'SELECT "{column}" FROM people ORDER BY id'
        return [row[0] for row in connection.execute(sql).fetchall()]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_french_export_loads_right_in_any_encoding(load: Loader, encoding: str) -> None:
    people = FRENCH.replace("identifiant", "id").encode(encoding)
    loaded = load(people)
    assert loaded.values("prénom") == ["L'été; 5 €", "Zoë"]
    assert loaded.values("dépense") == [Decimal("0.5"), Decimal("12.5")]
    assert loaded.values("né le") == [dt.date(2000, 2, 1), dt.date(1990, 12, 31)]
    assert loaded.rows("SELECT id FROM people ORDER BY id") == [("0012",), ("7",)]


def test_an_american_export_loads_right(load: Loader) -> None:
    loaded = load('id,spent,born\n1,"1,234.50",12/31/1990\n2,7.25,01/02/2000\n')
    assert loaded.values("spent") == [Decimal("1234.50"), Decimal("7.25")]
    assert loaded.values("born") == [dt.date(1990, 12, 31), dt.date(2000, 1, 2)]


def test_the_report_says_how_a_file_is_written(load: Loader) -> None:
    csv = load(FRENCH.replace("identifiant", "id").encode("cp1252")).report.tables[0].csv
    assert csv is not None
    assert (csv.delimiter, csv.encoding) == (";", "cp1252")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_sign_that_cuts_all_lines_alike(load: Loader, delimiter: str) -> None:
    loaded = load(f'id{delimiter}x{delimiter}y\n1{delimiter}"a,b;c|d\te"{delimiter}1\n')
    assert loaded.values("x") == ["a,b;c|d\te"]


REFUSED_CSV = [
    ("", "people.csv is empty"),
    ("id,x\n1,2,3\n", "line 2: 3 cells where the first line names 2 columns"),
    ('id,x\n"a\nb",1\n1\n', "line 4: 1 cell where"),
    ('id,x\n1,"open\n2,b\n', "line 2: a quote is opened here and never closed"),
    ('id,x\n1,b\n2,"a"b\n', "line 3: text follows a closing quote"),
    ("id,x\n1,a\x00b\n", "line 2: a NUL character"),
    ("id,,x\n1,2,3\n", "line 1: column 2 has no name"),
    (",,\n1,2,3\n", "line 1: column 1 has no name"),
    ("id,x,x\n1,2,3\n", "columns 2 and 3 are both named 'x'"),
    ("id,x\n,2\n", "line 2, column 'id': the key is blank"),
    ("id,x\n1,2\n2,2\n1,3\n", r"'1' at people\.csv, line 2 and people\.csv, line 4"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED_CSV)
def test_a_broken_csv_file_is_refused_with_its_line(load: Loader, text: str, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        load(text)


def test_bytes_that_a_named_encoding_lacks_are_refused_with_their_line(load: Loader) -> None:
    with pytest.raises(FileRefused, match="line 2: not in the encoding utf-8"):
        load(b"id,x\n1,\xe9\n", '[tables.people.csv]\nencoding = "utf-8"\n')


def test_a_file_in_no_encoding_that_we_know_is_refused(load: Loader) -> None:
    with pytest.raises(FileRefused, match="neither UTF-8, UTF-16 nor cp1252"):
        load(b"id,x\n1,\x81\xff\n")


def test_blank_lines_are_no_rows(load: Loader) -> None:
    assert load("id,x\n\n1,a\n   \n2,b\n\n").values("x") == ["a", "b"]


def test_a_blank_line_of_one_column_is_no_row_and_a_quoted_blank_is_one(load: Loader) -> None:
    with pytest.raises(FileRefused, match="line 4, column 'id': the key is blank"):
        load('id\n1\n\n""\n')
    assert load("id\n1\n\n2\n\n").catalogue.people_table.rows == 2


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_ends_a_line_and_none_changes_a_cell(load: Loader, ending: str) -> None:
    loaded = load(ending.join(["id,x", '1,"a\nb"', '2,"c\r\nd"', ""]))
    assert loaded.values("x") == ["a\nb", "c\r\nd"]


def test_a_file_of_only_a_header_has_no_rows(load: Loader) -> None:
    assert load("id,x\n").catalogue.people_table.rows == 0


def test_parts_of_a_glob_are_read_by_name_and_in_order(tmp_path: Path) -> None:
    (tmp_path / "p-2.csv").write_text("x;id\nb;2\n")
    (tmp_path / "p-1.csv").write_text("id,x\n1,a\n")
    file = tmp_path / "p-*.csv"
    load_file(file)
    assert cells_of(file, "x") == ["a", "b"]


def test_a_part_with_other_columns_is_refused_with_their_names(tmp_path: Path) -> None:
    (tmp_path / "p-1.csv").write_text("id,x\n1,a\n")
    (tmp_path / "p-2.csv").write_text("id,y\n1,a\n")
    with pytest.raises(FileRefused, match=r"p-2\.csv lacks x and has y besides"):
        load_file(tmp_path / "p-*.csv")


def test_a_line_in_a_later_part_is_counted_in_that_part(tmp_path: Path) -> None:
    (tmp_path / "p-1.csv").write_text("id,x\n1,1\n2,2\n")
    (tmp_path / "p-2.csv").write_text("id,x\n3,3\n4,oops\n")
    with pytest.raises(FileRefused, match=r"p-2\.csv, line 3, column 'x': 'oops'"):
        load_file(tmp_path / "p-*.csv", '[tables.people.types]\nx = "number"\n')


def test_a_pattern_in_a_file_name_means_itself_where_such_a_file_is(tmp_path: Path) -> None:
    file = tmp_path / "p[1].csv"
    file.write_text("id,x\n1,a\n")
    load_file(file)
    assert cells_of(file, "x") == ["a"]


def test_float_keys_of_pandas_lose_their_zero(tmp_path: Path) -> None:
    file = tmp_path / "people.parquet"
    frame = pd.DataFrame({"id": [7.0, 12.0], "x": [1.5, float("nan")], "n": [1, 2]})
    frame["t"] = pd.to_datetime(["2026-01-02 03:04:05", None])
    frame.to_parquet(file)
    report = load_file(file)
    assert cells_of(file, "id") == ["12", "7"]
    assert cells_of(file, "x") == [None, 1.5]
    assert types_of(report) == {
        "id": "VARCHAR", "x": "DOUBLE", "n": "BIGINT", "t": "TIMESTAMPTZ"
    }  # fmt: skip
    assert report.catalogue.field("people", "x").approximate


def test_an_explicit_number_makes_a_float_an_exact_decimal(tmp_path: Path) -> None:
    file = tmp_path / "people.parquet"
    pd.DataFrame({"id": [7.0, 12.0], "x": [0.1, 2.5]}).to_parquet(file)
    report = load_file(file, '[tables.people.types]\nx = "number"\nid = "number"\n')
    assert types_of(report) == {"id": "BIGINT", "x": "DECIMAL(18,6)"}
    assert cells_of(file, "x") == [Decimal("0.1"), Decimal("2.5")]


def test_parts_of_parquet_with_whole_and_float_keys_agree(tmp_path: Path) -> None:
    pd.DataFrame({"id": [1, 2**60 + 1], "x": [1, 2]}).to_parquet(tmp_path / "a-1.parquet")
    pd.DataFrame({"id": [3.0], "x": [None]}).to_parquet(tmp_path / "a-2.parquet")
    file = tmp_path / "a-*.parquet"
    load_file(file)
    assert cells_of(file, "id") == ["1", str(2**60 + 1), "3"]


@pytest.mark.parametrize("values", [[[1]], [{"a": 1}], [b"x"]], ids=["list", "struct", "binary"])
def test_nested_and_binary_parquet_columns_are_refused_by_name(
    tmp_path: Path, values: list[Any]
) -> None:
    pq.write_table(pa.table({"id": ["1"], "deep": values}), tmp_path / "people.parquet")
    with pytest.raises(FileRefused, match=r"column 'deep' holds .* values"):
        load_file(tmp_path / "people.parquet")


def test_a_parquet_of_too_many_rows_is_refused_by_its_footer(tmp_path: Path) -> None:
    table = pa.table({"id": pa.repeat("x", 1_000_000)})
    pq.write_table(table, tmp_path / "people.parquet")
    with pytest.raises(DataTooLarge, match=r"more than 1,000 rows.*ROLLCALL_LOAD_MAX_ROWS"):
        load_file(tmp_path / "people.parquet", load_max_rows=1000)


@pytest.mark.parametrize("ending", ["parquet", "xlsx", "xls"])
def test_a_file_that_is_not_what_its_ending_says_is_refused(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"people.{ending}").write_bytes(b"hello" * 100)
    with pytest.raises(FileRefused, match=rf"people\.{ending} cannot be read"):
        load_file(tmp_path / f"people.{ending}")


def write_lines(file: Path, *records: Any) -> Path:
    lines = [each if isinstance(each, str) else json.dumps(each) for each in records]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_json_lines_keep_every_digit_and_what_is_text_stays_text(tmp_path: Path) -> None:
    file = write_lines(
        tmp_path / "people.jsonl",
        '{"id": 1.0, "n": 12345678901234567890.25, "code": "12", "ok": true}',
        "",
        '{"id": "2", "n": 1e2, "day": "2026-12-31", "é": "ß"}',
    )
    report = load_file(file)
    assert types_of(report) == {
        "id": "VARCHAR", "n": "DECIMAL(38,2)", "code": "VARCHAR", "ok": "BOOLEAN",
        "day": "DATE", "é": "VARCHAR",
    }  # fmt: skip
    assert cells_of(file, "id") == ["1", "2"]
    assert cells_of(file, "n") == [Decimal("12345678901234567890.25"), Decimal(100)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": 2,}', "line 2: this is no JSON object"),
        ("[1]", r"line 2: '\[1\]' is no JSON object"),
        ('{"id": 2, "deep": {"a": 1}}', "line 2, column 'deep': nested values"),
        ('{"id": 2, "id": 3}', "line 2: the name 'id' stands twice"),
        ('{"id": 2, "x": Infinity}', "line 2: Infinity is no number"),
        ('{"id": "\\ud800"}', "line 2, column 'id': a NUL or half a character"),
        ('{"id": 1}', "'1' at people.jsonl, line 1 and people.jsonl, line 2"),
    ],
)
def test_a_broken_json_line_is_refused_with_its_number(
    tmp_path: Path, line: str, said: str
) -> None:
    file = write_lines(tmp_path / "people.jsonl", '{"id": 1}', line)
    with pytest.raises(FileRefused, match=said):
        load_file(file)


def write_workbook(file: Path, *rows: list[Any], second: bool = False) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if second:
        book.create_sheet("Notes").append(["remark"])
    book.save(file)
    return file


def test_a_workbook_loads_with_its_types(tmp_path: Path) -> None:
    file = write_workbook(
        tmp_path / "people.xlsx",
        ["id", "born", "seen", "spent", "age", "ok", "mixed"],
        [7, dt.date(1990, 12, 31), dt.datetime(2026, 1, 2, 3, 4), 12.5, 41, True, 3],
        [],
        ["0012", None, dt.datetime(2026, 1, 2), None, "  ", None, "x"],
    )
    report = load_file(file)
    assert types_of(report) == {
        "id": "VARCHAR", "born": "DATE", "seen": "TIMESTAMPTZ", "spent": "DOUBLE",
        "age": "BIGINT", "ok": "BOOLEAN", "mixed": "VARCHAR",
    }  # fmt: skip
    assert cells_of(file, "id") == ["0012", "7"]
    assert cells_of(file, "mixed") == ["x", "3"]


def test_the_sheets_of_a_workbook_can_be_told(tmp_path: Path) -> None:
    file = write_workbook(tmp_path / "people.xlsx", ["id"], [1], second=True)
    assert len(sheet_names(file)) == 2
    (tmp_path / "no.xlsx").write_bytes(b"no workbook")
    assert sheet_names(tmp_path / "no.xlsx") == ()


def test_a_repeated_key_in_a_workbook_is_named_with_its_rows(tmp_path: Path) -> None:
    file = write_workbook(tmp_path / "people.xlsx", ["id"], [1], [], [2], [1])
    with pytest.raises(FileRefused, match=r"'1' at people\.xlsx, row 2 and people\.xlsx, row 5"):
        load_file(file)


def test_a_workbook_with_two_filled_sheets_asks_which(tmp_path: Path) -> None:
    file = write_workbook(tmp_path / "people.xlsx", ["id"], ["1"], second=True)
    with pytest.raises(FileRefused, match="several filled sheets"):
        load_file(file)
    assert load_file(file, 'sheet = "Sheet"\n').catalogue.people_table.rows == 1


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    file = write_workbook(tmp_path / "people.xlsx", ["id"], ["1"])
    with pytest.raises(DataTooLarge, match=r"unpacks to .* bytes"):
        load_file(file, upload_max_bytes=1000)


def test_a_cell_over_the_limit_is_refused_with_its_place(load: Loader, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(f"id,x\n1,a\n2,{'é' * 600}\n")
    with pytest.raises(DataTooLarge, match=r"line 3.*ROLLCALL_LOAD_MAX_CELL_BYTES"):
        load_file(tmp_path / "people.csv", load_max_cell_bytes=1000)


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,a,b\n1,2,3\n")
    with pytest.raises(DataTooLarge, match="has 3 columns, and a table may have 2"):
        load_file(tmp_path / "people.csv", load_max_columns=2)


@pytest.mark.parametrize(("name", "said"), [("p.csv.gz", "unpack it"), ("p.pdf", "of no kind")])
def test_a_file_of_another_kind_is_refused(name: str, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        source_for(Path(name))


def test_no_ending_belongs_to_two_sources() -> None:
    endings = [ending for source in sources() for ending in source.endings]
    assert len(endings) == len(set(endings)) > 0


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Paris"])
def test_timestamps_of_every_unit_and_zone_load(
    tmp_path: Path, unit: str, zone: str | None
) -> None:
    at = dt.datetime(2026, 3, 1, 12, tzinfo=ZoneInfo(zone) if zone else None)
    columns = {"id": ["a"], "at": pa.array([at], pa.timestamp(unit, tz=zone))}
    pq.write_table(pa.table(columns), tmp_path / "people.parquet")
    manifest = tmp_path / "dataset.toml"
    manifest.write_text(
        'time_zone = "UTC"\npeople = "p"\n[tables.p]\nfile = "people.parquet"\nkey = "id"\n'
    )
    load_into(manifest, tmp_path / "one.duckdb")
    with duckdb.connect(str(tmp_path / "one.duckdb"), read_only=True) as connection:
        (loaded,) = connection.execute('SELECT epoch("at") FROM p').fetchone() or (0,)
    assert loaded == (at if zone else at.replace(tzinfo=dt.UTC)).timestamp()


def test_keys_that_a_workbook_has_rounded_are_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["id", "n"], [12345678901234567, 1], [2, 2]):
        book.active.append(row)
    book.save(tmp_path / "people.xlsx")
    manifest = tmp_path / "dataset.toml"
    manifest.write_text(
        'time_zone = "UTC"\npeople = "p"\n[tables.p]\nfile = "people.xlsx"\nkey = "id"\n'
    )
    with pytest.raises(FileRefused, match="row 2, column 'id': a workbook rounds"):
        load_into(manifest, tmp_path / "one.duckdb")

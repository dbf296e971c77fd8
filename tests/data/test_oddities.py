"""Files as people have them: what is read, what is not, and what is said of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from core.data.catalogue import FieldType
from core.data.detect import Detection, complete
from core.data.load import check
from core.data.manifest import CsvOptions, Manifest, TableSource
from core.errors import FileRefused

Read = Callable[..., Detection]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read people.csv of that content, with what is said of how it is written."""

    def run(content: str | bytes, **said: str) -> Detection:
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / "people.csv").write_bytes(data)
        table = TableSource("people", file="people.csv", csv=CsvOptions(**said))  # type: ignore[arg-type]
        return complete(Manifest(tmp_path, "Europe/Paris", "people", (table,)))

    return run


def said(detection: Detection) -> list[str]:
    return [remark.line for remark in detection.remarks]


def column(detection: Detection, name: str) -> tuple[FieldType, list[str | None]]:
    """Return type and first cells of a column."""
    (table,) = detection.tables
    at = list(table.types).index(name)
    return table.types[name], [row[at] for row in table.sample]


OVERRULED = [
    (
        "id,v\n1,25/03/2024\n2,01/02/2024\n", {"dates": "month first"}, "2024-03-25",
        "people.v: month first was chosen, but '25/03/2024' (people.csv, line 2) cannot be read"
        " so: the whole column is read day first",
    ),
    (
        "id,v\n1,01/02/2024 10:00\n2,03/25/2024 9:00\n", {"dates": "day first"},
        "2024-01-02 10:00:00",
        "people.v: day first was chosen, but '03/25/2024 9:00' (people.csv, line 3) cannot be read"
        " so: the whole column is read month first",
    ),
    (
        'id,v\n1,"1,234.50"\n2,7.25\n', {"decimal": ","}, "1234.50",
        "people.v: a decimal comma was chosen, but '1,234.50' (people.csv, line 2) cannot be read"
        " so: the whole column is read with a decimal point",
    ),
    (
        "id;v\n1;7\n2;12,50\n", {"decimal": "."}, "7.0",
        "people.v: a decimal point was chosen, but '12,50' (people.csv, line 3) cannot be read so:"
        " the whole column is read with a decimal comma",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "chosen", "first", "sentence"), OVERRULED)
def test_a_choice_that_the_cells_do_not_allow_is_told_and_the_load_does_what_is_shown(
    read: Read, text: str, chosen: dict[str, str], first: str, sentence: str
) -> None:
    found = read(text, **chosen)
    assert column(found, "v")[1][0] == first and said(found) == [sentence]
    report = check(found.manifest)
    assert report.loaded is not None and sentence in report.loaded.notes


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("id,v\n1,25/03/2024\n", {"dates": "day first"}),
        ("id,v\n1,03/04/2024\n", {"dates": "month first"}),
        ("id,v\n1,2024-03-25\n", {"dates": "day first"}),
        ('id,v\n1,"1,234"\n2,5\n', {"decimal": ","}),
        ("id;v\n1;1.234,5\n2;5\n", {"decimal": ","}),
    ],
)
def test_a_choice_that_fits_needs_no_word(read: Read, text: str, chosen: dict[str, str]) -> None:
    found = read(text, **chosen)
    assert not said(found) and column(found, "v")[0] is not FieldType.TEXT


KEPT_AS_TEXT = [
    ("12", "N/A", {}, "1 of 10 cells is no number: 'N/A' (people.csv, line 11)"),
    ("2024-01-31", "never", {}, "1 of 10 cells is no date: 'never' (people.csv, line 11)"),
    ("12.50", "7,25", {}, "1 of 10 cells is no number with a decimal point: '7,25'"),
    ("12.50", "7,25", {"decimal": ","}, "9 of 10 cells are no number with a decimal comma, as was"),
    ("25/03/2024", "03/25/2024", {}, "1 of 10 cells is no date with the day first: '03/25/2024'"),
    (
        "25/03/2024",
        "03/25/2024",
        {"dates": "month first"},
        "9 of 10 cells are no date with the month",
    ),
    ("25/03/2024", "n/a", {"dates": "day first"}, "1 of 10 cells is no date: 'n/a' (people.csv"),
    ("31/12/2024", "2024-12-31", {}, "its dates are written in two ways: choose the type Date"),
    ("12,50 €", "1.234,50 €", {}, "'12,50 €' (people.csv, line 2) is an amount with its currency"),
    ("$12.50", "-$3", {}, "'$12.50' (people.csv, line 2) is an amount with its currency"),
    ("12.5%", "3 %", {}, "'12.5%' (people.csv, line 2) is a number with %"),
    ("31/12/90", "05/06/91", {}, "'31/12/90' (people.csv, line 2) has a year of two digits"),
    ("1,234", "2,345", {}, "cells such as '1,234' (people.csv, line 2) can be numbers"),
]


@pytest.mark.parametrize(("most", "last", "chosen", "sentence"), KEPT_AS_TEXT)
def test_why_a_column_stayed_text_is_told_with_a_cell(
    read: Read, most: str, last: str, chosen: dict[str, str], sentence: str
) -> None:
    rows = [f"{number};{most}" for number in range(9)]
    found = read("\n".join(["id;v", *rows, f"9;{last}\n"]), **chosen)
    (remark,) = found.remarks
    assert column(found, "v")[0] is FieldType.TEXT and remark.kept_as_text
    assert remark.line.startswith(f"people.v: {sentence}")


@pytest.mark.parametrize(
    "cells",
    [
        ["0612345678", "+33612345678"],
        ["75001", "2A004", "33000", "13001", "69001"],
        [" ANN@X.COM ", "bob@y.org"],
        ["Paris", "Rome"],
        ["ann", "12", "bob"],
        ["1.2.10", "1.14.20", "13.20.31"],
    ],
)
def test_what_is_text_on_purpose_needs_no_word(read: Read, cells: list[str]) -> None:
    found = read("id,v\n" + "".join(f"{at},{cell}\n" for at, cell in enumerate(cells)))
    assert column(found, "v") == (FieldType.TEXT, cells) and not said(found)


def test_two_ways_of_writing_dates_are_read_once_the_type_is_chosen(read: Read) -> None:
    found = read("id,v\n1,31/12/2024\n2,2024-12-30\n").manifest
    table = replace(found.tables[0], types={"v": FieldType.DATE})
    report = check(replace(found, tables=(table,)))
    assert report.loaded is not None and report.loaded.catalogue.field("people", "v").blank == 0


@pytest.mark.parametrize("first", ["1,Ann,12.50", "ann@x.com,Ann,x", "c1,Ann,2024-01-05"])
def test_a_first_line_that_looks_like_a_row_is_told(read: Read, first: str) -> None:
    assert "looks like a row" in said(read(f"{first}\n2,Bob,3\n"))[0]


def test_years_as_names_of_columns_are_no_row(read: Read) -> None:
    assert not said(read("id,2023,2024\n1,5,6\n"))


@pytest.mark.parametrize("word", ["Total", "TOTAL GENERAL", "Summe", "Grand total:", "Somme"])
def test_a_last_row_that_looks_like_a_total_is_told_with_its_line(read: Read, word: str) -> None:
    (line,) = said(read(f"id,name,spent\n1,Ann,12\n{word},,12\n"))
    assert f"the last row ('{word}', people.csv, line 3) looks like a total" in line


@pytest.mark.parametrize("name", ["Sumo", "Sum Wong", "Total Energies"])
def test_a_name_that_only_begins_like_a_total_is_none(read: Read, name: str) -> None:
    assert not said(read(f"id,name\n1,Ann\n2,{name}\n"))


def test_days_as_excel_counts_them_are_told(read: Read) -> None:
    assert "may be dates as Excel counts them" in said(read("id,born\n1,45321\n2,33012\n"))[0]
    assert not said(read("id,spent\n1,45321\n2,33012\n"))


def test_columns_at_the_end_without_name_and_cells_are_nothing(read: Read) -> None:
    found = read("id,name,,\n1,Ann,,\n2,Bob,,\n")
    assert list(found.tables[0].types) == ["id", "name"] and found.tables[0].rows == 2


def test_a_cell_under_no_name_is_refused_with_its_line(read: Read) -> None:
    with pytest.raises(FileRefused, match=r"line 3: 4 cells where .* 2 columns: name every"):
        read("id,name,,\n1,Ann,,\n2,Bob,x,\n")


def test_a_line_that_names_the_delimiter_is_no_row_and_counts_as_a_line(read: Read) -> None:
    found = read("sep=;\r\nid;name\r\n1;Ann\r\n1;Bob\r\n")
    assert column(found, "name")[1] == ["Ann", "Bob"]
    with pytest.raises(FileRefused, match=r"line 4: 1 cell where"):
        read("sep=;\nid;name\n1;Ann\n2\n")


def test_a_title_above_the_names_is_told(read: Read, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="take out what stands above the names"):
        read("Customers 2026;;\n;;\nid;name;spent\n1;Ann;5\n")
    book = openpyxl.Workbook()
    for row in (["Customers 2026"], [], ["id", "name"], [1, "Ann"]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "people.xlsx")
    table = TableSource("people", file="people.xlsx")
    with pytest.raises(FileRefused, match="take out what stands above the names"):
        complete(Manifest(tmp_path, "Europe/Paris", "people", (table,)))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_accents_and_narrow_spaces_in_numbers_are_read(read: Read, encoding: str) -> None:
    space = "\xa0" if encoding == "cp1252" else "\u202f"
    found = read(f"id;ville;dépense\n1;Besançon;1{space}234,50\n2;Köln;3\n".encode(encoding))
    assert column(found, "ville")[1] == ["Besançon", "Köln"]
    assert column(found, "dépense") == (FieldType.NUMBER, ["1234.5", "3.0"])


def test_times_with_offsets_are_instants(read: Read) -> None:
    found = read("id,at\n1,2026-01-02T10:00:00+02:00\n2,2026-01-02 10:00:00 -0500\n")
    assert column(found, "at")[1] == ["2026-01-02 09:00:00", "2026-01-02 16:00:00"]


def test_a_table_of_many_columns_is_read(read: Read) -> None:
    names = [f"f{at}" for at in range(200)]
    found = read(f"id,{','.join(names)}\n1,{','.join('x' * 200)}\n")
    assert len(found.tables[0].types) == 201 and not said(found)


def test_a_quoted_line_end_stays_in_its_cell(read: Read) -> None:
    found = read('id,address\n1,"1 Main St\nApt 2"\n2,"x, y"\n')
    assert column(found, "address")[1] == ["1 Main St\nApt 2", "x, y"]


def test_a_key_that_is_written_in_two_ways_is_told(read: Read) -> None:
    (line,) = said(read("email,name\n ANN@X.COM ,Ann\nbob@y.org,Bob\nann@x.com,Ann\n"))
    assert "people.email: ' ANN@X.COM ' and 'ann@x.com' differ in capitals or spaces" in line


@pytest.mark.parametrize("text", ["id,name\n1,Ann\n1,Bob\n", "id,name\n1,Ann\n,Bob\n"])
def test_a_column_that_repeats_or_is_blank_is_no_key(read: Read, text: str) -> None:
    found = read(text)
    assert found.manifest.tables[0].key is None and "names each person once" in found.lines[0]


def test_two_columns_of_one_name_and_one_without_are_told_by_their_place(read: Read) -> None:
    with pytest.raises(FileRefused, match="columns 2 and 3 are both named 'name': rename one"):
        read("id,name,name\n1,Ann,x\n")
    with pytest.raises(FileRefused, match="column 2 has no name: give it one"):
        read("id,,name\n1,Ann,x\n")


def test_a_file_of_one_row_or_of_none_is_read(read: Read) -> None:
    assert read("id,name\n1,Ann\n").tables[0].rows == 1
    assert read("id,name\n").tables[0].rows == 0


def test_letters_that_were_misread_are_told(read: Read) -> None:
    (line,) = said(read("id,name\n1,Jürgen\n".encode() + "2,André\n".encode("cp1252")))
    assert "letters with accents look misread, as in 'JÃ¼rgen'" in line
    assert not said(read("id,name\n1,Jürgen\n2,ÃNGELA\n"))

"""Excel files for people hold texts as they are, whatever these look like."""

from io import BytesIO

import pytest
import python_calamine as calamine

from core.workspace.spreadsheet import spreadsheet

STRANGE = [
    "=HYPERLINK('http://x')",
    "+33612345678",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "00017",
    "12345678901234567890",
    "1e5",
    "2026-01-02",
    "TRUE",
    "<a> & b",
    "_x0041_",
    "line\nbreak",
    "  spaces  ",
    "\x00\x1f",
    "é 𝄞",
]


def read(made: bytes) -> list[list[object]]:
    return calamine.load_workbook(BytesIO(made)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("text", STRANGE)
def test_a_text_stays_what_it_is(text: str) -> None:
    made = spreadsheet(["id"], [[text]])
    assert read(made)[0] == ["id"]
    assert read(made)[1] == [text]


def test_a_row_has_its_cells_in_order() -> None:
    made = spreadsheet(["id", "change", "answer"], [["a", "enter", ""], ["b", "", "no"]])
    assert read(made)[1:] == [["a", "enter", ""], ["b", "", "no"]]


def test_an_empty_list_has_its_heading() -> None:
    assert read(spreadsheet(["id"], [])) == [["id"]]


@pytest.mark.parametrize("text", ["a" * 40_000, "<r>&</r>", "<r></is></c></row></r>"])
def test_a_text_that_the_file_cannot_hold_leads_to_the_other_file(text: str) -> None:
    rows = read(spreadsheet(["id"], [["before"], [text], ["after"]]))
    assert rows[1] == ["before"] and rows[3] == ["after"]
    assert "see the CSV file" in str(rows[2][0])


def test_a_long_list_takes_less_room_than_its_text() -> None:
    ids = [f"c{number:08}" for number in range(20_000)]
    made = spreadsheet(["id"], ([id_] for id_ in ids))
    assert len(made) < sum(len(id_) + 1 for id_ in ids)


def test_a_row_is_never_cut() -> None:
    row = [str(number) for number in range(26)]
    assert read(spreadsheet(row, [row]))[1] == row
    with pytest.raises(ValueError, match="longer"):
        spreadsheet(["id"], [[*row, "26"]])

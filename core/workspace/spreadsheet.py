"""Excel files for people: every cell is text, so that nothing in it is taken for a formula."""

import io
from collections.abc import Iterable, Sequence

from xlsxwriter import Workbook

MAX_ROWS = 1_048_575  # below the heading
MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAX_UNITS = 32_767
_NOT_HELD = "(not in this file: see the CSV file)"
_MARKUP = "<r>"
_AS_TEXT = {"num_format": "@"}
_WIDTH = 32


def spreadsheet(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return an Excel file of at most MAX_ROWS rows of text under their heading.

    Raises: ValueError for a row that is not as long as its heading.
    """
    out = io.BytesIO()
    # Row by row to disk: a long list never stands in memory as cells.
    with Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("List")
        text, bold = book.add_format(_AS_TEXT), book.add_format({**_AS_TEXT, "bold": True})
        sheet.set_column(0, len(heading) - 1, _WIDTH, text)
        sheet.freeze_panes(1, 0)
        # Excel would mark each number that is text as an error.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MAX_ROWS + 1}"})
        for column, name in enumerate(heading):
            sheet.write_string(0, column, name, bold)
        for number, row in enumerate(rows, 1):
            for column, (_, cell) in enumerate(zip(heading, row, strict=True)):
                sheet.write_string(number, column, _held(cell), text)
    return out.getvalue()


def _held(cell: str) -> str:
    """Return the text, or where to look for it: Excel takes no longer one.

    XlsxWriter writes what begins like formatted text into the file as it is.

    >>> _held("=1+1"), _held("𝄞" * 20_000)
    ('=1+1', '(not in this file: see the CSV file)')
    """
    is_held = len(cell.encode("utf-16-le")) <= 2 * _MAX_UNITS and not cell.startswith(_MARKUP)
    return cell if is_held else _NOT_HELD

"""Excel files for people: every cell is text, so that nothing in it is taken for a formula.

Source: ECMA-376, SpreadsheetML: inline strings, and the escape _xHHHH_ of ST_Xstring.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from string import ascii_uppercase

MAX_ROWS = 1_048_575  # below the heading
_MAX_CHARACTERS = 32_767
_TOO_LONG = "(longer than Excel takes: see the CSV file)"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MIME = f"{_KINDS}.sheet"
# What XML cannot hold, a line end that it would change, and what reads like an escape already.
_ESCAPED = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_SIGNS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

# Format 49 is "text": a cell stays text when somebody edits it.
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KINDS}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KINDS}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KINDS}.worksheet+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
        '<sheets><sheet name="List" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
        "</Relationships>"
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}">'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        '</cellStyleXfs><cellXfs count="3">'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" '
        'applyFont="1"/></cellXfs></styleSheet>'
    ),
}


def spreadsheet(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return an Excel file of at most MAX_ROWS rows of text under their heading.

    Raises: ValueError beyond column Z.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, text in _PARTS.items():
            book.writestr(name, _HEAD + text)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(_beginning(len(heading)).encode())
            sheet.write(_row(1, heading, style=2).encode())
            for number, row in enumerate(rows, 2):
                sheet.write(_row(number, row, style=1).encode())
            sheet.write(_end(len(heading)).encode())
    return out.getvalue()


def _beginning(columns: int) -> str:
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews>'
        f'<cols><col min="1" max="{columns}" width="32" style="1" customWidth="1"/></cols>'
        "<sheetData>"
    )


def _end(columns: int) -> str:
    """Return the end, which keeps Excel from marking each number that is text as an error."""
    all_cells = f"A1:{ascii_uppercase[columns - 1]}{MAX_ROWS + 1}"
    return (
        f'</sheetData><ignoredErrors><ignoredError sqref="{all_cells}" numberStoredAsText="1"/>'
        "</ignoredErrors></worksheet>"
    )


def _row(number: int, cells: Sequence[str], style: int) -> str:
    written = "".join(
        f'<c r="{column}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
        f"{_text(cell)}</t></is></c>"
        for column, cell in zip(ascii_uppercase[: len(cells)], cells, strict=True)
    )
    return f'<row r="{number}">{written}</row>'


def _text(cell: str) -> str:
    """Return the text of a cell as XML.

    >>> _text("=1+1"), _text("a&b"), _text("_x0041_")
    ('=1+1', 'a&amp;b', '_x005F_x0041_')
    """
    if len(cell) > _MAX_CHARACTERS:
        return _TOO_LONG
    return _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", cell).translate(_SIGNS)

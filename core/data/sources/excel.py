"""Excel: one sheet with a header, read by calamine."""

import math
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import python_calamine as calamine

from core.data.limits import Limits
from core.data.sources._base import (
    Part,
    Source,
    Staged,
    StagedColumn,
    StageRequest,
    Writing,
    check_header,
    check_same_columns,
    named_columns,
)
from core.errors import DataTooLarge, FileRefused

_Cell = int | float | str | bool | date | datetime | time | timedelta | None
_EXACT_WHOLE = 2**53
_BROKEN = (
    calamine.CalamineError,
    calamine.ZipError,
    calamine.XmlError,
    OSError,
    ValueError,
)


class ExcelSource(Source):
    """A workbook; a file with several filled sheets needs `sheet` in the manifest."""

    label: ClassVar[str] = "Excel"
    endings: ClassVar[tuple[str, ...]] = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")

    def stage(self, request: StageRequest) -> Staged:
        names: list[str] = []
        rows: list[list[_Cell]] = []
        parts: list[Part] = []
        for file in request.files:
            request.step()
            sheet = _open_sheet(file, request.sheet, request.limits)
            header, found = _table(file, sheet, request.limits)
            names = names or header
            check_same_columns(names, header, request.files[0], file)
            order = [header.index(name) for name in names]
            _refuse_rounded(file, header, found, request.as_text)
            first = len(rows)
            rows += [[row[position] for position in order] for _, row in found]
            request.limits.check_rows(len(rows), file.name)
            parts.append(Part(file, first, len(rows) - first, request.limits, sheet=sheet.name))
        columns = tuple(
            _stage_column(name, position, [row[position] for row in rows])
            for position, name in enumerate(names)
        )
        _write(request, columns)
        return Staged(request.into, tuple(column for column, _ in columns), tuple(parts))

    def place(self, part: Part, record: int) -> str:
        sheet = _open_sheet(part.file, part.sheet, part.limits)
        _, rows = _table(part.file, sheet, part.limits)
        return f"row {rows[record][0]}"


def sheet_names(file: Path) -> tuple[str, ...]:
    """Return the names of a workbook's sheets, none where it cannot be read."""
    try:
        return tuple(calamine.CalamineWorkbook.from_path(str(file)).sheet_names)
    except (calamine.PasswordError, *_BROKEN):
        return ()


def _open_sheet(file: Path, wanted: str | None, limits: Limits) -> calamine.CalamineSheet:
    _check_unpacked(file, limits)
    try:
        book = calamine.CalamineWorkbook.from_path(str(file))
        if wanted is not None and wanted not in book.sheet_names:
            raise FileRefused(
                f"{file.name} has no sheet '{wanted}': there are {', '.join(book.sheet_names)}"
            )
        sheets = [
            book.get_sheet_by_name(name)
            for name in ([wanted] if wanted is not None else book.sheet_names)
        ]
    except calamine.PasswordError as error:
        raise FileRefused(f"{file.name} has a password: save it without one") from error
    except _BROKEN as error:
        raise FileRefused(
            f"{file.name} cannot be read as a workbook: it is damaged, or text with the ending of"
            " one. Open it in Excel and save it as .xlsx, or as CSV"
        ) from error
    filled = [sheet for sheet in sheets if sheet.height]
    if not filled:
        raise FileRefused(f"{file.name} is empty: it needs a row with the names of its columns")
    if len(filled) > 1:
        names = ", ".join(sheet.name for sheet in filled)
        raise FileRefused(
            f"{file.name} has several filled sheets ({names}): choose one",
            terminal_hint="'sheet' in a manifest",
        )
    return filled[0]


def _check_unpacked(file: Path, limits: Limits) -> None:
    """Refuse a workbook that unpacks to more than an upload may be."""
    if not zipfile.is_zipfile(file):
        return
    try:
        with zipfile.ZipFile(file) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise FileRefused(f"{file.name} cannot be read as a workbook: save it again") from error
    if size > limits.unpacked_bytes:
        raise DataTooLarge(
            f"{file.name} unpacks to {size:,} bytes, and {limits.unpacked_bytes:,} are allowed:"
            " save it as CSV, or set ROLLCALL_UPLOAD_MAX_BYTES higher"
        )


def _table(
    file: Path, sheet: calamine.CalamineSheet, limits: Limits
) -> tuple[list[str], list[tuple[int, list[_Cell]]]]:
    """Return the header and every row that is not empty, with its number in the sheet."""
    top = sheet.start[0] if sheet.start else 0
    rows = _filled_rows(sheet.to_python(skip_empty_area=True), top + 1)
    number, header = next(rows, (1, []))
    names = named_columns([_shown(cell) or "" for cell in header])
    limits.check_columns(len(names), file.name)
    check_header(names, f"{file.name}, row {number}")
    return names, [(line, _checked(file, line, row, len(names))) for line, row in rows]


def _refuse_rounded(
    file: Path, header: list[str], rows: list[tuple[int, list[_Cell]]], keys: frozenset[str]
) -> None:
    """Refuse keys so long that a workbook has rounded them already: it keeps 15 digits."""
    for position in (header.index(name) for name in header if name in keys):
        for line, row in rows:
            cell = row[position]
            if isinstance(cell, int | float) and abs(cell) > _EXACT_WHOLE:
                raise FileRefused(
                    f"{file.name}, row {line}, column '{header[position]}': a workbook rounds"
                    " numbers of so many digits: format the column as text, or save it as CSV"
                )


def _filled_rows(rows: Sequence[Sequence[_Cell]], first: int) -> Iterator[tuple[int, list[_Cell]]]:
    for number, row in enumerate(rows, start=first):
        if any(cell not in ("", None) for cell in row):
            yield number, list(row)


def _checked(file: Path, line: int, row: list[_Cell], width: int) -> list[_Cell]:
    if any(cell not in ("", None) for cell in row[width:]):
        raise FileRefused(
            f"{file.name}, row {line}: a cell stands beyond the named columns: name its column, or"
            " take out what stands above the names of the columns"
        )
    return row[:width]


def _stage_column(name: str, position: int, cells: list[_Cell]) -> tuple[StagedColumn, "pa.Array"]:
    """Return the column with the type that all of its filled cells share, else as text."""
    values = [None if isinstance(cell, str) and not cell.strip() else cell for cell in cells]
    kinds = {type(value) for value in values if value is not None}
    sql_type, array = _typed(values, kinds)
    writing = Writing.TEXT_OR_TIME if sql_type == "VARCHAR" else Writing.FIXED
    return StagedColumn(name, f"c{position}", sql_type, writing), array


def _typed(values: list[_Cell], kinds: set[type]) -> tuple[str, "pa.Array"]:
    if kinds == {bool}:
        return "BOOLEAN", pa.array(values, pa.bool_())
    if kinds and kinds <= {int, float}:
        if all(value is None or _is_exact_whole(value) for value in values):
            whole = [None if value is None else int(value) for value in values]  # type: ignore[arg-type]
            return "BIGINT", pa.array(whole, pa.int64())
        return "DOUBLE", pa.array(values, pa.float64())
    if kinds == {date}:
        return "DATE", pa.array(values, pa.date32())
    if kinds and kinds <= {date, datetime}:
        return "TIMESTAMP", pa.array([_as_time(value) for value in values], pa.timestamp("us"))
    return "VARCHAR", pa.array([_shown(value) for value in values], pa.string())


def _is_exact_whole(value: _Cell) -> bool:
    return (
        isinstance(value, int | float)
        and math.isfinite(value)
        and value == int(value)
        and abs(value) <= _EXACT_WHOLE
    )


def _as_time(value: _Cell) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time.min) if isinstance(value, date) else None


def _shown(value: _Cell) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and _is_exact_whole(value):
        return str(int(value))
    return str(value)


def _write(request: StageRequest, columns: tuple[tuple[StagedColumn, "pa.Array"], ...]) -> None:
    table = pa.table([array for _, array in columns], names=[c.raw for c, _ in columns])
    request.connection.register("sheet", table)
    request.connection.execute(f"CREATE TABLE {request.into} AS SELECT * FROM sheet")  # noqa: S608
    request.connection.unregister("sheet")

"""CSV: DuckDB reads it; where it will not, Python reads it too and has the last word."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import ClassVar

import duckdb
import pyarrow as pa

from core.data.csv_dialect import CsvFile, check_encoding, find_dialect, shown_options, transcode
from core.data.instance import quote_text
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
    shorten,
)
from core.errors import FileRefused

_BATCH_ROWS = 50_000
_UTF_8 = ("utf-8", "utf-8-sig")


@dataclass(frozen=True, slots=True)
class _Opened:
    file: CsvFile
    part: Part
    names: list[str]


class CsvSource(Source):
    """Text with one row a line and a sign between the cells."""

    label: ClassVar[str] = "CSV"
    endings: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".txt", ".tab")

    def stage(self, request: StageRequest) -> Staged:
        first: _Opened | None = None
        parts: list[Part] = []
        rows = 0
        for number, path in enumerate(request.files):
            request.step()
            opened = _open(path, request, rows)
            if first is None:
                first = opened
                _create(request, len(first.names))
            check_same_columns(first.names, opened.names, first.file.path, path)
            _insert(request, opened, first.names, number)
            total = _count(request)
            request.limits.check_rows(total, path.name)
            parts.append(replace(opened.part, first=rows, rows=total - rows))
            rows = total
        names = first.names if first else []
        return Staged(request.into, _columns(names), tuple(parts))

    def place(self, part: Part, record: int) -> str:
        file = _reopen(part)
        line = next((line for line, _ in islice(file.records(), record + 1, None)), 0)
        return f"line {line}"


def _open(path: Path, request: StageRequest, rows: int) -> _Opened:
    file = find_dialect(path, request.csv, request.limits)
    header = next(file.records(), None)
    if header is None:
        raise FileRefused(f"{path.name} is empty: it needs a line with the names of its columns")
    names = named_columns(header[1])
    request.limits.check_columns(len(names), path.name)
    check_header(names, f"{path.name}, line {header[0]}")
    return _Opened(
        file, Part(path, rows, 0, request.limits, shown_options(file, request.csv)), names
    )


def _reopen(part: Part) -> CsvFile:
    encoding = check_encoding(part.file, part.csv.encoding or "utf-8")
    delimiter, quote = part.csv.delimiter or ",", part.csv.quote or '"'
    return CsvFile(part.file, encoding, delimiter, quote, part.limits)


def _create(request: StageRequest, width: int) -> None:
    columns = ", ".join(f"c{position} VARCHAR" for position in range(width))
    request.connection.execute(f"CREATE TABLE {request.into} ({columns})")


def _columns(names: list[str]) -> tuple[StagedColumn, ...]:
    return tuple(
        StagedColumn(name, f"c{position}", "VARCHAR", Writing.ANYTHING)
        for position, name in enumerate(names)
    )


def _insert(request: StageRequest, opened: _Opened, names: list[str], number: int) -> None:
    # DuckDB reads stars and brackets in a path as a pattern: a link has a plain name.
    plain = request.scratch / f"{request.into}-{number}.csv"
    if opened.file.encoding in _UTF_8:
        plain.symlink_to(opened.file.path.resolve())
    else:
        transcode(opened.file, plain)
    try:
        request.connection.execute(_insert_sql(request.into, opened, names, plain))
    except (duckdb.InvalidInputException, duckdb.IOException, duckdb.ConversionException):
        _insert_by_python(request, opened, names)
    finally:
        plain.unlink()


def _insert_sql(into: str, opened: _Opened, names: list[str], path: Path) -> str:
    own = ", ".join(f"'k{position}': 'VARCHAR'" for position in range(len(opened.names)))
    wanted = ", ".join(f"k{opened.names.index(name)}" for name in names)
    # A line without anything is no row; in a file of one column DuckDB takes it for one.
    blank_lines = "WHERE k0 IS NOT NULL" if len(names) == 1 else ""
    return (
        f"INSERT INTO {into} SELECT {wanted} FROM read_csv({quote_text(str(path))},"  # noqa: S608
        f" columns = {{{own}}}, auto_detect = false, header = true, strict_mode = true,"
        f" skip = {opened.file.skipped},"
        f" delim = {quote_text(opened.file.delimiter)}, quote = {quote_text(opened.file.quote)},"
        f" escape = {quote_text(opened.file.quote)}, null_padding = false, comment = '',"
        " nullstr = '', allow_quoted_nulls = false, compression = 'none',"
        f" hive_partitioning = false) {blank_lines}"
    )


def _insert_by_python(request: StageRequest, opened: _Opened, names: list[str]) -> None:
    """Insert the file record by record; where it is at fault, this raises the line."""
    records = _checked_records(opened)
    order = [opened.names.index(name) for name in names]
    while batch := list(islice(records, _BATCH_ROWS)):
        request.step()
        arrays = [pa.array([row[position] for row in batch], pa.string()) for position in order]
        columns = pa.table(arrays, names=[f"c{position}" for position in range(len(order))])
        request.connection.register("csv_batch", columns)
        request.connection.execute(f"INSERT INTO {request.into} SELECT * FROM csv_batch")  # noqa: S608
        request.connection.unregister("csv_batch")


def _checked_records(opened: _Opened) -> Iterator[list[str]]:
    width = len(opened.names)
    for line, record in islice(opened.file.records(), 1, None):
        # DuckDB takes empty cells at the end of a line for nothing.
        if len(record) < width or any(record[width:]):
            raise _other_width(opened, line, len(record))
        yield record[:width]


def _other_width(opened: _Opened, line: int, cells: int) -> FileRefused:
    where, width = f"{opened.file.path.name}, line {line}", len(opened.names)
    if width == 1:
        return FileRefused(
            f"{where}: {cells} cells where the first line names 1 column,"
            f" '{shorten(opened.names[0])}': take out what stands above the names of the columns,"
            " or say what stands between them"
        )
    naming = "name every column, " if cells > width else ""
    return FileRefused(
        f"{where}: {cells} {'cell' if cells == 1 else 'cells'} where the first line names {width}"
        f" columns: {naming}put cells that hold a '{opened.file.delimiter}' in quotes, or mend the"
        " line"
    )


def _count(request: StageRequest) -> int:
    row = request.connection.execute(f"SELECT count(*) FROM {request.into}").fetchone()  # noqa: S608
    return int(row[0]) if row else 0

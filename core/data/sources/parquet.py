"""Parquet: footers are looked at first, then DuckDB reads the rows."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from core.data.cells import text_of
from core.data.instance import first_line, quote_name, quote_text
from core.data.sources._base import (
    Part,
    Source,
    Staged,
    StagedColumn,
    StageRequest,
    Writing,
    check_header,
    check_same_columns,
)
from core.errors import FileRefused

_FAMILIES = (
    ("number", ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "U", "HUGE", "DEC", "FLOAT", "DOUBLE")),
    ("text", ("VARCHAR", "UUID", "ENUM", "JSON")),
    ("time", ("DATE", "TIMESTAMP")),
)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file, the link that DuckDB reads it by, and each column's type; None: only blanks."""

    file: Path
    link: Path
    types: dict[str, str | None]
    rows: int


class ParquetSource(Source):
    """Columns with types, as pandas, Spark and databases write them."""

    label: ClassVar[str] = "Parquet"
    endings: ClassVar[tuple[str, ...]] = (".parquet", ".pq")

    def stage(self, request: StageRequest) -> Staged:
        opened = [_open(file, number, request) for number, file in enumerate(request.files)]
        request.limits.check_rows(sum(each.rows for each in opened), request.files[0].name)
        for each in opened[1:]:
            check_same_columns(list(opened[0].types), list(each.types), opened[0].file, each.file)
        types = {name: _common_type(name, opened, request) for name in opened[0].types}
        _create(request, types)
        parts: list[Part] = []
        for each in opened:
            request.step()
            _insert(request, each, types)
            first = sum(part.rows for part in parts)
            parts.append(Part(each.file, first, each.rows, request.limits))
        columns = [
            StagedColumn(name, f"c{position}", kind, _writing(kind))
            for position, (name, kind) in enumerate(types.items())
        ]
        return Staged(request.into, tuple(columns), tuple(parts))

    def place(self, part: Part, record: int) -> str:
        return f"row {record + 1}"


def _writing(sql_type: str) -> Writing:
    return Writing.TEXT_OR_TIME if sql_type == "VARCHAR" else Writing.FIXED


def _open(file: Path, number: int, request: StageRequest) -> _Opened:
    try:
        with pq.ParquetFile(file) as footer:
            rows = int(footer.metadata.num_rows)
            schema = footer.schema_arrow
    except (pa.ArrowException, OSError) as error:
        raise FileRefused(
            f"{file.name} cannot be read as Parquet ({first_line(error, 120)}): save it again"
        ) from error
    request.limits.check_columns(len(schema.names), file.name)
    request.limits.check_rows(rows, file.name)
    check_header(list(schema.names), file.name)
    for field in schema:
        if pa.types.is_nested(field.type) or pa.types.is_binary(field.type):
            raise FileRefused(
                f"{file.name}: column '{field.name}' holds {field.type!s:.40} values, which"
                " cannot be loaded: leave it out, or give each value a column of its own"
            )
    # DuckDB reads stars and brackets in a path as a pattern: a link has a plain name.
    link = request.scratch / f"parquet-{number}.parquet"
    link.unlink(missing_ok=True)
    link.symlink_to(file.resolve())
    return _Opened(file, link, _types(file, link, schema, request.connection), rows)


def _types(
    file: Path, link: Path, schema: "pa.Schema", connection: duckdb.DuckDBPyConnection
) -> dict[str, str | None]:
    try:
        described = connection.execute(f"DESCRIBE FROM {_scan(link)}").fetchall()
    except duckdb.Error as error:
        raise _broken(file, error) from error
    kinds = [str(row[1]) for row in described]
    return {
        field.name: None if pa.types.is_null(field.type) else kind
        for field, kind in zip(schema, kinds, strict=True)
    }


def _scan(link: Path) -> str:
    return f"read_parquet({quote_text(str(link))}, hive_partitioning = false)"


def _broken(file: Path, error: duckdb.Error) -> FileRefused:
    return FileRefused(
        f"{file.name} cannot be read as Parquet ({first_line(error, 120)}): save it again"
    )


def _family(sql_type: str) -> str:
    for family, beginnings in _FAMILIES:
        if sql_type.startswith(beginnings):
            return family
    return sql_type


def _common_type(name: str, opened: list[_Opened], request: StageRequest) -> str:
    """Return a type that keeps the column's values in every file."""
    kinds = {kind: each.file for each in opened if (kind := each.types[name])}
    families = {_family(kind) for kind in kinds}
    if len(families) > 1:
        (one, file), (other, file_2), *_ = kinds.items()
        raise FileRefused(
            f"Column '{name}' is {one} in {file.name} and {other} in {file_2.name}: the files of"
            " one table need one type a column"
        )
    if not kinds:
        return "VARCHAR"
    if len(kinds) == 1:
        return next(iter(kinds))
    if name in request.as_text:
        return "VARCHAR"
    selects = " UNION ALL ".join(f"SELECT NULL::{kind} AS c" for kind in kinds)
    row = request.connection.execute(f"SELECT typeof(c) FROM ({selects}) LIMIT 1").fetchall()  # noqa: S608
    return str(row[0][0])


def _create(request: StageRequest, types: dict[str, str]) -> None:
    columns = ", ".join(f"c{position} {kind}" for position, kind in enumerate(types.values()))
    request.connection.execute(f"CREATE TABLE {request.into} ({columns})")


def _insert(request: StageRequest, opened: _Opened, types: dict[str, str]) -> None:
    values = ", ".join(_value(name, opened.types[name], kind) for name, kind in types.items())
    try:
        request.connection.execute(
            f"INSERT INTO {request.into} SELECT {values} FROM {_scan(opened.link)}"  # noqa: S608
        )
    except (duckdb.InvalidInputException, duckdb.IOException, duckdb.DataError) as error:
        raise _broken(opened.file, error) from error
    finally:
        opened.link.unlink(missing_ok=True)


def _value(name: str, own: str | None, common: str) -> str:
    if own is None:
        return f"NULL::{common}"
    if common == "VARCHAR" and own != "VARCHAR":
        return text_of(quote_name(name), own)
    return quote_name(name)

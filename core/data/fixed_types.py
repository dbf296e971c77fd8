"""Types of columns whose file knows them: Parquet, Excel, JSON, results of queries."""

import re

import duckdb

from core.data.catalogue import FieldType
from core.data.plans import ColumnPlan, text_plan
from core.data.sources._base import StagedColumn
from core.errors import FileRefused

_SMALL_WHOLE = {
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER",
}  # fmt: skip
_LARGE_WHOLE = {"UBIGINT", "HUGEINT", "UHUGEINT"}
_FLOATS = {"FLOAT", "DOUBLE"}
_NAIVE = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}
_ZONED = {"TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS"}
_TEXTS = {"VARCHAR", "UUID", "TIME", "TIME WITH TIME ZONE", "INTERVAL", "JSON"}
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_BIGINT_LIMIT = "9223372036854775807"


def is_loadable(sql_type: str) -> bool:
    """Return whether a cell of that DuckDB type is one value, neither nested nor binary."""
    known = _SMALL_WHOLE | _LARGE_WHOLE | _FLOATS | _NAIVE | _TEXTS
    known |= _ZONED | {"BOOLEAN", "DATE"}
    return sql_type in known or bool(_DECIMAL.fullmatch(sql_type)) or sql_type.startswith("ENUM")


def fixed_plan(
    column: StagedColumn,
    declared: FieldType | None,
    kept: bool,
    connection: duckdb.DuckDBPyConnection,
    table: str,
) -> ColumnPlan | None:
    """Return the plan of the file's own type, None where another one is declared.

    `kept` says that the column is a key or an end of a link.
    """
    natural = _natural(column.sql_type)
    if declared is not None and declared is not natural:
        return None
    if natural is FieldType.NUMBER:
        return _number(column, declared is not None, kept, connection, table)
    if natural is FieldType.TEXT:
        return None if column.sql_type == "VARCHAR" and declared else text_plan(column)
    sql_type = {FieldType.BOOLEAN: "BOOLEAN", FieldType.DATE: "DATE"}.get(natural, "TIMESTAMPTZ")
    value = column.raw
    if column.sql_type in _NAIVE:
        value = f"CAST({column.raw} AS TIMESTAMP)"
    elif column.sql_type in _ZONED:
        value = f"CAST({column.raw} AS TIMESTAMPTZ)"
    return ColumnPlan(column.name, value, natural, sql_type)


def _natural(sql_type: str) -> FieldType:
    if sql_type == "BOOLEAN":
        return FieldType.BOOLEAN
    if sql_type == "DATE":
        return FieldType.DATE
    if sql_type in _NAIVE | _ZONED:
        return FieldType.TIMESTAMP
    if sql_type in _TEXTS or sql_type.startswith("ENUM"):
        return FieldType.TEXT
    return FieldType.NUMBER


def _number(
    column: StagedColumn,
    declared: bool,
    kept: bool,
    connection: duckdb.DuckDBPyConnection,
    table: str,
) -> ColumnPlan:
    raw = column.raw
    if column.sql_type in _FLOATS:
        return _float(column, declared, kept, connection, table)
    if column.sql_type in _SMALL_WHOLE:
        return _plan(column, raw, "BIGINT")
    if column.sql_type in _LARGE_WHOLE:
        beyond = _any(connection, table, f"abs({raw}::HUGEINT) > {_BIGINT_LIMIT}")
        return _plan(column, raw, "DECIMAL(38,0)" if beyond else "BIGINT")
    return _decimal(column, connection, table)


def _decimal(column: StagedColumn, connection: duckdb.DuckDBPyConnection, table: str) -> ColumnPlan:
    """Return the narrowest decimal that keeps every digit of a decimal column."""
    text = f"CAST({column.raw} AS VARCHAR)"
    row = connection.execute(
        f"SELECT max(length(rtrim(split_part(t, '.', 2), '0'))),"  # noqa: S608
        " max(length(ltrim(split_part(ltrim(t, '-'), '.', 1), '0')))"
        f" FROM (SELECT {text} AS t FROM {table})"
    ).fetchone()
    places, whole = (int(value or 0) for value in row or (0, 0))
    if places > 10:
        return _plan(column, column.raw, "DOUBLE")
    if places == 0:
        return _plan(column, column.raw, "BIGINT" if whole <= 18 else "DECIMAL(38,0)")
    precision = 18 if whole + places <= 18 else 38
    return _plan(column, column.raw, f"DECIMAL({precision},{places})")


def _float(
    column: StagedColumn,
    declared: bool,
    kept: bool,
    connection: duckdb.DuckDBPyConnection,
    table: str,
) -> ColumnPlan:
    raw = column.raw
    if _any(connection, table, f"isinf({raw})"):
        raise FileRefused(
            f"Column '{column.name}' holds an infinite number: leave it blank in the file"
        )
    value = f"CASE WHEN isnan({raw}) THEN NULL ELSE {raw} END"
    if not declared:
        return _plan(column, value, "DOUBLE")
    if kept and not _any(connection, table, f"{raw} <> trunc({raw}) OR abs({raw}) > 9e15"):
        return _plan(column, value, "BIGINT")
    if _any(connection, table, f"abs({raw}) >= 1e31"):
        raise FileRefused(
            f"Column '{column.name}' holds a number of more than 31 digits: load it as text"
        )
    precision = 38 if _any(connection, table, f"abs({raw}) >= 999999999999") else 18
    return _plan(column, value, f"DECIMAL({precision},6)")


def _plan(column: StagedColumn, value: str, sql_type: str) -> ColumnPlan:
    return ColumnPlan(column.name, f"CAST({value} AS {sql_type})", FieldType.NUMBER, sql_type)


def _any(connection: duckdb.DuckDBPyConnection, table: str, condition: str) -> bool:
    found = connection.execute(
        f"SELECT count(*) > 0 FROM {table} WHERE coalesce({condition}, FALSE)"  # noqa: S608
    ).fetchone()
    return bool(found and found[0])

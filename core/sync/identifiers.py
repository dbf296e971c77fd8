"""From members to the identifiers that an audience should hold."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from core.data.cells import WHITE_SPACE
from core.durable import passing_file, written_whole

_SHARES = 1_000_000


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """A stable share of people who are never sent; `salt` is made once per activation."""

    percent: float
    salt: str


@dataclass(frozen=True, slots=True)
class IdentifierRules:
    """How a member becomes an identifier.

    Shapes: `attributes` are the names as sent; the n-th stands in column f<n + 1> of the members.
    """

    max_characters: int
    attributes: tuple[str, ...] = ()
    control: ControlGroup | None = None


@dataclass(frozen=True, slots=True)
class WantedCounts:
    """How many members became identifiers, and what became of the others."""

    segment: int
    blank: int
    too_long: int
    duplicate: int
    control: int
    wanted: int


def select_wanted(
    cursor: DuckDBPyConnection,
    members: Path,
    rules: IdentifierRules,
    wanted: Path,
    not_sent: Path,
) -> WantedCounts:
    """Write the identifiers to send to `wanted` and everybody else, with why, to `not_sent`.

    Shapes: `members` is Parquet with `key`, `f0` (the identifier) and `f1` … (attributes);
            `wanted` has id, attributes (typed JSON, see `parse_attributes`), digest (MD5, empty
            without attributes), ids distinct; `not_sent` has key, id and reason.
    Raises: StorageFull, duckdb.Error.
    """
    with passing_file(wanted.parent, "identified") as identified:
        _identify(cursor, members, rules, identified)
        with written_whole(wanted) as part:
            cursor.execute(
                f"""COPY (SELECT id, attributes, CASE WHEN attributes = '{{}}' THEN ''::BLOB
                          ELSE unhex(md5(attributes)) END AS digest
                     FROM read_parquet($source) WHERE reason IS NULL)
                    TO {_quoted(part)} (FORMAT parquet)""",  # noqa: S608
                {"source": str(identified)},
            )
        with written_whole(not_sent) as part:
            cursor.execute(
                f"""COPY (SELECT key, id, reason FROM read_parquet($source)
                     WHERE reason IS NOT NULL ORDER BY key)
                    TO {_quoted(part)} (FORMAT parquet)""",  # noqa: S608
                {"source": str(identified)},
            )
        return _count(cursor, identified)


def _identify(cursor: DuckDBPyConnection, members: Path, rules: IdentifierRules, out: Path) -> None:
    """Write key, id, attributes and the reason not to send, NULL for those who are sent."""
    types = _column_types(cursor, members)
    attributes, texts = _attributes_sql(rules.attributes, types)
    values = {"members": str(members), "most": rules.max_characters, "white": WHITE_SPACE} | texts
    control = _control_sql(rules.control, values)
    cursor.execute(
        f"""COPY (
              WITH named AS (
                SELECT key, {sent_text_sql("f0", types["f0"])} AS id, {attributes} AS attributes
                  FROM read_parquet($members)),
              checked AS (
                SELECT *, CASE WHEN id IS NULL OR trim(id, $white) = '' THEN 'blank'
                               WHEN length(id) > $most THEN 'too_long' END AS flaw
                  FROM named),
              ranked AS (
                SELECT *, row_number() OVER (PARTITION BY id ORDER BY key) AS rank
                  FROM checked WHERE flaw IS NULL)
              SELECT key, id, attributes, flaw AS reason FROM checked WHERE flaw IS NOT NULL
              UNION ALL
              SELECT key, id, attributes,
                     CASE WHEN rank > 1 THEN 'duplicate' WHEN {control} THEN 'control' END
                FROM ranked
            ) TO {_quoted(out)} (FORMAT parquet)""",  # noqa: S608
        values,
    )


def _count(cursor: DuckDBPyConnection, identified: Path) -> WantedCounts:
    rows = cursor.execute(
        "SELECT coalesce(reason, 'wanted'), count(*) FROM read_parquet(?) GROUP BY 1",
        [str(identified)],
    ).fetchall()
    counts = {str(reason): int(count) for reason, count in rows}
    return WantedCounts(
        segment=sum(counts.values()),
        blank=counts.get("blank", 0),
        too_long=counts.get("too_long", 0),
        duplicate=counts.get("duplicate", 0),
        control=counts.get("control", 0),
        wanted=counts.get("wanted", 0),
    )


def _column_types(cursor: DuckDBPyConnection, members: Path) -> dict[str, str]:
    rows = cursor.execute(
        "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(?))",
        [str(members)],
    ).fetchall()
    return {str(name): str(sql_type) for name, sql_type in rows}


def _control_sql(control: ControlGroup | None, values: dict[str, object]) -> str:
    if control is None:
        return "FALSE"
    values |= {"salt": control.salt + ":", "held_back": round(control.percent / 100 * _SHARES)}
    return f"md5_number_upper($salt || key) % {_SHARES} < $held_back"


def _attributes_sql(
    names: Sequence[str], types: Mapping[str, str]
) -> tuple[str, dict[str, object]]:
    """Return SQL for the typed JSON of all attributes that have a value, and its parameters."""
    if not names:
        return "'{}'", {}
    columns = sorted((name, f"f{place}") for place, name in enumerate(names, start=1))
    values: dict[str, object] = {}
    terms = []
    for name, column in columns:
        kind = _kind_of(types[column])
        values[column] = f"{json.dumps(name, ensure_ascii=False)}:{{{json.dumps(kind)}:"
        text = f"{column}::VARCHAR" if kind == "boolean" else sent_text_sql(column, types[column])
        value = text if kind == "boolean" else f"to_json({text})::VARCHAR"
        terms.append(f"CASE WHEN {column} IS NOT NULL THEN ${column} || {value} || '}}' END")
    return f"'{{' || concat_ws(',', {', '.join(terms)}) || '}}'", values


def _kind_of(sql_type: str) -> str:
    if sql_type == "VARCHAR":
        return "text"
    if sql_type in ("BOOLEAN", "DATE"):
        return sql_type.lower()
    return "timestamp" if sql_type.startswith("TIMESTAMP") else "number"


def sent_text_sql(column: str, sql_type: str) -> str:
    """Return SQL for a value as the text that is sent: numbers shortest, instants in UTC."""
    if sql_type.startswith("DECIMAL") and not sql_type.endswith(",0)"):
        return f"rtrim(rtrim({column}::VARCHAR, '0'), '.')"
    if sql_type in ("DOUBLE", "FLOAT"):
        whole = f"{column} = trunc({column}) AND abs({column}) < 1e15"
        return f"CASE WHEN {whole} THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
    if sql_type == "TIMESTAMP WITH TIME ZONE":
        return f"strftime({column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"
    return f"{column}::VARCHAR"


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"

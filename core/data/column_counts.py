"""How many cells of a column could be read as what: counted over the whole column."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb

from core.data import cells
from core.data.catalogue import FieldType
from core.data.instance import quote_text

SAMPLE_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Subject:
    """A staged column, `text` being the SQL of its cells as text, and the types it may have."""

    name: str
    text: str
    types: frozenset[FieldType]
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """Cells of one column by what they fit; zero also where that was not looked for.

    `filled` too is zero where no type but text was left to look for.
    """

    filled: int = 0
    boolean: int = 0
    true_or_false: int = 0
    one_pair: int = 0
    yes: int = 0
    country_or_word: int = 0
    plain_point: int = 0
    any_point: int = 0
    plain_comma: int = 0
    any_comma: int = 0
    with_point: int = 0
    with_comma: int = 0
    with_both: int = 0
    thousands: int = 0
    odd: int = 0
    day: int = 0
    iso: int = 0
    day_first: int = 0
    month_first: int = 0
    read_both_ways: int = 0
    local_day: int = 0


def count_columns(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    rows: int,
    subjects: Sequence[Subject],
    zone: str,
) -> dict[str, Counts]:
    """Return the counts of each subject by name, over all rows of the staged table.

    A type that a first part of the rows rules out is not looked for in the rest, unless it is
    declared.
    """
    likely = _rule_out(connection, _part(table), subjects)
    if rows <= SAMPLE_ROWS:
        return _count(connection, table, likely, zone)
    sample = _count(connection, _part(table), likely, zone)
    return _count(connection, table, [_narrow(s, sample[s.name]) for s in likely], zone)


def count_sample(
    connection: duckdb.DuckDBPyConnection, table: str, subjects: Sequence[Subject], zone: str
) -> dict[str, Counts]:
    """Return the counts of each subject by name, over the first rows of the staged table."""
    return _count(connection, _part(table), subjects, zone)


def _part(table: str) -> str:
    return f"(SELECT * FROM {table} LIMIT {SAMPLE_ROWS})"  # noqa: S608


def _rule_out(
    connection: duckdb.DuckDBPyConnection, table: str, subjects: Sequence[Subject]
) -> list[Subject]:
    """Return the subjects without the types that a first, cheap look at their cells rules out."""
    if all(subject.declared for subject in subjects):
        return list(subjects)
    inner = ", ".join(f"{s.text} AS t{number}" for number, s in enumerate(subjects))
    looks = ", ".join(
        f"coalesce(bool_and({condition}), FALSE)"
        for number in range(len(subjects))
        for condition in _looks(f"t{number}").values()
    )
    row = connection.execute(f"SELECT {looks} FROM (SELECT {inner} FROM {table})").fetchone()  # noqa: S608
    verdicts = iter(row or ())
    kept: list[Subject] = []
    for subject in subjects:
        likely = {kind for kind in _looks("") if next(verdicts)}
        kept.append(subject if subject.declared else replace(subject, types=subject.types & likely))
    return kept


def _looks(text: str) -> dict[FieldType, str]:
    first = f"left({text}, 1)"
    digits = ", ".join(f"'{digit}'" for digit in range(10))
    time = (
        f"{first} IN ({digits}) AND length({text}) BETWEEN 8 AND 40"
        f" AND (contains({text}, '-') OR contains({text}, '/') OR contains({text}, '.'))"
    )
    number = f"{first} IN ({digits}, '-', '+', '.', ',') AND NOT contains({text}, ':')"
    return {
        FieldType.NUMBER: number,
        FieldType.BOOLEAN: cells.is_yes_or_no_word(text),
        FieldType.DATE: time,
        FieldType.TIMESTAMP: time,
    }


def _narrow(subject: Subject, counts: Counts) -> Subject:
    if subject.declared:
        return subject
    full = counts.filled
    fits = {
        FieldType.NUMBER: max(counts.any_point, counts.any_comma) == full and not counts.odd,
        FieldType.BOOLEAN: counts.one_pair == full,
        FieldType.DATE: max(counts.day, counts.day_first, counts.month_first) == full,
        FieldType.TIMESTAMP: max(counts.iso, counts.day_first, counts.month_first) == full,
    }
    kept = frozenset(t for t in subject.types if fits.get(t, False))
    return replace(subject, types=kept)


def _count(
    connection: duckdb.DuckDBPyConnection, table: str, subjects: Sequence[Subject], zone: str
) -> dict[str, Counts]:
    nothing = {subject.name: Counts() for subject in subjects if not subject.types}
    subjects = [subject for subject in subjects if subject.types]
    if not subjects:
        return nothing
    inner = ", ".join(f"{s.text} AS t{number}" for number, s in enumerate(subjects))
    wanted = [
        (s.name, counted, sql)
        for number, s in enumerate(subjects)
        for counted, sql in _measures(f"t{number}", s.types, zone).items()
    ]
    aggregates = ", ".join(sql for _, _, sql in wanted)
    row = connection.execute(f"SELECT {aggregates} FROM (SELECT {inner} FROM {table})").fetchone()  # noqa: S608
    found: dict[str, dict[str, int]] = {s.name: {} for s in subjects}
    for (name, counted, _), value in zip(wanted, row or (), strict=True):
        found[name][counted] = int(value or 0)
    return nothing | {name: Counts(**counts) for name, counts in found.items()}


def _measures(text: str, types: frozenset[FieldType], zone: str) -> dict[str, str]:
    conditions: dict[str, str] = {}
    counted = {"filled": f"count({text})"}
    if FieldType.NUMBER in types:
        conditions |= _number_measures(text)
    if FieldType.BOOLEAN in types:
        conditions |= _boolean_measures(text)
        counted["one_pair"] = cells.most_in_one_pair(text)
    if types & {FieldType.DATE, FieldType.TIMESTAMP}:
        conditions |= _time_measures(text, zone)
    return counted | {name: f"count_if({condition})" for name, condition in conditions.items()}


def _boolean_measures(text: str) -> dict[str, str]:
    return {
        "boolean": cells.is_boolean(text),
        "true_or_false": cells.is_true_or_false(text),
        "yes": cells.is_yes(text),
        "country_or_word": cells.is_country_or_word(text),
    }


def _number_measures(text: str) -> dict[str, str]:
    point, comma = f"contains({text}, '.')", f"contains({text}, ',')"
    return {
        "plain_point": cells.is_plain_number(text, "."),
        "any_point": cells.is_number(text, "."),
        "plain_comma": cells.is_plain_number(text, ","),
        "any_comma": cells.is_number(text, ","),
        "with_point": point,
        "with_comma": comma,
        "with_both": f"{point} AND {comma}",
        "thousands": cells.is_thousands(text),
        "odd": cells.is_odd_number(text),
    }


def _time_measures(text: str, zone: str) -> dict[str, str]:
    day_first = cells.local_reading(text, "day first")
    month_first = cells.local_reading(text, "month first")
    return {
        "day": cells.is_day(text),
        "iso": f"{cells.instant_value(text, zone)} IS NOT NULL",
        "day_first": f"{day_first} IS NOT NULL",
        "month_first": f"{month_first} IS NOT NULL",
        "read_both_ways": f"{day_first} <> {month_first}",
        "local_day": cells.is_local_day(text),
    }


def first_cells(
    connection: duckdb.DuckDBPyConnection, table: str, text: str, condition: str, count: int = 3
) -> list[tuple[int, str]]:
    """Return number and text of the first cells for which the condition over `t` holds."""
    found = connection.execute(
        f"SELECT r, t FROM (SELECT rowid AS r, {text} AS t FROM {table})"  # noqa: S608
        f" WHERE t IS NOT NULL AND coalesce({condition}, FALSE) ORDER BY r LIMIT {count}"
    ).fetchall()
    return [(int(number), str(value)) for number, value in found]


def zone_is_known(connection: duckdb.DuckDBPyConnection, zone: str) -> bool:
    """Return whether DuckDB knows the zone as well."""
    try:
        connection.execute(
            f"SELECT timezone({quote_text(zone)}, TIMESTAMP '2026-01-01')"
        ).fetchall()
    except duckdb.Error:
        return False
    return True

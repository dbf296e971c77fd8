"""The decimal sign and the order of dates that a column's own cells show, whatever was said."""

from collections.abc import Callable

import duckdb

from core.data import cells
from core.data.catalogue import FieldType
from core.data.column_counts import Counts, Subject, first_cells
from core.data.manifest import CsvOptions, DateOrder, DecimalSign
from core.data.number_types import NumberText
from core.data.plans import ColumnPlan
from core.data.sources._base import shorten

SIGN_WORDS: dict[DecimalSign, str] = {".": "a decimal point", ",": "a decimal comma"}


def own_sign(counts: Counts) -> DecimalSign | None:
    """Return the only decimal sign that fits all cells, None where both do or neither."""
    full = counts.filled
    if full and counts.any_comma == full and counts.with_comma > counts.thousands:
        return ","
    if full and counts.any_point == full and counts.with_point and counts.any_comma < full:
        return "."
    return None


def own_order(counts: Counts) -> DateOrder | None:
    """Return the only order of dates that fits all cells, None where both do or neither."""
    if counts.day_first == counts.month_first:
        return None
    if max(counts.day_first, counts.month_first) < counts.filled:
        return None
    return "day first" if counts.day_first > counts.month_first else "month first"


def overruled(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    subject: Subject,
    counts: Counts,
    plan: ColumnPlan | NumberText,
    said: CsvOptions,
    place: Callable[[int], str],
) -> str | None:
    """Return how a column is read other than the manifest says, as its cells allow only that."""
    if isinstance(plan, NumberText):
        sign = own_sign(counts)
        if sign is None or said.decimal in (None, sign):
            return None
        chosen, read = SIGN_WORDS[said.decimal], f"with {SIGN_WORDS[sign]}"
        wrong = f"NOT {cells.is_number('t', said.decimal)}"
    else:
        order = own_order(counts) if plan.type in (FieldType.DATE, FieldType.TIMESTAMP) else None
        if order is None or said.dates in (None, order):
            return None
        chosen, read = str(said.dates), str(order)
        wrong = f"{cells.local_reading('t', said.dates)} IS NULL"
    ((row, value),) = first_cells(connection, table, subject.text, wrong, 1)
    return (
        f"{chosen} was chosen, but '{shorten(value)}' ({place(row)}) cannot be read so: the whole"
        f" column is read {read}"
    )

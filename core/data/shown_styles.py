"""The decimal sign and the order of dates that a column's own cells show, whatever was said."""

from dataclasses import dataclass

from core.data import cells
from core.data.catalogue import FieldType
from core.data.column_counts import Counts, Subject, first_cells
from core.data.manifest import CsvOptions, DateOrder, DecimalSign
from core.data.number_types import NumberText
from core.data.plans import ColumnPlan
from core.data.sources._base import shorten
from core.data.typing_request import TypingRequest

SIGN_WORDS: dict[DecimalSign, str] = {".": "a decimal point", ",": "a decimal comma"}


@dataclass(frozen=True, slots=True)
class _Overruled:
    """What was chosen and how a column is read instead, in words; `unfit` are cells, as SQL."""

    chosen: str
    read: str
    unfit: str


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


def tell_overruled(
    subject: Subject, counts: Counts, plan: ColumnPlan | NumberText, request: TypingRequest
) -> None:
    """Tell how a column is read other than the manifest says, as its cells allow only that."""
    found = _overruled(counts, plan, request.csv)
    if found is None or request.on_remark is None:
        return
    connection, table = request.connection, request.staged.name
    ((row, value),) = first_cells(connection, table, subject.text, found.unfit, 1)
    request.on_remark(
        subject.name,
        f"{found.chosen} was chosen, but '{shorten(value)}' ({request.place(row)}) cannot be read"
        f" so: the whole column is read {found.read}",
    )


def _overruled(
    counts: Counts, plan: ColumnPlan | NumberText, said: CsvOptions
) -> _Overruled | None:
    if isinstance(plan, NumberText):
        return _overruled_sign(counts, said.decimal)
    if plan.type in (FieldType.DATE, FieldType.TIMESTAMP):
        return _overruled_order(counts, said.dates)
    return None


def _overruled_sign(counts: Counts, said: DecimalSign | None) -> _Overruled | None:
    sign = own_sign(counts)
    if sign is None or said in (None, sign):
        return None
    unfit = f"NOT {cells.is_number('t', said)}"
    return _Overruled(SIGN_WORDS[said], f"with {SIGN_WORDS[sign]}", unfit)


def _overruled_order(counts: Counts, said: DateOrder | None) -> _Overruled | None:
    order = own_order(counts)
    if order is None or said in (None, order):
        return None
    return _Overruled(said, order, f"{cells.local_reading('t', said)} IS NULL")

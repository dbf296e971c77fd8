"""Which type each staged column gets, and the SQL that makes its values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.data import cells
from core.data.catalogue import FieldType
from core.data.column_counts import (
    SAMPLE_ROWS,
    Counts,
    Subject,
    count_columns,
    count_sample,
    first_cells,
)
from core.data.fast_types import FastColumn, fast_columns
from core.data.fixed_types import fixed_plan, is_loadable
from core.data.manifest import CsvOptions, DateOrder, DecimalSign
from core.data.number_types import NumberText, number_plans
from core.data.plans import ColumnPlan, text_plan
from core.data.shown_styles import own_order, own_sign, tell_overruled
from core.data.sources._base import StagedColumn, Writing, shorten
from core.data.typing_request import TypingRequest
from core.errors import FileRefused

_TYPES_BY_WRITING = {
    Writing.ANYTHING: frozenset(FieldType) - {FieldType.TEXT},
    Writing.TEXT_OR_TIME: frozenset({FieldType.DATE, FieldType.TIMESTAMP}),
    Writing.NUMBER: frozenset({FieldType.NUMBER}),
    Writing.BOOLEAN: frozenset({FieldType.BOOLEAN}),
}
_FAULTS = {
    FieldType.NUMBER: "is no number",
    FieldType.BOOLEAN: "is neither yes nor no",
    FieldType.DATE: "is no date",
    FieldType.TIMESTAMP: "is no date and time",
}
DATES_OPTION = "csv.dates in a manifest: 'day first' or 'month first'"


@dataclass(frozen=True, slots=True)
class _Styles:
    """How the numbers and dates of a whole table are written, as far as that is known."""

    sign: DecimalSign | None
    order: DateOrder | None


def plan_columns(request: TypingRequest) -> tuple[ColumnPlan, ...]:
    """Return a plan for every staged column.

    Raises: FileRefused where a cell is not of its declared type, or could be read both ways.
    """
    plans: dict[str, ColumnPlan] = {}
    subjects: list[Subject] = []
    for column in request.staged.columns:
        route = _route(column, request)
        if isinstance(route, Subject):
            subjects.append(route)
        else:
            plans[column.name] = route
    plans |= _plan_subjects(subjects, request)
    return tuple(plans[column.name] for column in request.staged.columns)


def _route(column: StagedColumn, request: TypingRequest) -> ColumnPlan | Subject:
    """Return the plan where the type is clear, else what must be counted first."""
    if not is_loadable(column.sql_type):
        raise FileRefused(
            f"{request.place(0).partition(',')[0]}: column '{column.name}' holds"
            f" {column.sql_type.lower():.40} values, which cannot be loaded: leave it out"
        )
    declared = request.types.get(column.name)
    kept = column.name in request.as_text
    if declared is FieldType.TEXT or (kept and declared is None):
        return text_plan(column)
    if column.writing is Writing.FIXED:
        plan = fixed_plan(column, declared, kept, request.connection, request.staged.name)
        if plan is not None:
            return _in_zone(plan, column, request.zone)
    if declared is None:
        return Subject(column.name, _cell(column), _possible_types(column, request))
    return Subject(column.name, _cell(column), frozenset({declared}), True)


def _possible_types(column: StagedColumn, request: TypingRequest) -> frozenset[FieldType]:
    types = _TYPES_BY_WRITING[column.writing]
    words = request.finds_words and column.writing is Writing.TEXT_OR_TIME
    return types | {FieldType.BOOLEAN} if words else types


def _cell(column: StagedColumn) -> str:
    return cells.trimmed(cells.text_of(column.raw, column.sql_type))


def _in_zone(plan: ColumnPlan, column: StagedColumn, zone: str) -> ColumnPlan:
    if plan.type is not FieldType.TIMESTAMP or column.sql_type == "TIMESTAMP WITH TIME ZONE":
        return plan
    return replace(plan, value=cells.in_zone(plan.value, zone))


def _plan_subjects(subjects: Sequence[Subject], request: TypingRequest) -> dict[str, ColumnPlan]:
    fast = _fast(subjects, request)
    slow = [subject for subject in subjects if subject.name not in fast]
    counts = {name: column.counts for name, column in fast.items()} | count_columns(
        request.connection, request.staged.name, request.staged.rows, slow, request.zone
    )
    plans = {name: column.plan for name, column in fast.items()}
    return plans | _plan_counted(slow, counts, request)


def _fast(subjects: Sequence[Subject], request: TypingRequest) -> dict[str, FastColumn]:
    """Return the columns that need no long look, if the table is so long that it matters."""
    if request.staged.rows <= SAMPLE_ROWS or request.csv.decimal == ",":
        return {}
    raws = {column.name: column for column in request.staged.columns}
    texts = [s for s in subjects if raws[s.name].sql_type == "VARCHAR"]
    sample = count_sample(request.connection, request.staged.name, texts, request.zone)
    named = [(subject, raws[subject.name].raw) for subject in texts]
    return fast_columns(request.connection, request.staged.name, sample, named, request.zone)


def _plan_counted(
    subjects: Sequence[Subject], counts: Mapping[str, Counts], request: TypingRequest
) -> dict[str, ColumnPlan]:
    styles = _styles(list(counts.values()), request.csv)
    plans = dict[str, ColumnPlan]()
    numbers: list[NumberText] = []
    for subject in subjects:
        plan = _decide(subject, counts[subject.name], styles, request)
        tell_overruled(subject, counts[subject.name], plan, request)
        if isinstance(plan, NumberText):
            numbers.append(plan)
        else:
            plans[subject.name] = plan
    made, too_long = number_plans(request.connection, request.staged.name, numbers)
    for subject in subjects:
        if subject.name in too_long:
            wrong = too_long[subject.name]
            raise _refuse(subject, request, wrong, "is no number of up to 28 digits")
    return plans | made


def _decide(
    subject: Subject, counts: Counts, styles: _Styles, request: TypingRequest
) -> ColumnPlan | NumberText:
    if subject.declared:
        return _declared(subject, counts, styles, request)
    if counts.filled:
        sign = _sign(counts, styles)
        if _looks_like_number(counts, sign):
            return NumberText(subject.name, subject.text, sign or ".")
        for found in _found_type(subject, counts, styles, request):
            return found
    raw = next(c for c in request.staged.columns if c.name == subject.name)
    return text_plan(raw)


def _found_type(
    subject: Subject, counts: Counts, styles: _Styles, request: TypingRequest
) -> Sequence[ColumnPlan]:
    full = counts.filled
    if _is_boolean(counts, request):
        return [_value_plan(subject, FieldType.BOOLEAN, request.zone, None)]
    if counts.day == full:
        return [_value_plan(subject, FieldType.DATE, request.zone, None)]
    if counts.iso == full:
        return [_value_plan(subject, FieldType.TIMESTAMP, request.zone, None)]
    if max(counts.day_first, counts.month_first) == full:
        try:
            order = _order(subject, counts, styles, request)
        except FileRefused as refusal:
            if request.on_doubt is None:
                raise
            request.on_doubt(subject.name, str(refusal))
            return []
        kind = FieldType.DATE if counts.local_day == full else FieldType.TIMESTAMP
        return [_value_plan(subject, kind, request.zone, order)]
    return []


def _is_boolean(counts: Counts, request: TypingRequest) -> bool:
    """Whether all cells are true or false, or words of one pair that are both seen.

    NO alone, throughout a column, may be Norway; so it may beside SI, which is Slovenia.
    """
    full = counts.filled
    both = counts.one_pair == full and 0 < counts.yes < full and counts.country_or_word < full
    return counts.true_or_false == full or (request.finds_words and both)


def _declared(
    subject: Subject, counts: Counts, styles: _Styles, request: TypingRequest
) -> ColumnPlan | NumberText:
    (wanted,) = subject.types
    if wanted is FieldType.NUMBER:
        sign = _sign(counts, styles)
        if sign is None:
            raise _ambiguous_number(subject, request)
        if (counts.any_point if sign == "." else counts.any_comma) < counts.filled:
            wrong = f"NOT {cells.is_number('t', sign)}"
            raise _refuse(subject, request, wrong, _FAULTS[wanted])
        return NumberText(subject.name, subject.text, sign)
    simple = {
        FieldType.BOOLEAN: counts.boolean,
        FieldType.DATE: counts.day,
        FieldType.TIMESTAMP: counts.iso,
    }
    if simple[wanted] == counts.filled:
        return _value_plan(subject, wanted, request.zone, None)
    order = None if wanted is FieldType.BOOLEAN else _order(subject, counts, styles, request)
    fits = cells.typed_value("t", wanted, request.zone, order)
    wrong = f"({fits}) IS NULL"
    if first_cells(request.connection, request.staged.name, subject.text, wrong, 1):
        raise _refuse(subject, request, wrong, _FAULTS[wanted])
    return _value_plan(subject, wanted, request.zone, order)


def _value_plan(
    subject: Subject, wanted: FieldType, zone: str, order: DateOrder | None
) -> ColumnPlan:
    sql_type = {FieldType.BOOLEAN: "BOOLEAN", FieldType.DATE: "DATE"}.get(wanted, "TIMESTAMPTZ")
    value = cells.typed_value(f"({subject.text})", wanted, zone, order)
    return ColumnPlan(subject.name, value, wanted, sql_type)


def _styles(counts: Sequence[Counts], csv: CsvOptions) -> _Styles:
    signs: set[DecimalSign] = {sign for each in counts if (sign := own_sign(each))}
    orders: set[DateOrder] = {order for each in counts if (order := own_order(each))}
    return _Styles(
        csv.decimal or (signs.pop() if len(signs) == 1 else None),
        csv.dates or (orders.pop() if len(orders) == 1 else None),
    )


def _sign(counts: Counts, styles: _Styles) -> DecimalSign | None:
    """Return the decimal sign of a column, None where a comma could mean either."""
    sign = own_sign(counts) or styles.sign
    if sign is None and counts.thousands and counts.thousands == counts.with_comma:
        return None
    return sign or "."


def _looks_like_number(counts: Counts, sign: DecimalSign | None) -> bool:
    """Whether all cells are numbers, and those held apart show a decimal sign somewhere."""
    if sign is None or counts.odd:
        return False
    if sign == ".":
        plain, fitting, shown = counts.plain_point, counts.any_point, counts.with_point
    else:
        plain, fitting, shown = counts.plain_comma, counts.any_comma, counts.with_comma
    return fitting == counts.filled and (plain == fitting or shown > 0)


def _order(
    subject: Subject, counts: Counts, styles: _Styles, request: TypingRequest
) -> DateOrder | None:
    if counts.day_first == counts.month_first == 0:
        return request.csv.dates
    own = own_order(counts)
    if own or request.csv.dates:
        return own or request.csv.dates
    if counts.day_first != counts.month_first:
        return "day first" if counts.day_first > counts.month_first else "month first"
    if counts.read_both_ways == 0:
        return "day first"
    if styles.order is None:
        raise _ambiguous_date(subject, request)
    return styles.order


def _refuse(subject: Subject, request: TypingRequest, wrong: str, fault: str) -> FileRefused:
    """Return the refusal of the cells for which the condition over `t` holds."""
    connection, table = request.connection, request.staged.name
    found = first_cells(connection, table, subject.text, wrong)
    counted = connection.execute(
        f"SELECT count(*) FROM (SELECT {subject.text} AS t FROM {table})"  # noqa: S608
        f" WHERE t IS NOT NULL AND coalesce({wrong}, FALSE)"
    ).fetchone()
    total = int(counted[0]) if counted else len(found)
    places = [f"{request.place(row)} ('{shorten(value)}')" for row, value in found[1:]]
    more = f"; {total:,} cells in all, the next: {', '.join(places)}" if places else ""
    row, value = found[0]
    return FileRefused(
        f"{request.place(row)}, column '{subject.name}': '{shorten(value)}' {fault}{more}."
        " Mend the file, or give the column another type"
    )


def _ambiguous_number(subject: Subject, request: TypingRequest) -> FileRefused:
    found = first_cells(
        request.connection, request.staged.name, subject.text, cells.is_thousands("t"), 1
    )
    row, value = found[0]
    return FileRefused(
        f"{request.place(row)}, column '{subject.name}': '{shorten(value)}' can be read as"
        f" {value.replace(',', '.', 1)} or as {value.replace(',', '')}: choose the decimal"
        " sign",
        terminal_hint="csv.decimal in a manifest: ',' or '.'",
    )


def _ambiguous_date(subject: Subject, request: TypingRequest) -> FileRefused:
    day_first = cells.local_reading("t", "day first")
    month_first = cells.local_reading("t", "month first")
    found = first_cells(
        request.connection, request.staged.name, subject.text, f"{day_first} <> {month_first}", 1
    )
    row, value = found[0]
    readings = request.connection.execute(
        f"SELECT CAST({day_first} AS DATE), CAST({month_first} AS DATE) FROM (SELECT ? AS t)",  # noqa: S608
        [value],
    ).fetchone()
    one, other = readings or ("", "")
    return FileRefused(
        f"{request.place(row)}, column '{subject.name}': '{shorten(value)}' can be read as {one}"
        f" (day first) or as {other} (month first), and so can the whole column: choose the"
        " order of dates",
        terminal_hint=DATES_OPTION,
    )

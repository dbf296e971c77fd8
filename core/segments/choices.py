"""What may be chosen at each place of a segment: fields, tables, measures, operators, a start."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.data.catalogue import Catalogue, FieldType, Table
from core.segments.draft import RawNode
from core.segments.naming import spaced
from core.segments.operators import operators_for
from core.segments.operators._base import Operator
from core.segments.paths import NoPath, Paths
from core.segments.related import MEASURED_TYPES
from core.segments.tree import FieldRef, Measure

_OWN_TYPE = (Measure.MINIMUM, Measure.MAXIMUM, Measure.MOST_FREQUENT)
_FIRST = {
    FieldType.TEXT: "is_any_of",
    FieldType.NUMBER: "at_least",
    FieldType.BOOLEAN: "is_true",
    FieldType.DATE: "in_last",
    FieldType.TIMESTAMP: "in_last",
}


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """A field that a condition may name, as the format writes it."""

    name: str
    label: str
    ref: FieldRef

    @property
    def type(self) -> FieldType:
        return self.ref.field.type


@dataclass(frozen=True, slots=True)
class TableChoice:
    """A table whose rows a condition may measure; `problem` says why it needs a way named."""

    name: str
    label: str
    table: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What may stand in a condition on the rows of one table."""

    fields: Mapping[str, FieldChoice]
    tables: Mapping[str, TableChoice]


def choices_on(catalogue: Catalogue, table: str) -> Choices:
    """Return the fields and tables that a condition on a row of `table` may speak of."""
    paths = Paths(catalogue)
    fields = (*_own_fields(catalogue.by_name[table]), *_reached_fields(paths, table))
    return Choices(
        {choice.name: choice for choice in fields},
        {choice.name: choice for choice in _tables(paths, table)},
    )


def time_of(catalogue: Catalogue, table: str) -> FieldRef | None:
    """Return what says when a row of the table happened, None where nothing does or too much."""
    try:
        return Paths(catalogue).time(Paths(catalogue).target(table).table)
    except NoPath:
        return None


def measured_fields(choices: Choices, measure: Measure) -> list[FieldChoice]:
    """Return the fields that the measure takes, none where it takes none."""
    types = MEASURED_TYPES[measure]
    return [each for each in choices.fields.values() if types is not None and each.type in types]


def measured_type(measure: Measure, of: FieldChoice | None) -> FieldType:
    """Return the type that a measure is compared as."""
    return of.type if of is not None and measure in _OWN_TYPE else FieldType.NUMBER


def operators_at(type_: FieldType, *, on_people: bool) -> dict[str, Operator]:
    """Return the operators that a condition may use where it stands."""
    found = operators_for(type_).items()
    return {key: operator for key, operator in found if on_people or not operator.people_only}


def field_condition(choice: FieldChoice, now: datetime) -> RawNode:
    """Return a condition on the field to start from; its value may be missing."""
    return {"field": choice.name, **first_test(choice.type, now)}


def related_condition(choice: TableChoice) -> RawNode:
    """Return a condition on the table to start from: at least one row."""
    return {"table": choice.name, "measure": "count", "op": "at_least", "value": 1}


def first_test(type_: FieldType, now: datetime) -> RawNode:
    """Return operator and value to start from."""
    op = _FIRST[type_]
    return {"op": op, **first_value(operators_for(type_)[op], now)}


def kept_test(node: Mapping[str, object], type_: FieldType, op: str, now: datetime) -> RawNode:
    """Return another operator for a condition, with its value where that can stay."""
    before, after = operators_for(type_).get(str(node.get("op"))), operators_for(type_)[op]
    kept: RawNode = {"op": op, "value": None, "ignore_case": None}
    if before is not None and before.shape.name == after.shape.name and "value" in node:
        kept["value"] = node["value"]
    else:
        kept.update(_carried(node.get("value"), before, after) or first_value(after, now))
    if after.knows_case and node.get("ignore_case"):
        kept["ignore_case"] = True
    return kept


def first_value(operator: Operator, now: datetime) -> RawNode:
    """Return the value that an operator starts with, nothing where somebody must say it."""
    if not operator.takes_value:
        return {}
    known: Mapping[str, object] = {
        "span": {"count": 30, "unit": "days"},
        "ago_span": {"from": 60, "to": 30, "unit": "days"},
        "day_count": {"count": 1},
        "anniversary_span": {"count": 7, "unit": "days"},
        "period": "this_month",
        "months": [now.month],
        "weekdays": [1],
        "percent": 10,
    }
    value = known.get(operator.shape.name)
    return {} if value is None else {"value": value}


def _carried(value: object, before: Operator | None, after: Operator) -> RawNode | None:
    """Return one value as a list and a list of one as a value."""
    if before is None or value is None:
        return None
    shapes = (before.shape.name, after.shape.name)
    if shapes in (("text", "text_list"), ("text_part", "text_list"), ("number", "number_list")):
        return {"value": [value]}
    if shapes in (("text_list", "text"), ("number_list", "number")) and isinstance(value, list):
        return {"value": value[0]} if value else None
    if set(shapes) == {"text", "text_part"}:
        return {"value": value}
    return None


def _own_fields(table: Table) -> Iterator[FieldChoice]:
    called = table.screen_names
    for field in table.fields:
        ref = FieldRef(field.name, (), table.name, field)
        yield FieldChoice(field.name, called[field.name], ref)


def _reached_fields(paths: Paths, table: str) -> Iterator[FieldChoice]:
    """Yield fields of tables of which a row has one row; a named link where there are several."""
    for name in _targets(paths, table):
        target = paths.catalogue.by_name[paths.target(name).table]
        called = target.screen_names
        for field in target.fields:
            try:
                ref = paths.field(table, f"{name}.{field.name}")
            except NoPath:
                break
            yield FieldChoice(ref.given, f"{called[field.name]} ({_shown(name)})", ref)


def _tables(paths: Paths, table: str) -> Iterator[TableChoice]:
    for name in _targets(paths, table):
        target = paths.target(name).table
        try:
            paths.join(table, name)
        except NoPath as problem:
            if problem.is_ambiguous and name == target:
                yield TableChoice(name, _shown(name), target, problem.told)
            continue
        yield TableChoice(name, _shown(name), target)


def _targets(paths: Paths, origin: str) -> Iterator[str]:
    """Yield every other table, and it by the name of each named link that it has."""
    for table in paths.catalogue.tables:
        if table.name == origin:
            continue
        yield table.name
        for link in paths.catalogue.links:
            if link.name and table.name in (link.table, link.to_table):
                yield f"{table.name}:{link.name}"


def _shown(name: str) -> str:
    table, _, link = name.partition(":")
    return f"{spaced(table)} by {spaced(link)}" if link else spaced(table)

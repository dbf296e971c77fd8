"""The widgets of one condition, drawn under its sentence while it is open."""

from collections.abc import Callable, Mapping

import streamlit as st

from core.data.catalogue import FieldType
from core.segments.choices import (
    Choices,
    FieldChoice,
    TableChoice,
    field_condition,
    kept_test,
    measured_fields,
    measured_type,
    operators_at,
    related_condition,
)
from core.segments.draft import RawNode
from core.segments.tree import Measure, Per
from core.ui.edge import on_click
from core.ui.segments.values import draw_value
from core.ui.segments.values.form import ValueForm, draw_choice
from core.ui.segments.view import BuilderView

_FIELD, _TABLE, _SEGMENT = "field", "table", "segment"
MEASURE_WORDS: Mapping[str, str] = {
    Measure.COUNT: "how many",
    Measure.COUNT_DISTINCT: "how many different",
    Measure.SUM: "total",
    Measure.AVERAGE: "average",
    Measure.MINIMUM: "lowest or earliest",
    Measure.MAXIMUM: "highest or latest",
    Measure.MOST_FREQUENT: "most frequent",
    Measure.SHARE: "share in percent",
}
_PER_WORDS = {"": "values", Per.DAY: "days", Per.WEEK: "weeks", Per.MONTH: "months"}


def draw_subject(view: BuilderView, node_id: str, choices: Choices, *, on_people: bool) -> None:
    """Draw what a condition looks at: a field, the rows of a table, another segment."""
    node = view.node(node_id)
    options = _subjects(view, choices, on_people)
    present = next((f"{kind}:{node[kind]}" for kind in (_FIELD, _TABLE) if kind in node), None)
    if _SEGMENT in node:
        present = _SEGMENT
    draw_choice(
        "What it looks at",
        f"seg:{node_id}:subject",
        list(options),
        present,
        lambda chosen: _change_subject(view, node_id, choices, chosen),
        options.__getitem__,
        width=260,
    )


def draw_field_test(
    view: BuilderView, node_id: str, choice: FieldChoice, *, on_people: bool
) -> None:
    """Draw operator and value of a condition on a field."""
    draw_test(
        view, node_id, choice.type, on_people=on_people, known=lambda: view.known_values(choice)
    )


def draw_test(
    view: BuilderView,
    node_id: str,
    type_: FieldType,
    *,
    on_people: bool,
    known: Callable[[], object] = tuple,
) -> None:
    """Draw operator and value that stand in a node."""
    node = view.node(node_id)
    operators = operators_at(type_, on_people=on_people)
    draw_choice(
        "Comparison",
        f"seg:{node_id}:op",
        list(operators),
        str(node.get("op", "")),
        lambda op: view.change(node_id, **kept_test(view.node(node_id), type_, op, view.now)),
        lambda op: operators[op].label,
        width=210,
    )
    operator = operators.get(str(node.get("op", "")))
    if operator is None:
        return
    values = known() if operator.shape.name in ("text", "text_list") else ()
    draw_value(
        operator.shape.name,
        ValueForm(
            f"seg:{node_id}:{operator.shape.name}",
            node.get("value"),
            lambda value: view.change(node_id, value=value),
            list(values) if isinstance(values, list | tuple) else (),
            hours=type_ is FieldType.TIMESTAMP,
        ),
    )
    if operator.knows_case:
        _draw_case(view, node_id)


def draw_segment_test(view: BuilderView, node_id: str) -> None:
    """Draw in or not in, and which segment."""
    node = view.node(node_id)
    words = {"in": "is in the segment", "not_in": "is not in the segment"}
    draw_choice(
        "In or not in",
        f"seg:{node_id}:op",
        list(words),
        str(node.get("op")),
        lambda op: view.change(node_id, op=op),
        words.__getitem__,
        width=210,
    )
    draw_choice(
        "Segment",
        f"seg:{node_id}:segment",
        list(view.segments),
        str(node.get(_SEGMENT)),
        lambda key: view.change(node_id, segment=key),
        view.segments.__getitem__,
        width=280,
    )


def draw_measure(view: BuilderView, node_id: str, inside: Choices) -> FieldType:
    """Draw what is measured of a table's rows, and return the type it is compared as."""
    node = view.node(node_id)
    given = str(node.get("measure", Measure.COUNT))
    measure = Measure(given) if given in set(Measure) else Measure.COUNT
    words = MEASURE_WORDS
    possible = [
        each
        for each in Measure
        if each in (Measure.COUNT, Measure.SHARE) or measured_fields(inside, each)
    ]
    draw_choice(
        "Measure",
        f"seg:{node_id}:measure",
        [each.value for each in possible],
        given,
        lambda chosen: _change_measure(view, node_id, inside, Measure(chosen)),
        words.__getitem__,
    )
    fields = {each.name: each for each in measured_fields(inside, measure)}
    of = fields.get(str(node.get("of")))
    if fields:
        draw_choice(
            "Of which field",
            f"seg:{node_id}:of",
            list(fields),
            str(node.get("of")),
            lambda name: _change_of(view, node_id, inside, measure, fields[name]),
            lambda name: fields[name].label,
            width=220,
        )
    if measure is Measure.COUNT_DISTINCT and of is not None and of.type in _DATES:
        _draw_per(view, node_id)
    return measured_type(measure, of)


_DATES = (FieldType.DATE, FieldType.TIMESTAMP)


def _draw_per(view: BuilderView, node_id: str) -> None:
    draw_choice(
        "Counted by",
        f"seg:{node_id}:per",
        list(_PER_WORDS),
        str(view.node(node_id).get("per") or ""),
        lambda per: view.change(node_id, per=per or None),
        _PER_WORDS.__getitem__,
        width=120,
    )


def _draw_case(view: BuilderView, node_id: str) -> None:
    key = f"seg:{node_id}:case"
    st.session_state[key] = bool(view.node(node_id).get("ignore_case"))
    st.checkbox(
        "ignore capitals",
        key=key,
        on_change=on_click(lambda: view.change(node_id, ignore_case=st.session_state[key] or None)),
    )


def _subjects(view: BuilderView, choices: Choices, on_people: bool) -> dict[str, str]:
    options = {f"{_FIELD}:{each.name}": each.label for each in choices.fields.values()}
    for table in choices.tables.values():
        options[f"{_TABLE}:{table.name}"] = f"{table.label.capitalize()}: how many, when, which …"
    if on_people and view.segments:
        options[_SEGMENT] = "In or not in another segment"
    return options


def _change_subject(view: BuilderView, node_id: str, choices: Choices, chosen: str) -> None:
    kind, _, name = chosen.partition(":")
    if kind == _SEGMENT:
        started: RawNode = {_SEGMENT: next(iter(view.segments)), "op": "in"}
    elif kind == _FIELD:
        started = field_condition(choices.fields[name], view.now)
    else:
        started = related_condition(choices.tables[name])
    view.editor.change(view.editor.draft.replaced(node_id, started))


def _change_measure(view: BuilderView, node_id: str, inside: Choices, measure: Measure) -> None:
    node = view.node(node_id)
    fields = measured_fields(inside, measure)
    kept = next((each for each in fields if each.name == node.get("of")), None)
    of = kept or (fields[0] if fields else None)
    that = node.get("that")
    if measure is Measure.SHARE and that is None:
        that = {"match": "all", "conditions": []}
    values: dict[str, object] = {
        "measure": measure.value,
        "of": of.name if of else None,
        "per": None,
        "that": that,
    }
    view.change(node_id, **values, **_kept_number_test(view, node_id, measure, of))


def _change_of(
    view: BuilderView, node_id: str, inside: Choices, measure: Measure, of: FieldChoice
) -> None:
    test = _kept_number_test(view, node_id, measure, of)
    view.change(node_id, of=of.name, per=None, **test)


def _kept_number_test(
    view: BuilderView, node_id: str, measure: Measure, of: FieldChoice | None
) -> RawNode:
    """Return the test of a measure whose type may have changed."""
    type_ = measured_type(measure, of)
    node = view.node(node_id)
    operators = operators_at(type_, on_people=True)
    op = str(node.get("op"))
    if op in operators:
        return {}
    return kept_test(
        {}, type_, "at_least" if type_ is FieldType.NUMBER else next(iter(operators)), view.now
    )


def table_of(choices: Choices, name: object) -> TableChoice | None:
    """Return the table that a condition names, None for one that is gone."""
    return choices.tables.get(str(name))

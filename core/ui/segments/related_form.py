"""The widgets of a condition on the rows of another table: which rows, and what is measured."""

import streamlit as st

from core.data.catalogue import FieldType
from core.segments.choices import Choices, TableChoice, kept_test, operators_at, time_of
from core.segments.draft import RawNode
from core.segments.tree import FieldRef
from core.ui.edge import on_click
from core.ui.segments.condition_form import draw_measure, draw_test, table_of
from core.ui.segments.parts import draw_more, draw_part_head, id_of, part_of, row_of_widgets
from core.ui.segments.step_form import DrawGroup, draw_step
from core.ui.segments.values import draw_value
from core.ui.segments.values.form import ValueForm, draw_choice, draw_count
from core.ui.segments.view import BuilderView

_ANY_TIME = "any time"


def draw_related(
    view: BuilderView,
    node_id: str,
    choices: Choices,
    draw_group: DrawGroup,
    *,
    on_people: bool,
) -> None:
    """Draw all of a related condition; groups inside it are drawn by `draw_group`."""
    node = view.node(node_id)
    table = table_of(choices, node.get("table"))
    if table is None:
        st.caption(f"There is no table {node.get('table')} any more: choose another.")
        return
    inside = view.choices(table.table)
    with row_of_widgets():
        type_ = draw_measure(view, node_id, inside)
        draw_test(view, node_id, type_, on_people=on_people)
    time = time_of(view.catalogue, table.table)
    if time is not None:
        _draw_when(view, node_id, time)
    if table.problem or "through" in node:
        _draw_through(view, node_id, table)
    _draw_rows(view, node_id, table, draw_group, on_people=on_people)
    draw_more(view, node_id, table, _possible(node, table, time, on_people=on_people))


def _draw_rows(
    view: BuilderView,
    node_id: str,
    table: TableChoice,
    draw_group: DrawGroup,
    *,
    on_people: bool,
) -> None:
    """Draw what narrows the rows, in the order in which it is worked out."""
    node = view.node(node_id)
    if where := part_of(node, "where"):
        draw_part_head(view, node_id, "where", f"Only {table.label} where")
        draw_group(view, id_of(where), table.table)
    if step := part_of(node, "followed_by"):
        draw_step(view, node_id, step, table, draw_group)
    if pick := part_of(node, "pick"):
        _draw_pick(view, node_id, pick, table)
    if that := part_of(node, "that"):
        share = node.get("measure") == "share"
        words = "Share of those where" if share else "Of those, only where"
        draw_part_head(view, node_id, "that", words, fixed=share)
        draw_group(view, id_of(that), table.table)


def _draw_when(view: BuilderView, node_id: str, time: FieldRef) -> None:
    """Draw when the rows happened: any time, or a date condition on the table's time."""
    node = view.node(node_id)
    when = node.get("when")
    type_ = time.field.type
    operators = operators_at(type_, on_people=False)
    present = str(when.get("op")) if isinstance(when, dict) else _ANY_TIME
    label = time.field.label or time.field.name
    with row_of_widgets():
        st.markdown(f":gray[{label}]", width="content")
        draw_choice(
            "When",
            f"seg:{node_id}:when",
            [_ANY_TIME, *operators],
            present,
            lambda op: _change_when(view, node_id, type_, op),
            lambda op: op if op == _ANY_TIME else operators[op].label,
            width=210,
        )
        if isinstance(when, dict) and present in operators:
            draw_value(
                operators[present].shape.name,
                ValueForm(
                    f"seg:{node_id}:when:{operators[present].shape.name}",
                    when.get("value"),
                    lambda value: view.change(node_id, when=_with_value(when, value)),
                    hours=type_ is FieldType.TIMESTAMP,
                ),
            )


def _change_when(view: BuilderView, node_id: str, type_: FieldType, op: str) -> None:
    if op == _ANY_TIME:
        view.change(node_id, when=None)
        return
    when = view.node(node_id).get("when")
    before = when if isinstance(when, dict) else {}
    test = kept_test(before, type_, op, view.now)
    view.change(node_id, when={key: value for key, value in test.items() if value is not None})


def _with_value(when: RawNode, value: object) -> RawNode:
    rest = {key: kept for key, kept in when.items() if key != "value"}
    return rest if value is None else {**rest, "value": value}


def _draw_pick(view: BuilderView, node_id: str, pick: RawNode, table: TableChoice) -> None:
    end = "last" if "last" in pick else "first"
    draw_part_head(view, node_id, "pick", f"Only the first or last {table.label}")
    with row_of_widgets():
        draw_choice(
            "End",
            f"seg:{node_id}:pick:end",
            ["first", "last"],
            end,
            lambda chosen: view.change(node_id, pick={chosen: pick[end]}),
            lambda word: f"the {word}",
            width=130,
        )
        draw_count(
            "How many",
            f"seg:{node_id}:pick:count",
            pick[end],
            lambda number: view.change(node_id, pick={end: number}),
            low=1,
        )


def _draw_through(view: BuilderView, node_id: str, table: TableChoice) -> None:
    """Draw the tables on the way, for rows that can be reached in several ways."""
    key = f"seg:{node_id}:through"
    given = view.node(node_id).get("through")
    st.session_state[key] = list(given) if isinstance(given, list) else []
    others = [name for name in view.choices(view.catalogue.people).tables if name != table.name]
    st.multiselect(
        "By way of these tables, in order",
        list(dict.fromkeys([*others, *st.session_state[key]])),
        key=key,
        placeholder="the shortest way",
        width=420,
        on_change=on_click(
            lambda: view.change(node_id, through=list(st.session_state[key]) or None)
        ),
    )


def _possible(
    node: RawNode, table: TableChoice, time: FieldRef | None, *, on_people: bool
) -> list[str]:
    possible = ["where", "that", "through"]
    if on_people and time is not None:
        possible = ["where", "pick", "that", "followed_by", "through"]
    return [
        part for part in possible if part not in node and not (part == "through" and table.problem)
    ]

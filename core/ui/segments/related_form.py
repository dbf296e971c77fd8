"""The widgets of a condition on the rows of another table: which rows, and what is measured."""

from collections.abc import Callable

import streamlit as st

from core.data.catalogue import FieldType
from core.segments.choices import Choices, TableChoice, kept_test, operators_at, time_of
from core.segments.draft import Node
from core.segments.tree import FieldRef
from core.ui.edge import plain
from core.ui.segments.condition_form import draw_measure, draw_test, table_of
from core.ui.segments.values import draw_value
from core.ui.segments.values.form import ValueForm, draw_choice, draw_count
from core.ui.segments.view import BuilderView

DrawGroup = Callable[[BuilderView, str, str], None]
_ANY_TIME = "any time"
_EMPTY: Node = {"match": "all", "conditions": []}
_MORE = {
    "where": "Only certain {rows}",
    "pick": "Only the first or last",
    "that": "Of those, only certain ones",
    "followed_by": "Followed by something else",
    "through": "By way of other tables",
}


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
    with _row():
        type_ = draw_measure(view, node_id, inside)
        draw_test(view, node_id, type_, on_people=on_people)
    time = time_of(view.catalogue, table.table)
    if time is not None:
        _draw_when(view, node_id, time)
    if table.problem or "through" in node:
        _draw_through(view, node_id, table)
    _draw_rows(view, node_id, table, draw_group, on_people=on_people)
    _draw_more(view, node_id, table, _possible(node, table, time, on_people=on_people))


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
    if isinstance(node.get("where"), dict):
        _draw_part(view, node_id, "where", f"Only {table.label} where")
        draw_group(view, _id(node["where"]), table.table)
    if isinstance(node.get("followed_by"), dict):
        _draw_step(view, node_id, table, draw_group)
    if isinstance(node.get("pick"), dict):
        _draw_pick(view, node_id, table)
    if isinstance(node.get("that"), dict):
        share = node.get("measure") == "share"
        words = "Share of those where" if share else "Of those, only where"
        _draw_part(view, node_id, "that", words, fixed=share)
        draw_group(view, _id(node["that"]), table.table)


def _draw_when(view: BuilderView, node_id: str, time: FieldRef) -> None:
    """Draw when the rows happened: any time, or a date condition on the table's time."""
    node = view.node(node_id)
    when = node.get("when")
    type_ = time.field.type
    operators = operators_at(type_, on_people=False)
    present = str(when.get("op")) if isinstance(when, dict) else _ANY_TIME
    label = time.field.label or time.field.name
    with _row():
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


def _with_value(when: Node, value: object) -> Node:
    rest = {key: kept for key, kept in when.items() if key != "value"}
    return rest if value is None else {**rest, "value": value}


def _draw_part(
    view: BuilderView, node_id: str, part: str, words: str, *, fixed: bool = False
) -> None:
    """Draw the head of a part, with a button that takes it away again."""
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        st.markdown(f"**{plain(words)}**", width="stretch")
        if not fixed:
            st.button(
                "Remove",
                key=f"seg:{node_id}:drop:{part}",
                icon=":material/close:",
                type="tertiary",
                help=f"Take “{words} …” away",
                on_click=lambda: view.change(node_id, **{part: None}),
            )


def _draw_pick(view: BuilderView, node_id: str, table: TableChoice) -> None:
    pick = view.node(node_id)["pick"]
    assert isinstance(pick, dict)  # noqa: S101 - the caller looked
    end = "last" if "last" in pick else "first"
    _draw_part(view, node_id, "pick", f"Only the first or last {table.label}")
    with _row():
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
            ValueForm(f"seg:{node_id}:pick", pick[end], lambda _: None),
            "How many",
            "count",
            lambda number: view.change(node_id, pick={end: number}),
            pick[end],
            low=1,
        )


def _draw_step(view: BuilderView, node_id: str, before: TableChoice, draw_group: DrawGroup) -> None:
    """Draw what the person did, or did not do, after a row; steps may follow one another."""
    step = view.node(node_id)["followed_by"]
    assert isinstance(step, dict)  # noqa: S101 - the caller looked
    step_id = _id(step)
    tables = view.choices(view.catalogue.people).tables
    _draw_part(view, node_id, "followed_by", f"Only {before.label} after which the person")
    with _row():
        words = {"did": "did", "did_not": "did not"}
        draw_choice(
            "Did or did not",
            f"seg:{step_id}:op",
            list(words),
            str(step.get("op")),
            lambda op: view.change(step_id, op=op),
            words.__getitem__,
            width=110,
        )
        draw_choice(
            "What followed",
            f"seg:{step_id}:table",
            list(tables),
            str(step.get("table")),
            lambda name: view.change(step_id, table=name, where=None),
            lambda name: f"have {tables[name].label}",
            width=230,
        )
        _draw_within(view, step_id)
    follows = table_of(view.choices(view.catalogue.people), step.get("table"))
    if follows is None:
        return
    if isinstance(step.get("where"), dict):
        _draw_part(view, step_id, "where", f"Only {follows.label} where")
        draw_group(view, _id(step["where"]), follows.table)
    if isinstance(step.get("followed_by"), dict):
        _draw_step(view, step_id, follows, draw_group)
    missing = [part for part in ("where", "followed_by") if part not in step]
    _draw_more(view, step_id, follows, missing)


def _draw_within(view: BuilderView, step_id: str) -> None:
    within = view.node(step_id).get("within")
    units = ["hours", "days", "weeks"]
    present = str(within.get("unit")) if isinstance(within, dict) else _ANY_TIME
    draw_choice(
        "Within",
        f"seg:{step_id}:within",
        [_ANY_TIME, *units],
        present,
        lambda unit: _change_within(view, step_id, unit),
        lambda unit: "any time later" if unit == _ANY_TIME else f"within {unit}",
        width=170,
    )
    if isinstance(within, dict):
        draw_count(
            ValueForm(f"seg:{step_id}:within", within, lambda _: None),
            "How long",
            "count",
            lambda number: view.change(step_id, within={**within, "count": number}),
            within.get("count"),
        )


def _change_within(view: BuilderView, step_id: str, unit: str) -> None:
    if unit == _ANY_TIME:
        view.change(step_id, within=None)
        return
    within = view.node(step_id).get("within")
    count = within.get("count", 2) if isinstance(within, dict) else 2
    view.change(step_id, within={"count": count, "unit": unit})


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
        on_change=lambda: view.change(node_id, through=list(st.session_state[key]) or None),
    )


def _possible(
    node: Node, table: TableChoice, time: FieldRef | None, *, on_people: bool
) -> list[str]:
    possible = ["where", "that", "through"]
    if on_people and time is not None:
        possible = ["where", "pick", "that", "followed_by", "through"]
    return [
        part for part in possible if part not in node and not (part == "through" and table.problem)
    ]


def _draw_more(view: BuilderView, node_id: str, of: TableChoice, possible: list[str]) -> None:
    """Draw a button for each part that may still be added."""
    if not possible:
        return
    with st.container(horizontal=True, gap="small"):
        for part in possible:
            st.button(
                _MORE[part].format(rows=of.label),
                key=f"seg:{node_id}:add:{part}",
                icon=":material/add:",
                type="tertiary",
                on_click=_add_part,
                args=(view, node_id, part),
            )


def _add_part(view: BuilderView, node_id: str, part: str) -> None:
    people = view.choices(view.catalogue.people)
    timed = [name for name, each in people.tables.items() if time_of(view.catalogue, each.table)]
    started: dict[str, object] = {
        "where": {"match": "all", "conditions": [{}]},
        "that": {"match": "all", "conditions": [{}]},
        "pick": {"last": 1},
        "followed_by": {"op": "did_not", "table": timed[0] if timed else ""},
        "through": [],
    }
    view.change(node_id, **{part: started[part]})
    inner = view.node(node_id).get(part)
    if isinstance(inner, dict) and inner.get("conditions"):
        view.editor.open_ids = view.draft.path(_id(inner["conditions"][0]))


def _id(node: object) -> str:
    assert isinstance(node, dict)  # noqa: S101 - a node of a draft
    return str(node["id"])


def _row() -> st.delta_generator.DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="center", gap="small")

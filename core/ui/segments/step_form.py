"""The widgets of what a person did, or did not do, after a row."""

from collections.abc import Callable

from core.segments.choices import TableChoice
from core.segments.draft import RawNode
from core.ui.segments.condition_form import table_of
from core.ui.segments.parts import draw_more, draw_part_head, id_of, part_of, row_of_widgets
from core.ui.segments.values.form import draw_choice, draw_count
from core.ui.segments.view import BuilderView

DrawGroup = Callable[[BuilderView, str, str], None]
_ANY_TIME = "any time"


def draw_step(
    view: BuilderView, node_id: str, step: RawNode, before: TableChoice, draw_group: DrawGroup
) -> None:
    """Draw the step that stands in a node; steps may follow one another."""
    draw_part_head(view, node_id, "followed_by", f"Only {before.label} after which the person")
    _draw_what(view, step)
    follows = table_of(view.choices(view.catalogue.people), step.get("table"))
    if follows is None:
        return
    step_id = id_of(step)
    if where := part_of(step, "where"):
        draw_part_head(view, step_id, "where", f"Only {follows.label} where")
        draw_group(view, id_of(where), follows.table)
    if later := part_of(step, "followed_by"):
        draw_step(view, step_id, later, follows, draw_group)
    missing = [part for part in ("where", "followed_by") if part not in step]
    draw_more(view, step_id, follows, missing)


def _draw_what(view: BuilderView, step: RawNode) -> None:
    step_id, tables = id_of(step), view.choices(view.catalogue.people).tables
    with row_of_widgets():
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
            "How long",
            f"seg:{step_id}:within:count",
            within.get("count"),
            lambda number: view.change(step_id, within={**within, "count": number}),
        )


def _change_within(view: BuilderView, step_id: str, unit: str) -> None:
    if unit == _ANY_TIME:
        view.change(step_id, within=None)
        return
    within = view.node(step_id).get("within")
    count = within.get("count", 2) if isinstance(within, dict) else 2
    view.change(step_id, within={"count": count, "unit": unit})

"""The parts that narrow the rows of a condition: their heads, and the buttons that add them."""

import streamlit as st

from core.segments.choices import TableChoice, time_of
from core.segments.draft import RawNode
from core.ui.edge import on_click, plain
from core.ui.segments.view import BuilderView

_MORE = {
    "where": "Only certain {rows}",
    "pick": "Only the first or last",
    "that": "Of those, only certain ones",
    "followed_by": "Followed by something else",
    "through": "By way of other tables",
}


def part_of(node: RawNode, part: str) -> RawNode | None:
    """Return a part of a condition or of a step, None where it has no such part."""
    found = node.get(part)
    return found if isinstance(found, dict) else None


def id_of(node: RawNode) -> str:
    """Return the id of a node of a draft."""
    return str(node["id"])


def draw_part_head(
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


def draw_more(view: BuilderView, node_id: str, of: TableChoice, possible: list[str]) -> None:
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


@on_click
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
    inner = part_of(view.node(node_id), part)
    conditions = inner.get("conditions") if inner else None
    if isinstance(conditions, list) and conditions:
        view.editor.open_ids = view.draft.path(id_of(conditions[0]))


def row_of_widgets() -> st.delta_generator.DeltaGenerator:
    """Return a line for widgets that belong together."""
    return st.container(horizontal=True, vertical_alignment="center", gap="small")

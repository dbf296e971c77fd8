"""The builder: a tree of sentences with their sizes, each opening into its widgets."""

from typing import Literal

import streamlit as st

from core.segments.draft import RawNode
from core.ui.edge import fault_word, on_click, plain
from core.ui.segments.condition_form import draw_field_test, draw_segment_test, draw_subject
from core.ui.segments.related_form import draw_related
from core.ui.segments.values.form import draw_choice
from core.ui.segments.view import BuilderView
from core.ui.words import count

_MATCHES = {"all": "all of these", "any": "any of these", "none": "none of these"}
_BETWEEN = {"all": "and", "any": "or", "none": "or"}
_OPEN, _CLOSED = ":material/keyboard_arrow_down:", ":material/keyboard_arrow_right:"
_WORD_WIDTH, _SIZE_WIDTH = 30, 80
_MENU = {
    "up": "Move up",
    "down": "Move down",
    "double": "Duplicate",
    "group": "Put into a group",
}


def draw_tree(view: BuilderView) -> None:
    """Draw the whole segment."""
    root = str(view.draft.root["id"])
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"{plain(view.people_word.capitalize())} who match", width="content")
            _draw_match(view, root)
        _draw_size(view, root)
    people = view.catalogue.people
    _draw_fault(view, root)
    _draw_conditions(view, root, people, on_people=True)


def _draw_conditions(view: BuilderView, group_id: str, table: str, *, on_people: bool) -> None:
    """Draw the nodes of a group with words between them, then what adds more."""
    group = view.node(group_id)
    nodes = _nodes(group)
    with st.container(gap="xsmall", key=f"seg-rows-{group_id}"):
        if not nodes:
            st.caption(_nothing(view, on_people))
        for number, node in enumerate(nodes):
            word = _BETWEEN[str(group.get("match"))] if number else ""
            _draw_node(view, node, word, table, on_people=on_people)
    _draw_adders(view, group_id)


def _nothing(view: BuilderView, on_people: bool) -> str:
    return f"No condition yet: all {plain(view.people_word)}." if on_people else "No condition yet."


def _draw_node(view: BuilderView, node: RawNode, word: str, table: str, *, on_people: bool) -> None:
    node_id = str(node["id"])
    if "match" in node:
        _draw_group(view, node_id, word, table, on_people=on_people)
    elif on_people:
        align: Literal["top", "center"] = "top" if node_id in view.editor.open_ids else "center"
        with st.container(horizontal=True, wrap=False, vertical_alignment=align, gap="xsmall"):
            st.markdown(f":gray[{word}]", width=_WORD_WIDTH)
            with st.container(width="stretch", gap=None):
                _draw_row(view, node_id, table, on_people=True)
            _draw_size(view, node_id)
    else:
        if word:
            st.caption(word)
        _draw_row(view, node_id, table, on_people=False)


def _draw_group(view: BuilderView, node_id: str, word: str, table: str, *, on_people: bool) -> None:
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="xsmall"):
            st.markdown(f":gray[{word}]", width=_WORD_WIDTH)
            with st.container(
                horizontal=True, vertical_alignment="center", gap="small", width="stretch"
            ):
                _draw_match(view, node_id)
                _draw_menu(view, node_id)
            if on_people:
                _draw_size(view, node_id)
        _draw_fault(view, node_id)
        with st.container(border=True, key=f"seg-group-{node_id}"):
            _draw_conditions(view, node_id, table, on_people=on_people)


def _draw_row(view: BuilderView, node_id: str, table: str, *, on_people: bool) -> None:
    """Draw a condition as a sentence that opens into its widgets.

    An expander is another one for the browser when its label changes, and takes the focus along.
    """
    is_open = node_id in view.editor.open_ids
    with st.container(border=is_open, gap="xsmall", key=f"seg-row-{node_id}"):
        st.button(
            _sentence(view, node_id),
            key=f"seg:{node_id}:sentence",
            icon=_OPEN if is_open else _CLOSED,
            type="tertiary",
            wrap=True,
            on_click=view.editor.toggle,
            args=(node_id,),
        )
        if is_open:
            _draw_condition(view, node_id, table, on_people=on_people)


def _sentence(view: BuilderView, node_id: str) -> str:
    """Return the condition in words, marked where it is not finished."""
    said = view.look.sentences.get(node_id)
    if said is None:
        said = "new condition" if _is_new(view.node(node_id)) else "not finished"
    is_wrong = node_id in view.look.faults and not _is_being_said(view, node_id)
    mark = ":orange[:material/error:] " if is_wrong else ""
    return f"{mark}{plain(said[:1].upper() + said[1:])}"


def _draw_condition(view: BuilderView, node_id: str, table: str, *, on_people: bool) -> None:
    """Draw the widgets of an open condition."""
    node = view.node(node_id)
    choices = view.choices(table)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        draw_subject(view, node_id, choices, on_people=on_people)
        field = choices.fields.get(str(node.get("field")))
        if field is not None and "table" not in node:
            draw_field_test(view, node_id, field, on_people=on_people)
        elif "segment" in node:
            draw_segment_test(view, node_id)
    if "table" in node and "segment" not in node:
        draw_related(view, node_id, choices, _draw_inner, on_people=on_people)
    _draw_fault(view, node_id)
    with st.container(horizontal=True, gap="small"):
        _draw_menu(view, node_id)


def _draw_inner(view: BuilderView, group_id: str, table: str) -> None:
    """Draw a group of conditions on the rows of another table."""
    with st.container(key=f"seg-inner-{group_id}", gap="xsmall"):
        if len(_nodes(view.node(group_id))) > 1:
            _draw_match(view, group_id)
        _draw_conditions(view, group_id, table, on_people=False)


def _draw_fault(view: BuilderView, node_id: str) -> None:
    """Say what is wrong with a node, or what it still needs while somebody is saying it."""
    fault = view.look.faults.get(node_id)
    if fault is None:
        return
    node = view.node(node_id)
    problem = fault.problem
    if _is_new(node):
        problem = "Choose what this condition looks at."
    elif "value" not in node and fault.is_missing:
        problem = "Say which value, then it is counted."
    if _is_being_said(view, node_id):
        st.caption(plain(problem))
    else:
        st.markdown(fault_word(problem))


def _is_being_said(view: BuilderView, node_id: str) -> bool:
    """Return whether a condition lacks nothing but what its open widgets ask for."""
    is_open = node_id in view.editor.open_ids
    return is_open and (_is_new(view.node(node_id)) or view.look.faults[node_id].is_missing)


def _is_new(node: RawNode) -> bool:
    return len(node) == 1


def _draw_match(view: BuilderView, group_id: str) -> None:
    draw_choice(
        "All, any or none of the conditions",
        f"seg:{group_id}:match",
        list(_MATCHES),
        str(view.node(group_id).get("match")),
        lambda match: view.change(group_id, match=match),
        _MATCHES.__getitem__,
    )


def _draw_size(view: BuilderView, node_id: str) -> None:
    """Draw how many people a node finds, a dash where that is not known."""
    sizes = view.sizes
    if sizes is None:
        said = ":gray[…]"
    else:
        size = sizes.by_id.get(node_id)
        said = ":gray[–]" if size is None or node_id in view.look.faults else count(size)
    st.markdown(said, width=_SIZE_WIDTH, text_alignment="right")


def _draw_menu(view: BuilderView, node_id: str) -> None:
    key = f"seg:{node_id}:menu"
    st.button(
        "Remove",
        key=f"seg:{node_id}:remove",
        icon=":material/delete:",
        type="tertiary",
        on_click=lambda: view.editor.change(view.draft.removed(node_id)),
    )
    st.menu_button(
        "More",
        list(_MENU),
        key=key,
        format_func=_MENU.__getitem__,
        type="tertiary",
        on_click=lambda: _do(view, node_id, st.session_state[key]),
    )


@on_click
def _do(view: BuilderView, node_id: str, what: str | None) -> None:
    draft = view.draft
    around = draft.parent(node_id)
    if around is None or what is None:
        return
    at = [node["id"] for node in _nodes(draft.nodes[around])].index(node_id)
    last = len(_nodes(draft.nodes[around])) - 1
    if what == "up" and at > 0:
        draft = draft.moved(node_id, -1)
    elif what == "down" and at < last:
        draft = draft.moved(node_id, 1)
    elif what == "double":
        draft = draft.doubled(node_id)
    elif what == "group":
        draft = draft.grouped(node_id)
    view.editor.change(draft)


def _draw_adders(view: BuilderView, group_id: str) -> None:
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Condition",
            key=f"seg:{group_id}:add",
            icon=":material/add:",
            type="tertiary",
            on_click=_add,
            args=(view, group_id, {}),
        )
        st.button(
            "Group",
            key=f"seg:{group_id}:add-group",
            icon=":material/add:",
            type="tertiary",
            help="Conditions of which any, all or none must hold",
            on_click=_add,
            args=(view, group_id, {"match": "any", "conditions": [{}]}),
        )


@on_click
def _add(view: BuilderView, group_id: str, node: RawNode) -> None:
    draft, new = view.draft.added(group_id, node)
    view.editor.change(draft)
    inner = draft.nodes[new].get("conditions")
    opened = str(inner[0]["id"]) if isinstance(inner, list) and inner else new
    view.editor.open_ids = draft.path(opened)


def _nodes(group: RawNode) -> list[RawNode]:
    nodes = group.get("conditions")
    return nodes if isinstance(nodes, list) else []

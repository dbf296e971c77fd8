"""What stands under the builder: the segment in words, a few members, one person explained."""

from datetime import datetime
from itertools import chain
from itertools import count as count_from

import streamlit as st

from core.errors import RollcallError, UnknownName
from core.ui.edge import errors_shown, plain, show_error
from core.ui.segments.view import BuilderView
from core.ui.session import workspace
from core.workspace.preview import explain_person, sample_members

_ROWS, _COLUMNS = 20, 8
_YES_NO = {"true": "yes", "false": "no"}


def draw_panels(view: BuilderView) -> None:
    """Draw the panels as tabs; only the open one is worked out."""
    words, sample, person = st.tabs(
        ["In words", "Sample", "Find a person"], key="segments:panel", on_change="rerun"
    )
    if words.open:
        with words:
            st.markdown(plain(view.look.sentence))
    if sample.open:
        with sample, errors_shown():
            _draw_sample(view)
    if person.open:
        with person:
            _draw_person(view)


def _draw_sample(view: BuilderView) -> None:
    found = sample_members(workspace(), view.look, _ROWS, _COLUMNS)
    if not found.rows:
        st.caption("Nobody matches.")
        return
    st.caption(f"The first {len(found.rows)} by {plain(found.columns[0])}.")
    columns = _distinct(found.columns)
    data = {name: [row[at] for row in found.rows] for at, name in enumerate(columns)}
    st.dataframe(
        data, hide_index=True, height="content", placeholder="", alt="Members of the segment"
    )


def _draw_person(view: BuilderView) -> None:
    table = view.catalogue.people_table
    key = table.by_name[table.key or ""]
    label = key.label or key.name
    asked = st.text_input(label, key="segments:person", placeholder="as it stands in the data")
    if not asked.strip():
        return
    try:
        verdicts = explain_person(workspace(), view.look, asked)
    except UnknownName:
        st.markdown(
            f"Nobody has the {plain(label)} “{plain(asked)}”. Capitals and leading zeros count."
        )
        return
    except RollcallError as error:
        show_error(error)
        return
    inside = verdicts["member"].passes
    st.markdown(f"**{plain(asked)}** is {'in' if inside else 'not in'} this segment.")
    for node_id, said in view.look.sentences.items():
        verdict = verdicts.get(node_id)
        if verdict is None or "match" in view.draft.nodes[node_id]:
            continue
        mark = ":green[:material/check:]" if verdict.passes else ":red[:material/close:]"
        word = "yes" if verdict.passes else "no"
        value = (
            f" — has {plain(_value_word(verdict.value))}"
            if verdict.value is not None
            else " — has none"
        )
        shown = "" if "segment" in view.draft.nodes[node_id] else value
        st.markdown(f"{mark} {word}: {plain(said)}{shown}")


def _value_word(value: str) -> str:
    """Return a value of the data as people write it.

    >>> _value_word("false"), _value_word("2026-11-22 13:30:09+01:00"), _value_word("007")
    ('no', '22 Nov 2026, 13:30', '007')
    """
    if value in _YES_NO:
        return _YES_NO[value]
    try:
        at = datetime.fromisoformat(value) if ":" in value else None
    except ValueError:
        return value
    return f"{at.day} {at:%b %Y, %H:%M}" if at is not None else value


def _distinct(names: tuple[str, ...]) -> list[str]:
    """Return the names, numbered where one stands twice: a table's columns need their own."""
    made: list[str] = []
    for name in names:
        numbered = (f"{name} ({number})" for number in count_from(2))
        made.append(next(n for n in chain([name], numbered) if n not in made))
    return made

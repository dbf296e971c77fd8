"""The part of an activation's form that says under which ID people are sent, and with what."""

from collections.abc import Sequence
from uuid import uuid4

import streamlit as st

from core.data.catalogue import FieldType
from core.store.activations import ActivationView
from core.store.names import MAX_NAME_CHARACTERS
from core.sync.trial import Trial
from core.ui.activations.choices import Choices
from core.ui.edge import on_click, plain
from core.ui.typed import Typed
from core.ui.words import count, number_of

Pairs = tuple[tuple[str, str], ...]

_ROWS = "rows"


def draw_identifier(
    typed: Typed, saved: ActivationView | None, choices: Choices, label: str
) -> str:
    """Return the field that people are sent under."""
    given = saved.external_id if saved else choices.identifier()
    # What was chosen stays chosen, also when the data has lost it: a save then says so.
    names = _names(choices, (given, typed.values.get("identifier", given)))
    return st.selectbox(
        label,
        names,
        format_func=choices.label,
        key=typed.widget_key("identifier", given),
        help="The field whose values the platform knows people by.",
    )


def draw_looks(trial: Trial, field: str, choices: Choices) -> None:
    """Say how the ids look exactly as they are sent, and what is odd about them."""
    counts, looks = trial.counts, trial.id_sample
    if looks.first:
        st.markdown(f"Exactly as sent: {' · '.join(f'`{_code(id_)}`' for id_ in looks.first)}")
    odd = _oddities(trial, field, choices)
    facts = f"{count(counts.blank)} have none · {number_of(counts.duplicate, 'duplicate')}"
    if counts.too_long:
        facts += f" · {count(counts.too_long)} too long to be sent"
    st.caption(f"{facts}{'' if odd else ' · looks fine'}")
    for said in odd:
        st.warning(said, icon=":material/warning:")


def _oddities(trial: Trial, field: str, choices: Choices) -> list[str]:
    looks, said = trial.id_sample, []
    if looks.like_emails:
        said.append(
            f"{count(looks.like_emails)} look like e-mail addresses: is this the ID that your app "
            "or site gives to the platform?"
        )
    if looks.with_spaces:
        said.append(f"{count(looks.with_spaces)} begin or end with a space, and are sent so.")
    found = next((each for each in choices.fields if each.name == field), None)
    if found is not None and found.type is FieldType.NUMBER and trial.counts.wanted:
        said.append(
            "This field is read as a number, so leading zeros are gone: if IDs have them, let it "
            "stay text on the Data page."
        )
    return said


def draw_attributes(
    typed: Typed, saved: ActivationView | None, choices: Choices, most: int
) -> Pairs:
    """Return the attributes as pairs of sent name and field; rows can be added and taken away."""
    rows: list[dict[str, str]] = typed.value_of(_ROWS, _rows_of(saved))
    for row in rows:
        _draw_attribute(typed, row, choices)
    if len(rows) < most:
        st.button(
            "Add an attribute",
            icon=":material/add:",
            key=f"{typed.key}:add",
            on_click=_add,
            args=(typed, choices.fields[0].name),
            help=f"Sent with each ID, to personalise messages to this list; up to {most}.",
        )
    else:
        st.caption(f"The platform takes at most {most} attributes.")
    return tuple(
        (
            str(typed.values[f"sent:{row['id']}"]).strip(),
            str(typed.values[f"field:{row['id']}"]),
        )
        for row in rows
    )


def _draw_attribute(typed: Typed, row: dict[str, str], choices: Choices) -> None:
    id_ = row["id"]
    names = _names(choices, (row["field"], typed.values.get(f"field:{id_}", row["field"])))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Field",
            names,
            format_func=choices.label,
            key=typed.widget_key(f"field:{id_}", row["field"]),
            on_change=_follow,
            args=(typed, id_),
            width=260,
        )
        st.text_input(
            "Sent as",
            key=typed.widget_key(f"sent:{id_}", row["name"]),
            max_chars=MAX_NAME_CHARACTERS,
            width=260,
        )
        st.button(
            "Take away",
            icon=":material/close:",
            type="tertiary",
            key=f"{typed.key}:drop:{id_}",
            on_click=_drop,
            args=(typed, id_),
        )


def _rows_of(saved: ActivationView | None) -> list[dict[str, str]]:
    given = saved.attributes.items() if saved else ()
    return [{"id": str(at), "name": name, "field": field} for at, (name, field) in enumerate(given)]


@on_click
def _add(typed: Typed, field: str) -> None:
    row = {"id": uuid4().hex[:8], "name": field, "field": field}
    typed.values[_ROWS] = [*typed.values[_ROWS], row]


@on_click
def _drop(typed: Typed, row_id: str) -> None:
    typed.values[_ROWS] = [row for row in typed.values[_ROWS] if row["id"] != row_id]


@on_click
def _follow(typed: Typed, row_id: str) -> None:
    """Let the sent name follow the field until somebody has written one."""
    before = typed.values[f"field:{row_id}"]
    typed.note()
    if typed.values[f"sent:{row_id}"] == before:
        typed.put(f"sent:{row_id}", typed.values[f"field:{row_id}"])


def _names(choices: Choices, given: Sequence[str]) -> list[str]:
    """Return the fields of people, and those given that are not among them."""
    return list(dict.fromkeys([*(field.name for field in choices.fields), *given]))


def _code(text: str) -> str:
    return plain(text[:60]) if "`" in text else text[:60].replace("\n", " ")

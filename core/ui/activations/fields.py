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
from core.ui.words import count, number_of

Pairs = tuple[tuple[str, str], ...]

_ROWS = ":attribute rows"


def draw_identifier(key: str, saved: ActivationView | None, choices: Choices, label: str) -> str:
    """Return the field that people are sent under."""
    given = saved.external_id if saved else choices.identifier()
    # What was chosen stays chosen, also when the data has lost it: a save then says so.
    names = _names(choices, (given, st.session_state.get(f"{key}:identifier", given)))
    return st.selectbox(
        label,
        names,
        index=names.index(given),
        format_func=choices.label,
        key=f"{key}:identifier",
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


def draw_attributes(key: str, saved: ActivationView | None, choices: Choices, most: int) -> Pairs:
    """Return the attributes as pairs of sent name and field; rows can be added and taken away."""
    rows = st.session_state.setdefault(f"{key}{_ROWS}", _rows_of(saved))
    for row in rows:
        _draw_attribute(key, row, choices)
    if len(rows) < most:
        st.button(
            "Add an attribute",
            icon=":material/add:",
            key=f"{key}:add",
            on_click=_add,
            args=(key, choices.fields[0].name),
            help=f"Sent with each ID, to personalise messages to this list; up to {most}.",
        )
    else:
        st.caption(f"The platform takes at most {most} attributes.")
    return tuple(
        (
            str(st.session_state[f"{key}:sent:{row['id']}"]).strip(),
            str(st.session_state[f"{key}:field:{row['id']}"]),
        )
        for row in rows
    )


def forget_attributes() -> None:
    """Forget rows of a form that was left: they are no wish of whoever opens it next."""
    for key in [str(key) for key in st.session_state if str(key).endswith(_ROWS)]:
        del st.session_state[key]


def _draw_attribute(key: str, row: dict[str, str], choices: Choices) -> None:
    names = _names(choices, (row["field"],))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Field",
            names,
            index=names.index(row["field"]),
            format_func=choices.label,
            key=f"{key}:field:{row['id']}",
            on_change=_follow,
            args=(key, row),
            width=260,
        )
        st.session_state.setdefault(f"{key}:sent:{row['id']}", row["name"])
        st.text_input(
            "Sent as", key=f"{key}:sent:{row['id']}", max_chars=MAX_NAME_CHARACTERS, width=260
        )
        st.button(
            "Take away",
            icon=":material/close:",
            type="tertiary",
            key=f"{key}:drop:{row['id']}",
            on_click=_drop,
            args=(key, row["id"]),
        )


def _rows_of(saved: ActivationView | None) -> list[dict[str, str]]:
    given = saved.attributes.items() if saved else ()
    return [{"id": uuid4().hex[:8], "name": name, "field": field} for name, field in given]


@on_click
def _add(key: str, field: str) -> None:
    row = {"id": uuid4().hex[:8], "name": field, "field": field}
    st.session_state[f"{key}{_ROWS}"].append(row)


@on_click
def _drop(key: str, row_id: str) -> None:
    rows = st.session_state[f"{key}{_ROWS}"]
    st.session_state[f"{key}{_ROWS}"] = [row for row in rows if row["id"] != row_id]


@on_click
def _follow(key: str, row: dict[str, str]) -> None:
    """Let the sent name follow the field until somebody has written one."""
    chosen, sent = st.session_state[f"{key}:field:{row['id']}"], f"{key}:sent:{row['id']}"
    if st.session_state[sent] == row["field"]:
        st.session_state[sent] = chosen
    row["field"] = chosen


def _names(choices: Choices, given: Sequence[str]) -> list[str]:
    """Return the fields of people, and those given that are not among them."""
    return list(dict.fromkeys([*(field.name for field in choices.fields), *given]))


def _code(text: str) -> str:
    return plain(text[:60]) if "`" in text else text[:60].replace("\n", " ")

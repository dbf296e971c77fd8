"""Widgets for texts: one, many, a pasted list."""

import re
from collections.abc import Callable, Sequence

import streamlit as st

from core.segments.values import MAX_LIST
from core.ui.edge import on_click
from core.ui.segments.values.form import HIDDEN, ValueForm


def read_pasted(text: str) -> list[str]:
    """Return the values of a pasted list: one a line, or with commas, semicolons or tabs between.

    >>> read_pasted("FR, ES\\nIT;  FR")
    ['FR', 'ES', 'IT']
    """
    sign = r"\n" if text.strip().count("\n") > 0 and not re.search(r"[,;\t]", text) else r"[,;\t\n]"
    found = (part.strip() for part in re.split(sign, text))
    return list(dict.fromkeys(part for part in found if part))[:MAX_LIST]


def draw_text(form: ValueForm) -> None:
    key = form.key()
    given = form.value if isinstance(form.value, str) else None
    if not form.known:
        st.session_state[key] = given or ""
        st.text_input(
            "Value",
            key=key,
            placeholder="value",
            label_visibility=HIDDEN,
            width=240,
            on_change=on_click(lambda: form.put(st.session_state[key] or None)),
        )
        return
    st.session_state[key] = given
    st.selectbox(
        "Value",
        _with(form.known, [given] if given else []),
        key=key,
        accept_new_options=True,
        placeholder="choose or type",
        label_visibility=HIDDEN,
        width=240,
        on_change=on_click(lambda: form.put(st.session_state[key] or None)),
    )


def draw_part_of_text(form: ValueForm) -> None:
    draw_text(ValueForm(form.prefix, form.value, form.put))


def draw_texts(form: ValueForm) -> None:
    values = form.value if isinstance(form.value, list) else []
    given = [each for each in values if isinstance(each, str)]
    draw_many(form, given, lambda values: form.put(list(values) or None))


def draw_many(form: ValueForm, given: list[str], put: Callable[[Sequence[str]], None]) -> None:
    key = form.key()
    st.session_state[key] = given
    st.multiselect(
        "Values",
        _with(form.known, given),
        key=key,
        accept_new_options=True,
        placeholder="choose or type",
        label_visibility=HIDDEN,
        width=320,
        on_change=on_click(lambda: put(st.session_state[key])),
    )
    _draw_paste(form, given, put)


def _draw_paste(form: ValueForm, given: list[str], put: Callable[[Sequence[str]], None]) -> None:
    key = form.key("paste")

    @on_click
    def take() -> None:
        put(list(dict.fromkeys([*given, *read_pasted(st.session_state.get(key, ""))])))
        st.session_state[key] = ""

    with st.popover("Paste a list", icon=":material/content_paste:", type="tertiary"):
        st.text_area("Values, one a line or with commas between", key=key, height=160)
        pasted = read_pasted(st.session_state.get(key, ""))
        if pasted and form.known:
            strange = [value for value in pasted if value not in form.known]
            st.caption(_found(len(pasted), strange))
        st.button("Add to the list", key=form.key("take"), type="primary", on_click=take)


def _found(pasted: int, strange: list[str]) -> str:
    said = f"{pasted - len(strange):,} of {pasted:,} stand among the most frequent values."
    if strange:
        said += f" Others: {', '.join(strange[:10])}{' …' if len(strange) > 10 else ''}"
    return said


def _with(known: Sequence[str], given: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*known, *given]))

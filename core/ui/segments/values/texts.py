"""Widgets for texts: one, many, a pasted list."""

import re
from collections.abc import Callable, Sequence

import streamlit as st

from core.errors import UsageError
from core.segments.values import MAX_LIST
from core.ui.edge import on_click, plain, sentence_of
from core.ui.segments.values.form import HIDDEN, ValueForm
from core.ui.words import count

# A browser needs seconds for thousands of chosen values, and shows none of them well.
_MOST_DRAWN = 100
Read = Callable[[str], list[str]]


def read_pasted(text: str) -> list[str]:
    """Return the values of a pasted list: one a line, or with commas, semicolons or tabs between.

    >>> read_pasted("FR, ES\\nIT;  FR")
    ['FR', 'ES', 'IT', 'FR']
    """
    sign = r"\n" if text.strip().count("\n") > 0 and not re.search(r"[,;\t]", text) else r"[,;\t\n]"
    return [part for part in map(str.strip, re.split(sign, text)) if part]


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


def draw_many(
    form: ValueForm,
    given: list[str],
    put: Callable[[Sequence[str]], None],
    read: Read = read_pasted,
) -> None:
    """Draw many values: each by itself, or what a long list holds, as browsers draw few well.

    `read` takes a pasted list apart. Raises: UsageError where it cannot.
    """
    if len(given) > _MOST_DRAWN:
        _draw_long(form, given, put)
    else:
        _draw_each(form, given, put)
    _draw_paste(form, given, put, read)


def _draw_each(form: ValueForm, given: list[str], put: Callable[[Sequence[str]], None]) -> None:
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


def _draw_long(form: ValueForm, given: list[str], put: Callable[[Sequence[str]], None]) -> None:
    """Draw how many values there are, and once somebody asks for them all, a line for each."""
    st.markdown(f"{count(len(given))} values", width="content")
    if any("\n" in value for value in given):
        st.caption("Some have line breaks, so they cannot be changed as lines: add to them below.")
        return
    opened = st.popover(
        "Change the list",
        icon=":material/edit:",
        type="tertiary",
        key=form.key("open"),
        on_change="rerun",
    )
    if opened.open:
        with opened:
            _draw_lines(form, given, put)


def _draw_lines(form: ValueForm, given: list[str], put: Callable[[Sequence[str]], None]) -> None:
    key = form.key("all")
    st.session_state[key] = "\n".join(given)

    @on_click
    def take() -> None:
        put(_fitting([line for line in st.session_state[key].split("\n") if line.strip()]))

    st.text_area("All values, one a line", key=key, height=320, on_change=take)


def _draw_paste(
    form: ValueForm, given: list[str], put: Callable[[Sequence[str]], None], read: Read
) -> None:
    key = form.key("paste")

    @on_click
    def take() -> None:
        put(_fitting([*given, *read(st.session_state.get(key, ""))]))
        st.session_state[key] = ""

    with st.popover("Paste a list", icon=":material/content_paste:", type="tertiary"):
        st.text_area("Values, one a line or with commas between", key=key, height=160)
        try:
            pasted = read(st.session_state.get(key, ""))
            if pasted:
                st.caption(_said_of(pasted, given, form.known))
        except UsageError as error:
            st.caption(sentence_of(error))
        st.button("Add to the list", key=form.key("take"), type="primary", on_click=take)


def _fitting(values: Sequence[str]) -> list[str]:
    """Return the different values. Raises: UsageError where a list cannot hold them."""
    different = list(dict.fromkeys(values))
    if len(different) > MAX_LIST:
        raise UsageError(
            f"A list holds at most {MAX_LIST:,} values, and it would hold {len(different):,}: "
            "nothing was changed. Spread them over several conditions in a group “any of these”, "
            "or bring them as a file on the Data page, linked to who they stand for."
        )
    return different


def _said_of(pasted: Sequence[str], given: Sequence[str], known: Sequence[str]) -> str:
    """Return how many values were pasted, and which are not among the known ones."""
    different = dict.fromkeys(pasted)
    said = f"{len(pasted):,} {'value' if len(pasted) == 1 else 'values'}"
    if len(different) < len(pasted):
        said += f", {len(different):,} of them different"
    together = len({*given, *different})
    if together > MAX_LIST:
        return f"{said}. The list would hold {together:,}, and it holds at most {MAX_LIST:,}."
    return f"{said}. {_found(list(different), known)}" if known else f"{said}."


def _found(different: Sequence[str], known: Sequence[str]) -> str:
    frequent = set(known)
    strange = [value for value in different if value not in frequent]
    said = (
        f"{len(different) - len(strange):,} of {len(different):,} stand among the most frequent "
        "values."
    )
    if strange:
        said += f" Others: {plain(', '.join(strange[:10]))}{' …' if len(strange) > 10 else ''}"
    return said


def _with(known: Sequence[str], given: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*known, *given]))

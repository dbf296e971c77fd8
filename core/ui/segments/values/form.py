"""Where the value of a condition comes from and goes to, and the widgets that all kinds share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import streamlit as st

from core.segments.values import MAX_COUNT
from core.ui.edge import on_click

Put = Callable[[object], None]
HIDDEN: Final = "collapsed"
NARROW = 130


@dataclass(frozen=True)
class ValueForm:
    """Where a value comes from and goes to; `known` are values that stand in the data.

    `prefix` begins the keys of its widgets; `put` takes None where nothing is chosen.
    """

    prefix: str
    value: object
    put: Put
    known: Sequence[str] = ()
    hours: bool = False

    def key(self, part: str = "value") -> str:
        return f"{self.prefix}:{part}"


def draw_choice(
    label: str,
    key: str,
    options: Sequence[str],
    value: str | None,
    put: Callable[[str], None],
    shown: Callable[[str], str] = str,
    width: int = 170,
) -> None:
    """Draw one choice among a few."""

    @on_click
    def take() -> None:
        if st.session_state[key] is not None:
            put(st.session_state[key])

    st.session_state[key] = str(value) if value in options else None
    st.selectbox(
        label,
        [str(option) for option in options],
        key=key,
        format_func=shown,
        label_visibility=HIDDEN,
        width=width,
        placeholder="choose",
        on_change=take,
    )


def draw_count(
    label: str,
    key: str,
    value: object,
    put: Callable[[int], None],
    low: int = 0,
    high: int = MAX_COUNT,
) -> None:
    """Draw one whole number; nothing typed is the lowest there is."""
    number = int(value) if isinstance(value, int | Decimal) else low
    st.session_state[key] = min(max(number, low), high)
    st.number_input(
        label,
        key=key,
        min_value=low,
        max_value=high,
        step=1,
        label_visibility=HIDDEN,
        width=NARROW,
        on_change=on_click(lambda: put(int(st.session_state[key] or low))),
    )


def part_of(form: ValueForm, part: str, value: object, put: Put) -> ValueForm:
    """Return the form of a part of a value."""
    return ValueForm(form.key(part), value, put, form.known, form.hours)


def put_key(form: ValueForm, key: str, value: object) -> None:
    """Put one key of a value that has several."""
    form.put({**as_object(form.value), key: value})


def as_object(value: object) -> Mapping[str, object]:
    """Return a value that has keys, empty for any other."""
    return value if isinstance(value, dict) else {}


def two_of(value: object) -> tuple[object, object]:
    """Return the ends of a pair, None for those that nobody has said."""
    if isinstance(value, list) and len(value) == 2:
        return value[0], value[1]
    return None, None


def put_low(form: ValueForm, value: object) -> None:
    """Put the low end of a pair, and both where there was no high one yet."""
    high = two_of(form.value)[1]
    form.put([value, high if high is not None else value])


def put_high(form: ValueForm, value: object) -> None:
    """Put the high end of a pair, and both where there was no low one yet."""
    low = two_of(form.value)[0]
    form.put([low if low is not None else value, value])

"""Widgets for numbers: one, two, many, a percentage."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import streamlit as st

from core.ui.segments.values.form import (
    HIDDEN,
    NARROW,
    ValueForm,
    part_of,
    put_high,
    put_low,
    two_of,
)
from core.ui.segments.values.texts import draw_many

_SAFE_DIGITS = 15


def plain_number(value: float | None) -> int | Decimal | None:
    """Return a number of a widget as the format writes it.

    >>> plain_number(3.0), plain_number(0.1)
    (3, Decimal('0.1'))
    """
    if value is None:
        return None
    return int(value) if float(value).is_integer() else Decimal(repr(float(value)))


def draw_number(form: ValueForm, label: str = "Number", part: str = "value") -> None:
    """Draw one number; one with more digits than a browser keeps is written as text."""
    key = form.key(part)
    if _has_many_digits(form.value):
        _draw_long_number(form, label, key)
        return
    given = form.value
    st.session_state[key] = float(given) if isinstance(given, int | Decimal) else None
    st.number_input(
        label,
        key=key,
        step=1.0,
        format="%g",
        placeholder="number",
        label_visibility=HIDDEN,
        width=NARROW,
        on_change=lambda: form.put(plain_number(st.session_state[key])),
    )


def draw_pair(form: ValueForm) -> None:
    low, high = two_of(form.value)
    draw_number(part_of(form, "low", low, lambda v: put_low(form, v)), "From")
    st.markdown("and", width="content")
    draw_number(part_of(form, "high", high, lambda v: put_high(form, v)), "To")


def draw_numbers(form: ValueForm) -> None:
    given = [str(each) for each in form.value] if isinstance(form.value, list) else []

    def put(values: Sequence[str]) -> None:
        numbers = [number for number in map(_read_number, values) if number is not None]
        form.put(numbers or None)

    draw_many(form, given, put)


def draw_percent(form: ValueForm) -> None:
    draw_number(form, "Percent")
    st.markdown("%", width="content")


def _has_many_digits(value: object) -> bool:
    return isinstance(value, int | Decimal) and len(Decimal(value).as_tuple().digits) > _SAFE_DIGITS


def _draw_long_number(form: ValueForm, label: str, key: str) -> None:
    st.session_state[key] = str(form.value)

    def put() -> None:
        try:
            number = Decimal(st.session_state[key].strip())
        except InvalidOperation:
            return
        form.put(int(number) if number == number.to_integral_value() else number)

    st.text_input(label, key=key, label_visibility=HIDDEN, width=260, on_change=put)


def _read_number(text: str) -> int | Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    return int(number) if number == number.to_integral_value() else number

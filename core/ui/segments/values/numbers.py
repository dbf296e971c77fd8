"""Widgets for numbers: one, two, many, a percentage."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import streamlit as st

from core.errors import UsageError
from core.segments.values import WrongValue, read_number
from core.ui.edge import on_click
from core.ui.segments.values.form import (
    HIDDEN,
    NARROW,
    ValueForm,
    part_of,
    put_high,
    put_low,
    two_of,
)
from core.ui.segments.values.texts import draw_many, read_pasted

_SAFE_DIGITS = 15
_UNSAFE = 10.0**_SAFE_DIGITS
_COMMA_WITHIN = re.compile(r"[-+]?\d+,\d+")


def plain_number(value: float | None) -> int | Decimal | None:
    """Return a number of a widget as the format writes it.

    Raises: UsageError for one of which the widget has lost digits.

    >>> plain_number(3.0), plain_number(0.1)
    (3, Decimal('0.1'))
    """
    if value is None:
        return None
    if not abs(value) < _UNSAFE:
        raise UsageError(
            f"This field keeps {_SAFE_DIGITS} digits of a number, so nothing was changed. Longer "
            "ones are kept whole by “is any of” with “Paste a list”."
        )
    return int(value) if float(value).is_integer() else Decimal(repr(float(value)))


def typed_number(text: str) -> int | Decimal:
    """Return a number that somebody typed. Raises: UsageError where it is none.

    >>> typed_number(" 1207 "), typed_number("2.50")
    (1207, Decimal('2.50'))
    """
    try:
        number = read_number(Decimal(text.strip().replace("_", "?")))
    except InvalidOperation as error:
        raise UsageError(f"“{text.strip()}” is not a number.") from error
    except WrongValue as error:
        raise UsageError(str(error)) from error
    return int(number) if number == number.to_integral_value() else number


def read_numbers(text: str) -> list[str]:
    """Return the numbers of a pasted list.

    Raises: UsageError where each line has a comma that may as well be a decimal sign.

    >>> read_numbers("1, 2, 30"), read_numbers("12.50\\n13.75")
    (['1', '2', '30'], ['12.50', '13.75'])
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and all(_COMMA_WITHIN.fullmatch(line) for line in lines):
        raise UsageError(
            f"“{lines[0]}” can be one number or two: write numbers with a point and without "
            "commas, one a line."
        )
    return read_pasted(text)


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
        on_change=on_click(lambda: form.put(plain_number(st.session_state[key]))),
    )


def draw_pair(form: ValueForm) -> None:
    low, high = two_of(form.value)
    draw_number(part_of(form, "low", low, lambda v: put_low(form, v)), "From")
    st.markdown("and", width="content")
    draw_number(part_of(form, "high", high, lambda v: put_high(form, v)), "To")


def draw_numbers(form: ValueForm) -> None:
    given = [str(each) for each in form.value] if isinstance(form.value, list) else []

    def put(values: Sequence[str]) -> None:
        numbers, strange = [], []
        for value in values:
            try:
                numbers.append(typed_number(value))
            except UsageError:
                strange.append(value)
        form.put(numbers or None)
        if strange:
            named = ", ".join(strange[:5]) + (" …" if len(strange) > 5 else "")
            raise UsageError(f"{len(strange):,} left out, as they are not numbers: {named}")

    draw_many(form, given, put, read_numbers)


def draw_percent(form: ValueForm) -> None:
    draw_number(form, "Percent")
    st.markdown("%", width="content")


def _has_many_digits(value: object) -> bool:
    return isinstance(value, int | Decimal) and len(Decimal(value).as_tuple().digits) > _SAFE_DIGITS


def _draw_long_number(form: ValueForm, label: str, key: str) -> None:
    st.session_state[key] = str(form.value)
    st.text_input(
        label,
        key=key,
        label_visibility=HIDDEN,
        width=260,
        on_change=on_click(lambda: form.put(_typed_or_none(st.session_state[key]))),
    )


def _typed_or_none(text: str) -> int | Decimal | None:
    return typed_number(text) if text.strip() else None

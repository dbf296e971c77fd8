"""Widgets for the value of an operator, one kind a shape, that write it as the format has it."""

import calendar
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

import streamlit as st

from core.segments.calendar import FIRST_YEAR, LAST_YEAR, PERIODS, Unit
from core.segments.values import MAX_COUNT, MAX_LIST

Put = Callable[[object], None]
_SAFE_DIGITS = 15
_HIDDEN: Final = "collapsed"
_WIDTH = 130


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


def draw_value(shape: str, form: ValueForm) -> None:
    """Draw the widgets of a value of that shape, none where an operator takes none."""
    draw = _DRAWN.get(shape)
    if draw is not None:
        draw(form)


def read_pasted(text: str) -> list[str]:
    """Return the values of a pasted list: one a line, or with commas, semicolons or tabs between.

    >>> read_pasted("FR, ES\\nIT;  FR")
    ['FR', 'ES', 'IT']
    """
    sign = r"\n" if text.strip().count("\n") > 0 and not re.search(r"[,;\t]", text) else r"[,;\t\n]"
    found = (part.strip() for part in re.split(sign, text))
    return list(dict.fromkeys(part for part in found if part))[:MAX_LIST]


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
        label_visibility=_HIDDEN,
        width=_WIDTH,
        on_change=lambda: form.put(plain_number(st.session_state[key])),
    )


def draw_count(
    form: ValueForm,
    label: str,
    part: str,
    put: Put,
    value: object,
    low: int = 0,
    high: int = MAX_COUNT,
) -> None:
    """Draw one whole number; nothing typed is the lowest there is."""
    key = form.key(part)
    number = int(value) if isinstance(value, int | Decimal) else low
    st.session_state[key] = min(max(number, low), high)
    st.number_input(
        label,
        key=key,
        min_value=low,
        max_value=high,
        step=1,
        label_visibility=_HIDDEN,
        width=_WIDTH,
        on_change=lambda: put(int(st.session_state[key] or low)),
    )


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

    def take() -> None:
        if st.session_state[key] is not None:
            put(st.session_state[key])

    st.session_state[key] = str(value) if value in options else None
    st.selectbox(
        label,
        [str(option) for option in options],
        key=key,
        format_func=shown,
        label_visibility=_HIDDEN,
        width=width,
        placeholder="choose",
        on_change=take,
    )


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

    st.text_input(label, key=key, label_visibility=_HIDDEN, width=260, on_change=put)


def _draw_pair(form: ValueForm) -> None:
    low, high = _two(form.value)
    draw_number(_part(form, "low", low, lambda v: form.put(_pair(v, _two(form.value)[1]))), "From")
    st.markdown("and", width="content")
    draw_number(_part(form, "high", high, lambda v: form.put(_pair(_two(form.value)[0], v))), "To")


def _draw_numbers(form: ValueForm) -> None:
    given = [str(each) for each in form.value] if isinstance(form.value, list) else []

    def put(values: Sequence[str]) -> None:
        numbers = [number for number in map(_read_number, values) if number is not None]
        form.put(numbers or None)

    _draw_many(form, given, put)


def _draw_text(form: ValueForm) -> None:
    key = form.key()
    given = form.value if isinstance(form.value, str) else None
    if not form.known:
        st.session_state[key] = given or ""
        st.text_input(
            "Value",
            key=key,
            placeholder="value",
            label_visibility=_HIDDEN,
            width=240,
            on_change=lambda: form.put(st.session_state[key] or None),
        )
        return
    st.session_state[key] = given
    st.selectbox(
        "Value",
        _with(form.known, [given] if given else []),
        key=key,
        accept_new_options=True,
        placeholder="choose or type",
        label_visibility=_HIDDEN,
        width=240,
        on_change=lambda: form.put(st.session_state[key] or None),
    )


def _draw_part_of_text(form: ValueForm) -> None:
    _draw_text(ValueForm(form.prefix, form.value, form.put))


def _draw_texts(form: ValueForm) -> None:
    values = form.value if isinstance(form.value, list) else []
    given = [each for each in values if isinstance(each, str)]
    _draw_many(form, given, lambda values: form.put(list(values) or None))


def _draw_many(form: ValueForm, given: list[str], put: Callable[[Sequence[str]], None]) -> None:
    key = form.key()
    st.session_state[key] = given
    st.multiselect(
        "Values",
        _with(form.known, given),
        key=key,
        accept_new_options=True,
        placeholder="choose or type",
        label_visibility=_HIDDEN,
        width=320,
        on_change=lambda: put(st.session_state[key]),
    )
    _draw_paste(form, given, put)


def _draw_paste(form: ValueForm, given: list[str], put: Callable[[Sequence[str]], None]) -> None:
    key = form.key("paste")

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


def _draw_day(form: ValueForm) -> None:
    _draw_date(form, "Day", "value", form.value, lambda day: form.put(day.isoformat()))


def _draw_days(form: ValueForm) -> None:
    low, high = _two(form.value)
    _draw_date(
        form, "From", "low", low, lambda day: form.put(_pair(day.isoformat(), _two(form.value)[1]))
    )
    st.markdown("and", width="content")
    _draw_date(
        form, "To", "high", high, lambda day: form.put(_pair(_two(form.value)[0], day.isoformat()))
    )


def _draw_date(
    form: ValueForm, label: str, part: str, value: object, put: Callable[[date], None]
) -> None:
    key = form.key(part)
    st.session_state[key] = _read_day(value)

    def take() -> None:
        if st.session_state[key] is not None:
            put(st.session_state[key])

    st.date_input(
        label,
        key=key,
        min_value=date(FIRST_YEAR, 1, 1),
        max_value=date(LAST_YEAR, 12, 31),
        format="YYYY-MM-DD",
        label_visibility=_HIDDEN,
        width=150,
        on_change=take,
    )


def _draw_span(form: ValueForm) -> None:
    value = _object(form.value)
    draw_count(form, "How many", "count", lambda n: _put_key(form, "count", n), value.get("count"))
    units = [unit.value for unit in Unit if form.hours or unit is not Unit.HOURS]
    _draw_unit(form, units)


def _draw_ago(form: ValueForm) -> None:
    value = _object(form.value)
    draw_count(form, "From", "from", lambda n: _put_key(form, "from", n), value.get("from"))
    st.markdown("to", width="content")
    draw_count(form, "To", "to", lambda n: _put_key(form, "to", n), value.get("to"))
    _draw_unit(form, [unit.value for unit in Unit if unit is not Unit.HOURS])


def _draw_day_count(form: ValueForm) -> None:
    value = _object(form.value).get("count")
    draw_count(form, "Days", "count", lambda n: form.put({"count": n}), value)
    st.markdown("days", width="content")


def _draw_anniversary(form: ValueForm) -> None:
    value = _object(form.value).get("count")
    draw_count(form, "Days", "count", lambda n: form.put({"count": n, "unit": "days"}), value)
    st.markdown("days", width="content")


def _draw_unit(form: ValueForm, units: Sequence[str]) -> None:
    unit = str(_object(form.value).get("unit", ""))
    draw_choice(
        "Unit", form.key("unit"), units, unit, lambda u: _put_key(form, "unit", u), width=_WIDTH
    )


def _draw_period(form: ValueForm) -> None:
    value = form.value if isinstance(form.value, str) else None
    draw_choice(
        "Period", form.key(), PERIODS, value, form.put, lambda period: period.replace("_", " ")
    )


def _draw_named(form: ValueForm, label: str, names: Mapping[int, str]) -> None:
    key = form.key()
    given = form.value if isinstance(form.value, list) else []
    st.session_state[key] = [number for number in names if number in given]
    st.multiselect(
        label,
        list(names),
        key=key,
        format_func=names.__getitem__,
        label_visibility=_HIDDEN,
        width=320,
        on_change=lambda: form.put(sorted(st.session_state[key]) or None),
    )


def _draw_months(form: ValueForm) -> None:
    _draw_named(form, "Months", dict(enumerate(calendar.month_name[1:], 1)))


def _draw_weekdays(form: ValueForm) -> None:
    _draw_named(form, "Days of the week", dict(enumerate(calendar.day_name, 1)))


def _draw_percent(form: ValueForm) -> None:
    draw_number(form, "Percent")
    st.markdown("%", width="content")


def _part(form: ValueForm, part: str, value: object, put: Put) -> ValueForm:
    return ValueForm(form.key(part), value, put, form.known, form.hours)


def _put_key(form: ValueForm, key: str, value: object) -> None:
    form.put({**_object(form.value), key: value})


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _two(value: object) -> tuple[object, object]:
    if isinstance(value, list) and len(value) == 2:
        return value[0], value[1]
    return None, None


def _pair(low: object, high: object) -> list[object]:
    return [low if low is not None else high, high if high is not None else low]


def _read_number(text: str) -> int | Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    return int(number) if number == number.to_integral_value() else number


def _read_day(value: object) -> date | None:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _with(known: Sequence[str], given: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*known, *given]))


_DRAWN: Mapping[str, Callable[[ValueForm], None]] = {
    "number": draw_number,
    "number_pair": _draw_pair,
    "number_list": _draw_numbers,
    "percent": _draw_percent,
    "text": _draw_text,
    "text_part": _draw_part_of_text,
    "text_list": _draw_texts,
    "day": _draw_day,
    "day_pair": _draw_days,
    "span": _draw_span,
    "ago_span": _draw_ago,
    "day_count": _draw_day_count,
    "anniversary_span": _draw_anniversary,
    "period": _draw_period,
    "months": _draw_months,
    "weekdays": _draw_weekdays,
}

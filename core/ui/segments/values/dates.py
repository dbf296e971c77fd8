"""Widgets for days, spans of time, periods, months and weekdays."""

import calendar
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import streamlit as st

from core.segments.calendar import FIRST_YEAR, LAST_YEAR, PERIODS, Unit
from core.ui.edge import on_click
from core.ui.segments.values.form import (
    HIDDEN,
    NARROW,
    ValueForm,
    as_object,
    draw_choice,
    draw_count,
    put_high,
    put_key,
    put_low,
    two_of,
)


def draw_day(form: ValueForm) -> None:
    _draw_date(form, "Day", "value", form.value, lambda day: form.put(day.isoformat()))


def draw_days(form: ValueForm) -> None:
    low, high = two_of(form.value)
    _draw_date(
        form,
        "From",
        "low",
        low,
        lambda day: put_low(form, day.isoformat()),
    )
    st.markdown("and", width="content")
    _draw_date(
        form,
        "To",
        "high",
        high,
        lambda day: put_high(form, day.isoformat()),
    )


def draw_span(form: ValueForm) -> None:
    _draw_part(form, "How many", "count")
    units = [unit.value for unit in Unit if form.hours or unit is not Unit.HOURS]
    _draw_unit(form, units)


def draw_ago(form: ValueForm) -> None:
    _draw_part(form, "From", "from")
    st.markdown("to", width="content")
    _draw_part(form, "To", "to")
    _draw_unit(form, [unit.value for unit in Unit if unit is not Unit.HOURS])


def _draw_part(form: ValueForm, label: str, part: str) -> None:
    value = as_object(form.value).get(part)
    draw_count(label, form.key(part), value, lambda number: put_key(form, part, number))


def draw_day_count(form: ValueForm) -> None:
    value = as_object(form.value).get("count")
    draw_count("Days", form.key("count"), value, lambda n: form.put({"count": n}))
    st.markdown("days", width="content")


def draw_anniversary(form: ValueForm) -> None:
    value = as_object(form.value).get("count")
    draw_count("Days", form.key("count"), value, lambda n: form.put({"count": n, "unit": "days"}))
    st.markdown("days", width="content")


def draw_period(form: ValueForm) -> None:
    value = form.value if isinstance(form.value, str) else None
    draw_choice(
        "Period", form.key(), PERIODS, value, form.put, lambda period: period.replace("_", " ")
    )


def draw_months(form: ValueForm) -> None:
    _draw_named(form, "Months", dict(enumerate(calendar.month_name[1:], 1)))


def draw_weekdays(form: ValueForm) -> None:
    _draw_named(form, "Days of the week", dict(enumerate(calendar.day_name, 1)))


def _draw_date(
    form: ValueForm, label: str, part: str, value: object, put: Callable[[date], None]
) -> None:
    key = form.key(part)
    st.session_state[key] = _read_day(value)

    @on_click
    def take() -> None:
        if st.session_state[key] is not None:
            put(st.session_state[key])

    st.date_input(
        label,
        key=key,
        min_value=date(FIRST_YEAR, 1, 1),
        max_value=date(LAST_YEAR, 12, 31),
        format="YYYY-MM-DD",
        label_visibility=HIDDEN,
        width=150,
        on_change=take,
    )


def _draw_unit(form: ValueForm, units: Sequence[str]) -> None:
    unit = str(as_object(form.value).get("unit", ""))
    draw_choice(
        "Unit", form.key("unit"), units, unit, lambda u: put_key(form, "unit", u), width=NARROW
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
        label_visibility=HIDDEN,
        width=320,
        on_change=on_click(lambda: form.put(sorted(st.session_state[key]) or None)),
    )


def _read_day(value: object) -> date | None:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None

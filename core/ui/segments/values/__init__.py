"""Widgets for the value of an operator, one kind a shape, that write it as the format has it."""

from collections.abc import Callable, Mapping

from core.ui.segments.values.dates import (
    draw_ago,
    draw_anniversary,
    draw_day,
    draw_day_count,
    draw_days,
    draw_months,
    draw_period,
    draw_span,
    draw_weekdays,
)
from core.ui.segments.values.form import ValueForm
from core.ui.segments.values.numbers import draw_number, draw_numbers, draw_pair, draw_percent
from core.ui.segments.values.texts import draw_part_of_text, draw_text, draw_texts


def draw_value(shape: str, form: ValueForm) -> None:
    """Draw the widgets of a value of that shape, none where an operator takes none."""
    draw = _DRAWN.get(shape)
    if draw is not None:
        draw(form)


_DRAWN: Mapping[str, Callable[[ValueForm], None]] = {
    "number": draw_number,
    "number_pair": draw_pair,
    "number_list": draw_numbers,
    "percent": draw_percent,
    "text": draw_text,
    "text_part": draw_part_of_text,
    "text_list": draw_texts,
    "day": draw_day,
    "day_pair": draw_days,
    "span": draw_span,
    "ago_span": draw_ago,
    "day_count": draw_day_count,
    "anniversary_span": draw_anniversary,
    "period": draw_period,
    "months": draw_months,
    "weekdays": draw_weekdays,
}

"""Attributes as a plan keeps them: JSON that remembers each value's type."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from core.destinations._base import AttributeValue


def parse_attributes(text: str) -> dict[str, AttributeValue] | None:
    """Return the values of a plan's row by the name they are sent under, None where none is.

    >>> parse_attributes('{"points":{"number":"12.5"},"tier":{"text":"gold"}}')
    {'points': Decimal('12.5'), 'tier': 'gold'}
    """
    if text == "{}":
        return None
    return {name: _value(typed) for name, typed in orjson.loads(text).items()}


def _value(typed: dict[str, Any]) -> AttributeValue:
    ((kind, value),) = typed.items()
    return _READERS[kind](value)


def _number(text: str) -> AttributeValue:
    if "e" in text.lower():
        return float(text)
    return Decimal(text) if "." in text else int(text)


_READERS: dict[str, Callable[[Any], AttributeValue]] = {
    "text": str,
    "number": _number,
    "boolean": bool,
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
}

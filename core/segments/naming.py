"""How a page names tables, fields and their types, where a segment does not fit the data."""

from collections.abc import Iterable, Mapping

from core.data.catalogue import FieldType
from core.segments.suggest import nearest

_SHOWN = 60

TYPE_WORDS: Mapping[str, str] = {
    FieldType.TEXT: "a text",
    FieldType.NUMBER: "a number",
    FieldType.BOOLEAN: "a yes or no",
    FieldType.DATE: "a day",
    FieldType.TIMESTAMP: "a moment",
}


def table_words(name: str) -> str:
    """Return the name of a table as people read it.

    >>> table_words("order_items")
    'order items'
    """
    return name.replace("_", " ")


def quoted(name: str) -> str:
    """Return a name of the data in quotation marks, shortened.

    >>> quoted("order_items")
    '“order items”'
    """
    words = table_words(name)
    return f"“{words if len(words) <= _SHOWN else words[: _SHOWN - 1] + '…'}”"


def gone(what: str, wrong: str, possible: Iterable[str]) -> str:
    """Return that the data does not have something, with what was probably meant.

    >>> gone("no field “contry”", "contry", ["country"])
    'There is no field “contry”. Did you mean “country”?'
    >>> gone("no field “x”", "x", ["country"])
    'There is no field “x”: choose another, or load data that has it.'
    """
    near = nearest(wrong, possible)
    if near is not None:
        return f"There is {what}. Did you mean {quoted(near)}?"
    return f"There is {what}: choose another, or load data that has it."

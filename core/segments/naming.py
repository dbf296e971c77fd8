"""How a page names tables, fields and their types, where a segment does not fit the data."""

from collections.abc import Iterable, Mapping

from core.data.catalogue import FieldType
from core.segments.suggest import nearest

_SHOWN = 60

TYPE_WORDS: Mapping[str, str] = {
    FieldType.TEXT: "text",
    FieldType.NUMBER: "number",
    FieldType.BOOLEAN: "yes or no",
    FieldType.DATE: "date",
    FieldType.TIMESTAMP: "date and time",
}


def spaced(name: str) -> str:
    """Return names of the data as people read them.

    >>> spaced("order_items")
    'order items'
    """
    return name.replace("_", " ")


def quoted(name: str) -> str:
    """Return a name of the data in quotation marks, shortened.

    >>> quoted("order_items")
    '“order items”'
    """
    words = spaced(name)
    return f"“{words if len(words) <= _SHOWN else words[: _SHOWN - 1] + '…'}”"


def gone_sentence(what: str, wrong: str, possible: Iterable[str]) -> str:
    """Return that the data does not have something, with what was probably meant.

    >>> gone_sentence("no field “contry”", "contry", ["country"])
    'There is no field “contry”. Did you mean “country”?'
    >>> gone_sentence("no field “x”", "x", ["country"])
    'There is no field “x”: choose another, or load data that has it.'
    """
    near = nearest(wrong, possible)
    if near is not None:
        return f"There is {what}. Did you mean {quoted(near)}?"
    return f"There is {what}: choose another, or load data that has it."

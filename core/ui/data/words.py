"""How the page of the data says things: types, states of refreshes, verdicts without file words."""

import re

from core.data.catalogue import FieldType
from core.store.loads import LoadState

TYPE_WORDS = {
    FieldType.TEXT: "Text",
    FieldType.NUMBER: "Number",
    FieldType.BOOLEAN: "Yes or no",
    FieldType.DATE: "Date",
    FieldType.TIMESTAMP: "Date and time",
}
LOAD_WORDS = {
    LoadState.QUEUED: "waiting for its turn",
    LoadState.LOADING: "under way",
    LoadState.LOADED: "done",
    LoadState.FAILED: "failed",
    LoadState.CANCELLED: "cancelled",
}
_OPTION = re.compile(r" \((csv\.\w+ in a manifest[^)]*|'\w+' in a manifest|--[\w-]+)\)")
_PLACE = re.compile(r"^(dataset\.toml: )?(tables\.|links: )")


def without_file_words(sentence: str) -> str:
    """Return a verdict as somebody reads it who sees no manifest and no command line.

    >>> without_file_words("tables.people.key: choose one ('sheet' in a manifest)")
    'people.key: choose one'
    >>> without_file_words("orders.csv, line 3 ('none')")
    "orders.csv, line 3 ('none')"
    >>> without_file_words("people has 2 rows. Load it all the same (--accept-fewer)")
    'people has 2 rows. Load it all the same'
    """
    return _OPTION.sub("", _PLACE.sub("", sentence))

"""Physical names in a snapshot: the user's, where DuckDB can tell them apart."""

import re
from collections.abc import Iterable

ROW_NUMBER = "_row"
PERSON = "_person"
MOMENT = "_moment"
_RESERVED = re.compile(r"_row|_moment|_catalogue|_person(_\d+)?|rowid", re.IGNORECASE)


def unique_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return a name for each, equal but for case to no other and to no reserved one.

    >>> unique_names(["City", "city", "_row"])
    ('City', 'city_2', '_row__2')
    """
    wanted = list(names)
    taken = {_folded(name) for name in wanted}
    given: set[str] = set()
    result: list[str] = []
    for name in wanted:
        # "_person_2" would be reserved as well, and so would every number after it.
        stem = f"{name}_" if _RESERVED.fullmatch(name) else name
        chosen, number = name, 1
        while _folded(chosen) in given or _RESERVED.fullmatch(chosen) or not chosen:
            number += 1
            candidate = f"{stem}_{number}"
            chosen = candidate if _folded(candidate) not in taken else ""
        given.add(_folded(chosen))
        result.append(chosen)
    return tuple(result)


def person_column(position: int) -> str:
    """Return the column with the person of a table's path at that position.

    >>> person_column(0), person_column(1)
    ('_person', '_person_2')
    """
    return PERSON if position == 0 else f"{PERSON}_{position + 1}"


def _folded(name: str) -> str:
    return name.lower().casefold()

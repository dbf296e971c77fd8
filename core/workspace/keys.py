"""Keys of what is made in a browser: they name it for good, in files and on the command line."""

from collections.abc import Collection

from core.names import clean_name
from core.slug import slug_of

_UNNAMED = "unnamed"


def new_key(name: str, taken: Collection[str]) -> str:
    """Return a key that reads like the name and that nothing has yet.

    >>> new_key("VIPs in Paris", {"vips_in_paris"})
    'vips_in_paris_2'
    """
    key = slug_of(clean_name(name)) or _UNNAMED
    number = 2
    free = key
    while free in taken:
        free = f"{key}_{number}"
        number += 1
    return free

"""Keys for what is made in the browser, where people give names and never see keys."""

from collections.abc import Collection

from core.destinations._names import fold_name

_MOST_CHARACTERS = 90


def new_key(name: str, kind: str, taken: Collection[str]) -> str:
    """Return a key that reads like the name and is not taken.

    >>> new_key("Batch, production", "destination", []), new_key("常連", "segment", ["segment"])
    ('batch_production', 'segment_2')
    """
    plain = fold_name(name)[:_MOST_CHARACTERS].rstrip("_") or kind
    numbered = (f"{plain}_{number}" for number in range(2, len(taken) + 3))
    return plain if plain not in taken else next(key for key in numbered if key not in taken)

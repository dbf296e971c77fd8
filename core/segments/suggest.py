"""The sentence after "no such name": the nearest one, or what there is."""

from collections.abc import Iterable
from difflib import get_close_matches

_LISTED = 12
_SHOWN = 60
_COMPARED = 200


def shown(raw: object) -> str:
    """Return a JSON value for a message: a scalar, shortened, or the kind of anything larger.

    >>> shown("x" * 100)[-3:], shown([[[]]]), shown(10**9999)
    ('xx…', 'a list', 'a huge number')
    """
    if isinstance(raw, dict):
        return "an object"
    if isinstance(raw, list | tuple):
        return "a list"
    if isinstance(raw, int) and raw.bit_length() > 1000:
        return "a huge number"
    text = repr(raw[: _SHOWN + 1]) if isinstance(raw, str) else str(raw)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def did_you_mean(wrong: object, possible: Iterable[str]) -> str:
    """Return "Did you mean 'country'?" or, where nothing is near, what is possible."""
    names = list(possible)
    near = nearest(wrong, names)
    if near is not None:
        return f"Did you mean {near!r}?"
    if not names:
        return "There is none."
    listed = ", ".join(names[:_LISTED])
    rest = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"There is: {listed}{rest}."


def nearest(wrong: object, possible: Iterable[str]) -> str | None:
    """Return the possible name that was probably meant, if one is near."""
    if not isinstance(wrong, str):
        return None
    return next(iter(get_close_matches(wrong[:_COMPARED], list(possible), n=1)), None)

"""Names of audiences that any platform takes."""

import re
import unicodedata

_MOST_CHARACTERS = 100
# Letters that are no accented form of another one.
_SPELLED_OUT = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def suggest_audience_name(display_name: str) -> str:
    """Return a name made of a-z, 0-9 and _ that reads like the display name.

    >>> suggest_audience_name("Fidèles à Paris, 90 jours")
    'fideles_a_paris_90_jours'
    >>> suggest_audience_name("常連")
    'audience'
    """
    spelled = unicodedata.normalize("NFKC", display_name).casefold().translate(_SPELLED_OUT)
    folded = unicodedata.normalize("NFKD", spelled)
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return words[:_MOST_CHARACTERS].rstrip("_") or "audience"

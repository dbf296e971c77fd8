"""Names made of a-z, 0-9 and _ that read like what somebody wrote."""

import re
import unicodedata

_MOST_CHARACTERS = 100
# Letters that are no accented form of another one.
_SPELLED_OUT = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def slug_of(text: str) -> str:
    """Return the name, empty where no letter of the text can be written so.

    >>> slug_of("Fidèles à Paris, 90 jours")
    'fideles_a_paris_90_jours'
    >>> slug_of("常連")
    ''
    """
    spelled = unicodedata.normalize("NFKC", text).casefold().translate(_SPELLED_OUT)
    folded = unicodedata.normalize("NFKD", spelled)
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return words[:_MOST_CHARACTERS].rstrip("_")

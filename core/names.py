"""What people call things: how a name is written, and when two names are the same."""

import re
import unicodedata
from functools import lru_cache

_UNSEEN_CATEGORIES = ("Cc", "Cf", "Cs")
# Default_Ignorable_Code_Point of Unicode where the category is that of a letter or a mark.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
# Of category Cf, and seen: signs of Arabic, Syriac and Kaithi numbers.
_SEEN = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
_BLANK_OF_BRAILLE = "\u2800"
# A joiner joins what stands around it, a selector varies what stands before it.
_JOINERS = "\u200c\u200d"
_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_JOINING = re.compile(f"[{_JOINERS}{_SELECTORS}]")
_JOINING_NOTHING = re.compile(rf"(?<!\S)[{_JOINERS}{_SELECTORS}]+|[{_JOINERS}]+(?!\S)")
# The flag of a part of a country, as of Scotland, is a black flag and letters that are not seen.
_FLAG_OR_LETTER = re.compile(
    "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f|.", re.DOTALL
)


def clean_name(text: str) -> str:
    """Return a name as it is saved, empty where nothing of it would be seen.

    Letters are composed (NFC), white space is single spaces, and what cannot be seen is dropped:
    control characters, marks that turn the direction of writing, fillers. What joins letters or
    emoji stays.

    >>> clean_name("  Fide\u0301les\t\u202eParis "), clean_name("\u200b\u3164")
    ('Fidéles Paris', '')
    """
    text = unicodedata.normalize("NFC", text).replace(_BLANK_OF_BRAILLE, " ")
    seen = "".join(part for part in _FLAG_OR_LETTER.findall(text) if _is_kept(part))
    words = _JOINING_NOTHING.sub("", seen).split()
    return unicodedata.normalize("NFC", " ".join(words))


@lru_cache(maxsize=10_000)
def comparable(name: str) -> str:
    """Return what is equal of two names that people take for the same one.

    >>> comparable(" VIP\u200d ") == comparable("vip"), comparable("É") == comparable("e\u0301")
    (True, True)
    """
    bare = unicodedata.normalize("NFD", _JOINING.sub("", clean_name(name)))
    return unicodedata.normalize("NFC", bare.casefold())


def _is_kept(part: str) -> bool:
    if len(part) > 1 or part.isspace() or part in _SEEN or _JOINING.match(part):
        return True
    return unicodedata.category(part) not in _UNSEEN_CATEGORIES and not _UNSEEN.match(part)

"""What people call things: how a name is written, and when two names are the same."""

import unicodedata
from functools import lru_cache

import regex

_BLANK_OF_BRAILLE = "\u2800"
# A joiner joins what stands around it, a selector varies what stands before it.
_JOINERS, _SELECTORS = r"\p{Join_Control}", r"\p{Variation_Selector}"
_JOINING = regex.compile(rf"[{_JOINERS}{_SELECTORS}]")
_JOINING_NOTHING = regex.compile(rf"(?<!\S)[{_JOINERS}{_SELECTORS}]+|[{_JOINERS}]+(?!\S)")
# The flag of a part of a country, as of Scotland, is a black flag and letters that are not seen.
_FLAG = r"\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
# Prepended marks, as of Arabic numbers, are of category Cf and seen.
_UNSEEN = regex.compile(
    rf"({_FLAG})|[[\p{{Cc}}\p{{Cf}}\p{{Cs}}\p{{Default_Ignorable_Code_Point}}]"
    rf"--[\p{{Prepended_Concatenation_Mark}}{_JOINERS}{_SELECTORS}]]",
    regex.VERSION1,
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
    seen = _UNSEEN.sub(r"\1", " ".join(text.split()))
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

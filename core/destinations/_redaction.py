"""Takes secrets out of a platform's words, in whatever form it repeats them."""

import html
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence, Set
from functools import partial
from urllib.parse import unquote

HIDDEN = "…"
_PIECE = 8  # characters; what is shorter tells less than its surroundings
_LEAST_IN_BASE64 = 4  # characters; of fewer, base64 leaves too little that is surely theirs
_DEPTH = 3
_LONGEST = 10_000  # characters; nothing behind them is shown anyway
_BACKSLASH = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\\\"'/]))")
_URL_SAFE = str.maketrans("-_", "+/")


def hide_secrets(text: str, secrets: Sequence[str]) -> str:
    """Return what can be printed of a text, each word that holds a piece of a secret hidden.

    A piece is what has 8 characters or more of one, or all of a shorter one: as it is, in capitals
    or not, escaped as in an address, JSON or HTML, also several times over, in hexadecimal digits
    or in base64 with whatever stands before it. All is hidden where a piece holds blanks.

    >>> hide_secrets("no key (rest%2DSENTINEL%2D1) here", ["rest-SENTINEL-1"])
    'no key … here'
    """
    shown = "".join(letter for letter in text[:_LONGEST] if letter.isprintable())
    pieces = {piece for secret in secrets if secret for piece in _pieces(secret)}
    said = "".join(HIDDEN if _holds(word, pieces) else word for word in re.split("( +)", shown))
    return HIDDEN if _holds(said, pieces) else said


def _holds(text: str, pieces: Set[str]) -> bool:
    return any(piece in reading for reading in map(_plain, _readings(text)) for piece in pieces)


def _readings(text: str) -> Set[str]:
    """Return the text as it is, and as it reads with escapes undone in any order."""
    found = newest = {text}
    for _ in range(_DEPTH):
        newest = {undo(each) for each in newest for undo in _ESCAPES} - found
        found = found | newest
    return found


def _undo_backslashes(text: str) -> str:
    return _BACKSLASH.sub(lambda found: found[3] or chr(int(found[1] or found[2], 16)), text)


_ESCAPES = (partial(unquote, encoding="latin-1"), _undo_backslashes, html.unescape)


def _pieces(secret: str) -> Iterator[str]:
    """Yield the shortest pieces that are hidden, in each form that escapes do not undo."""
    length, raw = min(_PIECE, len(secret)), secret.encode()
    yield from _runs(secret, length)
    yield from _runs(raw.hex(), 2 * length)
    if length >= _LEAST_IN_BASE64:
        for before in range(3):
            written = b64encode(bytes(before) + raw).decode()
            # The first and last characters hold bits of what stands around the piece.
            core = written[-(-8 * before // 6) : 8 * (before + len(raw)) // 6]
            yield from _runs(core, (8 * length - 4) // 6)


def _runs(text: str, length: int) -> Iterator[str]:
    plain = _plain(text)
    return (plain[at : at + length] for at in range(len(plain) - length + 1))


def _plain(text: str) -> str:
    return text.translate(_URL_SAFE).lower()

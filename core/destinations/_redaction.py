"""Takes secrets out of a platform's words, in whatever form it repeats them."""

import html
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

HIDDEN = "…"
_PIECE = 8  # characters; what is shorter tells less than its surroundings
_LEAST_IN_BASE64 = 4  # characters; of fewer, base64 leaves too little that is surely theirs
_DEPTH = 3
_LONGEST = 10_000  # characters; nothing behind them is shown anyway


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text as it reads once escapes are undone; `spans` are its characters' places."""

    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Escape:
    """One way of writing a character otherwise."""

    pattern: re.Pattern[str]
    undo: Callable[[str], str]


def _undo_backslash(written: str) -> str:
    return chr(int(written[2:], 16)) if len(written) > 2 else written[1]


_ESCAPES = (
    _Escape(re.compile(r"%[0-9a-fA-F]{2}"), lambda written: unquote(written, "latin-1")),
    _Escape(re.compile(r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\\\"'/])"), _undo_backslash),
    _Escape(re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|[a-z]{2,4});"), html.unescape),
)
_LOWER = str.maketrans({chr(65 + at): chr(97 + at) for at in range(26)})
_BASE64 = str.maketrans("-_", "+/")


def hide_secrets(text: str, secrets: Sequence[str]) -> str:
    """Return what can be printed of a text, each piece of a secret in it hidden.

    A piece is what has 8 characters or more of one, or all of a shorter one: as it is, in capitals
    or not, escaped as in an address, JSON or HTML, also several times over, in hexadecimal digits
    or in base64 with whatever stands before it.

    >>> hide_secrets("no key rest%2DSENTINEL%2D1 here", ["rest-SENTINEL-1"])
    'no key … here'
    """
    shown = "".join(letter for letter in text[:_LONGEST] if letter.isprintable())
    known = [_pieces_of(secret) for secret in secrets if secret]
    hidden = [False] * len(shown)
    for reading in _readings(shown):
        for pieces in known:
            for start, end in pieces.found_in(reading):
                hidden[start:end] = [True] * (end - start)
    return _without(shown, hidden)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The shortest pieces of one secret that are hidden, by the form they are written in."""

    plain: frozenset[str]
    base64: frozenset[str]

    def found_in(self, reading: _Reading) -> Iterator[tuple[int, int]]:
        """Yield where pieces stand, as places in the first text."""
        lower = reading.text.translate(_LOWER)
        for text, pieces in ((lower, self.plain), (lower.translate(_BASE64), self.base64)):
            for length in {len(piece) for piece in pieces}:
                for at in range(len(text) - length + 1):
                    if text[at : at + length] in pieces:
                        yield reading.spans[at][0], reading.spans[at + length - 1][1]


def _pieces_of(secret: str) -> _Pieces:
    length = min(_PIECE, len(secret))
    raw = secret.encode()
    plain = _runs(secret, length) | _runs(raw.hex(), 2 * length)
    if length < _LEAST_IN_BASE64:
        return _Pieces(plain, frozenset())
    # The first and last characters hold bits of what stands around the piece.
    surely = (8 * length - 4) // 6
    written = (_base64_core(raw, before) for before in range(3))
    return _Pieces(plain, frozenset().union(*(_runs(core, surely) for core in written)))


def _base64_core(raw: bytes, before: int) -> str:
    """Return the characters that are the secret's alone where `before` bytes precede it."""
    text = b64encode(bytes(before) + raw).decode()
    return text[-(-8 * before // 6) : 8 * (before + len(raw)) // 6]


def _runs(text: str, length: int) -> frozenset[str]:
    lower = text.translate(_LOWER)
    return frozenset(lower[at : at + length] for at in range(len(lower) - length + 1))


def _readings(text: str) -> Iterator[_Reading]:
    """Yield the text as it is, and as it reads with escapes undone in any order."""
    seen = {text}
    at_depth = [_Reading(text, tuple((at, at + 1) for at in range(len(text))))]
    for _ in range(_DEPTH + 1):
        yield from at_depth
        undone = [_undone(each, escape) for each in at_depth for escape in _ESCAPES]
        at_depth = []
        for reading in undone:
            if reading.text not in seen:
                seen.add(reading.text)
                at_depth.append(reading)


def _undone(reading: _Reading, escape: _Escape) -> _Reading:
    letters: list[str] = []
    spans: list[tuple[int, int]] = []
    at = 0
    for found in escape.pattern.finditer(reading.text):
        letters += reading.text[at : found.start()]
        spans += reading.spans[at : found.start()]
        letter = escape.undo(found[0])[:1]
        letters.append(letter)
        spans.append((reading.spans[found.start()][0], reading.spans[found.end() - 1][1]))
        at = found.end()
    return _Reading("".join([*letters, reading.text[at:]]), (*spans, *reading.spans[at:]))


def _without(text: str, hidden: Sequence[bool]) -> str:
    letters = [
        HIDDEN if is_hidden else letter
        for letter, is_hidden, was_hidden in zip(text, hidden, [False, *hidden], strict=False)
        if not (is_hidden and was_hidden)
    ]
    return "".join(letters)

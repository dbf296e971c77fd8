"""Nothing of a secret that is worth anything stays in a platform's words."""

import html
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.destinations._redaction import HIDDEN, hide_secrets

PIECE = 8
VISIBLE = "".join(chr(code) for code in range(33, 127))
Encode = Callable[[str], str]


def twice(encode: Encode) -> Encode:
    return lambda text: encode(encode(text))


def in_address(text: str) -> str:
    return quote(text, safe="")


def in_json(text: str) -> str:
    return json.dumps(text)[1:-1].replace("/", "\\/")


WRITTEN: dict[str, Encode] = {
    "as it is": str,
    "in capitals": str.upper,
    "in small letters": str.lower,
    "in an address": in_address,
    "in an address in small letters": lambda text: in_address(text).lower(),
    "in an address, every letter": lambda text: "".join(f"%{ord(each):02X}" for each in text),
    "in an address twice": twice(in_address),
    "in JSON": in_json,
    "in JSON in JSON": twice(in_json),
    "in JSON, every letter": lambda text: "".join(f"\\u{ord(each):04x}" for each in text),
    "in HTML": html.escape,
    "in HTML, every letter": lambda text: "".join(f"&#{ord(each)};" for each in text),
    "in JSON in an address": lambda text: in_address(in_json(text)),
    "in an address in JSON": lambda text: in_json(in_address(text)),
    "in HTML in JSON": lambda text: in_json(html.escape(text)),
    "in hexadecimal digits": lambda text: text.encode().hex(),
    "with a blank of no width": "\u200b".join,
}
words = st.text(alphabet="àéîõü ÄÖ.,:", max_size=20)


@st.composite
def secrets_and_pieces(draw: st.DrawFn) -> tuple[str, str]:
    secret = draw(st.text(alphabet=VISIBLE, min_size=PIECE, max_size=60))
    start = draw(st.integers(0, len(secret) - PIECE))
    return secret, secret[start : draw(st.integers(start + PIECE, len(secret)))]


@pytest.mark.parametrize("form", WRITTEN)
@given(given_=secrets_and_pieces(), before=words, after=words)
def test_a_piece_is_hidden_in_every_form(
    form: str, given_: tuple[str, str], before: str, after: str
) -> None:
    secret, piece = given_
    said = hide_secrets(f"{before} {WRITTEN[form](piece)} {after}", ["another-one", secret])
    assert said == f"{before} {HIDDEN} {after}"


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@given(
    secret=st.text(alphabet=VISIBLE, min_size=PIECE, max_size=60),
    before=st.binary(max_size=12),
    after=st.binary(max_size=6),
)
def test_nothing_of_a_secret_in_base64_can_be_read_back(
    encode: Callable[[bytes], bytes], secret: str, before: bytes, after: bytes
) -> None:
    written = encode(before + secret.encode() + after).decode()
    head, *_, tail = hide_secrets(f"not {written}", [secret]).split(HIDDEN)
    first, last = -(-8 * len(before) // 6), 8 * (len(before) + len(secret)) // 6
    assert f"not {written[:first]}".startswith(head) and written[last:].endswith(tail)


@given(
    secret=st.text(alphabet="0123456789", min_size=1, max_size=40),
    text=st.text(alphabet="abcdefghé %&\\;u", max_size=80),
)
def test_what_is_no_secret_stays(secret: str, text: str) -> None:
    assert hide_secrets(text, [secret]) == text


@given(text=st.text(), secrets=st.lists(st.text(max_size=40), max_size=3))
def test_any_words_can_be_looked_at(text: str, secrets: list[str]) -> None:
    assert hide_secrets(text, secrets).isprintable()


def test_a_short_secret_is_hidden_whole_and_its_parts_are_words() -> None:
    assert hide_secrets("no k3y! but k3y", ["k3y!"]) == "no … but k3y"


def test_only_the_word_with_a_piece_is_hidden() -> None:
    said = hide_secrets("the key (abcdefghij) is unknown", ["abcdefghXX", "cdefghij"])
    assert said == "the key … is unknown"


def test_all_is_hidden_where_a_secret_holds_blanks() -> None:
    assert hide_secrets("the key abc def gh is unknown", ["abc def gh"]) == HIDDEN


def test_an_endless_answer_is_looked_at_as_far_as_it_is_shown() -> None:
    assert len(hide_secrets("%41\\u0041" * 1_000_000, ["secret-secret"])) <= 10_000

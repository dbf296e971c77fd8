"""Names that look the same are the same, and what is saved of a name can be seen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.names import clean_name, comparable

# Text in which what matters here is frequent.
LETTERS = (
    "eÉßİſΣ \t\u00a0\u0301\u0345\u200b\u200c\u200d\u202e\u3164\u2800\ufe0f"
    "\U0001f3f4\U000e0067\U000e007f"
)
TEXT = st.text() | st.text(st.sampled_from(LETTERS))
SEEN = "Fidèles à Paris"


@given(TEXT)
def test_a_clean_name_stays_as_it_is(text: str) -> None:
    assert clean_name(clean_name(text)) == clean_name(text)


@given(TEXT)
def test_a_clean_name_is_composed_and_can_be_written(text: str) -> None:
    name = clean_name(text)
    assert unicodedata.is_normalized("NFC", name)
    assert name.encode().decode() == name
    assert "\x00" not in name and "\n" not in name


@given(TEXT)
def test_accents_are_the_same_composed_and_decomposed(text: str) -> None:
    for form in ("NFC", "NFD"):
        written = unicodedata.normalize(form, text)
        assert comparable(written) == comparable(text)
        assert clean_name(written) == clean_name(text)


@given(TEXT)
def test_cleaning_and_capitals_change_nothing_of_which_names_are_the_same(text: str) -> None:
    assert comparable(clean_name(text)) == comparable(text)
    assert comparable(comparable(text)) == comparable(text)


@given(
    TEXT,
    TEXT,
    st.sampled_from("\u200b\u00ad\u2063\u3164\u202a\u2066\u200e\u061c\ufeff\x00\x1b\ud800"),
)
def test_what_cannot_be_seen_makes_no_other_name(before: str, after: str, unseen: str) -> None:
    text = f"{SEEN}{before}{unseen}{after}{SEEN}"
    assert unseen not in clean_name(text)


@pytest.mark.parametrize(
    "unseen",
    ["", "  ", "\u200b", "\u00ad\u2063", "\u3164", "\u2800", "\u115f\u1160\uffa0", "\u202e\u2069",
     "\u200d", "\u200c \u200d", "\ufe0f", "\U000e0067", "\x00\x07", "\ud83d"],
)  # fmt: skip
def test_a_name_of_nothing_seen_is_empty(unseen: str) -> None:
    assert clean_name(unseen) == ""


@pytest.mark.parametrize(
    "name",
    ["👩‍👩‍👧 families", "❤️‍🔥 fans", "🏴󠁧󠁢󠁳󠁣󠁴󠁿 Scotland", "می‌خواهم", "葛󠄀城", "לקוחות", "クラブ", "٤٢؀"],
)
def test_what_scripts_and_emoji_need_stays(name: str) -> None:
    assert clean_name(name) == unicodedata.normalize("NFC", name)


def test_white_space_of_any_kind_is_one_space() -> None:
    assert clean_name("\u3000VIPs\u00a0\u2028 in\r\n\tParis ") == "VIPs in Paris"

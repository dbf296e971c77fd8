r"""What a cell's text means, as SQL over one column: blank, number, boolean, day, instant.

Regular expressions are RE2's, as DuckDB has them, and stand for whole cells.
"""

from collections.abc import Iterable, Sequence

from core.data.catalogue import FieldType
from core.data.instance import quote_text
from core.data.manifest import DateOrder, DecimalSign

# Unicode's White_Space and what Python's str.isspace adds to it (U+001C to U+001F).
WHITE_SPACE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_SPACE = (
    r"[\t-\r\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}"
    r"\x{205f}\x{3000}]"
)
_EXPONENT = r"([eE][+-]?[0-9]{1,3})?"
_PLAIN = {
    ".": rf"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+){_EXPONENT}",
    ",": rf"[+-]?([0-9]+,?[0-9]*|,[0-9]+){_EXPONENT}",
}
_GROUPED = {
    ".": r"[+-]?[0-9]{1,3}([, \x{a0}\x{202f}][0-9]{3})+(\.[0-9]*)?",
    ",": r"[+-]?[0-9]{1,3}([. \x{a0}\x{202f}][0-9]{3})+(,[0-9]*)?",
}
_GROUP_SIGNS = {".": ", \xa0\u202f", ",": ". \xa0\u202f"}
_YEAR = "(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})"
_DAY = f"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?"
_MIDNIGHT = r"[T ]00:00(:00(\.0{1,9})?)?"
_OFFSET = r" ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)"
_LOCAL_DAY = r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}"
_LOCAL_CLOCK = r",?[T ][0-9]{1,2}:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?( ?[AaPp][Mm])?"
# Each pair says yes and no in one way; digits say so only where somebody has said that they do.
_SAID_BY = (
    (("true",), ("false",)),
    (("yes",), ("no",)),
    (("y",), ("n",)),
    (("oui",), ("non",)),
    (("ja",), ("nein",)),
    (("si", "sí"), ("no",)),
)
_DIGITS = (("1",), ("0",))
_DAY_FORMAT = {"day first": "%d/%m/%Y", "month first": "%m/%d/%Y"}
_CLOCK_FORMATS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")


def matches(text: str, pattern: str) -> str:
    """Return the condition that all of the text fits the pattern."""
    return f"regexp_full_match({text}, {quote_text(pattern)})"


def text_value(column: str) -> str:
    """Return the text with its exact characters, NULL where it is blank."""
    # Nearly all cells begin with a visible ASCII letter, which is cheaper to see.
    return (
        f"CASE WHEN ascii({column}) BETWEEN 33 AND 126 THEN {column}"
        f" WHEN {matches(column, _SPACE + '*')} THEN NULL ELSE {column} END"
    )


def trimmed(column: str) -> str:
    """Return the text without white space around it, NULL where nothing is left."""
    around = quote_text(f"^{_SPACE}|{_SPACE}$")
    return (
        f"CASE WHEN regexp_matches({column}, {around})"
        f" THEN nullif(trim({column}, {quote_text(WHITE_SPACE)}), '')"
        f" WHEN {column} = '' THEN NULL ELSE {column} END"
    )


def text_of(column: str, sql_type: str) -> str:
    """Return a typed column as text: digits kept, whole floats without their ".0"."""
    if sql_type in ("DOUBLE", "FLOAT"):
        return (
            f"CASE WHEN isnan({column}) THEN NULL"
            f" WHEN isfinite({column}) AND {column} = trunc({column}) AND abs({column}) < 1e37"
            f" THEN CAST(CAST({column} AS HUGEINT) AS VARCHAR)"
            f" ELSE CAST({column} AS VARCHAR) END"
        )
    if sql_type.startswith("DECIMAL"):
        return (
            f"CASE WHEN {column} = trunc({column})"
            f" THEN CAST(CAST({column} AS HUGEINT) AS VARCHAR)"
            f" ELSE rtrim(CAST({column} AS VARCHAR), '0') END"
        )
    return column if sql_type == "VARCHAR" else f"CAST({column} AS VARCHAR)"


def is_plain_number(text: str, sign: DecimalSign) -> str:
    """Return the condition that the text is a finite number with that decimal sign."""
    return f"({matches(text, _PLAIN[sign])} AND {_is_finite(text, sign)})"


def is_number(text: str, sign: DecimalSign) -> str:
    """Return the condition that the text is a number, its thousands apart or not."""
    return f"({is_plain_number(text, sign)} OR {matches(text, _GROUPED[sign])})"


def is_thousands(text: str) -> str:
    """Return the condition that a comma may be a decimal sign or hold thousands apart."""
    return matches(text, "[+-]?[0-9]{1,3}(,[0-9]{3})+")


def is_odd_number(text: str) -> str:
    """Return the condition that digits would be lost: a leading zero or plus, over 28 digits."""
    digits = f"length(regexp_replace({text}, '[^0-9]', '', 'g'))"
    return (
        f"(regexp_matches({text}, '^([+]|-?0[0-9])')"
        f" OR CASE WHEN length({text}) > 28 THEN {digits} > 28 ELSE FALSE END)"
    )


def plain_digits(text: str, sign: DecimalSign) -> str:
    """Return a number's text with a decimal point and no thousands held apart."""
    bare = f"translate({text}, {quote_text(_GROUP_SIGNS[sign])}, '')"
    grouped = f"CASE WHEN {matches(text, _GROUPED[sign])} THEN {bare} ELSE {text} END"
    return grouped if sign == "." else f"replace({grouped}, ',', '.')"


def is_true_or_false(text: str) -> str:
    """Return the condition that the text is true or false, in whatever case."""
    return _is_any(text, _said_in(_SAID_BY[:1]))


def is_yes_or_no_word(text: str) -> str:
    """Return the condition that the text is a word for yes or no, in whatever case."""
    return _is_any(text, _said_in(_SAID_BY))


def is_boolean(text: str) -> str:
    """Return the condition that the text says yes or no, as a word or as a digit."""
    return _is_any(text, _said_in((*_SAID_BY, _DIGITS)))


def is_yes(text: str) -> str:
    """Return the condition that the text says yes, as a word or as a digit."""
    return _is_any(text, [word for yes, _ in (*_SAID_BY, _DIGITS) for word in yes])


def yes_or_no(value: str) -> str:
    """Return a boolean as people say it, NULL where it is none."""
    return f"CASE {value} WHEN TRUE THEN 'yes' WHEN FALSE THEN 'no' END"


def is_country_or_word(text: str) -> str:
    """Return the condition that the text is SI or NO: a word, or Slovenia or Norway."""
    return f"{text} IN ('SI', 'NO')"


def most_in_one_pair(text: str) -> str:
    """Return how many texts are words of one pair, such as yes and no: the pair that has most."""
    counted = (f"count_if({_is_any(text, _said_in([pair]))})" for pair in _SAID_BY)
    return f"greatest({', '.join(counted)})"


def _said_in(pairs: Iterable[tuple[Sequence[str], Sequence[str]]]) -> list[str]:
    return list(dict.fromkeys(word for yes, no in pairs for word in (*yes, *no)))


def _is_any(text: str, words: Sequence[str]) -> str:
    return f"lower({text}) IN ({', '.join(map(quote_text, words))})"


def is_day(text: str) -> str:
    """Return the condition that the text is a real day in ISO form."""
    return f"({matches(text, _DAY)} AND TRY_CAST({text} AS DATE) IS NOT NULL)"


def day_value(text: str) -> str:
    """Return the day of an ISO text, also with a time that is midnight, else NULL."""
    return (
        f"CASE WHEN {matches(text, f'{_DAY}({_MIDNIGHT})?')}"
        f" THEN TRY_CAST(left({text}, 10) AS DATE) END"
    )


def instant_value(text: str, zone: str) -> str:
    """Return the instant of an ISO text, read in the zone where it has no offset, else NULL."""
    joined = f"regexp_replace({text}, ' ?(UTC|Z)$', 'Z')"
    joined = f"regexp_replace({joined}, ' ([+-])', '\\1')"
    naive = in_zone(f"TRY_CAST({text} AS TIMESTAMP)", zone)
    return (
        f"CASE WHEN {matches(text, f'{_DAY}([T ]{_CLOCK})?')} THEN {naive}"
        f" WHEN {matches(text, f'{_DAY}[T ]{_CLOCK}{_OFFSET}')}"
        f" THEN TRY_CAST({joined} AS TIMESTAMPTZ) END"
    )


def in_zone(naive: str, zone: str) -> str:
    """Return the instant of a naive time in the zone.

    The later one of a repeated hour, moved on by the gap where the clock skips: ICU's reading.
    """
    return f"timezone({quote_text(zone)}, {naive})"


def local_reading(text: str, order: DateOrder) -> str:
    """Return the naive time of a text such as 31/12/2026 18:30 in that order, else NULL."""
    apart = r"^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})(,?[T ])?"
    joined = f"regexp_replace({text}, {quote_text(apart)}, '\\1/\\2/\\3 ')"
    halves = f"regexp_replace({joined}, ' ?([AaPp])[Mm]$', ' \\1M')"
    formats = ", ".join(quote_text(_DAY_FORMAT[order] + clock) for clock in _CLOCK_FORMATS)
    return (
        f"CASE WHEN {matches(text, f'{_LOCAL_DAY}({_LOCAL_CLOCK})?')}"
        f" THEN try_strptime(trim({halves}), [{formats}]) END"
    )


def is_local_day(text: str) -> str:
    """Return the condition that the text has the form of 31/12/2026, without a time."""
    return matches(text, _LOCAL_DAY)


def typed_value(text: str, field_type: FieldType, zone: str, order: DateOrder | None) -> str:
    """Return a boolean, date or timestamp of the text, NULL where it is none."""
    if field_type is FieldType.BOOLEAN:
        return f"CASE WHEN {is_boolean(text)} THEN {is_yes(text)} END"
    if field_type is FieldType.DATE:
        local = f"CAST({local_reading(text, order)} AS DATE)" if order else None
        guard = f"CASE WHEN {is_local_day(text)} THEN {local} END" if local else None
        return f"coalesce({day_value(text)}, {guard})" if guard else day_value(text)
    naive = in_zone(local_reading(text, order), zone) if order else None
    instant = instant_value(text, zone)
    return f"coalesce({instant}, {naive})" if naive else instant


def _is_finite(text: str, sign: DecimalSign) -> str:
    pointed = text if sign == "." else f"replace({text}, ',', '.')"
    return (
        f"CASE WHEN regexp_matches({text}, '[eE]')"
        f" THEN coalesce(isfinite(TRY_CAST({pointed} AS DOUBLE)), FALSE) ELSE TRUE END"
    )

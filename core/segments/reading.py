"""JSON as the segment format wants it: exact numbers, keys that stand twice kept in mind."""

import json
import re
import secrets
from decimal import Decimal, InvalidOperation
from pathlib import Path

from core.errors import UsageError

_SAFE_INT_DIGITS = 40


class JsonObject(dict[str, object]):
    """An object as it stood in the file; `twice` names the keys that were given more than once."""

    twice: frozenset[str] = frozenset()


def read_json(text: str, source: str = "the segment") -> object:
    """Return the value of a JSON text, with decimals exact and repeated keys noted.

    Raises: UsageError, naming `source`, line and column, where it is not JSON.
    """
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_decimal,
        )
    except json.JSONDecodeError as fault:
        raise UsageError(
            f"{source} is not JSON: {fault.msg} at line {fault.lineno}, column {fault.colno}."
        ) from fault
    except RecursionError as fault:
        raise UsageError(f"{source} is nested too deeply to be read.") from fault


def read_json_file(path: Path) -> object:
    """Return the value in a JSON file.

    Raises: UsageError, naming the file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as fault:
        raise UsageError(f"{path} cannot be read: {fault.strerror or fault}.") from fault
    except UnicodeDecodeError as fault:
        raise UsageError(f"{path} is not UTF-8 text: byte {fault.start} is wrong.") from fault
    return read_json(text, str(path))


def _object(pairs: list[tuple[str, object]]) -> JsonObject:
    found = JsonObject(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        found.twice = frozenset(key for key in keys if keys.count(key) > 1)
    return found


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("Infinity")


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= _SAFE_INT_DIGITS else _decimal(text)


def write_json(value: object) -> str:
    """Return the value as JSON text that `read_json` reads back equal, decimals exact.

    >>> write_json({"value": [Decimal("0.10"), 3, "é"]})
    '{"value": [0.10, 3, "é"]}'
    """
    mark = secrets.token_hex(16)  # drawn anew, so that no text holds it

    def marked(decimal: object) -> str:
        if not isinstance(decimal, Decimal):
            raise TypeError(f"{type(decimal).__name__} has no place in a segment")
        return f"{mark}{decimal:f}{mark}"

    text = json.dumps(value, ensure_ascii=False, default=marked)
    return re.sub(f'"{mark}([^"]*){mark}"', lambda found: found[1], text)

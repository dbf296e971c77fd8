"""What a request may say: bodies and queries, checked more strictly than Batch has to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

MAX_BODY_BYTES = 5_000_000
MAX_IDS = 10_000
MAX_ATTRIBUTES = 15
MAX_ID_CHARACTERS = 512
MAX_DISPLAY_NAME_CHARACTERS = 255

# As written to create, and as view reads it back.
TYPES = {"custom_ids": "CUSTOM_ID", "emails": "EMAIL", "install_ids": "INSTALL_ID"}

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_TYPED = re.compile(r"(date|url)\((.+)\)")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


class Refusal(Exception):
    """An error that the stand-in answers."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class NewAudience:
    name: str
    type: str
    display_name: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One id of a write; `attributes` is JSON, None where there are none."""

    adds: bool
    id: str
    attributes: str | None


@dataclass(frozen=True, slots=True)
class Write:
    name: str
    entries: tuple[Entry, ...]


def read_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body."""
    if len(body) > MAX_BODY_BYTES:
        raise Refusal(413, f"the body has {len(body)} bytes, the most is {MAX_BODY_BYTES}")
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refusal(400, f"the body is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise Refusal(400, "the body must be a JSON object")
    return value


def read_create(body: bytes) -> NewAudience:
    value = read_object(body)
    _check_keys(value, {"name", "type"}, {"display_name"})
    if not isinstance(value["type"], str) or value["type"] not in TYPES:
        raise Refusal(400, f"`type` must be one of {', '.join(TYPES)}")
    shown = value.get("display_name")
    if shown is not None and not _is_text(shown, MAX_DISPLAY_NAME_CHARACTERS):
        raise Refusal(400, f"`display_name` must have 1 to {MAX_DISPLAY_NAME_CHARACTERS} letters")
    return NewAudience(read_name(value["name"]), value["type"], shown)


def read_write(body: bytes, *, actions: bool) -> Write:
    """Return the ids of an update (each with its action) or of a replace (all added)."""
    value = read_object(body)
    _check_keys(value, {"name", "ids"}, set())
    ids = value["ids"]
    if not isinstance(ids, list) or not 1 <= len(ids) <= MAX_IDS:
        raise Refusal(400, f"`ids` must be a list of 1 to {MAX_IDS} entries")
    entries = tuple(_read_entry(entry, place, actions) for place, entry in enumerate(ids))
    return Write(read_name(value["name"]), entries)


def read_remove(body: bytes) -> str:
    value = read_object(body)
    _check_keys(value, {"name"}, set())
    return read_name(value["name"])


def read_name(name: object) -> str:
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise Refusal(400, "`name` must have 1 to 255 characters of A-Z a-z 0-9 _ -")
    return name


def read_limit(text: str | None) -> int:
    if text is None:
        return 10
    if not re.fullmatch(r"[1-9]\d?|100", text):
        raise Refusal(400, "`limit` must be a number from 1 to 100")
    return int(text)


def _read_entry(entry: object, place: int, actions: bool) -> Entry:
    if not isinstance(entry, dict):
        raise Refusal(400, f"`ids[{place}]` must be an object")
    _check_keys(entry, {"action", "id"} if actions else {"id"}, {"attributes"}, f"ids[{place}]")
    if not _is_text(entry["id"], MAX_ID_CHARACTERS):
        raise Refusal(400, f"`ids[{place}].id` must be text of 1 to {MAX_ID_CHARACTERS} characters")
    action = entry.get("action", "add")
    if action not in ("add", "remove"):
        raise Refusal(400, f"`ids[{place}].action` must be add or remove")
    return Entry(action == "add", entry["id"], _read_attributes(entry, action, place))


def _read_attributes(entry: Mapping[str, Any], action: str, place: int) -> str | None:
    attributes = entry.get("attributes")
    if attributes is None:
        return None
    if action == "remove":
        raise Refusal(400, f"`ids[{place}]` removes, so it cannot have `attributes`")
    if not isinstance(attributes, dict) or len(attributes) > MAX_ATTRIBUTES:
        raise Refusal(
            400, f"`ids[{place}].attributes` must be an object of at most {MAX_ATTRIBUTES}"
        )
    for name, value in attributes.items():
        if not _fits(name, value):
            raise Refusal(400, f"`ids[{place}].attributes` has a value that is wrong for its name")
    return orjson.dumps(attributes).decode()


def _fits(name: str, value: object) -> bool:
    """Whether the value has the type that the name says; booleans are documented nowhere."""
    if not name:
        return False
    typed = _TYPED.fullmatch(name)
    if typed is not None:
        return _is_instant(value) if typed[1] == "date" else _is_url(value)
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _is_instant(value: object) -> bool:
    if not isinstance(value, str) or _INSTANT.fullmatch(value) is None:
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_url(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"https?://\S+", value) is not None


def _is_text(value: object, most: int) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= most


def _check_keys(
    value: Mapping[str, Any], needed: set[str], allowed: set[str], place: str = "body"
) -> None:
    missing = needed - value.keys()
    if missing:
        raise Refusal(400, f"`{place}` lacks `{min(missing)}`")
    unknown = value.keys() - needed - allowed
    if unknown:
        raise Refusal(400, f"`{place}` has `{min(unknown)[:50]}`, which is no field")

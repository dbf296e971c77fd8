"""Batch: audiences of custom user IDs, by its Customer Engagement Platform API."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from typing import ClassVar, Self, TypeVar

import httpx
import orjson
from pydantic import (
    BaseModel,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from core.destinations._base import (
    Action,
    AttributeValue,
    Change,
    Destination,
    DestinationConfig,
    Limits,
    PlatformAudience,
    TestResult,
)
from core.destinations._http import Answer, HttpAccount, is_loopback, normal_origin
from core.destinations._redaction import hide_secrets
from core.errors import (
    AudienceMissing,
    CallRefused,
    DestinationError,
    KeysRefused,
    PlatformFault,
    TooManyCalls,
)
from core.settings import Settings

# What Batch's API is taken to do, and how sure that is. A: Batch's own pages,
# doc.batch.com/developer/api/cep/audiences; B: several third parties agree; C: one weak source;
# ?: documented nowhere. A real account that says otherwise changes a line here.
_PATH = "/2.11/audiences"  # A; shapes are the same from 2.1 on
_TYPE = "custom_ids"  # A
_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")  # A
_BODY_BYTES = 5_000_000  # ?
_LIMITS = Limits(
    ids_per_call=10_000,  # A
    body_bytes=_BODY_BYTES - 300,  # ?; the name, of 255 at most, and the brackets around the ids
    id_characters=512,  # C
    attributes=15,  # A
    interval_s=1.05,  # B: 1 request a second and project key, polls count
    pause_after_429_s=5,  # A, a neighbouring page
)
_DISPLAY_NAME_CHARACTERS = 255  # ?
_TERMINAL_STATES = {"APPLIED", "REPLACED"}  # A; anything else is pending
_DECLARED = re.compile(r"(date|url)\(.+\)")  # A: attributes typed by their name
_INSTANT = "%Y-%m-%dT%H:%M:%SZ"  # A: RFC 3339 in UTC; ?: fractions of a second, so none is sent
_TRUE, _FALSE = "true", "false"  # ?: booleans are not among the types of A, texts are
_REST_KEY_PLACE = "In Batch's dashboard under Settings › General."  # ?: A says "your dashboard"
_PROJECT_KEY_PLACE = (
    "In Batch's dashboard under Settings › General of the project; it starts with project_."  # A
)
_PROJECT_KEY_BEGINS = "project_"  # A

_MESSAGE_CHARACTERS = 500

Reply = TypeVar("Reply", bound=BaseModel)


class Config(DestinationConfig):
    """A project in Batch."""

    origin: str = Field(
        title="Address of the API",
        description="Leave it as it is unless Batch or whoever runs Rollcall says otherwise.",
    )
    rest_api_key: SecretStr = Field(title="REST API key", description=_REST_KEY_PLACE)
    project_key: SecretStr = Field(title="Project key", description=_PROJECT_KEY_PLACE)

    @field_validator("origin")
    @classmethod
    def _normalise_origin(cls, origin: str) -> str:
        return normal_origin(origin)

    @field_validator("rest_api_key", "project_key")
    @classmethod
    def _check_key(cls, key: SecretStr) -> SecretStr:
        text = key.get_secret_value().strip()
        if re.fullmatch(r"[!-~]{1,500}", text) is None:
            raise ValueError("a key is letters, digits and signs without blanks; copy it again")
        return SecretStr(text)

    @field_validator("project_key")
    @classmethod
    def _check_project_key(cls, key: SecretStr, info: ValidationInfo) -> SecretStr:
        rest = info.data.get("rest_api_key")
        if key.get_secret_value().startswith(_PROJECT_KEY_BEGINS):
            return key
        if rest is not None and rest.get_secret_value().startswith(_PROJECT_KEY_BEGINS):
            raise ValueError("the two keys are swapped: the project key starts with project_")
        raise ValueError("a project key starts with project_; copy it again from Batch's dashboard")


class _Token(BaseModel):
    indexing_token: str = Field(min_length=1)


class _Audience(BaseModel):
    name: str
    display_name: str | None = None
    nb_ids: int | None = None
    indexing_state: str | None = None


class _Page(BaseModel):
    audiences: list[_Audience]
    count: int | None = None


class _Failure(BaseModel):
    error_code: str | int | None = None
    error_message: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.error_code is None and self.error_message is None:
            raise ValueError("no error of Batch's")
        return self


class Batch(Destination):
    """One project in Batch."""

    label: ClassVar[str] = "Batch"
    place: ClassVar[str] = "Batch"
    name_label: ClassVar[str] = "Audience API name"
    id_label: ClassVar[str] = "Batch custom user ID (external ID)"
    limits: ClassVar[Limits] = _LIMITS
    config_model: ClassVar[type[DestinationConfig]] = Config

    @classmethod
    def defaults(cls, settings: Settings) -> Mapping[str, str]:
        return {"origin": settings.batch_url}

    def __init__(self, config: Config, settings: Settings) -> None:
        self._origin = config.origin
        rest_api_key = config.rest_api_key.get_secret_value()
        self._project_key = config.project_key.get_secret_value()
        # What every project key begins with is no secret, and a word of Batch's errors.
        self._secrets = (rest_api_key, self._project_key.removeprefix(_PROJECT_KEY_BEGINS))
        headers = {"Authorization": f"Bearer {rest_api_key}", "X-Batch-Project": self._project_key}
        self._http = HttpAccount(config.origin, headers, settings, self._secrets)

    @property
    def account(self) -> str:
        return f"{self._origin}|{hashlib.sha256(self._project_key.encode()).hexdigest()[:16]}"

    @classmethod
    def is_practice(cls, config: Mapping[str, object]) -> bool:
        return is_loopback(httpx.URL(str(config["origin"])).host)

    @property
    def practice(self) -> bool:
        return self.is_practice({"origin": self._origin})

    @classmethod
    def check_audience_name(cls, name: str) -> str | None:
        if _NAME.fullmatch(name):
            return None
        return (
            f"'{name[:60]}' is no audience name in Batch: "
            "it takes 1 to 255 letters without accents, digits, _ and -."
        )

    def test(self) -> TestResult:
        try:
            page = self._read("list", {"limit": "1"}, _Page)
        except AudienceMissing as error:
            raise CallRefused(
                f"{self._origin} has no list of audiences: is it the address of Batch's API?"
            ) from error
        here = "The stand-in" if self.practice else "Batch"
        return TestResult(f"{here} accepts both keys.{_how_many(page.count)}")

    def view(self, audience: str, token: str | None = None) -> PlatformAudience | None:
        query = {"name": audience} | ({"indexing_token": token} if token else {})
        try:
            found = self._read("view", query, _Audience)
        except AudienceMissing:
            return None
        return PlatformAudience(
            name=found.name,
            display_name=found.display_name,
            count=found.nb_ids,
            applied=found.indexing_state in _TERMINAL_STATES,
        )

    def create(self, audience: str, display_name: str) -> str | None:
        shown = display_name.strip()[:_DISPLAY_NAME_CHARACTERS] or audience
        fields = {"name": audience, "display_name": shown, "type": _TYPE}
        return self._write("create", _encode(fields))

    def body_size(self, change: Change) -> int:
        return len(_encode_change(change, with_action=True)) + 1

    def apply(self, audience: str, changes: Sequence[Change], run: str) -> str | None:
        return self._write("update", _body(audience, changes, with_action=True))

    def replace(self, audience: str, wanted: Sequence[Change]) -> str | None:
        """Make the wanted ids, one call of them, the only members."""
        return self._write("replace", _body(audience, wanted, with_action=False))

    def remove(self, audience: str) -> str | None:
        """Remove the whole audience."""
        return self._write("remove", _encode({"name": audience}))

    def close(self) -> None:
        self._http.close()

    def _read(self, route: str, query: Mapping[str, str], kind: type[Reply]) -> Reply:
        return self._parse(self._http.call("GET", f"{_PATH}/{route}", query=query), kind)

    def _write(self, route: str, body: bytes) -> str:
        answer = self._http.call("POST", f"{_PATH}/{route}", body=body)
        return self._parse(answer, _Token).indexing_token

    def _parse(self, answer: Answer, kind: type[Reply]) -> Reply:
        if not 200 <= answer.status < 300:
            raise _translate(answer, self._origin, self._secrets)
        try:
            return kind.model_validate_json(answer.body)
        except ValidationError as error:
            raise PlatformFault(
                f"{self._origin} answered {answer.status}, but not as Batch does; what was sent "
                "may have been applied. Sending it again is safe."
            ) from error


def _how_many(audiences: int | None) -> str:
    """Return how many the project has as a sentence, nothing where that is not known.

    >>> _how_many(1), _how_many(1200), _how_many(None)
    (' The project has 1 audience.', ' The project has 1,200 audiences.', '')
    """
    if audiences is None:
        return ""
    return f" The project has {audiences:,} {'audience' if audiences == 1 else 'audiences'}."


def _translate(answer: Answer, origin: str, secrets: Sequence[str]) -> DestinationError:
    """Return the error that a status stands for; the only place that knows statuses."""
    failure = _read_failure(answer.body)
    said = _quote(failure, secrets)
    status = answer.status
    if status == 401:
        return KeysRefused(
            f"Batch does not accept the REST API key for this project (401{said}). Look at the "
            "REST API key first, then whether the project key is of the same project."
        )
    if status == 403:
        return KeysRefused(
            f"Batch does not let this REST API key do that in this project (403{said}). Look at "
            "the project key first, then at what the REST API key may do."
        )
    # Without Batch's own body it is some gateway that does not know the address.
    if status == 404 and failure is not None:
        return AudienceMissing(f"Batch knows no such audience (404{said}).")
    if status == 429:
        return TooManyCalls(f"Batch was called too often (429{said}).", answer.retry_after_s())
    if 400 <= status < 500 and status not in (404, 407, 408):
        return CallRefused(f"Batch refused the call ({status}{said}).")
    hint = "" if status >= 500 else f" Is {origin} the address of Batch's API?"
    return PlatformFault(f"Batch could not answer ({status}{said}).{hint}", answer.retry_after_s())


def _read_failure(body: bytes) -> _Failure | None:
    try:
        return _Failure.model_validate_json(body)
    except ValidationError:
        return None


def _quote(failure: _Failure | None, secrets: Sequence[str]) -> str:
    if failure is None:
        return ""
    said = [str(part) for part in (failure.error_code, failure.error_message) if part is not None]
    return f" {hide_secrets(': '.join(said), secrets)}"[:_MESSAGE_CHARACTERS]


def _body(audience: str, changes: Sequence[Change], *, with_action: bool) -> bytes:
    """Return one call's body.

    Raises: CallRefused.
    """
    if not 1 <= len(changes) <= _LIMITS.ids_per_call:
        raise CallRefused(
            f"A call to Batch takes 1 to {_LIMITS.ids_per_call} ids, not {len(changes)}."
        )
    ids = b",".join(_encode_change(change, with_action=with_action) for change in changes)
    body = b'{"name":%s,"ids":[%s]}' % (_encode(audience), ids)
    if len(body) > _BODY_BYTES:
        raise CallRefused(
            f"A call to Batch takes {_BODY_BYTES} bytes, this one has {len(body)}: send fewer "
            "attributes or shorter ones."
        )
    return body


def _encode_change(change: Change, *, with_action: bool) -> bytes:
    entry: dict[str, object] = {"action": change.action.value} if with_action else {}
    entry["id"] = change.id
    if change.action is Action.ADD and change.attributes:
        named = (_typed(name, value) for name, value in change.attributes.items())
        entry["attributes"] = {name: value for name, value in named if value is not None}
    return _encode(entry)


def _typed(name: str, value: AttributeValue) -> tuple[str, object]:
    """Return the name that tells Batch the type, and the JSON value, None if it has none.

    A value that is not of the type that its name declares has none: Batch would refuse
    everybody else's in the same call.
    """
    declared = _DECLARED.fullmatch(name)
    if declared is not None:
        return name, _DECLARED_VALUES[declared[1]](value)
    if isinstance(value, date):
        return f"date({name})", _instant(value)
    return name, _plain(value)


def _plain(value: AttributeValue) -> object:
    if isinstance(value, bool):
        return _TRUE if value else _FALSE
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f")) if value.is_finite() else None
    if isinstance(value, int):
        return orjson.Fragment(str(value))
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value


def _instant(value: object) -> str | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).strftime(_INSTANT)
    return f"{value.isoformat()}T00:00:00Z" if isinstance(value, date) else None


def _web_address(value: object) -> str | None:
    fits = isinstance(value, str) and re.fullmatch(r"https?://\S+", value)
    return value if fits and isinstance(value, str) else None


_DECLARED_VALUES: dict[str, Callable[[object], str | None]] = {
    "date": _instant,
    "url": _web_address,
}


def _encode(value: object) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        raise CallRefused(f"An id or attribute cannot be written as JSON ({error}).") from error

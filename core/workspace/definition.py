"""The workspace file: destinations, segments and activations as `apply` takes them."""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from core.errors import RunRefused, UsageError
from core.names import clean_name
from core.schedule.definition import MANUAL, Schedule, parse_schedule
from core.segments.suggest import did_you_mean


def _seen(name: str) -> str:
    """Return the name, empty where nothing of it would be seen; the store cleans it."""
    return name if clean_name(name) else ""


Filled = Annotated[str, Field(min_length=1)]
Name = Annotated[str, AfterValidator(_seen)]
FilledName = Annotated[str, AfterValidator(_seen), Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DataPart(_Part):
    """How the dataset is refreshed."""

    manifest: str
    schedule: Any = MANUAL

    @property
    def parsed_schedule(self) -> Schedule:
        return parse_schedule(self.schedule, "data.schedule")


class DestinationPart(BaseModel):
    """A destination: its platform, and the fields of that platform's config."""

    model_config = ConfigDict(extra="allow", frozen=True)

    platform: str
    name: Name | None = None

    @property
    def config(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


class SegmentPart(_Part):
    """A segment by its name and its file in the segment format."""

    file: str
    name: Name | None = None


class ActivationPart(_Part):
    """An activation; guards left out are the defaults, `{}` is none."""

    segment: str
    destination: str
    external_id: str
    display_name: FilledName | None = None
    audience_name: Filled | None = None
    attributes: dict[str, str] = {}
    schedule: Any = MANUAL
    guards: dict[str, Any] | None = None
    exclusions: list[str] = []
    control_group: dict[str, Any] | None = None


class Definition(_Part):
    """A workspace file; `folder` is what its paths are relative to."""

    folder: Path = Field(exclude=True)
    data: DataPart | None = None
    destinations: dict[str, DestinationPart] = {}
    segments: dict[str, SegmentPart] = {}
    activations: dict[str, ActivationPart] = {}

    def path(self, given: str) -> Path:
        """Return a path of the file as an absolute one."""
        return (self.folder / given).resolve()


def read_definition(path: Path) -> Definition:
    """Return what a workspace file says.

    Raises: UsageError, naming the place in the file.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text.") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}.") from error
    except RecursionError as error:
        raise UsageError(f"{path} is nested too deeply to be read.") from error
    _check_keys(path, raw)
    try:
        return Definition.model_validate({**raw, "folder": path.resolve().parent})
    except ValidationError as error:
        raise UsageError(_sentence(path, error)) from error


@contextmanager
def at_place(place: str) -> Iterator[None]:
    """Begin what is refused inside with its place in the workspace file."""
    try:
        yield
    except (UsageError, RunRefused) as error:
        if str(error).startswith(place):
            raise
        raise type(error)(f"{place}: {error}") from error


def _check_keys(path: Path, raw: Mapping[str, Any]) -> None:
    if "folder" in raw:
        raise UsageError(f"{path.name}: folder: unknown key. {_near(('folder',))}")
    for kind in ("destinations", "segments", "activations"):
        for key in raw.get(kind, {}) if isinstance(raw.get(kind, {}), dict) else ():
            if not _is_key(key):
                raise UsageError(
                    f"{kind}.{key}: a key is up to 100 letters, digits, _ and -, "
                    "and starts with a letter or a digit."
                )


def _is_key(key: str) -> bool:
    plain = key.replace("_", "a").replace("-", "a")
    return plain.isascii() and plain.isalnum() and key[0] not in "_-" and len(key) <= 100


def _sentence(path: Path, error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in fault["loc"]) or "the file"
    if fault["type"] == "extra_forbidden":
        return f"{path.name}: {place}: unknown key. {_near(fault['loc'])}"
    if fault["type"] == "missing":
        return f"{path.name}: {place}: the key is missing."
    return f"{path.name}: {place}: {fault['msg'].removeprefix('Value error, ')}."


def _near(place: tuple[int | str, ...]) -> str:
    parts: dict[str, type[BaseModel]] = {
        "data": DataPart,
        "segments": SegmentPart,
        "activations": ActivationPart,
        "destinations": DestinationPart,
    }
    part = parts.get(str(place[0]), Definition)
    known = [name for name in part.model_fields if name != "folder"]
    return did_you_mean(str(place[-1]), known)

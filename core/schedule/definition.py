"""Schedules as they are written: by hand, after each refresh, on a grid, cron, days and times."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from core.errors import UsageError

_EVERY = re.compile(r"([1-9][0-9]{0,5}) (minute|hour)s?")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
MANUAL = "manual"
AFTER_REFRESH = "after_refresh"
_ANY_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
_FORMS = (
    f'"{MANUAL}", "{AFTER_REFRESH}", {{ every = "15 minutes" }}, {{ cron = "0 7 * * *" }} or '
    '{ days = ["mon"], at = ["07:00"] }'
)


def _known_zone(name: object) -> object:
    try:
        return ZoneInfo(str(name)).key
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"no time zone {name!r}; they are named like Europe/Paris") from error


def _cron(text: object) -> object:
    if len(str(text).split()) != 5:
        raise ValueError(f"{text!r} is no cron expression of five fields: minute to day of week")
    try:
        CronSim(str(text), _ANY_MOMENT)
    except CronSimError as error:
        raise ValueError(f"{text!r} is no cron expression: {error}") from error
    return text


def _clock(text: object) -> object:
    if not isinstance(text, str) or not _CLOCK.fullmatch(text):
        raise ValueError(f"{text!r} is no time of day; write it like 07:00")
    return text


def _interval(text: object) -> object:
    if not isinstance(text, str) or not _EVERY.fullmatch(text):
        raise ValueError(f"{text!r} is no interval; write it like 15 minutes or 2 hours")
    return text


Zone = Annotated[str, BeforeValidator(_known_zone)]
Clock = Annotated[str, BeforeValidator(_clock)]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class _Timed(BaseModel):
    """What every schedule with moments of its own may say; without a zone, the workspace's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zone: Zone | None = None
    starts: date | None = None
    ends: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.starts and self.ends and self.ends < self.starts:
            raise ValueError(f"it ends on {self.ends}, before it starts on {self.starts}")
        return self


class Every(_Timed):
    """On a grid of minutes or hours."""

    every: Annotated[str, BeforeValidator(_interval)]

    @property
    def minutes(self) -> int:
        count, unit = self.every.split(" ")
        return int(count) * (60 if unit.startswith("hour") else 1)


class Cron(_Timed):
    """At the moments of a cron expression."""

    cron: Annotated[str, BeforeValidator(_cron)]


class Days(_Timed):
    """On days of the week, at one or several times."""

    days: tuple[Day, ...] = Field(min_length=1)
    at: tuple[Clock, ...] = Field(min_length=1)


Schedule = Literal["manual", "after_refresh"] | Every | Cron | Days
_KINDS: Mapping[str, type[Every | Cron | Days]] = {"every": Every, "cron": Cron, "days": Days}


def parse_schedule(raw: object, place: str = "schedule") -> Schedule:
    """Return the schedule that was written.

    Raises: UsageError, naming the place.
    """
    if raw == MANUAL:
        return "manual"
    if raw == AFTER_REFRESH:
        return "after_refresh"
    kind = next((k for k in _KINDS if isinstance(raw, Mapping) and k in raw), None)
    if kind is None:
        raise UsageError(f"{place}: {raw!r} is no schedule. Write {_FORMS}.")
    try:
        return _KINDS[kind].model_validate(raw)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join([place, *(str(part) for part in fault["loc"])])
        said = fault["msg"].removeprefix("Value error, ")
        raise UsageError(f"{where}: {said}.") from error


def schedule_to_json(schedule: Schedule) -> str:
    """Return the schedule as the store keeps it."""
    if isinstance(schedule, str):
        return json.dumps(schedule)
    return json.dumps(schedule.model_dump(mode="json", exclude_none=True), sort_keys=True)


def schedule_from_json(text: str) -> Schedule:
    """Return the schedule that `schedule_to_json` wrote."""
    return parse_schedule(json.loads(text))


def describe_schedule(schedule: Schedule) -> str:
    """Return the schedule in words.

    >>> describe_schedule(parse_schedule({"days": ["mon", "thu"], "at": ["07:00"]}))
    'Mon and Thu at 07:00'
    """
    if isinstance(schedule, str):
        return {MANUAL: "by hand", AFTER_REFRESH: "after each data refresh"}[schedule]
    words = _words(schedule)
    words += f" ({schedule.zone})" if schedule.zone else ""
    words += f" from {schedule.starts}" if schedule.starts else ""
    return words + (f" to {schedule.ends}" if schedule.ends else "")


def _words(timed: Every | Cron | Days) -> str:
    if isinstance(timed, Every):
        return f"every {timed.every}"
    if isinstance(timed, Cron):
        return f"cron {timed.cron}"
    return f"{_joined([day.capitalize() for day in timed.days])} at {_joined(timed.at)}"


def _joined(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last

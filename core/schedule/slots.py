"""The moments at which a schedule is due, in its zone: a grid of intervals, or times of days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim

from core.schedule.definition import Cron, Days, Every, Schedule

# Missed moments are counted up to here; a minute's schedule passes it after a day.
MOST_COUNTED = 2_000


@dataclass(frozen=True, slots=True)
class Missed:
    """Moments that have come: the last of them, and how many, at most MOST_COUNTED."""

    last: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Slots:
    """A schedule with what its moments depend on.

    `zone` is the workspace's, for schedules without one of their own; `grid_start` is where a
    grid of intervals begins.
    """

    schedule: Schedule
    zone: str
    grid_start: datetime

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the first moment later than this one, in UTC; None where none will come.

        A time of day that the clocks skip is due when they have moved; one that they repeat is
        due once.
        """
        return next(self.after(moment), None)

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Yield the moments later than this one, in order."""
        if isinstance(self.schedule, str):
            return iter(())
        return self._within_days(self.schedule, moment)

    def missed(self, since: datetime, until: datetime) -> Missed | None:
        """Return what was due from `since` to `until`, both included, or None."""
        before = since - timedelta(microseconds=1)
        due = list(islice(self._until(before, until), MOST_COUNTED))
        if not due:
            return None
        last = due[-1] if len(due) < MOST_COUNTED else self._last_until(until, due[-1])
        return Missed(last, len(due))

    def _until(self, moment: datetime, until: datetime) -> Iterator[datetime]:
        for slot in self.after(moment):
            if slot > until:
                return
            yield slot

    def _last_until(self, until: datetime, known: datetime) -> datetime:
        """Return the last moment up to `until`, looked for in ever longer stretches before it."""
        stretch = timedelta(hours=1)
        while until - stretch > known:
            found = list(self._until(until - stretch, until))
            if found:
                return found[-1]
            stretch *= 4
        return list(self._until(known - timedelta(microseconds=1), until))[-1]

    def _within_days(self, timed: Every | Cron | Days, moment: datetime) -> Iterator[datetime]:
        zone = ZoneInfo(timed.zone or self.zone)
        if timed.starts is not None:
            first = datetime.combine(timed.starts, datetime.min.time(), zone).astimezone(UTC)
            moment = max(moment, first - timedelta(microseconds=1))
        for slot in _moments(timed, moment, zone, self.grid_start):
            if timed.ends is not None and slot.astimezone(zone).date() > timed.ends:
                return
            yield slot


def _moments(
    timed: Every | Cron | Days, moment: datetime, zone: ZoneInfo, grid_start: datetime
) -> Iterator[datetime]:
    if isinstance(timed, Every):
        return _grid(timedelta(minutes=timed.minutes), grid_start, moment)
    if isinstance(timed, Cron):
        return _cron(timed.cron, moment, zone)
    days = ",".join(dict.fromkeys(timed.days))
    times = (f"{int(at[3:])} {int(at[:2])} * * {days}" for at in dict.fromkeys(timed.at))
    return _once_each(merge(*(_cron(time, moment, zone) for time in times)))


def _grid(step: timedelta, start: datetime, moment: datetime) -> Iterator[datetime]:
    start = start.astimezone(UTC)
    number = (moment - start) // step + 1
    while True:
        yield start + number * step
        number += 1


def _cron(text: str, moment: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the moments of a cron expression, read as Debian's cron does where clocks change."""
    for found in CronSim(text, moment.astimezone(zone)):
        slot = found.astimezone(UTC)
        if slot > moment:
            yield slot


def _once_each(moments: Iterator[datetime]) -> Iterator[datetime]:
    """Yield each moment once: two times of a day fall together where the clocks skip both."""
    last = None
    for moment in moments:
        if moment != last:
            yield moment
        last = moment

"""When a calendar day of a zone begins."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# No zone has ever jumped by more than a day (Samoa, 2011, skipped one).
_WIDEST_JUMP = timedelta(hours=26)


def first_instant(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of the day in the zone, in UTC.

    Where midnight is skipped that is the moment of the jump; where it comes twice, the first.

    >>> first_instant(date(2026, 9, 6), ZoneInfo("America/Santiago")).isoformat()
    '2026-09-06T04:00:00+00:00'
    """
    midnight = datetime.combine(day, time.min, zone)
    instant = midnight.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return instant
    return _jump_before(instant, zone)


def _jump_before(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment at which the clocks jumped to what they show at the instant."""
    after = instant.astimezone(zone).utcoffset()
    earlier, later = instant - _WIDEST_JUMP, instant
    while later - earlier > timedelta(seconds=1):
        middle = earlier + timedelta(seconds=(later - earlier) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == after:
            later = middle
        else:
            earlier = middle
    return later

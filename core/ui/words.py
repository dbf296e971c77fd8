"""How pages say things: numbers, moments in the zone, states, and the word for people."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.store.run_states import RunState

STATE_WORDS = {
    RunState.QUEUED: "waiting for its turn",
    RunState.COMPUTING: "being worked out",
    RunState.UNCHANGED: "nothing to change",
    RunState.HELD: "waiting for approval",
    RunState.SENDING: "sending",
    RunState.WAITING: "waiting for the platform",
    RunState.CONFIRMING: "sent, not ready yet",
    RunState.SUCCEEDED: "done",
    RunState.PARTLY: "partly done",
    RunState.FAILED: "failed",
    RunState.CANCELLED: "cancelled",
    RunState.REJECTED: "rejected",
    RunState.REPLACED: "replaced by another one",
    RunState.NEEDS_ATTENTION: "needs attention",
}
SCHEDULE_ENDED = "This schedule has ended: choose another."
_COLOURS = {
    RunState.UNCHANGED: "green",
    RunState.SUCCEEDED: "green",
    RunState.HELD: "orange",
    RunState.PARTLY: "orange",
    RunState.FAILED: "red",
    RunState.NEEDS_ATTENTION: "red",
    RunState.COMPUTING: "blue",
    RunState.SENDING: "blue",
    RunState.CONFIRMING: "blue",
    RunState.WAITING: "blue",
}


def count(number: int) -> str:
    """Return a whole number as people read it.

    >>> count(1234567)
    '1,234,567'
    """
    return f"{number:,}"


def share(part: int, whole: int) -> str:
    """Return a part of a whole in percent, never rounded to all or nothing.

    >>> share(1, 100_000), share(99_999, 100_000), share(0, 0)
    ('< 0.1 %', '> 99.9 %', '0 %')
    """
    if whole == 0 or part == 0:
        return "0 %"
    percent = 100 * part / whole
    if percent < 0.1:
        return "< 0.1 %"
    if 99.9 < percent < 100:
        return "> 99.9 %"
    return f"{percent:.1f}".removesuffix(".0") + " %"


def number_of(number: int, word: str, plural: str | None = None) -> str:
    """Return so many of them.

    >>> number_of(1, "list"), number_of(2, "list"), number_of(2, "condition")
    ('1 list', '2 lists', '2 conditions')
    """
    return f"{count(number)} {word if number == 1 else plural or f'{word}s'}"


def state_badge(state: RunState) -> str:
    """Return the state as coloured Markdown; the word says it, the colour only helps."""
    return f":{_COLOURS.get(state, 'gray')}-badge[{STATE_WORDS[state]}]"


def moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return a moment in the zone, the nearer the shorter; today and yesterday by name.

    >>> paris, now = ZoneInfo("Europe/Paris"), datetime.fromisoformat("2026-11-23T12:00Z")
    >>> moment(datetime.fromisoformat("2026-11-23T06:02Z"), paris, now)
    'today 07:02'
    >>> moment(datetime.fromisoformat("2026-11-30T06:02Z"), paris, now)
    'Mon 30 Nov 07:02'
    """
    there, today = at.astimezone(zone), now.astimezone(zone).date()
    named = {
        today: "today",
        today - timedelta(days=1): "yesterday",
        today + timedelta(days=1): "tomorrow",
    }
    year = "" if there.year == today.year else f" {there.year}"
    day = named.get(there.date()) or f"{there:%a} {there.day} {there:%b}{year}"
    return f"{day} {there:%H:%M}"


def full_moment(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment with its day, year and zone.

    >>> full_moment(datetime.fromisoformat("2026-11-23T06:02Z"), ZoneInfo("Europe/Paris"))
    'Mon 23 Nov 2026, 07:02 Europe/Paris'
    """
    there = at.astimezone(zone)
    return f"{there:%a} {there.day} {there:%b %Y, %H:%M} {zone.key}"


def length(span: timedelta) -> str:
    """Return how long something took or is away, in its two largest units at most.

    >>> length(timedelta(seconds=4)), length(timedelta(minutes=62)), length(timedelta(days=3))
    ('4 s', '1 h 2 min', '3 days')
    """
    seconds = max(0, round(span.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        minutes = seconds % 3600 // 60
        return f"{seconds // 3600} h" + (f" {minutes} min" if minutes else "")
    return f"{seconds // 86400} days"


def shortened(name: str, letters: int = 60) -> str:
    """Return a name that fits, cut where it is longer.

    >>> shortened("VIP", 5), shortened("Everybody", 5)
    ('VIP', 'Ever…')
    """
    return name if len(name) <= letters else f"{name[: letters - 1]}…"

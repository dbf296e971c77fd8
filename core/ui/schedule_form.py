"""The widgets of a schedule: how it runs, its details, and the next moments it comes to."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from core.errors import UsageError
from core.schedule.definition import (
    AFTER_REFRESH,
    MANUAL,
    Cron,
    Days,
    Every,
    Schedule,
    parse_schedule,
)
from core.schedule.slots import Slots
from core.store.workspace import get_workspace
from core.ui.edge import plain
from core.ui.session import workspace
from core.ui.typed import Typed
from core.ui.words import SCHEDULE_ENDED, moment
from core.ui.zones import zone_names

_KINDS = {
    AFTER_REFRESH: "After each data refresh",
    "days": "Days and times",
    "every": "Every …",
    "cron": "Advanced (cron)",
    MANUAL: "By hand",
}
_DAYS = {
    "mon": "Mon",
    "tue": "Tue",
    "wed": "Wed",
    "thu": "Thu",
    "fri": "Fri",
    "sat": "Sat",
    "sun": "Sun",
}
_TIMES = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)]
_UNITS = {"minute": "minutes", "hour": "hours"}
_SHOWN_MOMENTS = 5


def draw_schedule_form(
    typed: Typed,
    current: Schedule,
    *,
    after_refresh: bool = True,
    grid_start: datetime | None = None,
) -> Schedule | None:
    """Draw that part of a form and return its schedule, None where it is not filled in well.

    `grid_start` is where a grid of intervals begins, the present for one that is not saved yet;
    without `after_refresh` that way of running is not offered.
    """
    kinds = [kind for kind in _KINDS if after_refresh or kind != AFTER_REFRESH]
    kind = st.radio(
        "When it runs",
        kinds,
        horizontal=True,
        format_func=_KINDS.__getitem__,
        key=typed.widget_key("when:kind", _kind_of(current), kinds),
        label_visibility="collapsed",
    )
    try:
        schedule = parse_schedule(_draw_details(typed, str(kind), current))
    except UsageError as fault:
        st.error(plain(_without_place(str(fault))), icon=":material/error:")
        return None
    return schedule if _draw_moments(schedule, grid_start) else None


def next_moments(
    schedule: Schedule, zone: str, grid_start: datetime, now: datetime
) -> list[datetime]:
    """Return the next few moments of a schedule; none for one that follows something else."""
    return list(islice(Slots(schedule, zone, grid_start).after(now), _SHOWN_MOMENTS))


def _kind_of(schedule: Schedule) -> str:
    if isinstance(schedule, str):
        return schedule
    return next(name for name in ("every", "cron", "days") if hasattr(schedule, name))


def _draw_details(typed: Typed, kind: str, current: Schedule) -> object:
    """Return the schedule as somebody would write it."""
    if kind in (MANUAL, AFTER_REFRESH):
        return kind
    draw = {"every": _draw_every, "cron": _draw_cron, "days": _draw_days}[kind]
    return {**draw(typed, current), **_draw_limits(typed, current)}


def _draw_every(typed: Typed, current: Schedule) -> dict[str, Any]:
    count, unit = (current.every if isinstance(current, Every) else "15 minutes").split(" ")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = typed.widget_key("when:count", int(count))
        chosen = st.number_input("Every", 1, 999_999, step=1, key=key, width=140)
        of = st.selectbox(
            "Unit",
            list(_UNITS),
            format_func=_UNITS.__getitem__,
            key=typed.widget_key("when:unit", unit.removesuffix("s"), _UNITS),
            width=140,
        )
    return {"every": f"{chosen} {of if chosen == 1 else f'{of}s'}"}


def _draw_cron(typed: Typed, current: Schedule) -> dict[str, Any]:
    text = st.text_input(
        "Cron expression",
        key=typed.widget_key(
            "when:cron", current.cron if isinstance(current, Cron) else "0 7 * * 1-5"
        ),
        help="Minute, hour, day of the month, month, day of the week; the days of the week count "
        "from 0, Sunday.",
        width=320,
    )
    return {"cron": " ".join(text.split())}


def _draw_days(typed: Typed, current: Schedule) -> dict[str, Any]:
    given = current if isinstance(current, Days) else None
    days = st.multiselect(
        "Days",
        list(_DAYS),
        format_func=_DAYS.__getitem__,
        key=typed.widget_key("when:days", list(given.days if given else list(_DAYS)[:5])),
    )
    times = list(given.at) if given else ["07:00"]
    at = st.multiselect(
        "Times",
        sorted({*_TIMES, *times}),
        accept_new_options=True,
        key=typed.widget_key("when:at", times),
        help="Choose times of day, or type another one such as 07:15.",
    )
    if not days:
        raise UsageError("Choose at least one day.")
    if not at:
        raise UsageError("Choose at least one time of day.")
    return {"days": [day for day in _DAYS if day in days], "at": sorted(at)}


def _draw_limits(typed: Typed, current: Schedule) -> dict[str, Any]:
    """Return zone, start and end, those that are given."""
    given = None if isinstance(current, str) else current
    is_open = given is not None and bool(given.zone or given.starts or given.ends)
    with (
        st.expander("Start, end and time zone", expanded=is_open),
        st.container(horizontal=True),
    ):
        key = typed.widget_key("when:starts", given.starts if given else None)
        starts = st.date_input("First day", None, key=key, width=200)
        key = typed.widget_key("when:ends", given.ends if given else None)
        ends = st.date_input("Last day", None, key=key, width=200)
        zone = st.selectbox(
            "Time zone",
            zone_names(),
            index=None,
            placeholder="The workspace's",
            key=typed.widget_key("when:zone", given.zone if given else None, (*zone_names(), None)),
            width=260,
        )
    limits = {"starts": starts, "ends": ends, "zone": zone}
    return {name: value for name, value in limits.items() if value is not None}


def _draw_moments(schedule: Schedule, grid_start: datetime | None) -> bool:
    """Draw when it would run next, and return whether it ever would."""
    if isinstance(schedule, str):
        says = {
            MANUAL: "Nothing runs by itself: somebody asks for each run.",
            AFTER_REFRESH: "Runs whenever new data has been loaded.",
        }
        st.caption(says[schedule])
        return True
    now = datetime.now(UTC)
    with workspace().store.read() as session:
        zone = get_workspace(session).zone
    found = next_moments(schedule, zone, grid_start or now, now)
    there = ZoneInfo(schedule.zone or zone)
    if not found:
        st.warning(SCHEDULE_ENDED, icon=":material/event_busy:")
        return False
    said = " · ".join(moment(at, there, now) for at in found)
    st.caption(f"Next: {said} · {there.key}")
    if len(found) > 1 and found[1] - found[0] < timedelta(minutes=5):
        st.caption("Each run asks the platform at least once: every few minutes keeps it busy.")
    return True


def _without_place(said: str) -> str:
    """Return a fault of the schedule without the place it has in a file."""
    place, colon, rest = said.partition(": ")
    said = rest if colon and place.startswith("schedule") else said
    return said[:1].upper() + said[1:]

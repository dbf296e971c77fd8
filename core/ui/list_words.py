"""How pages speak of a list: its badge, whether a campaign may use it, and when it runs next."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from core.schedule.definition import AFTER_REFRESH, describe_schedule, schedule_from_json
from core.schedule.slots import Slots
from core.store.activations import ActivationView
from core.store.destinations import DestinationView
from core.store.run_states import RunState
from core.store.runs import RunView
from core.ui.run_words import run_badge
from core.ui.words import SCHEDULE_ENDED, STATE_WORDS, moment
from core.workspace.destinations import is_practice, place_of
from core.workspace.readiness import Readiness, ReadinessKind

READINESS_ICONS: Mapping[ReadinessKind, str] = {
    ReadinessKind.READY: ":green[:material/check_circle:]",
    ReadinessKind.NOT_TAKEN_IN: ":orange[:material/hourglass_top:]",
    ReadinessKind.NOT_THERE: ":gray[:material/schedule:]",
}


UPDATE_ICON = ":material/update:"
LEFT_ICON = ":material/update_disabled:"
BEHIND = "Its segment was changed since: the next run follows"


def left_words(ended: RunState) -> str:
    """Return that a list is as it was, for its last run was ended by somebody.

    >>> left_words(RunState.REJECTED)
    'Left as it was: its last run was rejected'
    """
    what = "Not brought up to date" if ended is RunState.CANCELLED else "Left as it was"
    return f"{what}: its last run was {STATE_WORDS[ended]}"


def list_badge(view: ActivationView, to: DestinationView | None, newest: RunView | None) -> str:
    """Return what keeps the list from being kept in step, or how its newest run stands."""
    if view.paused_at is not None:
        return ":gray-badge[:material/pause: paused]"
    if to is not None and to.paused_at is not None:
        return ":red-badge[:material/key_off: destination paused]"
    return run_badge(newest) if newest else ":gray-badge[never ran]"


def complete_words(to: DestinationView) -> str:
    """Return that a list there is complete, which in practice is no word of Batch's."""
    return "Ready in practice" if is_practice(to) else f"Ready in {place_of(to)}"


def readiness_words(
    readiness: Readiness, to: DestinationView, zone: ZoneInfo, now: datetime
) -> str:
    """Return whether a campaign may use the list that lies there, as Markdown."""
    if readiness.at is None:
        return "**Not there yet**: do not send a campaign before the first run has made the list."
    at = moment(readiness.at, zone, now)
    if readiness.kind is ReadinessKind.READY:
        return f"**{complete_words(to)}** since {at}"
    place = place_of(to)
    return f"**Do not send a campaign yet**: {place} has not taken in what was sent {at}."


def follows_words(view: ActivationView, zone: ZoneInfo, now: datetime) -> str:
    """Return when the list follows a change, as the end of a sentence about its next run."""
    schedule = schedule_from_json(view.schedule)
    if schedule == AFTER_REFRESH:
        return "after the next data refresh"
    if isinstance(schedule, str):
        return "when somebody asks for it"
    due = Slots(schedule, zone.key, view.started_at).next_after(now)
    return "when it has a schedule again" if due is None else moment(due, zone, now)


def next_run_words(view: ActivationView, zone: ZoneInfo, now: datetime) -> str:
    """Return when the list runs next."""
    if view.paused_at is not None:
        return "Does not run while it is paused"
    schedule = schedule_from_json(view.schedule)
    if isinstance(schedule, str):
        return f"Runs {describe_schedule(schedule)}"
    due = Slots(schedule, zone.key, view.started_at).next_after(now)
    return SCHEDULE_ENDED if due is None else f"Next run {moment(due, zone, now)}"

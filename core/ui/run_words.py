"""How pages speak of a run: its state, who asked for it, and each thing that happened in it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from core.store.run_history import RunPoint, Waits
from core.store.run_states import RunState
from core.store.run_story import RunEventView
from core.store.runs import RunView
from core.sync.outcome import RunCounts, stored_counts
from core.ui.words import STATE_WORDS, count, length, state_badge
from core.workspace.run_told import is_approved, is_joined

Detail = Mapping[str, object]

_TRIGGERS = {"schedule": "by its schedule", "data refresh": "after a data refresh"}
_WAITS_FOR = {RunState.HELD: "approval", RunState.WAITING: "the platform"}
_TOLD_FROM = timedelta(seconds=1)
BROWSER = "browser"
_ACTORS = {BROWSER: "In the browser", "scheduler": "Scheduler", "sample": "The sample shop"}
_PHRASES = {"scheduler": "the scheduler", "sample": "the sample shop"}
PRACTICE_BADGE = ":orange-badge[:material/science: Practice]"


def run_badge(run: RunView) -> str:
    """Return the run's state as coloured Markdown; what was approved waits for nobody."""
    if is_approved(run):
        return ":blue-badge[approved, waiting for its turn]"
    if run.state is RunState.REPLACED:
        return f":gray-badge[{_replaced_words(run)}]"
    return state_badge(run.state)


def _replaced_words(run: RunView) -> str:
    return "same as the waiting run" if is_joined(run) else "replaced by a later one"


def started_by(trigger: str, actor: str) -> str:
    """Return who or what started a run.

    >>> started_by("schedule", "scheduler"), started_by("by hand", "browser")
    ('by its schedule', 'by hand in the browser')
    >>> started_by("by hand", "ana")
    'by hand by ana'
    """
    if trigger in _TRIGGERS:
        return _TRIGGERS[trigger]
    return f"{trigger} {by_whom(actor)}" if actor else trigger


def by(actor: str) -> str:
    """Return who acted, as the story's column shows it.

    >>> by("browser"), by("ana")
    ('In the browser', 'ana')
    """
    return _ACTORS.get(actor, actor)


def by_whom(actor: str) -> str:
    """Return who acted, as the end of a sentence.

    >>> by_whom("browser"), by_whom("ana"), by_whom("scheduler"), by_whom("")
    ('in the browser', 'by ana', 'by the scheduler', 'by somebody')
    """
    if actor == BROWSER:
        return "in the browser"
    return f"by {_PHRASES.get(actor, actor or 'somebody')}"


def acted(what: str, actor: str) -> str:
    """Return that somebody did something.

    >>> acted("Approved", "browser"), acted("Approved", "ana")
    ('Approved in the browser', 'Approved by ana')
    """
    return f"{what} {by_whom(actor)}"


def changes_of(run: RunView) -> str:
    """Return what a run added and removed; held, what it would; replaced, nothing at all."""
    if run.state is RunState.REPLACED:
        return ""
    adds, removes = run.sent_adds, run.sent_removes
    if run.state is RunState.HELD:
        planned = stored_counts(run.counts)
        adds, removes = planned.adds, planned.removes
    return f"+{count(adds)}\u00a0\u00a0−{count(removes)}"


def not_sent(counts: RunCounts) -> int:
    """Return how many of the segment are not in the list."""
    return max(0, counts.segment - counts.wanted)


def run_not_sent(run: RunView) -> int:
    return not_sent(stored_counts(run.counts))


def took(run: RunView | RunPoint, waits: Waits) -> timedelta | None:
    """Return how long the run worked, its waiting aside, None where it has not ended."""
    if run.started_at is None or run.finished_at is None:
        return None
    return max(timedelta(), run.finished_at - run.started_at - _waited(waits))


def _waited(waits: Waits) -> timedelta:
    return sum(waits.values(), timedelta())


def wait_told(waits: Waits) -> str:
    """Return for how long a run waited in all, nothing for less than a second.

    >>> wait_told({RunState.HELD: timedelta(hours=2), RunState.WAITING: timedelta(minutes=1)})
    'waited 2 h 1 min'
    >>> wait_told({RunState.WAITING: timedelta(milliseconds=20)})
    ''
    """
    span = _waited(waits)
    return f"waited {length(span)}" if span >= _TOLD_FROM else ""


def waits_told(waits: Waits) -> list[str]:
    """Return what a run waited for and for how long, waits of less than a second aside.

    >>> waits_told({RunState.HELD: timedelta(hours=2), RunState.WAITING: timedelta(0)})
    ['waited 2 h for approval']
    """
    return [
        f"waited {length(span)} for {_WAITS_FOR[state]}"
        for state, span in waits.items()
        if span >= _TOLD_FROM
    ]


def story(events: Sequence[RunEventView], people: str) -> list[str]:
    """Return each event in plain words."""
    told: list[str] = []
    for place, event in enumerate(events):
        held_before = any(earlier.kind == "held" for earlier in events[:place])
        if event.kind == "held" and held_before:
            told.append("Approved: it is sent as it was shown")
        else:
            told.append(_told(event, people))
    return told


def _told(event: RunEventView, people: str) -> str:
    if event.kind in _SENTENCES:
        return _SENTENCES[event.kind](event.detail, people)
    if event.kind in STATE_WORDS:
        return STATE_WORDS[RunState(event.kind)].capitalize()
    return event.kind.capitalize()


def _number(detail: Detail, name: str) -> int:
    value = detail.get(name)
    return value if isinstance(value, int) else 0


def _queued(detail: Detail, _: str) -> str:
    return f"Asked for {started_by(str(detail.get('trigger', '')), '')}".strip()


def _booked(detail: Detail, people: str) -> str:
    said = f"Noted that the list holds {count(_number(detail, 'rows'))} {people}"
    unknown = _number(detail, "unknown")
    return said + (
        f", {count(unknown)} of them not certain: they are sent again" if unknown else ""
    )


def _applied(detail: Detail, people: str) -> str:
    shown = detail.get("count")
    return "Ready" + (f": the list shows {count(shown)} {people}" if isinstance(shown, int) else "")


def _guard(detail: Detail, _: str) -> str:
    does = "Asks for approval" if detail.get("do") == "hold" else "Noted"
    return f"{does}: {detail.get('reason', '')}"


_SENTENCES: Mapping[str, Callable[[Detail, str], str]] = {
    "queued": _queued,
    "computing": lambda _d, _p: "Began to work out who should be in the list",
    "unchanged": lambda _d, _p: "Nothing to change, so nothing was sent",
    "held": lambda _d, _p: "Waits for approval",
    "sending": lambda _d, _p: "Began to send",
    "waiting": lambda _d, _p: "Has to wait before it goes on",
    "confirming": lambda _d, _p: "Everything is sent; waits until the list is ready",
    "succeeded": lambda _d, _p: "Done",
    "partly": lambda _d, _p: "Ended, but not everything was taken",
    "rejected": lambda _d, _p: "Rejected: nothing was sent",
    "replaced": lambda _d, _p: "Another run stands for it",
    "needs_attention": lambda _d, _p: "Begun too often without an end: needs somebody",
    "slot joined": lambda _d, _p: "Was due again meanwhile: this run stands for that as well",
    "taken over": lambda _d, _p: "Whoever worked on it is gone; another goes on with it",
    "cancel asked": lambda _d, _p: "Asked to stop",
    "booked": _booked,
    "created": lambda _d, _p: "Made the list",
    "guard": _guard,
    "planned again": lambda _d, _p: "Worked out again: the same changes, still waiting",
    "applied": _applied,
    "never confirmed": lambda _d, _p: "It was never confirmed that the list is ready",
    "still indexing": lambda _d, _p: "The list is still being prepared; asked again later",
    "audience gone": lambda d, people: (
        f"The list with {count(_number(d, 'ids_forgotten'))} {people} was deleted there"
    ),
}

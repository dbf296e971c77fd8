"""The activity log in words: who did what, with the names that people gave."""

from collections.abc import Collection, Mapping

from core.store.activity import ActivityView
from core.store.database import ReadSession
from core.store.destinations import list_destinations
from core.store.run_history import list_names
from core.store.segments import list_segments
from core.ui.words import number_of, shortened

Names = Mapping[tuple[str, str], str]

_LETTERS = 60
_KINDS = {
    "activation": "the list",
    "segment": "the segment",
    "destination": "the destination",
    "audience": "the list",
}
_DONE = {
    "created": "Made",
    "saved": "Changed",
    "archived": "Archived",
    "restored": "Brought back",
    "paused": "Paused",
    "resumed": "Resumed",
    "tested": "Tested",
    "failed a test of": "Tested without success",
    "asked for a full resync": "Asked to send everybody again to",
    "resynced": "Sent everybody again to",
    "named": "Reserved the name of",
    "is creating": "Began to make",
    "found gone": "Found deleted at the platform:",
    "adopted": "Took over",
}
_SAYINGS = {
    ("loaded", "snapshot"): "Loaded data",
    ("deleted", "snapshot"): "Removed an earlier copy of the data",
    ("put away", "snapshot"): "Put the data away",
    ("restored", "workspace"): "Restored everything from a backup",
    ("renamed", "workspace"): "Changed the names in the settings",
    ("changed data source", "workspace"): "Changed where the data comes from, or when",
    ("paused everything", "workspace"): "Paused everything",
    ("resumed everything", "workspace"): "Let everything run again",
}


def read_names(session: ReadSession) -> Names:
    """Return the names of all that the log speaks of, by kind and key."""
    segments = list_segments(session, archived=True)
    destinations = list_destinations(session, archived=True)
    return (
        {("activation", key): name for key, name in list_names(session).items()}
        | {("segment", view.key): view.name for view in segments}
        | {("destination", view.key): view.name for view in destinations}
    )


def said_of(entry: ActivityView, names: Names) -> str:
    """Return what was done as a phrase, not safe as Markdown."""
    if (entry.action, entry.kind) in _SAYINGS:
        return _SAYINGS[entry.action, entry.kind]
    if entry.kind == "key":
        return f"Encrypted {number_of(_count(entry, 'secrets'), 'stored key')} anew"
    kind = _KINDS.get(entry.kind)
    if kind is None:
        return f"{entry.action[:1].upper()}{entry.action[1:]}"
    done = _DONE.get(entry.action, f"{entry.action[:1].upper()}{entry.action[1:]}")
    name = names.get((entry.kind, entry.key), entry.key)
    return f"{done} {kind} “{shortened(name, _LETTERS)}”{_why(entry)}"


def by_people(entries: Collection[ActivityView]) -> list[ActivityView]:
    """Return what people changed: not what the machine did for a run."""
    kinds = {"activation", "segment", "destination", "workspace"}
    machine = {"resynced", "tested", "failed a test of"}
    return [each for each in entries if each.kind in kinds and each.action not in machine]


def _why(entry: ActivityView) -> str:
    reason = entry.detail.get("reason")
    return f": {shortened(reason, 160)}" if isinstance(reason, str) and reason else ""


def _count(entry: ActivityView, name: str) -> int:
    value = entry.detail.get(name)
    return value if isinstance(value, int) else 0

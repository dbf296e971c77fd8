"""The sample shop as a workspace to look around in: data up to today, segments, one list.

Its list goes to the stand-in for Batch, whose address comes from the settings and whose keys come
from the environment.
"""

import json
from datetime import date
from pathlib import Path

from core.sample.generate import generate
from core.sample.practice import PROJECT_KEY, REST_API_KEY
from core.sample.shop import Shop
from core.segments.checking import references
from core.segments.reading import read_json
from core.store.activations import archive_activation, get_activation, list_activations
from core.store.activity import list_activity, record
from core.store.database import ReadSession, WriteSession
from core.store.destinations import list_destinations
from core.store.loads import LoadState, ask_load_cancel, list_loads
from core.store.segments import archive_segment, list_segments
from core.store.snapshots import current_snapshot, forget_current
from core.store.workspace import get_workspace, set_data_source
from core.sync.queueing import queue_slot
from core.workspace.apply import apply_file
from core.workspace.first_steps import LentParts
from core.workspace.opened import OpenWorkspace

FOLDER = "sample"
_DESTINATION = "practice"
_LAPSING_KEY, _QUIET_KEY = "vips_about_to_lapse", "quiet_in_france"
_KIND, _MADE, _LEFT = "sample", "made the sample shop", "left the sample shop"

_LAPSING = {
    "where": {
        "match": "all",
        "conditions": [
            {"field": "loyalty_tier", "op": "is_any_of", "value": ["gold", "platinum"]},
            {
                "table": "orders",
                "when": {"op": "in_last", "value": {"count": 1, "unit": "years"}},
                "measure": "count",
                "op": "at_least",
                "value": 3,
            },
            {
                "table": "orders",
                "measure": "maximum",
                "of": "ordered_at",
                "op": "more_than_ago",
                "value": {"count": 60, "unit": "days"},
            },
        ],
    }
}
_QUIET_FRANCE = {
    "where": {
        "match": "all",
        "conditions": [
            {"field": "country", "op": "is", "value": "FR"},
            {"field": "email_consent", "op": "is_true"},
            {
                "table": "visits",
                "when": {"op": "in_last", "value": {"count": 30, "unit": "days"}},
                "measure": "count",
                "op": "equals",
                "value": 0,
            },
        ],
    }
}

_SEGMENTS = {_LAPSING_KEY: _LAPSING, _QUIET_KEY: _QUIET_FRANCE}


def start_sample(
    workspace: OpenWorkspace, today: date, actor: str, shop: Shop | None = None
) -> bool:
    """Fill a workspace that never held anything with the sample shop; return whether it did.

    Raises: StorageFull, QueryFailed, StoreError, UsageError where a key of the stand-in is missing.
    """
    with workspace.store.read() as session:
        if not _is_untouched(session):
            return False
    folder = workspace.settings.home / FOLDER
    generate(folder, shop or Shop(until=today))
    apply_file(workspace, _write(folder, workspace.settings.practice_url), actor)
    with workspace.store.write(actor) as session:
        record(session, _MADE, _KIND, _KIND)
    return True


def run_sample(workspace: OpenWorkspace, actor: str) -> None:
    """Queue the first run of the sample's list: its schedule would begin a quarter later."""
    with workspace.store.write(actor) as session:
        queue_slot(session, get_activation(session, _LAPSING_KEY), "schedule", session.now())


def has_sample(session: ReadSession) -> bool:
    """Return whether the workspace was filled with the sample shop and nobody has left it."""
    newest = list_activity(session, kind=_KIND, limit=1)
    return bool(newest) and newest[0].action == _MADE


def sample_parts(session: ReadSession, home: Path) -> LentParts:
    """Return what of the workspace is the sample's, nothing once somebody has left it."""
    if not has_sample(session):
        return LentParts()
    return LentParts(
        manifest=str((home / FOLDER / "dataset.toml").resolve()),
        segments=frozenset(_SEGMENTS),
        destinations=frozenset({_DESTINATION}),
        activations=frozenset({_LAPSING_KEY}),
    )


def leave_sample(workspace: OpenWorkspace, actor: str) -> bool:
    """Put the sample shop away for data of one's own; return whether there was one.

    Lists stay as they are in the stand-in. What somebody made besides stays, and so does what that
    rests on; data that was loaded over the sample's stays, too.
    Raises: StoreError.
    """
    with workspace.store.write(actor) as session:
        if not has_sample(session):
            return False
        _put_away(session)
        _forget_data(session, workspace.settings.home / FOLDER)
        record(session, _LEFT, _KIND, _KIND)
    return True


def _is_untouched(session: ReadSession) -> bool:
    held = list_segments(session, archived=True) or list_destinations(session, archived=True)
    return not (held or get_workspace(session).current_snapshot_id)


def _put_away(session: WriteSession) -> None:
    """Archive the sample's activation, and its segments that nothing else rests on.

    The way to the stand-in stays, to practise with data of one's own.
    """
    if _LAPSING_KEY in {each.key for each in list_activations(session)}:
        archive_activation(session, _LAPSING_KEY)
    for key in _segments_to_go(session):
        archive_segment(session, key)


def _segments_to_go(session: ReadSession) -> set[str]:
    """Return the sample's segments that neither an activation nor a segment that stays needs."""
    live = {view.key: view for view in list_segments(session)}
    needed = {each.segment_key for each in list_activations(session)}
    going = _SEGMENTS.keys() & live.keys()
    while True:
        for key in live.keys() - going:
            needed |= set(references(read_json(live[key].tree)))
        if not going & needed:
            return going
        going -= needed


def _forget_data(session: WriteSession, folder: Path) -> None:
    manifest = str((folder / "dataset.toml").resolve())
    for load in list_loads(session, states=[LoadState.QUEUED, LoadState.LOADING]):
        if load.manifest_path == manifest:
            ask_load_cancel(session, load.id)
    if get_workspace(session).manifest_path == manifest:
        set_data_source(session, None, None)
    snapshot = current_snapshot(session)
    if snapshot is not None and snapshot.manifest_path == manifest:
        forget_current(session)


def _write(folder: Path, origin: str) -> Path:
    for key, segment in _SEGMENTS.items():
        (folder / f"{key}.json").write_text(json.dumps(segment, indent=2), encoding="utf-8")
    path = folder / "workspace.toml"
    path.write_text(_definition(origin), encoding="utf-8")
    return path


def _definition(origin: str) -> str:
    """Return the workspace file."""
    return f"""\
[data]
manifest = "dataset.toml"

[destinations.{_DESTINATION}]
platform = "batch"
name = "Practice"
origin = "{origin}"
rest_api_key = {{ env = "{REST_API_KEY}" }}
project_key = {{ env = "{PROJECT_KEY}" }}

[segments.{_LAPSING_KEY}]
name = "VIPs about to lapse"
file = "{_LAPSING_KEY}.json"

[segments.{_QUIET_KEY}]
name = "France, wants e-mail, no visit this month"
file = "{_QUIET_KEY}.json"

[activations.{_LAPSING_KEY}]
segment = "{_LAPSING_KEY}"
destination = "{_DESTINATION}"
external_id = "customer_id"
attributes = {{ tier = "loyalty_tier" }}
schedule = {{ every = "15 minutes" }}
"""

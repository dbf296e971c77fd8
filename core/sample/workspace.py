"""The sample shop as a workspace to look around in: data up to today, segments, one list.

Its list goes to the stand-in for Batch, whose address and keys come from the environment.
"""

import json
from datetime import date
from pathlib import Path

from core.sample.generate import generate
from core.sample.shop import Shop
from core.store.database import ReadSession
from core.store.destinations import list_destinations
from core.store.segments import list_segments
from core.store.workspace import get_workspace
from core.workspace.apply import apply_file
from core.workspace.opened import OpenWorkspace

FOLDER = "sample"
REST_API_KEY, PROJECT_KEY = "PRACTICE_REST_API_KEY", "PRACTICE_PROJECT_KEY"

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
_WORKSPACE = f"""\
[data]
manifest = "dataset.toml"

[destinations.practice]
platform = "batch"
name = "Practice"
rest_api_key = {{ env = "{REST_API_KEY}" }}
project_key = {{ env = "{PROJECT_KEY}" }}

[segments.vips_about_to_lapse]
name = "VIPs about to lapse"
file = "vips_about_to_lapse.json"

[segments.quiet_in_france]
name = "France, wants e-mail, no visit this month"
file = "quiet_in_france.json"

[activations.vips_about_to_lapse]
segment = "vips_about_to_lapse"
destination = "practice"
external_id = "customer_id"
attributes = {{ tier = "loyalty_tier" }}
schedule = {{ every = "15 minutes" }}
"""


def start_sample(
    workspace: OpenWorkspace, today: date, actor: str, shop: Shop | None = None
) -> bool:
    """Fill an empty workspace with the sample shop; return whether it was empty.

    Raises: StorageFull, QueryFailed, StoreError, UsageError where a key of the stand-in is missing.
    """
    with workspace.store.read() as session:
        if not _is_empty(session):
            return False
    folder = workspace.settings.home / FOLDER
    generate(folder, shop or Shop(until=today))
    apply_file(workspace, _write(folder), actor)
    return True


def _is_empty(session: ReadSession) -> bool:
    loaded = get_workspace(session).current_snapshot_id is not None
    return not (loaded or list_segments(session) or list_destinations(session))


def _write(folder: Path) -> Path:
    segments = {"vips_about_to_lapse": _LAPSING, "quiet_in_france": _QUIET_FRANCE}
    for name, segment in segments.items():
        (folder / f"{name}.json").write_text(json.dumps(segment, indent=2), encoding="utf-8")
    path = folder / "workspace.toml"
    path.write_text(_WORKSPACE, encoding="utf-8")
    return path

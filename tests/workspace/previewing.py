"""Drafts as a page holds them, looked at and counted."""

import json
import time
from datetime import UTC, datetime
from typing import Any

from core.segments.checking import NamedSegment
from core.segments.draft import Draft, draft_of
from core.workspace.opened import OpenWorkspace
from core.workspace.preview import (
    Counting,
    Look,
    Sizes,
    look_at,
)
from tests.cli.example import SEGMENTS

NOW = datetime(2026, 2, 1, 10, 30, 45, tzinfo=UTC)
FRENCH = {"field": "country", "op": "is", "value": "FR"}
IN_PARIS = {"field": "city", "op": "is", "value": "Paris"}
NO_VALUE = {"field": "city", "op": "is"}
BOUGHT = {"table": "orders", "measure": "count", "op": "at_least", "value": 1}
SNAPSHOT = "one"


NAMED = {key: NamedSegment(raw) for key, raw in SEGMENTS.items()}


def all_of(*nodes: object, match: str = "all") -> dict[str, Any]:
    return {"match": match, "conditions": list(nodes)}


def drafted(*nodes: object, match: str = "all", **more: object) -> Draft:
    return draft_of(json.dumps({"where": all_of(*nodes, match=match), **more}))


def look_in(workspace: OpenWorkspace, draft: Draft) -> Look:
    catalogue = workspace.catalogue()
    assert catalogue is not None
    return look_at(draft, catalogue, NOW, NAMED)


def wait_for(counting: Counting, look: Look) -> Sizes:
    """Ask again, as a page does, until the sizes are there."""
    for _ in range(500):
        sizes = counting.ask(look, SNAPSHOT)
        if sizes is not None:
            return sizes
        time.sleep(0.01)
    raise AssertionError("the sizes never came")


def sizes_of(workspace: OpenWorkspace, draft: Draft) -> Sizes:
    return wait_for(Counting(workspace), look_in(workspace, draft))

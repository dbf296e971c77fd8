"""Writes a workspace as a workspace file, with its segments beside it; no secret is in it."""

import json
from pathlib import Path
from typing import Any

import tomli_w

from core.errors import UsageError
from core.store.activations import ActivationView, list_activations
from core.store.database import ReadSession, Store
from core.store.destinations import DestinationView, list_destinations
from core.store.segments import list_segments
from core.store.workspace import get_workspace

_SEGMENTS = "segments"


def export_file(store: Store, path: Path) -> tuple[Path, ...]:
    """Write all that `apply` takes, and return the files written.

    A secret is exported as the name of the variable it came from; one that came from no variable
    gets a name to be set.
    Raises: UsageError where a file cannot be written, StoreError.
    """
    with store.read() as session:
        whole = _whole(session)
        trees = {view.key: view.tree for view in list_segments(session)}
    files = {path: tomli_w.dumps(whole)}
    files |= {path.parent / _SEGMENTS / f"{key}.json": tree for key, tree in trees.items()}
    for target, text in files.items():
        _write(target, text)
    return tuple(files)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from error


def _whole(session: ReadSession) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    workspace = get_workspace(session)
    if workspace.manifest_path is not None:
        whole["data"] = {
            "manifest": workspace.manifest_path,
            "schedule": json.loads(workspace.load_schedule or '"manual"'),
        }
    parts = {
        "destinations": {v.key: _destination(v) for v in list_destinations(session)},
        "segments": {
            v.key: {"name": v.name, "file": f"{_SEGMENTS}/{v.key}.json"}
            for v in list_segments(session)
        },
        "activations": {v.key: _activation(v) for v in list_activations(session)},
    }
    return whole | {kind: of_kind for kind, of_kind in parts.items() if of_kind}


def _destination(view: DestinationView) -> dict[str, Any]:
    secrets = {
        name: {"env": view.secret_sources.get(name) or f"{view.key}_{name}".upper()}
        for name in sorted(view.secret_names)
    }
    return {"platform": view.platform, "name": view.name, **json.loads(view.config), **secrets}


def _activation(view: ActivationView) -> dict[str, Any]:
    exported: dict[str, Any] = {
        "segment": view.segment_key,
        "destination": view.destination_key,
        "display_name": view.display_name,
        "audience_name": view.audience_name,
        "external_id": view.external_id,
        "schedule": json.loads(view.schedule),
    }
    if view.attributes:
        exported["attributes"] = dict(view.attributes)
    if view.guards:
        exported["guards"] = json.loads(view.guards)
    return exported

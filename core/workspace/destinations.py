"""Saves destinations as a workspace file gives them; secrets come from the environment."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from core.destinations import destination_type, make_destination, read_config, split_config
from core.destinations._base import DestinationConfig
from core.errors import UsageError
from core.settings import Settings
from core.store.database import ReadSession, WriteSession
from core.store.destinations import (
    DestinationSettings,
    DestinationView,
    create_destination,
    destination_secret,
    find_destination,
    list_destinations,
    restore_destination,
    save_destination,
    unreadable_secrets,
)
from core.store.secrets import SecretBox
from core.workspace.changes import Did
from core.workspace.definition import DestinationPart

STAND_IN = "the stand-in"


def put_destination(
    session: WriteSession,
    key: str,
    part: DestinationPart,
    folder: Path,
    box: SecretBox,
    settings: Settings,
) -> Did:
    """Save the destination as the part says; paths are relative to `folder`.

    Raises: UsageError, UnknownName, NameTaken, SecretUnreadable.
    """
    saved = find_destination(session, key)

    def stored(name: str) -> str | None:
        return destination_secret(session, key, name, box) if saved else None

    secrets, sources = _secrets(key, part, stored)
    values = {**_kept(saved, part), **_open_values(part, folder, key), **secrets}
    config = read_config(part.platform, values, settings)
    given = destination_settings(part.name or key, part.platform, config, sources, settings)
    if saved is None:
        create_destination(session, key, given, box)
        return Did.CREATED
    after = save_destination(session, key, given, box)
    if saved.archived_at is not None:
        restore_destination(session, key)
        return Did.RESTORED
    return Did.UNCHANGED if after.updated_at == saved.updated_at else Did.CHANGED


def is_practice(view: DestinationView) -> bool:
    """Return whether nothing that is sent to the destination reaches a real platform."""
    return destination_type(view.platform).is_practice(open_values(view))


def place_of(view: DestinationView) -> str:
    """Return what the place is called that the destination's lists lie in."""
    return STAND_IN if is_practice(view) else destination_type(view.platform).place


def open_values(view: DestinationView) -> Mapping[str, object]:
    """Return the config of a destination by field, secrets aside."""
    values: dict[str, object] = json.loads(view.config)
    return values


def secret_fields(config_model: type[DestinationConfig]) -> frozenset[str]:
    """Return the fields of a platform's config that are secrets."""
    return _fields_of_type(config_model, SecretStr)


def destination_settings(
    name: str,
    platform: str,
    config: DestinationConfig,
    sources: Mapping[str, str],
    settings: Settings,
) -> DestinationSettings:
    """Return a destination as the store takes it; `sources` are the variables of its secrets."""
    parts = split_config(config)
    made = make_destination(platform, config, settings)
    try:
        account = made.account
    finally:
        made.close()
    return DestinationSettings(
        name=name,
        platform=platform,
        config=json.dumps(parts.open, sort_keys=True),
        account=account,
        secrets=dict(parts.secrets),
        secret_sources=dict(sources),
    )


def _fields_of_type(config_model: type[DestinationConfig], type_: type) -> frozenset[str]:
    fields = config_model.model_fields.items()
    return frozenset(name for name, field in fields if field.annotation is type_)


def _kept(saved: DestinationView | None, part: DestinationPart) -> dict[str, Any]:
    """Return what a saved destination keeps where the part is silent: its own defaults."""
    if saved is None or saved.platform != part.platform:
        return {}
    return dict(json.loads(saved.config))


def _open_values(part: DestinationPart, folder: Path, key: str) -> dict[str, Any]:
    model = destination_type(part.platform).config_model
    secrets, paths = secret_fields(model), _fields_of_type(model, Path)
    values = {}
    for name, value in part.config.items():
        if name in secrets:
            continue
        if isinstance(value, Mapping):
            raise UsageError(f"destinations.{key}.{name}: only a secret comes from a variable.")
        values[name] = (folder / str(value)).resolve() if name in paths else value
    return values


def _secrets(
    key: str, part: DestinationPart, stored: Callable[[str], str | None]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the plain secrets and the variable that each comes from, by field.

    A stored one is read only where no variable gives it: its key may be lost.
    """
    values, sources = {}, {}
    for name in sorted(secret_fields(destination_type(part.platform).config_model)):
        place = f"destinations.{key}.{name}"
        variable = _variable(part.config.get(name), place)
        if variable is not None:
            sources[name] = variable
        value = os.environ.get(variable or "") or stored(name)
        if value is None and variable is not None:
            raise UsageError(
                f"{place}: the variable {variable} is not set and no secret is stored yet: "
                "set it, then apply again."
            )
        if value is not None:
            values[name] = value
    return values, sources


def _variable(given: object, place: str) -> str | None:
    if given is None:
        return None
    names_one = isinstance(given, Mapping) and set(given) == {"env"}
    if isinstance(given, Mapping) and names_one and isinstance(given["env"], str) and given["env"]:
        return given["env"]
    raise UsageError(
        f'{place}: a secret does not stand in the file. Write {{ env = "NAME" }} and put it into '
        "that environment variable."
    )


def unreadable_titles(session: ReadSession, box: SecretBox) -> dict[str, tuple[str, ...]]:
    """Return by destination in use the titles of its stored secrets that no key opens.

    Those without such secrets are left out.
    """
    platforms = {view.key: view.platform for view in list_destinations(session)}
    titles = {}
    for key, names in unreadable_secrets(session, box).items():
        fields = destination_type(platforms[key]).config_model.model_fields
        titles[key] = tuple(
            (fields[name].title if name in fields else None) or name for name in names
        )
    return titles

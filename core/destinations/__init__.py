"""Where members go: every platform that has a file here, found by the file's name."""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from types import MappingProxyType

from pydantic import SecretStr, ValidationError

from core.destinations._base import Destination, DestinationConfig
from core.destinations._names import suggest_audience_name
from core.errors import UnknownName, UsageError
from core.settings import Settings

__all__ = [
    "ConfigParts",
    "config_faults",
    "destination_type",
    "destination_types",
    "make_destination",
    "read_config",
    "split_config",
    "suggest_audience_name",
]


@dataclass(frozen=True, slots=True)
class ConfigParts:
    """A config as it is stored: what may be read by anybody, and what must be encrypted.

    Shapes: both by field; `open` holds JSON values.
    """

    open: Mapping[str, object]
    secrets: Mapping[str, str]


@cache
def destination_types() -> Mapping[str, type[Destination]]:
    """Return the destination classes by platform, which is the name of their file."""
    platforms = sorted(
        module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")
    )
    return MappingProxyType({platform: _class_of(platform) for platform in platforms})


def destination_type(platform: str) -> type[Destination]:
    """Return the platform's class.

    Raises: UnknownName.
    """
    types = destination_types()
    if platform not in types:
        close = get_close_matches(platform, types, n=1)
        hint = f" Did you mean '{close[0]}'?" if close else ""
        raise UnknownName(f"No platform '{platform}'. There is {', '.join(types)}.{hint}")
    return types[platform]


def read_config(
    platform: str, values: Mapping[str, object], settings: Settings
) -> DestinationConfig:
    """Return the checked config of a new destination; fields left out come from the settings.

    Raises: UnknownName, UsageError.
    """
    faults = config_faults(platform, values, settings)
    kind = destination_type(platform)
    if faults:
        said = "; ".join(f"{name or 'config'}: {fault}" for name, fault in faults.items())
        raise UsageError(f"The {kind.label} destination cannot be set up: {said}.")
    return kind.config_model.model_validate({**kind.defaults(settings), **values})


def config_faults(
    platform: str, values: Mapping[str, object], settings: Settings
) -> Mapping[str, str]:
    """Return what is wrong with the values of a config by field, "" for all of it together.

    Raises: UnknownName.
    """
    kind = destination_type(platform)
    try:
        kind.config_model.model_validate({**kind.defaults(settings), **values})
    except ValidationError as error:
        # Only places and reasons: the values may be secrets.
        return {
            ".".join(str(part) for part in fault["loc"]): fault["msg"].removeprefix("Value error, ")
            for fault in error.errors(include_url=False, include_input=False)
        }
    return {}


def split_config(config: DestinationConfig) -> ConfigParts:
    """Return the config as `read_config` takes it back, secrets apart."""
    secrets = {
        name: value.get_secret_value() for name, value in config if isinstance(value, SecretStr)
    }
    return ConfigParts(config.model_dump(mode="json", exclude=set(secrets)), secrets)


def make_destination(
    platform: str, config: DestinationConfig | Mapping[str, object], settings: Settings
) -> Destination:
    """Return the destination, ready to send; a config from the store holds its secrets again.

    Raises: UnknownName, UsageError.
    """
    if not isinstance(config, DestinationConfig):
        config = read_config(platform, config, settings)
    return destination_type(platform)(config, settings)


def _class_of(platform: str) -> type[Destination]:
    module = import_module(f"{__name__}.{platform}")
    (found,) = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Destination)
        and value.__module__ == module.__name__
    ]
    return found

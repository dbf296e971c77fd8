"""The engines that count segments, found by file name."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from core.engines._base import Engine
from core.errors import UnknownName


@cache
def engine_types() -> dict[str, type[Engine]]:
    """Return every engine by its name."""
    names = sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_"))
    modules = {name: import_module(f"{__name__}.{name}") for name in names}
    return {name: module.ENGINE for name, module in modules.items()}


def engine_type(name: str) -> type[Engine]:
    """Return the engine of that name.

    Raises: UnknownName.
    """
    found = engine_types().get(name)
    if found is None:
        raise UnknownName(f"No engine {name!r}. There is: {', '.join(engine_types())}.")
    return found

"""The kinds of files that can be loaded; a kind is one module of this package."""

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from core.data.sources._base import Source
from core.errors import FileRefused

_PACKED = {".gz", ".zip", ".bz2", ".xz", ".zst", ".7z"}


@cache
def sources() -> tuple[Source, ...]:
    """Return one source of every kind, by the name of its module."""
    found: list[Source] = []
    for module in sorted(iter_modules(__path__), key=lambda each: each.name):
        if not module.name.startswith("_"):
            loaded = import_module(f"{__name__}.{module.name}")
            found += [
                kind()
                for kind in vars(loaded).values()
                if isinstance(kind, type) and issubclass(kind, Source) and kind is not Source
            ]
    return tuple(found)


def source_for(file: Path) -> Source:
    """Return the source that reads files of that ending.

    Raises: FileRefused.
    """
    ending = file.suffix.lower()
    for source in sources():
        if ending in source.endings:
            return source
    if ending in _PACKED:
        raise FileRefused(f"{file.name} is packed: unpack it first")
    known = ", ".join(each for source in sources() for each in source.endings)
    raise FileRefused(f"{file.name} is of no kind that can be loaded: there are {known}")

"""Paths as the store keeps them: those inside the home without it, so that the home may move."""

from pathlib import Path


def kept_path(home: Path, path: str) -> str:
    """Return the path as it is kept: relative to the home where it lies in it, else whole."""
    whole = Path(path).absolute()
    for way in (whole, whole.resolve()):
        if way.is_relative_to(home):
            return str(way.relative_to(home))
    return str(whole)


def whole_path(home: Path, kept: str) -> str:
    """Return where a kept path leads to now."""
    return str(home / kept)

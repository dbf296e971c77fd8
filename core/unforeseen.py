"""Errors that nobody foresaw: told by kind and place, as their text may hold anything."""

import logging
import traceback
from pathlib import Path


def where_raised(error: BaseException) -> str:
    """Return file and line that an error comes from.

    >>> where_raised(ValueError("a cell"))
    'nowhere'
    """
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "nowhere"


def log_unforeseen(log: logging.Logger, error: BaseException) -> None:
    """Log an error by kind and place."""
    log.error("%s at %s", type(error).__name__, where_raised(error))

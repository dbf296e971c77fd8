"""Errors that nobody foresaw, in threads that no page waits for."""

import logging
import traceback


def log_unforeseen(log: logging.Logger, error: Exception) -> None:
    """Log an error by kind and place; its text may hold anything."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    log.error("%s at %s:%s", type(error).__name__, where.filename, where.lineno)

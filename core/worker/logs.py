"""The scheduler's log: one JSON object a line in a file that rotates, short lines on stderr.

No line holds a secret or anything of a customer: errors are logged by their kind, and their
sentences, which may quote a cell or an identifier, stand in the store.
"""

import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from concurrent_log_handler import ConcurrentRotatingFileHandler
from pythonjsonlogger.json import JsonFormatter

from core.errors import UsageError
from core.unforeseen import where_raised

LOG_FILE = "scheduler.log"
_MAX_BYTES = 10_000_000
_KEPT_FILES = 5
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}

_about: ContextVar[Mapping[str, object] | None] = ContextVar("about", default=None)


@contextmanager
def about(**fields: object) -> Iterator[None]:
    """Add fields to every line that this thread logs meanwhile, as `run=12`."""
    token = _about.set({**(_about.get() or {}), **fields})
    try:
        yield
    finally:
        _about.reset(token)


def say_unforeseen(log: logging.Logger, what: str, error: BaseException) -> None:
    """Log an error that nobody foresaw by kind and place; its text may hold anything."""
    log.error(what, extra={"error": type(error).__name__, "place": where_raised(error)})


def start_logging(folder: Path) -> None:
    """Log to `scheduler.log` in the folder, shared with other schedulers, and to stderr.

    Raises: UsageError where it cannot be written.
    """
    _refuse_unwritable(folder / LOG_FILE)
    file = ConcurrentRotatingFileHandler(
        folder / LOG_FILE, maxBytes=_MAX_BYTES, backupCount=_KEPT_FILES, encoding="utf-8"
    )
    file.setFormatter(
        JsonFormatter(
            "%(asctime)s %(levelname)s %(name)s %(process)d %(message)s",
            datefmt="%Y-%m-%dT%H:%M:%S%z",
            rename_fields={"asctime": "at", "levelname": "level", "name": "part"},
        )
    )
    shown = logging.StreamHandler(sys.stderr)
    shown.setFormatter(_Short("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))
    for handler in (file, shown):
        handler.addFilter(_add_about)
    logging.raiseExceptions = False  # a disk that fills up must not print a traceback a line
    logging.basicConfig(level=logging.INFO, handlers=[file, shown], force=True)
    for noisy in ("httpx", "httpcore", "alembic", "sqlalchemy", "schedule"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _refuse_unwritable(file: Path) -> None:
    """Say at the start what the handler would print as a traceback with every line."""
    try:
        with file.open("a"):
            pass
    except OSError as error:
        raise UsageError(
            f"The log {file} cannot be written: {error.strerror or error}. "
            "Make it writable, or name another home with ROLLCALL_HOME."
        ) from error


def _add_about(record: logging.LogRecord) -> bool:
    for name, value in (_about.get() or {}).items():
        setattr(record, name, value)
    return True


class _Short(logging.Formatter):
    """A line for people, its fields as `name=value` at the end."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        fields = {n: v for n, v in vars(record).items() if n not in _STANDARD and v is not None}
        return " ".join([line, *(f"{name}={value}" for name, value in fields.items())])

"""How commands answer: text for people, one JSON object for machines, errors as one sentence."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from core.data.report import Progress
from core.errors import RollcallError

P = ParamSpec("P")
R = TypeVar("R")

as_json = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")


def answer(as_json_: bool, value: Mapping[str, Any], lines: list[str]) -> None:
    """Print the value as JSON, or the lines."""
    if as_json_:
        click.echo(json.dumps(value, default=_plain, ensure_ascii=False))
        return
    for line in lines:
        click.echo(line)


def say(sentence: str) -> None:
    """Tell the user something that is not the answer, on stderr."""
    click.echo(sentence, err=True)


class ShownProgress:
    """Shows a load's progress on stderr, each sentence once."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, progress: Progress) -> None:
        if progress.sentence != self._last:
            self._last = progress.sentence
            say(f"{progress.share:4.0%}  {progress.sentence}")


def leave(code: int) -> NoReturn:
    """End the command with this exit."""
    sys.exit(code)


def errors_told(command: Callable[P, R]) -> Callable[P, R]:
    """Turn a RollcallError into its sentence on stderr and its exit."""

    @wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except RollcallError as error:
            say(sentence_of(error))
            leave(error.exit_code)

    return told


def sentence_of(error: RollcallError) -> str:
    """Return the error as one line that ends like a sentence, with what helps at a terminal."""
    text = " ".join(str(error).split())
    if error.terminal_hint is not None:
        text = f"{text.removesuffix('.')} ({error.terminal_hint})"
    return text if text.endswith((".", "?", "!")) else f"{text}."


def table(rows: list[tuple[str, ...]]) -> list[str]:
    """Return the rows as lines with their columns aligned; the first row is the head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def shown_time(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return float(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")

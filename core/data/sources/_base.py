"""What every source of rows is: a kind of file that is staged in DuckDB as it stands."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import ClassVar

import duckdb

from core.data.limits import Limits
from core.data.manifest import CsvOptions
from core.errors import FileRefused


class Writing(Enum):
    """What a staged column of text may turn out to be."""

    ANYTHING = "every cell is written as text, as in CSV"
    TEXT_OR_TIME = "the file knows numbers and booleans, so a text is a text, a date or a time"
    NUMBER = "every cell is a number, written out with a decimal point"
    BOOLEAN = "every cell is true or false"
    FIXED = "the file knows the type"


@dataclass(frozen=True, slots=True)
class StagedColumn:
    """One column as staged: `raw` is its column in the staging table, of DuckDB's `sql_type`."""

    name: str
    raw: str
    sql_type: str
    writing: Writing


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a table: its rows stand from `first` on in the staging table, in order."""

    file: Path
    first: int
    rows: int
    limits: Limits
    csv: CsvOptions = field(default_factory=CsvOptions)
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Staged:
    """A table's rows in the staging table of that name, as the files hold them."""

    name: str
    columns: tuple[StagedColumn, ...]
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)


@dataclass(frozen=True, slots=True)
class StageRequest:
    """What to stage: `as_text` are keys and link columns, whose digits are kept.

    `into` is the staging table's name, `scratch` a folder for files in between.
    """

    connection: duckdb.DuckDBPyConnection
    into: str
    files: tuple[Path, ...]
    csv: CsvOptions
    sheet: str | None
    as_text: frozenset[str]
    limits: Limits
    scratch: Path
    step: Callable[[], None]


class Source(ABC):
    """One kind of file."""

    label: ClassVar[str]
    endings: ClassVar[tuple[str, ...]]

    @abstractmethod
    def stage(self, request: StageRequest) -> Staged:
        """Put all rows of the files into the staging table, none dropped and none padded.

        Raises: FileRefused, DataTooLarge.
        """

    @abstractmethod
    def place(self, part: Part, record: int) -> str:
        """Return where the part's record of that number (from 0) stands, as "line 7"."""


def named_columns(header: Sequence[str]) -> list[str]:
    """Return the names of a header up to the last: a spreadsheet may have used more columns.

    >>> named_columns([" id ", "", "name", "", ""]), named_columns(["", ""])
    (['id', '', 'name'], [''])
    """
    names = [name.strip() for name in header]
    while len(names) > 1 and not names[-1]:
        names.pop()
    return names


def check_header(names: list[str], where: str) -> None:
    """Refuse names that are missing or stand twice.

    Raises: FileRefused.
    """
    seen: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        if not name.strip():
            raise FileRefused(
                f"{where}: column {position} has no name: give it one, or take out what stands"
                " above the names of the columns"
            )
        if any(letter < " " for letter in name):
            raise FileRefused(f"{where}: the name of column {position} holds a control character")
        if name in seen:
            raise FileRefused(
                f"{where}: columns {seen[name]} and {position} are both named '{name}': rename one"
            )
        seen[name] = position


def check_same_columns(first: list[str], later: list[str], one: Path, other: Path) -> None:
    """Refuse a part whose columns are not those of the first part, in whatever order.

    Raises: FileRefused.
    """
    missing = [name for name in first if name not in later]
    added = [name for name in later if name not in first]
    if missing or added:
        said = [f"lacks {', '.join(missing[:5])}"] if missing else []
        said += [f"has {', '.join(added[:5])} besides"] if added else []
        raise FileRefused(
            f"{other.name} {' and '.join(said)}, unlike {one.name}: the files of one table need"
            " the same columns"
        )


def shorten(value: object, width: int = 40) -> str:
    """Return a cell's value for a message, on one line.

    >>> shorten("a" * 50)
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'
    """
    text = "".join(letter if letter.isprintable() else " " for letter in str(value))
    return text if len(text) <= width else f"{text[: width - 1]}…"

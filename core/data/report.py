"""What a load says while it works and when it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.data.catalogue import Catalogue
from core.data.manifest import CsvOptions


@dataclass(frozen=True, slots=True)
class Progress:
    """What a load is at; `share` is from 0 to 1."""

    sentence: str
    share: float


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody should know of a column, or of a whole table where `column` is None.

    `kept_as_text` says that it is a reason why the column was left as text. `distinct` is how many
    values a key has that repeats: nothing is loaded while it does.
    """

    table: str
    column: str | None
    sentence: str
    kept_as_text: bool = False
    distinct: int | None = None

    @property
    def line(self) -> str:
        place = self.table if self.column is None else f"{self.table}.{self.column}"
        return f"{place}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class TableReport:
    """One table as it was read; `csv` is how its files are written, None for other kinds."""

    name: str
    rows: int
    files: tuple[str, ...]
    csv: CsvOptions | None = None


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What was loaded; link match rates and blanks stand in the catalogue."""

    catalogue: Catalogue
    tables: tuple[TableReport, ...]
    notes: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What stands in the way of a load; without problems, what it would load."""

    problems: tuple[str, ...]
    loaded: LoadReport | None


@dataclass(frozen=True, slots=True)
class LoadedSnapshot:
    """A new snapshot that nothing points to yet."""

    id: str
    path: Path
    catalogue: Catalogue
    report: LoadReport

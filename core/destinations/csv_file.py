"""CSV files: an audience is a file of its members, with a file of changes a run beside it."""

import csv
import errno
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

from pydantic import Field, field_validator

from core.destinations._base import (
    Action,
    AttributeValue,
    Change,
    Destination,
    DestinationConfig,
    Limits,
    PlatformAudience,
    TestResult,
    pass_gate,
)
from core.errors import AudienceMissing, CallRefused, DestinationError, KeysRefused, PlatformFault
from core.settings import Settings

# A file has no limits of its own. Each call writes the members anew, so calls are large; they
# are held in memory, so not without end.
_LIMITS = Limits(
    ids_per_call=500_000,
    body_bytes=100_000_000,
    id_characters=100_000,
    attributes=1_000,
    interval_s=0,
    pause_after_429_s=0,
)
# Linux takes 255 bytes for a file's name, the suffix and that of a file in the making included.
_NAME = re.compile(r"[A-Za-z0-9_-]{1,200}")
_RUN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}

Row = list[str]


class Config(DestinationConfig):
    """A folder of CSV files."""

    folder: Path = Field(
        title="Folder",
        description="Whole path on the machine that Rollcall runs on; made where it is missing. "
        "The files are for programs: Excel takes IDs that begin with =, +, - or @ for formulas.",
    )

    @field_validator("folder")
    @classmethod
    def _resolve_folder(cls, folder: Path) -> Path:
        if not folder.is_absolute():
            raise ValueError(f"'{folder}' is no whole path; one starts with /")
        return folder.resolve()


class CsvFiles(Destination):
    """A folder with `<audience>.csv` and `<audience>/changes/<run>.csv`."""

    label: ClassVar[str] = "CSV file"
    place: ClassVar[str] = "the folder"
    name_label: ClassVar[str] = "Name of the file, without .csv"
    id_label: ClassVar[str] = "First column, id"
    limits: ClassVar[Limits] = _LIMITS
    config_model: ClassVar[type[DestinationConfig]] = Config

    def __init__(self, config: Config, settings: Settings) -> None:
        self._folder = config.folder

    @property
    def account(self) -> str:
        return str(self._folder)

    @property
    def practice(self) -> bool:
        return False

    @classmethod
    def check_audience_name(cls, name: str) -> str | None:
        if _NAME.fullmatch(name):
            return None
        return (
            f"'{name[:60]}' is no audience name for a CSV file: "
            "it takes 1 to 200 letters without accents, digits, _ and -."
        )

    def test(self) -> TestResult:
        with _file_faults(self._folder):
            place = next(path for path in (self._folder, *self._folder.parents) if path.exists())
            if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
                raise KeysRefused(f"Rollcall may not write to {place}: change the folder's rights.")
        return TestResult(f"Files can be written to {self._folder}.")

    def view(self, audience: str, token: str | None = None) -> PlatformAudience | None:
        path = self._members(audience)
        pass_gate()
        with _file_faults(path):
            if not path.exists():
                return None
            with _reading(path) as rows:
                _header(rows, path)
                count = sum(1 for _ in rows)
        return PlatformAudience(name=audience, display_name=None, count=count, applied=True)

    def create(self, audience: str, display_name: str) -> str | None:
        path = self._members(audience)
        pass_gate()
        with _file_faults(path):
            if path.exists():
                raise CallRefused(f"{path} exists already.")
            _write_whole(path, ["id"], [])
        return None

    def body_size(self, change: Change) -> int:
        cells = (_cell(value) for value in (change.attributes or {}).values())
        return len(change.id.encode()) + sum(len(cell.encode()) + 1 for cell in cells) + 1

    def apply(self, audience: str, changes: Sequence[Change], run: str) -> str | None:
        path = self._members(audience)
        if _RUN.fullmatch(run) is None:
            raise CallRefused(f"'{run[:60]}' cannot be the name of a file of changes.")
        last = {change.id: change for change in changes}
        pass_gate()
        with _file_faults(path):
            if not path.exists():
                raise AudienceMissing(f"There is no {path}.")
            _merge_members(path, last)
            _note_changes(self._folder / audience / "changes" / f"{run}.csv", last)
        return None

    def close(self) -> None:
        """Nothing is kept open."""

    def _members(self, audience: str) -> Path:
        problem = self.check_audience_name(audience)
        if problem is not None:
            raise CallRefused(problem)
        return self._folder / f"{audience}.csv"


def _merge_members(path: Path, changes: Mapping[str, Change]) -> None:
    """Write the file anew with the changes; both are read once, in the order of ids."""
    with _reading(path) as rows:
        known = _header(rows, path)
        named = {name: None for change in changes.values() for name in change.attributes or {}}
        names = [*known, *sorted(named.keys() - set(known))]
        members = _merged(_in_order(rows, path), changes, names)
        _write_whole(path, ["id", *names], members)


def _header(rows: Iterator[Row], path: Path) -> Row:
    """Return the names of the attributes. Raises: CallRefused where the file has no header."""
    first, *names = next(rows, None) or [""]
    if first.removeprefix("\ufeff") != "id":
        raise CallRefused(
            f"{path} is no list that Rollcall wrote: its first line does not begin with 'id'. "
            "Delete the file, or put back the one that Rollcall wrote."
        )
    return names


def _merged(
    rows: Iterable[Row], changes: Mapping[str, Change], names: Sequence[str]
) -> Iterator[Row]:
    waiting = sorted(change.id for change in changes.values() if change.action is Action.ADD)
    place = 0
    for row in rows:
        while place < len(waiting) and waiting[place] < row[0]:
            yield _row(changes[waiting[place]], names)
            place += 1
        if row[0] not in changes:
            yield row + [""] * (len(names) + 1 - len(row))
    for id in waiting[place:]:
        yield _row(changes[id], names)


def _in_order(rows: Iterable[Row], path: Path) -> Iterator[Row]:
    last = None
    for row in rows:
        if not row or (last is not None and row[0] <= last):
            raise CallRefused(
                f"{path} was changed by somebody else: its ids are no longer in order after "
                f"'{(last or '')[:60]}'. Delete the file, or put back the one that Rollcall wrote."
            )
        last = row[0]
        yield row


def _note_changes(path: Path, changes: Mapping[str, Change]) -> None:
    """Put the changes at the end of the run's file; a call that is sent again adds nothing."""
    new = dict(changes)
    if path.exists():
        with _reading(path) as rows:
            for action, id in rows:
                if id in changes and changes[id].action == action:
                    new.pop(id, None)
    if new or not path.exists():
        added = ([change.action.value, change.id] for change in new.values())
        _write_whole(path, ["action", "id"], added, keeping=path.exists())


def _row(change: Change, names: Sequence[str]) -> Row:
    attributes = change.attributes or {}
    return [change.id, *(_cell(attributes[name]) if name in attributes else "" for name in names)]


def _cell(value: AttributeValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)


@contextmanager
def _reading(path: Path) -> Iterator[Iterator[Row]]:
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", newline="") as file:
        yield csv.reader(file, strict=True)


def _write_whole(path: Path, header: Row, rows: Iterable[Row], *, keeping: bool = False) -> None:
    """Put the rows in the place of the file at once, or `keeping` what it has, at its end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with open(number, "w", encoding="utf-8", newline="") as file:
            # This ending makes the writer quote line breaks of either kind.
            writer = csv.writer(file, lineterminator="\r\n")
            if keeping:
                shutil.copyfile(path, part)
                file.seek(0, os.SEEK_END)
            else:
                writer.writerow(header)
            writer.writerows(rows)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o640)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _keep_name(path.parent)


def _keep_name(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def _file_faults(path: Path) -> Iterator[None]:
    """Translate what the file system and the CSV reader say."""
    try:
        yield
    except OSError as error:
        raise _translate(error, path) from error
    except (csv.Error, UnicodeError, ValueError) as error:
        raise CallRefused(
            f"{path} or its file of changes is no CSV of Rollcall's: put back the one that it "
            "wrote, or delete the file."
        ) from error


def _translate(error: OSError, path: Path) -> DestinationError:
    if error.errno in _NOT_ALLOWED:
        return KeysRefused(f"Rollcall may not write {path} ({error.strerror}): change its rights.")
    return PlatformFault(f"{path} cannot be written ({error.strerror}).")

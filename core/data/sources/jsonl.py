"""JSON lines: one object a line, its numbers kept digit by digit."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, NoReturn

import pyarrow as pa

from core.data.sources._base import (
    Part,
    Source,
    Staged,
    StagedColumn,
    StageRequest,
    Writing,
    check_header,
    shorten,
)
from core.errors import FileRefused

_BATCH_ROWS = 20_000
_WHOLE_FLOAT = re.compile(r"(-?[0-9]+)\.0+")


class _Number(str):
    """A number as its digits stand in the file."""

    __slots__ = ()


_Cell = str | bool | None
_WRITING = {
    frozenset({_Number}): Writing.NUMBER,
    frozenset({bool}): Writing.BOOLEAN,
}


@dataclass(slots=True)
class _Columns:
    """The names seen so far, in order, with the kinds of their cells."""

    kinds: dict[str, set[type]] = field(default_factory=dict)
    created: int = 0


class JsonLinesSource(Source):
    """One JSON object a line; a name that an object lacks is a blank cell."""

    label: ClassVar[str] = "JSON lines"
    endings: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson", ".json")

    def stage(self, request: StageRequest) -> Staged:
        columns = _Columns()
        parts: list[Part] = []
        total = 0
        for file in request.files:
            first = total
            batch: list[dict[str, _Cell]] = []
            for _, record in _records(file):
                batch.append(record)
                if len(batch) == _BATCH_ROWS:
                    total += _insert(request, columns, batch, file)
                    batch = []
            total += _insert(request, columns, batch, file)
            request.limits.check_rows(total, file.name)
            parts.append(Part(file, first, total - first, request.limits))
        if not columns.kinds:
            raise FileRefused(f"{request.files[0].name} is empty: it needs one object a line")
        staged = tuple(
            StagedColumn(name, f"c{position}", "VARCHAR", _writing(kinds))
            for position, (name, kinds) in enumerate(columns.kinds.items())
        )
        return Staged(request.into, staged, tuple(parts))

    def place(self, part: Part, record: int) -> str:
        for number, (line, _) in enumerate(_records(part.file)):
            if number == record:
                return f"line {line}"
        return f"row {record + 1}"


def _writing(kinds: set[type]) -> Writing:
    return _WRITING.get(frozenset(kinds), Writing.TEXT_OR_TIME)


def _records(file: Path) -> Iterator[tuple[int, dict[str, _Cell]]]:
    """Yield each object with its line; lines without anything are none."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            text = line.strip()
            if number == 1:
                text = text.removeprefix(b"\xef\xbb\xbf").strip()
            if text:
                yield number, _parse(text, f"{file.name}, line {number}")


def _parse(line: bytes, where: str) -> dict[str, _Cell]:
    try:
        value = json.loads(
            line.decode("utf-8"),
            parse_float=_Number,
            parse_int=_Number,
            parse_constant=lambda name: _constant(name, where),
            object_pairs_hook=lambda pairs: _object(pairs, where),
        )
    except UnicodeDecodeError as error:
        raise FileRefused(f"{where}: not UTF-8, as JSON must be: save it as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise FileRefused(f"{where}: this is no JSON object ({error!s:.80})") from error
    if not isinstance(value, dict):
        raise FileRefused(
            f"{where}: '{shorten(line.decode())}' is no JSON object: write one object a line,"
            " without a list around them"
        )
    for name, cell in value.items():
        _check_cell(name, cell, where)
    return value


def _constant(name: str, where: str) -> None:
    if name != "NaN":
        raise FileRefused(f"{where}: {name} is no number that can be loaded: write null")


def _object(pairs: list[tuple[str, _Cell]], where: str) -> dict[str, _Cell]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise FileRefused(f"{where}: the name '{shorten(twice)}' stands twice in one object")
    return found


def _check_cell(name: str, cell: object, where: str) -> None:
    place = f"{where}, column '{shorten(name)}'"
    if isinstance(cell, dict | list):
        raise FileRefused(
            f"{place}: nested values cannot be loaded: leave the column out, or give each value a"
            " column of its own"
        )
    if isinstance(cell, str) and ("\0" in cell or not _is_unicode(cell)):
        _refuse_letters(place)


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def _refuse_letters(place: str) -> NoReturn:
    raise FileRefused(f"{place}: a NUL or half a character stands here: remove it")


def _insert(
    request: StageRequest, columns: _Columns, batch: list[dict[str, _Cell]], file: Path
) -> int:
    if not batch:
        return 0
    request.step()
    for record in batch:
        for name, cell in record.items():
            kinds = columns.kinds.setdefault(name, set())
            if cell is not None and cell != "":
                kinds.add(type(cell))
    _add_columns(request, columns, file)
    names = list(columns.kinds)
    arrays = [_array(batch, name, name in request.as_text) for name in names]
    table = pa.table(arrays, names=[f"c{position}" for position in range(len(names))])
    request.connection.register("json_batch", table)
    request.connection.execute(f"INSERT INTO {request.into} SELECT * FROM json_batch")  # noqa: S608
    request.connection.unregister("json_batch")
    return len(batch)


def _add_columns(request: StageRequest, columns: _Columns, file: Path) -> None:
    names = list(columns.kinds)
    request.limits.check_columns(len(names), file.name)
    check_header(names, file.name)
    if not columns.created and names:
        request.connection.execute(f"CREATE TABLE {request.into} (c0 VARCHAR)")
        columns.created = 1
    for position in range(columns.created, len(names)):
        request.connection.execute(f"ALTER TABLE {request.into} ADD COLUMN c{position} VARCHAR")
    columns.created = len(names)


def _array(batch: list[dict[str, _Cell]], name: str, keep: bool) -> "pa.Array":
    return pa.array([_text(record.get(name), keep) for record in batch], pa.string())


def _text(cell: _Cell, keep: bool) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if keep and isinstance(cell, _Number):
        return _WHOLE_FLOAT.sub(r"\1", str(cell)) if _WHOLE_FLOAT.fullmatch(cell) else str(cell)
    return str(cell)

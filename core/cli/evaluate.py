"""Evaluates files of worked segments without home, store or snapshot."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from core.cli.context import MEMORY_SHARE, read_now
from core.data.catalogue import Catalogue
from core.data.instance import Instance
from core.data.load import load_into
from core.engines import engine_type
from core.engines._base import Engine
from core.errors import DataRefused, RollcallError, UsageError
from core.segments.calendar import Today
from core.segments.checking import NamedSegment, check_segment
from core.segments.reading import JsonObject, read_json_file
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Cases to work out: segments with the moment they are asked at, over one dataset."""

    dataset: Path
    now: str
    named: Mapping[str, NamedSegment]
    cases: Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Opened:
    """A dataset loaded for one evaluation."""

    catalogue: Catalogue
    engine: Engine
    zone: ZoneInfo


Result = dict[str, dict[str, object]]


def evaluate_file(path: Path, engine_name: str, settings: Settings) -> Result:
    """Return size and members of every case, or its error as a sentence.

    Raises: DataRefused where file or dataset cannot be used, UnknownName for an engine.
    """
    kind = engine_type(engine_name)
    file = _read(path)
    with _open(file.dataset, kind, settings) as opened:
        try:
            start = read_now(file.now, opened.zone)
        except UsageError as error:
            raise DataRefused(f"{path}: now: {error}") from error
        assert start is not None  # noqa: S101 - the file has a `now`
        return {name: _result(case, file, opened, start) for name, case in file.cases.items()}


def write_result(result: Result, out: Path) -> None:
    """Write the results as JSON. Raises: DataRefused."""
    try:
        out.write_text(json.dumps(result), encoding="utf-8")
    except OSError as error:
        raise DataRefused(f"{out} cannot be written: {error.strerror or error}.") from error


def _read(path: Path) -> CaseFile:
    try:
        raw = read_json_file(path)
    except UsageError as error:
        raise DataRefused(str(error)) from error
    if not isinstance(raw, dict):
        raise DataRefused(f"{path}: it must be an object with dataset, now, segments and cases.")
    dataset, now = raw.get("dataset"), raw.get("now")
    named, cases = raw.get("segments", {}), raw.get("cases")
    if not isinstance(dataset, str) or not isinstance(now, str):
        raise DataRefused(f"{path}: `dataset` (a path) and `now` (an instant) must stand in it.")
    if not isinstance(named, dict) or not isinstance(cases, dict):
        raise DataRefused(f"{path}: `segments` and `cases` must be objects.")
    _refuse_twice(path, {"segments": named, "cases": cases})
    known = {name: NamedSegment(segment) for name, segment in named.items()}
    return CaseFile(path.resolve().parent / dataset, now, known, cases)


def _refuse_twice(path: Path, parts: Mapping[str, object]) -> None:
    for part, given in parts.items():
        if isinstance(given, JsonObject) and given.twice:
            raise DataRefused(f"{path}: {part}.{min(given.twice)} stands there twice.")


@contextmanager
def _open(dataset: Path, kind: type[Engine], settings: Settings) -> Iterator[Opened]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rollcall-")))
        scratched = settings.model_copy(update={"home": folder})
        target = folder / "snapshots" / "evaluated.duckdb"
        target.parent.mkdir()
        load_into(dataset, target, scratched)
        instance = Instance(scratched, MEMORY_SHARE)
        stack.callback(instance.close)
        snapshot = stack.enter_context(instance.snapshot(target))
        catalogue = snapshot.catalogue
        yield Opened(catalogue, kind.over(instance, snapshot), ZoneInfo(catalogue.zone))


def _result(case: object, file: CaseFile, opened: Opened, start: datetime) -> dict[str, object]:
    try:
        if not isinstance(case, dict) or "segment" not in case:
            raise UsageError("The case has no segment.")
        now = read_now(_text(case.get("now")), opened.zone) or start
        today = Today(now, opened.zone)
        checked = check_segment(case["segment"], opened.catalogue, today, file.named)
        members = opened.engine.members(checked.segment, today)
    except RollcallError as error:
        return {"error": str(error)}
    return {"size": len(members), "members": members}


def _text(now: object) -> str | None:
    if now is None or isinstance(now, str):
        return now
    raise UsageError(f"now: {now!r} is no instant.")

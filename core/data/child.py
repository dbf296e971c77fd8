"""A load in a process of its own, so that no file can take this one down with it."""

import json
import os
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, Queue

from pydantic import BaseModel, TypeAdapter

from core import errors
from core.data.catalogue import Catalogue
from core.data.catalogue_json import dump_catalogue, parse_catalogue
from core.data.limits import Limits, limits_of
from core.data.load import LOAD_SHARE, load
from core.data.manifest import CsvOptions, read_manifest
from core.data.memory import machine_memory, memory_limit
from core.data.report import LoadedSnapshot, LoadReport, OnProgress, Progress, TableReport
from core.data.scratch import scratch_folder, sweep_scratch
from core.data.snapshots import new_snapshot_id, snapshot_path, sweep_parts
from core.errors import Cancelled, DataTooLarge, QueryFailed, RollcallError
from core.locks import take_lock
from core.settings import PROJECT_ROOT, Settings

_POLL_S = 0.2
_STOP_S = 5.0
# Beside DuckDB's share: Python, Arrow's batches, a workbook.
_MEMORY_BESIDE = 0.2
_SECRETS = ("ROLLCALL_SECRET_KEY", "ROLLCALL_DATABASE_URL")


class _Request(BaseModel):
    """What the child reads from its standard input: one line."""

    manifest: str
    target: str
    scratch: str
    memory: str
    accept_fewer: bool
    previous: str | None
    rows: int
    columns: int
    cell_bytes: int
    unpacked_bytes: int


class _Table(BaseModel):
    name: str
    rows: int
    files: tuple[str, ...]
    csv: dict[str, str | None] | None


class _Message(BaseModel):
    """What the child writes to its standard output: a line each, one field of them set."""

    progress: tuple[str, float] | None = None
    error: tuple[str, str, str | None] | None = None
    catalogue: str | None = None
    tables: tuple[_Table, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


_MESSAGE = TypeAdapter(_Message)


def load_snapshot(
    manifest_path: Path,
    settings: Settings,
    previous: Catalogue | None = None,
    accept_fewer: bool = False,
    on_progress: OnProgress | None = None,
    cancel: threading.Event | None = None,
) -> LoadedSnapshot:
    """Load the manifest's data into a new snapshot file, which nothing points to yet.

    One load at a time: a second one waits and says so.
    Raises: DataRefused, StorageFull, Cancelled, QueryFailed.
    """
    for folder in (settings.snapshots, settings.scratch):
        folder.mkdir(parents=True, exist_ok=True)
    manifest_path = manifest_path.resolve()
    read_manifest(manifest_path)
    with _one_at_a_time(settings, on_progress, cancel):
        sweep_parts(settings)
        sweep_scratch(settings.scratch)
        snapshot_id = new_snapshot_id(datetime.now(UTC))
        target = snapshot_path(settings, snapshot_id).resolve()
        try:
            with scratch_folder(settings.scratch.resolve(), "load") as scratch:
                request = _request(manifest_path, settings, target, scratch, previous, accept_fewer)
                report = _Parent(settings, on_progress, cancel).run(request)
        except BaseException:
            target.unlink(missing_ok=True)  # finished before it was told to stop
            raise
        finally:
            sweep_parts(settings)
    return LoadedSnapshot(snapshot_id, target, report.catalogue, report)


@contextmanager
def _one_at_a_time(
    settings: Settings, on_progress: OnProgress | None, cancel: threading.Event | None
) -> Iterator[None]:
    descriptor = os.open(
        settings.snapshots / ".load.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
    )
    try:
        said = False
        while not take_lock(descriptor):
            if not said and on_progress is not None:
                on_progress(Progress("Waiting for another load to end", 0.0))
                said = True
            if cancel is not None and cancel.is_set():
                raise Cancelled("The load was stopped: nothing has changed")
            time.sleep(_POLL_S)
        yield
    finally:
        os.close(descriptor)


def _request(
    manifest_path: Path,
    settings: Settings,
    target: Path,
    scratch: Path,
    previous: Catalogue | None,
    accept_fewer: bool,
) -> _Request:
    limits = limits_of(settings)
    return _Request(
        manifest=str(manifest_path),
        target=str(target),
        scratch=str(scratch),
        memory=memory_limit(LOAD_SHARE, settings.memory),
        accept_fewer=accept_fewer,
        previous=dump_catalogue(previous) if previous else None,
        rows=limits.rows,
        columns=limits.columns,
        cell_bytes=limits.cell_bytes,
        unpacked_bytes=limits.unpacked_bytes,
    )


@dataclass(slots=True)
class _Parent:
    """Starts the child, watches its time and memory, and hears what it says."""

    settings: Settings
    on_progress: OnProgress | None
    cancel: threading.Event | None

    def run(self, request: _Request) -> LoadReport:
        """Return the child's report; the child is gone at the end, whatever happens."""
        child = _start(request)
        messages: Queue[_Message] = Queue()
        listener = threading.Thread(target=_listen, args=(child, messages), daemon=True)
        listener.start()
        try:
            return self._follow(child, messages, listener)
        finally:
            _stop(child)
            listener.join()
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    stream.close()

    def _follow(
        self,
        child: "subprocess.Popen[str]",
        messages: "Queue[_Message]",
        listener: threading.Thread,
    ) -> LoadReport:
        deadline = time.monotonic() + self.settings.load_max_minutes * 60
        memory_bytes = int(machine_memory() * (LOAD_SHARE + _MEMORY_BESIDE))
        while True:
            self._check(child, deadline, memory_bytes)
            try:
                message = messages.get(timeout=_POLL_S)
            except Empty:
                if listener.is_alive() or not messages.empty():
                    continue
                code = child.wait()
                raise QueryFailed(
                    f"The load's process ended unexpectedly (code {code}): nothing has changed;"
                    " if the machine ran out of memory, set ROLLCALL_MEMORY lower"
                ) from None
            report = self._hear(message)
            if report is not None:
                return report

    def _hear(self, message: _Message) -> LoadReport | None:
        if message.error is not None:
            raise _error(*message.error)
        if message.progress is not None and self.on_progress is not None:
            self.on_progress(Progress(*message.progress))
        return None if message.catalogue is None else _report(message, message.catalogue)

    def _check(self, child: "subprocess.Popen[str]", deadline: float, memory_bytes: int) -> None:
        if self.cancel is not None and self.cancel.is_set():
            raise Cancelled("The load was stopped: nothing has changed")
        if time.monotonic() > deadline:
            raise DataTooLarge(
                f"The load took longer than {self.settings.load_max_minutes:g} minutes and was"
                " stopped: load less, or set ROLLCALL_LOAD_MAX_MINUTES higher"
            )
        if _resident_bytes(child.pid) > memory_bytes:
            raise DataTooLarge(
                f"The load took more than {memory_bytes >> 20:,} MiB of memory and was stopped:"
                " load less, or save workbooks as CSV"
            )


def _start(request: _Request) -> "subprocess.Popen[str]":
    environment = {name: value for name, value in os.environ.items() if name not in _SECRETS}
    paths = [str(PROJECT_ROOT), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    child = subprocess.Popen(
        [sys.executable, "-m", "core.data.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
        encoding="utf-8",
    )
    if child.stdin is not None:
        with suppress(BrokenPipeError):  # one that died at once is told by its end
            child.stdin.write(request.model_dump_json() + "\n")
            child.stdin.flush()
    return child


def _listen(child: "subprocess.Popen[str]", messages: "Queue[_Message]") -> None:
    if child.stdout is not None:
        for line in child.stdout:
            messages.put(_MESSAGE.validate_json(line))


def _stop(child: "subprocess.Popen[str]") -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
    child.wait()


def _resident_bytes(process_id: int) -> int:
    try:
        pages = int(Path(f"/proc/{process_id}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _error(kind: str, message: str, terminal_hint: str | None) -> RollcallError:
    found = getattr(errors, kind, None)
    if isinstance(found, type) and issubclass(found, RollcallError):
        return found(message, terminal_hint=terminal_hint)
    return QueryFailed(message)


def _report(message: _Message, catalogue: str) -> LoadReport:
    tables = tuple(
        TableReport(each.name, each.rows, each.files, _csv_options(each.csv))
        for each in message.tables
    )
    return LoadReport(parse_catalogue(catalogue), tables, message.notes, message.seconds)


def _csv_options(stored: Mapping[str, str | None] | None) -> CsvOptions | None:
    return None if stored is None else CsvOptions(**stored)  # type: ignore[arg-type]


def main() -> None:
    """Load what standard input asks for, and tell standard output about it."""
    request = _Request.model_validate_json(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _say(_done(_load(request)))
    except RollcallError as error:
        _say(_Message(error=(type(error).__name__, str(error), error.terminal_hint)))
    except Exception as error:
        _say(_Message(error=(QueryFailed.__name__, _unforeseen(error), None)))


def _unforeseen(error: Exception) -> str:
    """Return kind and place of an error alone: its text, and a traceback's, may hold a cell."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"The load failed where it should not: {type(error).__name__} in"
        f" {Path(where.filename).name}, line {where.lineno}. Nothing has changed; please report"
        " this line"
    )


def _load(request: _Request) -> LoadReport:
    return load(
        read_manifest(Path(request.manifest)),
        Path(request.target),
        Path(request.scratch),
        request.memory,
        Limits(request.rows, request.columns, request.cell_bytes, request.unpacked_bytes, 0),
        parse_catalogue(request.previous) if request.previous else None,
        request.accept_fewer,
        lambda progress: _say(_Message(progress=(progress.sentence, progress.share))),
    )


def _done(report: LoadReport) -> _Message:
    tables = tuple(
        _Table(
            name=table.name,
            rows=table.rows,
            files=table.files,
            csv=_stored_csv(table.csv),
        )
        for table in report.tables
    )
    catalogue = dump_catalogue(report.catalogue)
    return _Message(catalogue=catalogue, tables=tables, notes=report.notes, seconds=report.seconds)


def _stored_csv(options: CsvOptions | None) -> dict[str, str | None] | None:
    return None if options is None else asdict(options)


def _say(message: _Message) -> None:
    sys.stdout.write(json.dumps(message.model_dump(exclude_defaults=True)) + "\n")
    sys.stdout.flush()


def _end_with_parent() -> None:
    """End this process when the parent's end of standard input closes."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()

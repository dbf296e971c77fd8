"""How long a load takes, how much memory its process needs, how large the snapshot is."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from core.data.child import load_snapshot
from core.sample.shop import Shop
from core.settings import Settings
from tests.bench.dataset import files_of

_LOOK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class LoadFigure:
    """Units: seconds, bytes; `peak_bytes` is the child's resident memory at its highest."""

    name: str
    rows: int
    seconds: float
    peak_bytes: int
    file_bytes: int
    snapshot_bytes: int


@dataclass(slots=True)
class _Peak:
    bytes: int = 0
    over: threading.Event = field(default_factory=threading.Event)


def measure_load(shop: Shop, settings: Settings, say: Callable[[str], None]) -> LoadFigure:
    """Load the shop as `python -m core load` does."""
    manifest = files_of(shop, say)
    say(f"Loading {shop.people:,} people from {shop.format}")
    started = time.perf_counter()
    with _peak_of_children() as peak:
        loaded = load_snapshot(manifest, settings)
    return LoadFigure(
        f"{shop.people:,} people, {shop.orders:,} orders, {shop.format}",
        sum(table.rows for table in loaded.catalogue.tables),
        time.perf_counter() - started,
        peak.bytes,
        sum(path.stat().st_size for path in manifest.parent.rglob(f"*.{shop.format}")),
        loaded.path.stat().st_size,
    )


@contextmanager
def _peak_of_children() -> Iterator[_Peak]:
    peak = _Peak()
    watcher = threading.Thread(target=_watch, args=(peak,), daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        peak.over.set()
        watcher.join()


def _watch(peak: _Peak) -> None:
    while not peak.over.wait(_LOOK_EVERY_S):
        for children in Path("/proc/self/task").glob("*/children"):
            try:
                found = [_highest_bytes(each) for each in children.read_text().split()]
            except OSError:  # a thread or a child that has just ended
                continue
            peak.bytes = max([peak.bytes, *found])


def _highest_bytes(process_id: str) -> int:
    status = Path(f"/proc/{process_id}/status").read_text()
    lines = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(lines[0].split()[1]) * 1024 if lines else 0

"""The exact size of twenty segments, against SQL written by hand in the same process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.data.instance import Instance, Snapshot
from core.engines.duckdb import DuckDBEngine
from core.segments.checking import NamedSegment, check_segment
from tests.bench.dataset import TODAY, settings_of, snapshot_of
from tests.bench.pairs import Pair, time_pair
from tests.bench.references import REFERENCES, Reference

LIMIT = 1.25
# The share of an app, which counts for the pages.
_SHARE = 0.25


@contextmanager
def opened(path: Path, people: int) -> Iterator[tuple[Instance, Snapshot]]:
    """Lend the snapshot as the app has it open."""
    instance = Instance(settings_of(people), _SHARE)
    try:
        with instance.snapshot(path) as snapshot:
            yield instance, snapshot
    finally:
        instance.close()


def measure_references(people: int, say: Callable[[str], None], wanted: str = "") -> Iterator[Pair]:
    """Yield a pair a reference segment; `wanted` picks those whose name holds it."""
    with opened(snapshot_of(people, say), people) as (instance, snapshot):
        for reference in REFERENCES:
            if wanted in reference.name:
                yield _measure(instance, snapshot, reference)


def _measure(instance: Instance, snapshot: Snapshot, reference: Reference) -> Pair:
    engine = DuckDBEngine(instance, snapshot)
    named = {name: NamedSegment(raw) for name, raw in reference.named.items()}

    def ours() -> int:
        checked = check_segment(reference.segment, snapshot.catalogue, TODAY, named)
        return engine.size(checked.segment, TODAY)

    def by_hand() -> int:
        return count_by_hand(instance, reference.sql.format(s=snapshot.alias))

    return time_pair(reference.name, ours, by_hand, LIMIT)


def count_by_hand(instance: Instance, sql: str) -> int:
    with instance.cursor() as cursor:
        row = cursor.execute(sql).fetchone()
    assert row is not None
    return int(row[0])

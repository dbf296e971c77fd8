"""Two hundred related conditions on one table, against one aggregate with as many FILTERs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from core.engines.duckdb import DuckDBEngine
from core.segments.checking import check_segment
from tests.bench.dataset import TODAY, snapshot_of
from tests.bench.pairs import Pair, time_pair
from tests.bench.references import group, is_field, last, orders
from tests.bench.segments import count_by_hand, opened

CONDITIONS = 200
LIMIT = 2.0
_PAIRS = 3
_CHANNELS = ("web", "app", "store")
_NOW = "TIMESTAMPTZ '2026-11-23 09:00:00+01'"


def measure_wide(people: int, say: Callable[[str], None]) -> Pair:
    """Return the pair: any of the conditions, each with its own window, channel and sum."""
    with opened(snapshot_of(people, say), people) as (instance, snapshot):
        engine = DuckDBEngine(instance, snapshot)
        segment = {"where": {"match": "any", "conditions": [*map(_condition, range(CONDITIONS))]}}
        statement = _by_hand(snapshot.alias)

        def ours() -> int:
            return engine.size(check_segment(segment, snapshot.catalogue, TODAY).segment, TODAY)

        name = f"{CONDITIONS} related conditions at {people:,} people"
        return time_pair(
            name, ours, lambda: count_by_hand(instance, statement), LIMIT, pairs=_PAIRS
        )


def _days(number: int) -> int:
    return 5 + number


def _least(number: int) -> int:
    return 300 + 5 * number


def _condition(number: int) -> dict[str, Any]:
    channel = is_field("channel", "is", _CHANNELS[number % 3])
    where = group("all", channel)
    when = last(_days(number))
    return orders("sum", "at_least", _least(number), of="total", when=when, where=where)


def _by_hand(snapshot: str) -> str:
    sums = ", ".join(
        f"sum(total) FILTER (ordered_at BETWEEN {_start(n)} AND {_NOW}"
        f" AND channel = '{_CHANNELS[n % 3]}') AS s{n}"
        for n in range(CONDITIONS)
    )
    passes = " OR ".join(f"s{n} >= {_least(n)}" for n in range(CONDITIONS))
    return (
        f"SELECT count(*) FROM {snapshot}.customers LEFT JOIN"
        f" (SELECT _person, {sums} FROM {snapshot}.orders WHERE _person IS NOT NULL"
        f" GROUP BY _person) ON _row = _person WHERE {passes}"
    )


def _start(number: int) -> str:
    start = TODAY.start(TODAY.day - timedelta(days=_days(number)))
    return f"TIMESTAMPTZ '{start.isoformat(sep=' ')}'"

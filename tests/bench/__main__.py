"""`make bench`: load, exact sizes, wide segments, scheduler; exit 1 where a limit is missed.

Data is generated once below build/bench and kept; `--people 1000000` is the quick way to look.
"""

import argparse
import platform
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import version
from os import cpu_count

from core.data.load import LOAD_SHARE
from core.data.memory import machine_memory
from core.data.memory import memory_limit as memory_of_share
from tests.bench.dataset import csv_shop_of, settings_of, shop_of
from tests.bench.load import LoadFigure, measure_load
from tests.bench.pairs import Pair
from tests.bench.scheduler import Figure, measure_rate, measure_ticks
from tests.bench.segments import measure_references
from tests.bench.wide import measure_wide

PEOPLE = 10_000_000
WIDE_PEOPLE = 1_000_000
_GIB, _MIB = 1 << 30, 1 << 20
Say = Callable[[str], None]


def _load(people: int, say: Say, named: str) -> bool:
    settings = settings_of(people)
    say(f"DuckDB's memory in a load: {memory_of_share(LOAD_SHARE, settings.memory)}")
    for shop in (shop_of(people), csv_shop_of(people)):
        print(_load_line(measure_load(shop, settings, say)), flush=True)
    return True


def _load_line(figure: LoadFigure) -> str:
    return (
        f"| {figure.name} | {figure.rows:,} | {figure.file_bytes / _GIB:.2f} GiB |"
        f" {figure.seconds:,.0f} s | {figure.rows / figure.seconds / 1e6:.2f} M |"
        f" {figure.peak_bytes / _MIB:,.0f} MiB | {figure.snapshot_bytes / _GIB:.2f} GiB |"
    )


def _references(people: int, say: Say, named: str) -> bool:
    return _print_pairs(measure_references(people, say, named))


def _wide(people: int, say: Say, named: str) -> bool:
    return _print_pairs([measure_wide(min(people, WIDE_PEOPLE), say)])


def _ticks(people: int, say: Say, named: str) -> bool:
    return _print_figures(measure_ticks(say))


def _rate(people: int, say: Say, named: str) -> bool:
    return _print_figures([measure_rate(say)])


def _print_figures(figures: Iterable[Figure]) -> bool:
    kept = True
    for figure in figures:
        kept &= figure.kept
        verdict = "ok" if figure.kept else "MISSED"
        print(f"| {figure.name} | {figure.value} | {figure.limit} | {verdict} |", flush=True)
    return kept


def _print_pairs(pairs: Iterable[Pair]) -> bool:
    kept = True
    for pair in pairs:
        kept &= pair.verdict != "MISSED"
        print(
            f"| {pair.name} | {pair.size:,} | {pair.ours_ms:,.0f} ms | {pair.hand_ms:,.0f} ms |"
            f" {pair.ratio:.2f} | {pair.cpu_ratio:.2f} | {pair.limit:g} | {pair.verdict} |",
            flush=True,
        )
    return kept


PARTS: dict[str, Callable[[int, Say, str], bool]] = {
    "load": _load,
    "references": _references,
    "wide": _wide,
    "ticks": _ticks,
    "rate": _rate,
}


def main() -> int:
    """Run the parts that were asked for, print their figures as rows of Markdown tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--named", default="", help="only reference segments whose name has it")
    asked = parser.parse_args()
    print(_machine(), flush=True)
    wanted = asked.only or list(PARTS)
    kept = [PARTS[part](asked.people, _say, asked.named) for part in wanted]
    return 0 if all(kept) else 1


def _machine() -> str:
    return (
        f"Python {platform.python_version()}, DuckDB {version('duckdb')}, {cpu_count()} cores,"
        f" {machine_memory() / _GIB:.0f} GiB"
    )


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

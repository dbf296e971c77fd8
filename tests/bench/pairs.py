"""Two ways to the same answer, timed in turn so that a busy machine is fair to both."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

PAIRS = 7
# What takes less is shown, and not judged.
JUDGED_FROM_MS = 20.0


@dataclass(frozen=True, slots=True)
class Pair:
    """Units: milliseconds, medians; `ratio` is of the wall's time, `cpu_ratio` of the CPU's."""

    name: str
    size: int
    ours_ms: float
    hand_ms: float
    ratio: float
    cpu_ratio: float
    limit: float

    @property
    def judged(self) -> bool:
        return self.hand_ms >= JUDGED_FROM_MS

    @property
    def verdict(self) -> str:
        if not self.judged:
            return "too short"
        return "ok" if self.ratio <= self.limit else "MISSED"


def time_pair(
    name: str, ours: Callable[[], int], hand: Callable[[], int], limit: float, pairs: int = PAIRS
) -> Pair:
    """Run both in turn and return their medians; each comes first every other time.

    Raises: AssertionError where they do not give the same size.
    """
    size, wanted = ours(), hand()
    assert size == wanted, f"{name}: {size:,} by Rollcall, {wanted:,} by hand"
    mine: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    for number in range(pairs):
        turns = [(ours, mine), (hand, theirs)]
        for run, times in turns if number % 2 else reversed(turns):
            times.append(_timed(run))
    wall, cpu = ([median(t[i] for t in each) for each in (mine, theirs)] for i in (0, 1))
    return Pair(name, size, wall[0], wall[1], wall[0] / wall[1], cpu[0] / max(cpu[1], 1e-9), limit)


def _timed(run: Callable[[], int]) -> tuple[float, float]:
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000

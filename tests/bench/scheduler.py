"""How soon a scheduler claims what is due among many, and how close it comes to a rate."""

import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import httpx

from core.settings import Settings
from core.store.activations import create_activation, get_activation, set_next_run
from core.store.database import Store, open_store
from core.store.runs import list_runs
from core.sync.rate import take_turn
from core.worker.loop import Scheduler
from tests.stand_in import StandInServer, running_stand_in
from tests.worker.home import Home, wait_until
from tests.worker.processes import schedulers

ACTIVATIONS = 10_000
TICK_LIMIT_MS = 50.0
CLAIM_LIMIT_S = 2.0
RATE_LIMIT = 0.92
CALLS = 200
_TICKS = 100
_CLAIMS = 100
_DAILY = '{"cron": "0 3 1 1 *"}'
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value against its limit."""

    name: str
    value: str
    limit: str
    kept: bool


@contextmanager
def _many(say: Say) -> Iterator[Home]:
    """Lend a home with thousands of activations, none of them due."""
    with tempfile.TemporaryDirectory() as folder, running_stand_in() as stand_in:
        home = Home(Path(folder), stand_in)
        home.people({"c0001"})
        home.activation("first")
        home.data = '[data]\nmanifest = "dataset.toml"\n'
        say(f"Making {ACTIVATIONS:,} activations")
        with home.opened() as workspace:
            home.apply(workspace)
            _make_many(workspace.store)
        yield home


def _make_many(store: Store) -> None:
    with store.read() as session:
        given = get_activation(session, "first").settings
    for start in range(0, ACTIVATIONS, 1000):
        with store.write("bench") as session:
            for number in range(start, start + 1000):
                name = f"list{number:05}"
                values = {
                    **{field: getattr(given, field) for field in given.__slots__},
                    "audience_name": name,
                    "schedule": _DAILY,
                }
                made = create_activation(session, name, type(given)(**values))
                set_next_run(session, made.id, None)


def measure_ticks(say: Say) -> Iterator[Figure]:
    """Yield the time of a tick with nothing due, and of a claim when one of many is due."""
    with _many(say) as home:
        with home.opened() as workspace:
            scheduler = Scheduler(workspace)
            scheduler.tick()
            say(f"{_TICKS} ticks with nothing due")
            times = [_timed_ms(scheduler.tick) for _ in range(_TICKS)]
            scheduler.close()
        yield Figure(
            f"a tick with nothing due, {ACTIVATIONS:,} activations",
            f"{median(times):.1f} ms (99th percentile {quantiles(times, n=100)[98]:.1f})",
            f"{TICK_LIMIT_MS:g} ms",
            median(times) < TICK_LIMIT_MS,
        )
        say(f"{_CLAIMS} times one due among {ACTIVATIONS:,}")
        waits = _claims(home)
        worst = quantiles(waits, n=100)[98]
        yield Figure(
            f"one due among {ACTIVATIONS:,}: from due to claimed",
            f"{median(waits):.2f} s (99th percentile {worst:.2f})",
            f"{CLAIM_LIMIT_S:g} s at the 99th",
            worst <= CLAIM_LIMIT_S,
        )


def _timed_ms(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return (time.perf_counter() - started) * 1000


def _claims(home: Home) -> list[float]:
    dice, waits = random.Random(1), []
    store = open_store(home.settings)
    with schedulers(home) as one:
        one.start_surely()
        for number in dice.sample(range(ACTIVATIONS), _CLAIMS):
            time.sleep(dice.uniform(0.2, 1.2))
            with store.write("bench") as session:
                chosen = get_activation(session, f"list{number:05}")
                due = session.now()
                set_next_run(session, chosen.id, due)

            def begun(activation_id: int = chosen.id) -> bool:
                with store.read() as session:
                    runs = list_runs(session, activation_id=activation_id, limit=1)
                return bool(runs and runs[0].started_at)

            wait_until(begun, 60)
            with store.read() as session:
                (run,) = list_runs(session, activation_id=chosen.id, limit=1)
            assert run.started_at is not None
            waits.append((run.started_at - due).total_seconds())
    store.close()
    return waits


def measure_rate(say: Say) -> Figure:
    """Return how much of one call a second two threads make, each call late by up to 50 ms."""
    say(f"{CALLS} calls at one a second")
    with (
        tempfile.TemporaryDirectory() as folder,
        running_stand_in("--rate-per-s", "1") as stand_in,
    ):
        store = open_store(Settings(home=Path(folder)))
        started = time.monotonic()
        left = iter(range(CALLS))
        callers = [
            threading.Thread(target=_call, args=(store, stand_in, left, seed)) for seed in (1, 2)
        ]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        elapsed = time.monotonic() - started
        store.close()
        refused = sum(call.status == 429 for call in stand_in.calls())
    ratio = (CALLS - 1) / elapsed
    return Figure(
        f"{CALLS} calls at 1 a second, 0 to 50 ms late",
        f"{ratio:.3f} of the possible rate, {refused} answers 429",
        f"{RATE_LIMIT:g}, none",
        ratio >= RATE_LIMIT and refused == 0,
    )


def _call(store: Store, stand_in: StandInServer, left: Iterator[int], seed: int) -> None:
    dice = random.Random(seed)
    headers = {
        "Authorization": f"Bearer {stand_in.rest_api_key}",
        "X-Batch-Project": stand_in.project_key,
    }
    with httpx.Client(base_url=stand_in.origin, headers=headers, trust_env=False) as client:
        for _ in left:
            take_turn(store, "bench", 1.05)
            time.sleep(dice.uniform(0, 0.05))
            client.get("/2.11/audiences/list", params={"limit": "1"})

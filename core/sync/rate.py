"""When the next call to an account may leave, agreed on by all processes through the store.

A turn is taken when it is due, never reserved ahead, and moved on where the store was slow to
note it: what a platform counts is the distance from one actual send to the next.
"""

from collections.abc import Callable

from core.store.database import Store
from core.store.rates import Turn, ask_turn, move_turn, put_off, wait_before_turn

FRESH_S = 0.02  # a turn that took longer to note is moved on before the call leaves
MACHINE = "rollcall"


def take_turn(
    store: Store,
    account: str,
    interval_s: float,
    *,
    urgent: bool = False,
    waiting: Callable[[], None] | None = None,
) -> None:
    """Return when a call to the account may leave: make it at once.

    `urgent` goes before all that is not: tests and checks of a name that somebody waits for.
    `waiting` is called before each sleep, and may raise to give up.

    Raises: StoreError, and what `waiting` raises.
    """
    while True:
        wait_s = reserve(store, account, interval_s, urgent=urgent)
        if wait_s == 0:
            return
        if waiting is not None:
            waiting()
        store.clock.sleep(wait_s)


def reserve(store: Store, account: str, interval_s: float, *, urgent: bool = False) -> float:
    """Return 0 with the turn taken, or the seconds to wait before asking again.

    Units: seconds, `interval_s` from this call to the account's next one.
    """
    with store.read() as session:
        wait_s = wait_before_turn(session, account, urgent=urgent)
    if wait_s > 0 and not urgent:
        return wait_s
    with store.write(MACHINE) as session:
        asked_at = store.clock.monotonic()  # before: a process may be held up while it asks
        answer = ask_turn(session, account, interval_s, urgent=urgent)
    if isinstance(answer, float):
        return answer
    return 0.0 if _fresh(store, answer, asked_at) else interval_s


def penalise(store: Store, account: str, seconds: float) -> None:
    """Let no process call the account for so long, after it said that we are too fast."""
    with store.write(MACHINE) as session:
        put_off(session, account, seconds)


def _fresh(store: Store, turn: Turn, asked_at: float) -> bool:
    late_s = store.clock.monotonic() - asked_at
    while late_s > FRESH_S:
        expected_s = late_s
        with store.write(MACHINE) as session:
            moved_at = store.clock.monotonic()
            if not move_turn(session, turn, expected_s):
                return False
        late_s = store.clock.monotonic() - moved_at - expected_s
    return True

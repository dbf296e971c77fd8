"""Turns to call an account, counted in the store for all processes.

Units: seconds of the clock that all processes of the store count alike (`ReadSession.tick`).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, delete, select

from core.store.database import ReadSession, Tick, WriteSession
from core.store.models import Rate, RateUse

MAX_AHEAD_S = 60.0  # no turn is further ahead: else a clock was set back
URGENT_S = 2.0  # how long others stand back for somebody urgent, who may be gone
STAND_BACK_S = 0.1
_STRETCH = timedelta(minutes=10)
_WINDOW = timedelta(hours=1)
_KEPT = timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to make one call now; void once another turn of the account was taken."""

    account: str
    number: int
    interval_s: float


def wait_before_turn(session: ReadSession, account: str, *, urgent: bool) -> float:
    """Return the seconds before asking for a turn makes sense, 0 for now."""
    tick = session.tick()
    row = _current(session, account, tick)
    return 0.0 if row is None else _wait(row, tick, urgent)


def ask_turn(
    session: WriteSession, account: str, interval_s: float, *, urgent: bool
) -> Turn | float:
    """Return a turn, or the seconds to wait before asking again; somebody urgent is noted."""
    tick = session.tick()
    row = _current(session, account, tick)
    if row is None:
        row = _reset(session, account, tick)
    wait = _wait(row, tick, urgent)
    if wait > 0:
        row.urgent_until = row.next_at + URGENT_S if urgent else row.urgent_until
        return wait
    row.urgent_until = None if urgent else row.urgent_until
    row.turn += 1
    row.next_at, row.interval_s = tick.seconds + interval_s, interval_s
    _note_use(session, account, interval_s)
    return Turn(account, row.turn, interval_s)


def move_turn(session: WriteSession, turn: Turn, late_s: float) -> bool:
    """Count the turn from `late_s` after now; false where it is void."""
    tick = session.tick()
    row = _current(session, turn.account, tick)
    if row is None or row.turn != turn.number:
        return False
    row.next_at = max(row.next_at, tick.seconds + late_s + turn.interval_s)
    return True


def put_off(session: WriteSession, account: str, seconds: float) -> None:
    """Let nobody call the account for so long, at most a minute."""
    tick = session.tick()
    row = _current(session, account, tick)
    if row is None:
        row = _reset(session, account, tick)
    row.next_at = max(row.next_at, tick.seconds + min(seconds, MAX_AHEAD_S))


def busy_shares(session: ReadSession) -> Mapping[str, float]:
    """Return by account which share of the last hour its calls took, 0 to 1.

    A call takes as long as the next one must wait for it.
    """
    begin = session.now() - _WINDOW
    query = select(RateUse).where(col(RateUse.since) > begin - _STRETCH)
    busy_s: dict[str, float] = defaultdict(float)
    for row in session.exec(query):
        within = min(_STRETCH, row.since + _STRETCH - begin) / _STRETCH
        busy_s[row.account] += row.busy_s * within
    return {account: min(1.0, s / _WINDOW.total_seconds()) for account, s in busy_s.items()}


def _note_use(session: WriteSession, account: str, interval_s: float) -> None:
    now = session.now()
    since = _stretch_of(now)
    row = session.get(RateUse, (account, since))
    if row is None:
        session.exec(delete(RateUse).where(col(RateUse.since) < now - _KEPT))
        row = RateUse(account=account, since=since, busy_s=0.0)
        session.add(row)
    row.busy_s += interval_s


def _stretch_of(moment: datetime) -> datetime:
    seconds = _STRETCH.total_seconds()
    return moment - timedelta(seconds=moment.timestamp() % seconds)


def _current(session: ReadSession, account: str, tick: Tick) -> Rate | None:
    row = session.get(Rate, account)
    if row is None or row.boot_id != tick.boot_id or row.next_at > tick.seconds + MAX_AHEAD_S:
        return None
    return row


def _reset(session: WriteSession, account: str, tick: Tick) -> Rate:
    row = session.get(Rate, account)
    if row is None:
        row = Rate(account=account, boot_id=tick.boot_id, next_at=0.0, interval_s=0.0)
        session.add(row)
    row.boot_id, row.next_at, row.urgent_until = tick.boot_id, tick.seconds, None
    return row


def _wait(row: Rate, tick: Tick, urgent: bool) -> float:
    ahead = row.next_at - tick.seconds
    if ahead > 0:
        return ahead
    if urgent or row.urgent_until is None or row.urgent_until <= tick.seconds:
        return 0.0
    return min(STAND_BACK_S, row.urgent_until - tick.seconds)

"""Figures that take a while: worked out one after the other in a thread, remembered for a while."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from core.clock import Clock
from core.errors import RollcallError, StoreError
from core.unforeseen import log_unforeseen

log = logging.getLogger(__name__)

GOOD_FOR = timedelta(minutes=15)
_UNFORESEEN = (
    "Working it out went wrong in a way that nobody foresaw: whoever runs Rollcall finds more in "
    "the app's log."
)
Asked = TypeVar("Asked")
Found = TypeVar("Found")


class Book(Generic[Asked, Found]):
    """What this process works out in a thread and remembers while it is good.

    `work_out` yields what it found with what was asked; `name` is that of the figures. With
    `most` of them it forgets all before the next.
    """

    def __init__(
        self,
        clock: Clock,
        work_out: Callable[[Sequence[Asked]], Iterator[tuple[Asked, Found]]],
        *,
        name: str,
        most: int,
    ) -> None:
        self._clock = clock
        self._work_out = work_out
        self._name = name
        self._most = most
        self._lock = threading.Lock()
        self._known: dict[Asked, tuple[Found, datetime]] = {}
        self._counting = False

    def known(self, asked: Iterable[Asked]) -> dict[Asked, Found]:
        """Return what is known of these and not too old."""
        now = self._clock.now()
        with self._lock:
            known = {each: self._known[each] for each in asked if each in self._known}
        return {each: found for each, (found, at) in known.items() if now - at < GOOD_FOR}

    def begin(self, missing: Sequence[Asked]) -> None:
        """Begin to work these out, unless others are being worked out."""
        with self._lock:
            if self._counting or not missing:
                return
            self._counting = True
        threading.Thread(target=self._count, args=(missing,), daemon=True, name=self._name).start()

    def is_counting(self) -> bool:
        """Return whether figures are on their way."""
        with self._lock:
            return self._counting

    def _count(self, missing: Sequence[Asked]) -> None:
        try:
            for asked, found in self._work_out(missing):
                self._note(asked, found)
        except RollcallError as error:  # the page says it
            log.warning("%s are not counted: %s", self._name.capitalize(), type(error).__name__)
        finally:
            with self._lock:
                self._counting = False

    def _note(self, asked: Asked, found: Found) -> None:
        with self._lock:
            if len(self._known) >= self._most:
                self._known.clear()
            self._known[asked] = found, self._clock.now()


def told(work: Callable[[], Found], problem: Callable[[str], Found]) -> Found:
    """Return what `work` gives, or `problem` with the sentence that says why it gives nothing.

    Raises: StoreError, which passes: the page says it meanwhile.
    """
    try:
        return work()
    except StoreError:
        raise
    except RollcallError as error:
        return problem(error.told)
    except Exception as error:
        log_unforeseen(log, error)
        return problem(_UNFORESEEN)

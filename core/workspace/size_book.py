"""Sizes of saved segments, counted one after the other in a thread and remembered for a while."""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.engines import engine_type
from core.errors import RollcallError, SegmentInvalid, StoreError
from core.segments.calendar import Today
from core.store.segments import SegmentView, list_segments
from core.unforeseen import log_unforeseen
from core.workspace.opened import OpenWorkspace
from core.workspace.saved import SavedSegments, saved_segments

log = logging.getLogger(__name__)

GOOD_FOR = timedelta(minutes=15)
_ENGINE = "duckdb"
_MOST = 2_000

_UNFORESEEN = (
    "Counting it went wrong in a way that nobody foresaw: whoever runs Rollcall finds more in the "
    "app's log."
)
_Asked = tuple[str, int, str]
_Versions = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class ListedSize:
    """How many people a saved segment finds, or the problem because of which nobody knows."""

    size: int | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Counted:
    """A size, and the versions of the segments that it rests on."""

    listed: ListedSize
    at: datetime
    rests_on: _Versions


class SizeBook:
    """What this process has counted of saved segments."""

    def __init__(self, workspace: OpenWorkspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._known: dict[_Asked, _Counted] = {}
        self._counting = False

    def sizes(self, views: Sequence[SegmentView], snapshot_id: str) -> Mapping[str, ListedSize]:
        """Return what is known by key, and begin to count the rest.

        Raises: StoreUnavailable.
        """
        asked = {view.key: (view.key, view.version, snapshot_id) for view in views}
        with self._lock:
            known = {key: self._known[each] for key, each in asked.items() if each in self._known}
        fresh = self._fresh(known, {view.key: view.version for view in views})
        missing = [each for key, each in asked.items() if key not in fresh]
        if missing:
            self._begin(missing)
        return fresh

    def is_counting(self) -> bool:
        """Return whether sizes are on their way."""
        with self._lock:
            return self._counting

    def _fresh(self, known: Mapping[str, _Counted], versions: _Versions) -> dict[str, ListedSize]:
        """Return the sizes that are not too old and rest on what is saved now."""
        if any(each.rests_on.keys() - versions.keys() for each in known.values()):
            with self._workspace.store.read() as session:
                versions = {view.key: view.version for view in list_segments(session)}
        now = self._workspace.store.clock.now()
        return {
            key: each.listed
            for key, each in known.items()
            if now - each.at < GOOD_FOR
            and all(versions.get(name) == version for name, version in each.rests_on.items())
        }

    def _begin(self, missing: Sequence[_Asked]) -> None:
        with self._lock:
            if self._counting:
                return
            self._counting = True
        threading.Thread(target=self._count, args=(missing,), daemon=True, name="sizes").start()

    def _count(self, missing: Sequence[_Asked]) -> None:
        try:
            with self._workspace.store.read() as session:
                saved = saved_segments(session)
            for asked in missing:
                self._note(asked, self._size(asked[0], saved), saved.rests_on(asked[0]))
        except RollcallError as error:
            log.warning("Sizes are not counted: %s", type(error).__name__)  # the page says it
        finally:
            with self._lock:
                self._counting = False

    def _size(self, key: str, saved: SavedSegments) -> ListedSize:
        now = self._workspace.store.clock.now()
        try:
            with self._workspace.snapshot() as snapshot:
                tree = saved.check(key, snapshot.catalogue, now)
                engine = engine_type(_ENGINE).over(self._workspace.instance, snapshot)
                zone = ZoneInfo(snapshot.catalogue.zone)
                return ListedSize(engine.size(tree, Today(now, zone)))
        except SegmentInvalid as error:
            return ListedSize(None, error.told)
        except StoreError:  # it passes, and the page says it meanwhile
            raise
        except RollcallError as error:
            return ListedSize(None, error.told)
        except Exception as error:
            log_unforeseen(log, error)
            return ListedSize(None, _UNFORESEEN)

    def _note(self, asked: _Asked, listed: ListedSize, rests_on: _Versions) -> None:
        counted = _Counted(listed, self._workspace.store.clock.now(), rests_on)
        with self._lock:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[asked] = counted

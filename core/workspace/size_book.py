"""Sizes of saved segments, counted one after the other in a thread and remembered for a while."""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.engines import engine_type
from core.errors import RollcallError
from core.segments.calendar import Today
from core.store.segments import SegmentView
from core.workspace.opened import OpenWorkspace
from core.workspace.saved import SavedSegments, saved_segments

GOOD_FOR = timedelta(minutes=15)
_ENGINE = "duckdb"
_MOST = 2_000

_Asked = tuple[str, int, str]


class SizeBook:
    """What this process has counted of saved segments; a size is None where it cannot be."""

    def __init__(self, workspace: OpenWorkspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._known: dict[_Asked, tuple[int | None, datetime]] = {}
        self._counting = False

    def sizes(self, views: Sequence[SegmentView], snapshot_id: str) -> Mapping[str, int | None]:
        """Return what is known by key, and begin to count the rest."""
        with self._lock:
            now = self._workspace.store.clock.now()
            asked = {view.key: (view.key, view.version, snapshot_id) for view in views}
            fresh = {key: self._fresh(each, now) for key, each in asked.items()}
            missing = [asked[key] for key, found in fresh.items() if found is None]
            if missing and not self._counting:
                self._counting = True
                threading.Thread(
                    target=self._count, args=(missing,), daemon=True, name="sizes"
                ).start()
            return {key: found[0] for key, found in fresh.items() if found is not None}

    def is_counting(self) -> bool:
        """Return whether sizes are on their way."""
        with self._lock:
            return self._counting

    def _fresh(self, asked: _Asked, now: datetime) -> tuple[int | None, datetime] | None:
        found = self._known.get(asked)
        return found if found is not None and now - found[1] < GOOD_FOR else None

    def _count(self, missing: Sequence[_Asked]) -> None:
        try:
            with self._workspace.store.read() as session:
                saved = saved_segments(session)
            for asked in missing:
                self._note(asked, self._size(asked[0], saved))
        finally:
            with self._lock:
                self._counting = False

    def _size(self, key: str, saved: SavedSegments) -> int | None:
        now = self._workspace.store.clock.now()
        try:
            with self._workspace.snapshot() as snapshot:
                tree = saved.check(key, snapshot.catalogue, now)
                engine = engine_type(_ENGINE).over(self._workspace.instance, snapshot)
                return engine.size(tree, Today(now, ZoneInfo(snapshot.catalogue.zone)))
        except RollcallError:
            return None  # its row says why it rests

    def _note(self, asked: _Asked, size: int | None) -> None:
        with self._lock:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[asked] = (size, self._workspace.store.clock.now())

"""Sizes of saved segments, counted one after the other in a thread and remembered for a while."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from core.engines import engine_type
from core.segments.calendar import Today
from core.store.segments import SegmentView, list_segments
from core.workspace.book import Book, told
from core.workspace.opened import OpenWorkspace
from core.workspace.saved import SavedSegments, saved_segments

_ENGINE = "duckdb"
_MOST = 2_000
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
    rests_on: _Versions


class SizeBook(Book[_Asked, _Counted]):
    """What this process has counted of saved segments."""

    def __init__(self, workspace: OpenWorkspace) -> None:
        super().__init__(workspace.store.clock, self._sizes, name="sizes", most=_MOST)
        self._workspace = workspace

    def sizes(self, views: Sequence[SegmentView], snapshot_id: str) -> Mapping[str, ListedSize]:
        """Return what is known by key, and begin to count the rest.

        Raises: StoreUnavailable.
        """
        asked = {view.key: (view.key, view.version, snapshot_id) for view in views}
        known = {key: counted for (key, *_), counted in self.known(asked.values()).items()}
        fresh = self._fresh(known, {view.key: view.version for view in views})
        self.begin([each for key, each in asked.items() if key not in fresh])
        return fresh

    def _fresh(self, known: Mapping[str, _Counted], versions: _Versions) -> dict[str, ListedSize]:
        """Return the sizes that rest on what is saved now."""
        if any(each.rests_on.keys() - versions.keys() for each in known.values()):
            with self._workspace.store.read() as session:
                versions = {view.key: view.version for view in list_segments(session)}
        return {
            key: each.listed
            for key, each in known.items()
            if all(versions.get(name) == version for name, version in each.rests_on.items())
        }

    def _sizes(self, missing: Sequence[_Asked]) -> Iterator[tuple[_Asked, _Counted]]:
        with self._workspace.store.read() as session:
            saved = saved_segments(session)
        for asked in missing:
            listed = told(partial(self._size, asked[0], saved), partial(ListedSize, None))
            yield asked, _Counted(listed, saved.rests_on(asked[0]))

    def _size(self, key: str, saved: SavedSegments) -> ListedSize:
        now = self._workspace.store.clock.now()
        with self._workspace.snapshot() as snapshot:
            tree = saved.check(key, snapshot.catalogue, now)
            engine = engine_type(_ENGINE).over(self._workspace.instance, snapshot)
            return ListedSize(engine.size(tree, Today(now, ZoneInfo(snapshot.catalogue.zone))))

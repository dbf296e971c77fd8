"""Members of saved segments, for the runs."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from core.data.catalogue import Catalogue
from core.data.instance import Instance
from core.data.snapshots import snapshot_path
from core.engines.duckdb import DuckDBEngine
from core.errors import RunRefused
from core.segments.calendar import Today
from core.segments.paths import NoPath, Paths
from core.segments.tree import FieldRef
from core.settings import Settings
from core.store.database import Store
from core.sync.members import Membership
from core.workspace.saved import saved_segments


class SavedMembers:
    """Evaluates saved segments in this process's DuckDB."""

    def __init__(self, store: Store, settings: Settings, instance: Instance) -> None:
        self._store = store
        self._settings = settings
        self._instance = instance

    def write_members(
        self, segment: str, snapshot: str, now: datetime, fields: Sequence[str], out: Path
    ) -> Membership:
        """Write who is in the saved segment at `now`, on that snapshot, to `out`.

        Shapes: Parquet with `key` (text) and f0, f1 … per field of people, in its own type.
        Raises: SnapshotMissing, SegmentInvalid, RunRefused, QueryFailed, StorageFull.
        """
        with self._store.read() as session:
            saved = saved_segments(session)
        with self._instance.snapshot(snapshot_path(self._settings, snapshot)) as opened:
            catalogue = opened.catalogue
            tree = saved.check(segment, catalogue, now)
            wanted = [people_field(catalogue, name) for name in fields]
            engine = DuckDBEngine(self._instance, opened)
            today = Today(now, ZoneInfo(catalogue.zone))
            members = engine.write_members(tree, today, wanted, out)
        return Membership(members, saved.versions(segment, tree))


def people_field(catalogue: Catalogue, name: str) -> FieldRef:
    """Return a field of people, or of a table that a person has one row of.

    Raises: RunRefused.
    """
    try:
        return Paths(catalogue).field(catalogue.people, name)
    except NoPath as problem:
        raise RunRefused(f"The field {name!r} cannot be sent: {problem}") from problem

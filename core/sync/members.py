"""Where a run gets the members of its segment from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Membership:
    """What a segment gave: its `versions` by key are those of it and of all it names."""

    members: int
    versions: Mapping[str, int]


class MemberSource(Protocol):
    """Evaluates saved segments on snapshots."""

    def write_members(
        self, segment: str, snapshot: str, now: datetime, fields: Sequence[str], out: Path
    ) -> Membership:
        """Write who is in the saved segment at `now`, on that snapshot, to `out`.

        Shapes: Parquet, one row a member: `key` (text) and one column f0, f1 … per field of
                people, in the order asked and in its own type.
        Raises: SnapshotMissing, SegmentInvalid, QueryFailed, StorageFull.
        """

"""What every engine answers about a checked segment over one dataset."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from core.data.instance import Instance, Snapshot
from core.segments.calendar import Today
from core.segments.tree import FieldRef, Segment


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one person passes one node, and the value that a condition looked at, as text.

    `value` is None where it is blank and for nodes that compare nothing.
    """

    passes: bool
    value: str | None = None


class Engine(ABC):
    """One dataset, ready to be asked; every figure is exact."""

    label: ClassVar[str]

    @classmethod
    @abstractmethod
    def over(cls, instance: Instance, snapshot: Snapshot) -> "Engine":
        """Return the engine over a snapshot."""

    @abstractmethod
    def size(self, segment: Segment, today: Today) -> int:
        """Return the number of members."""

    @abstractmethod
    def sizes(self, segment: Segment, today: Today) -> Mapping[str, int]:
        """Return the number of people for every node that stands on people, by its place.

        A node's size is that of its own condition; `limit`, where there is one, is the members.
        """

    @abstractmethod
    def members(self, segment: Segment, today: Today) -> list[str]:
        """Return the members' keys as text, in code point order."""

    @abstractmethod
    def sample(
        self, segment: Segment, today: Today, fields: Sequence[FieldRef], count: int
    ) -> list[tuple[object, ...]]:
        """Return the first members in code point order of the key: key as text, then the fields."""

    @abstractmethod
    def write_members(
        self, segment: Segment, today: Today, fields: Sequence[FieldRef], out: Path
    ) -> int:
        """Write the members to `out` and return how many they are.

        Shapes: Parquet with `key` (text, in code point order) and a column f0, f1 … a field.
        """

    @abstractmethod
    def explain(self, segment: Segment, today: Today, key: str) -> Mapping[str, Verdict]:
        """Return every node's verdict for one person, by place, and `member` for the whole.

        Raises: UnknownName where there is no such person.
        """

"""The file side of computing a run: members, identifiers, and the frozen plan."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from duckdb import DuckDBPyConnection

from core.data.instance import Instance, translated
from core.durable import passing_file
from core.sync.identifiers import IdentifierRules, WantedCounts, select_wanted
from core.sync.members import MemberSource
from core.sync.plan import Plan, freeze_plan
from core.sync.points import reach

Look = Callable[[DuckDBPyConnection, Path], None]


@dataclass(frozen=True, slots=True)
class Question:
    """Whom an activation wants: `fields` are the identifier's, then those of the attributes."""

    segment: str
    snapshot: str
    now: datetime
    fields: tuple[str, ...]
    rules: IdentifierRules


@dataclass(frozen=True, slots=True)
class DraftedPlan:
    """A computed run: what is wanted, and the plan that gets there."""

    versions: Mapping[str, int]
    wanted: WantedCounts
    plan: Plan
    not_sent: Path

    def discard(self) -> None:
        """Delete the files, which nothing points to."""
        self.plan.file.unlink(missing_ok=True)
        self.not_sent.unlink(missing_ok=True)


def not_sent_path(plan: Path) -> Path:
    """Return where the list of those who are not sent lies, beside their plan.

    >>> not_sent_path(Path("plans/ab12.parquet")).name
    'ab12-not-sent.parquet'
    """
    return plan.with_name(f"{plan.stem}-not-sent.parquet")


def draft_plan(
    instance: Instance,
    members: MemberSource,
    question: Question,
    ledger: Path | None,
    folder: Path,
    look: Look | None = None,
) -> DraftedPlan:
    """Write the plan that makes an audience of `ledger` equal to the segment into `folder`.

    `look` is shown the file of what is wanted, which is gone afterwards.

    Raises: LedgerMissing, SnapshotMissing, SegmentInvalid, QueryFailed, StorageFull.
    """
    plan = folder / f"{uuid4().hex}.parquet"
    not_sent = not_sent_path(plan)
    with (
        translated(),
        passing_file(folder, "members") as found,
        passing_file(folder, "wanted") as wanted,
        instance.cursor() as cursor,
    ):
        membership = members.write_members(
            question.segment, question.snapshot, question.now, question.fields, found
        )
        reach("members written")
        counts = select_wanted(cursor, found, question.rules, wanted, not_sent)
        reach("identifiers written")
        if look is not None:
            look(cursor, wanted)
        frozen = freeze_plan(cursor, ledger, wanted, plan)
    reach("plan written")
    return DraftedPlan(membership.versions, counts, frozen, not_sent)


@contextmanager
def passing_plan(
    instance: Instance,
    members: MemberSource,
    question: Question,
    ledger: Path | None,
    folder: Path,
    look: Look | None = None,
) -> Iterator[DraftedPlan]:
    """Yield a draft whose files are gone afterwards."""
    draft = draft_plan(instance, members, question, ledger, folder, look)
    try:
        yield draft
    finally:
        draft.discard()

"""Trying settings of an activation out, saved or not: who would move, and under which ids.

It reads, here alone: what stands at the platform is asked elsewhere.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from duckdb import DuckDBPyConnection

from core.data.cells import WHITE_SPACE
from core.data.instance import Instance, Snapshot, quote_name, translated
from core.destinations._base import Limits
from core.sync.draft import Question, passing_plan
from core.sync.guards import GuardCounts
from core.sync.identifiers import sent_text_sql
from core.sync.members import MemberSource
from core.sync.outcome import RunCounts, counts_of
from core.sync.plan import Movers, first_movers

MOST_SHOWN = 100
_FIRST = 3


@dataclass(frozen=True, slots=True)
class IdSample:
    """Ids exactly as they are sent: the first ones, and how many look like something else."""

    first: tuple[str, ...]
    like_emails: int
    with_spaces: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What a run of the settings would do at `now`; `first`: nothing was ever sent before."""

    now: datetime
    counts: RunCounts
    id_sample: IdSample
    movers: Movers
    first: bool

    @property
    def guarded(self) -> GuardCounts:
        """Return what guards look at."""
        counts = self.counts
        return GuardCounts(counts.wanted, counts.held, counts.adds, counts.removes, self.first)


def try_out(
    instance: Instance, members: MemberSource, question: Question, ledger: Path | None, folder: Path
) -> Trial:
    """Return what would become of an audience of `ledger`; files in `folder` are gone afterwards.

    Raises: LedgerMissing, SnapshotMissing, SegmentInvalid, QueryFailed, StorageFull, RunRefused.
    """
    seen: list[IdSample] = []

    def look(cursor: DuckDBPyConnection, wanted: Path) -> None:
        seen.append(_look(cursor, wanted))

    with passing_plan(instance, members, question, ledger, folder, look) as draft:
        with translated(), instance.cursor() as cursor:
            movers = first_movers(cursor, ledger, draft.plan.file, MOST_SHOWN)
        return Trial(question.now, counts_of(draft), seen[-1], movers, ledger is None)


def sending_s(rows: int, limits: Limits) -> float:
    """Return about how many seconds it takes to send so many changes to a free account.

    >>> limits = Limits(10_000, 5_000_000, 512, 15, interval_s=1, pause_after_429_s=5)
    >>> sending_s(25_000, limits), sending_s(0, limits)
    (3, 0)
    """
    return math.ceil(rows / limits.ids_per_call) * limits.interval_s


def find_people(
    instance: Instance, snapshot: Snapshot, field: str, ids: tuple[str, ...], shown: tuple[str, ...]
) -> list[tuple[object, ...]]:
    """Return id and the `shown` fields of the people of these ids, in the order of ids.

    `field` and `shown` are fields of people itself.
    Raises: QueryFailed.
    """
    people = snapshot.catalogue.people_table
    source = people.by_name[field]
    sent = sent_text_sql(quote_name(source.column), source.sql_type)
    columns = ", ".join([f"{sent} AS sent", *(quote_name(people.by_name[f].column) for f in shown)])
    place = f"{quote_name(snapshot.alias)}.{quote_name(people.physical)}"
    with translated(), instance.cursor() as cursor:
        return cursor.execute(
            f"""SELECT {columns} FROM {place}
                 WHERE {sent} IN (SELECT unnest(?::VARCHAR[])) ORDER BY sent""",  # noqa: S608
            [list(ids)],
        ).fetchall()


def _look(cursor: DuckDBPyConnection, wanted: Path) -> IdSample:
    first = cursor.execute(
        f"SELECT id FROM read_parquet(?) ORDER BY id LIMIT {_FIRST}",  # noqa: S608
        [str(wanted)],
    ).fetchall()
    ((emails, spaces),) = cursor.execute(
        """SELECT count(*) FILTER (regexp_matches(id, '^[^@ ]+@[^@ ]+[.][^@ ]+$')),
                  count(*) FILTER (trim(id, ?) <> id)
             FROM read_parquet(?)""",
        [WHITE_SPACE, str(wanted)],
    ).fetchall()
    return IdSample(tuple(id_ for (id_,) in first), emails, spaces)

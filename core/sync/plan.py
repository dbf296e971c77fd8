"""The plan of a run: what must change at the audience, frozen before the first request."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from core.destinations._base import Action, Change
from core.durable import written_whole
from core.sync.attributes import parse_attributes
from core.sync.ledger import held_sql

_ROWS_PER_GROUP = 20_000


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """What a plan does: `adds` enter, `changes` get other attributes, `resent` were unknown.

    `held` counts the ids that the ledger has; the four kinds of rows do not overlap, except that
    `removes` also counts ids that were unknown.
    """

    held: int
    unknown: int
    adds: int
    changes: int
    resent: int
    removes: int

    @property
    def rows(self) -> int:
        return self.adds + self.changes + self.resent + self.removes


@dataclass(frozen=True, slots=True)
class Plan:
    """A frozen plan; two plans with one `id` ask for the same changes."""

    id: str
    file: Path
    counts: PlanCounts


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One row of a plan; positions count from 0 without a gap."""

    position: int
    change: Change


@dataclass(frozen=True, slots=True)
class Movers:
    """The first ids, in order, that a plan lets enter and leave."""

    entering: tuple[str, ...]
    leaving: tuple[str, ...]


def freeze_plan(cursor: DuckDBPyConnection, held: Path | None, wanted: Path, out: Path) -> Plan:
    """Write the changes that turn `held` into `wanted` to `out`, removals first, each id once.

    Shapes: `held` is a ledger (None: never written), `wanted` as `select_wanted` writes it;
            `out` has position, action, id, attributes, digest.
    Raises: StorageFull, LedgerMissing, duckdb.Error.
    """
    values: dict[str, object] = {"wanted": str(wanted)}
    ledger = held_sql(held, values)
    with written_whole(out) as part:
        cursor.execute(_plan_sql(ledger, part), values)
    counts = _count(cursor, ledger, values, out)
    return Plan(_identify(cursor, out), out, counts)


def read_changes(
    cursor: DuckDBPyConnection, plan: Path, start: int, limit: int
) -> Sequence[PlannedChange]:
    """Return at most `limit` rows of the plan from position `start` on, in order."""
    rows = cursor.execute(
        """SELECT position, action, id, attributes FROM read_parquet(?)
            WHERE position >= ? AND position < ? ORDER BY position""",
        [str(plan), start, start + limit],
    ).fetchall()
    return [
        PlannedChange(position, Change(Action(action), id_, parse_attributes(attributes)))
        for position, action, id_, attributes in rows
    ]


def first_movers(cursor: DuckDBPyConnection, held: Path | None, plan: Path, limit: int) -> Movers:
    """Return at most `limit` ids each; one that only gets other attributes does not move.

    Raises: LedgerMissing, duckdb.Error.
    """
    values: dict[str, object] = {"plan": str(plan)}
    ledger = held_sql(held, values)
    found = cursor.execute(
        f"""WITH held AS ({ledger})
            SELECT action, id FROM read_parquet($plan)
             WHERE action = 'remove' OR id NOT IN (SELECT id FROM held)
           QUALIFY row_number() OVER (PARTITION BY action ORDER BY position) <= {limit:d}
             ORDER BY position""",  # noqa: S608
        values,
    ).fetchall()
    ids = {
        action: tuple(id_ for done, id_ in found if done == action)
        for action in (Action.ADD, Action.REMOVE)
    }
    return Movers(ids[Action.ADD], ids[Action.REMOVE])


def _plan_sql(ledger: str, out: Path) -> str:
    target = str(out).replace("'", "''")
    return f"""COPY (
        WITH held AS ({ledger}),
        wanted AS (SELECT id, attributes, digest FROM read_parquet($wanted)),
        changes AS (
          SELECT 1 AS rank, 'remove' AS action, id, '{{}}' AS attributes, ''::BLOB AS digest
            FROM held ANTI JOIN wanted USING (id)
          UNION ALL
          SELECT 2, 'add', id, attributes, digest
            FROM wanted ANTI JOIN (SELECT id, digest FROM held WHERE NOT unknown) USING (id, digest)
        )
        SELECT row_number() OVER (ORDER BY rank, id) - 1 AS position,
               action, id, attributes, digest
          FROM changes ORDER BY position
    ) TO '{target}' (FORMAT parquet, ROW_GROUP_SIZE {_ROWS_PER_GROUP})"""  # noqa: S608


def _count(
    cursor: DuckDBPyConnection, ledger: str, values: dict[str, object], plan: Path
) -> PlanCounts:
    counts = cursor.execute(
        f"""WITH held AS ({ledger}), plan AS (SELECT * FROM read_parquet($plan))
            SELECT (SELECT count(*) FROM held), (SELECT count(*) FROM held WHERE unknown),
                   count(*) FILTER (plan.action = 'add' AND held.id IS NULL),
                   count(*) FILTER (plan.action = 'add' AND NOT held.unknown),
                   count(*) FILTER (plan.action = 'add' AND held.unknown),
                   count(*) FILTER (plan.action = 'remove')
              FROM plan LEFT JOIN held USING (id)""",  # noqa: S608
        {name: value for name, value in values.items() if name == "held"} | {"plan": str(plan)},
    ).fetchall()
    return PlanCounts(*counts[0])


def _identify(cursor: DuckDBPyConnection, plan: Path) -> str:
    """Return a name for the set of changes that does not depend on how the file was written."""
    row = cursor.execute(
        """SELECT count(*), bit_xor(md5_number(concat(action, '|', hex(digest), '|', id)))
             FROM read_parquet(?)""",
        [str(plan)],
    ).fetchone()
    return hashlib.md5(repr(row).encode(), usedforsecurity=False).hexdigest()

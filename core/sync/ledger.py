"""The ledger of an audience: what it holds as far as its calls were acknowledged."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from core.durable import written_whole
from core.errors import LedgerMissing


@dataclass(frozen=True, slots=True)
class Span:
    """Rows of a plan, from position `start` up to but not including `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a plan was carried out.

    Rows before `cursor` were acknowledged, those in `refused` aside; for rows in `unanswered`
    nobody can say whether the platform has applied them.
    """

    cursor: int
    refused: tuple[Span, ...] = ()
    unanswered: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerCounts:
    """Rows of a ledger, and how many of them are marked unknown."""

    rows: int
    unknown: int


def held_sql(ledger: Path | None, values: dict[str, object]) -> str:
    """Return SQL for the ledger's rows, with its path put into `values` as `held`.

    Shapes: id, digest, unknown; no row where there is no ledger yet.
    Raises: LedgerMissing.
    """
    if ledger is None:
        return "SELECT ''::VARCHAR AS id, ''::BLOB AS digest, FALSE AS unknown WHERE FALSE"
    if not ledger.is_file():
        raise LedgerMissing(
            f"Rollcall's note of what the list holds is gone: put the file {ledger.name} back "
            "from a backup, then run again."
        )
    values["held"] = str(ledger)
    return "SELECT id, digest, unknown FROM read_parquet($held)"


def book_plan(
    cursor: DuckDBPyConnection,
    held: Path | None,
    plan: Path,
    progress: Progress,
    out: Path,
) -> LedgerCounts:
    """Write the ledger after the acknowledged rows of `plan` to `out`.

    Shapes: `held` and `out` have id, digest, unknown, ids distinct.
    Raises: StorageFull, LedgerMissing, duckdb.Error.
    """
    values: dict[str, object] = {"plan": str(plan), "done": progress.cursor}
    ledger = held_sql(held, values)
    with written_whole(out) as part:
        cursor.execute(_booking_sql(ledger, progress, part), values)
    return count_ledger(cursor, out)


def _booking_sql(ledger: str, progress: Progress, out: Path) -> str:
    target = str(out).replace("'", "''")
    return f"""COPY (
        WITH held AS ({ledger}),
        rows AS (
          SELECT id, action, digest,
                 position < $done AND NOT {_within(progress.refused)} AS done,
                 {_within(progress.unanswered)} AS unanswered
            FROM read_parquet($plan)),
        touched AS (
          SELECT id, action, digest, unanswered AS unknown FROM rows WHERE done OR unanswered)
        SELECT id, digest, unknown FROM held ANTI JOIN touched USING (id)
        UNION ALL
        SELECT id, digest, unknown FROM touched WHERE action = 'add' OR unknown
    ) TO '{target}' (FORMAT parquet)"""  # noqa: S608


def doubt_ledger(cursor: DuckDBPyConnection, held: Path, out: Path) -> LedgerCounts:
    """Write the ledger to `out` with every row marked unknown: the next run sends them all again.

    Raises: StorageFull, LedgerMissing, duckdb.Error.
    """
    values: dict[str, object] = {}
    ledger = held_sql(held, values)
    with written_whole(out) as part:
        target = str(part).replace("'", "''")
        cursor.execute(
            f"COPY (SELECT id, digest, TRUE AS unknown FROM ({ledger})) "  # noqa: S608
            f"TO '{target}' (FORMAT parquet)",
            values,
        )
    return count_ledger(cursor, out)


def count_ledger(cursor: DuckDBPyConnection, ledger: Path | None) -> LedgerCounts:
    """Return how many rows the ledger has. Raises: LedgerMissing."""
    values: dict[str, object] = {}
    counts = cursor.execute(
        f"SELECT count(*), count(*) FILTER (unknown) FROM ({held_sql(ledger, values)})",  # noqa: S608
        values,
    ).fetchall()
    return LedgerCounts(*counts[0])


def _within(spans: Iterable[Span]) -> str:
    """Return SQL that is true for positions in the spans, which are whole numbers of our own."""
    tests = [f"position BETWEEN {int(span.start)} AND {int(span.end) - 1}" for span in spans]
    return f"({' OR '.join(tests)})" if tests else "FALSE"

"""Who a run adds, removes and does not send: a first look, and whole lists as files."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.data.instance import translated
from core.store.run_story import GapKind, run_gaps
from core.store.runs import RunView
from core.sync.draft import not_sent_path
from core.sync.outcome import NOT_SENT_WORDS
from core.workspace.opened import OpenWorkspace
from core.workspace.spreadsheet import spreadsheet

Row = tuple[str, ...]
_FETCHED = 20_000


class ListKind(StrEnum):
    """Lists that a run leaves behind."""

    ENTER = "enter"
    LEAVE = "leave"
    NOT_SENT = "not sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ListPart:
    """The first rows of a list under their column names."""

    columns: Row
    rows: Sequence[Row]


_COLUMNS: dict[ListKind, Row] = {
    ListKind.ENTER: ("id",),
    ListKind.LEAVE: ("id",),
    ListKind.NOT_SENT: ("key", "id", "reason"),
    ListKind.REFUSED: ("id", "change", "answer"),
}
_QUERIES = {
    ListKind.ENTER: "SELECT id FROM read_parquet($file) WHERE action = 'add' ORDER BY position",
    ListKind.LEAVE: "SELECT id FROM read_parquet($file) WHERE action = 'remove' ORDER BY position",
    ListKind.NOT_SENT: "SELECT key, id, reason FROM read_parquet($file) ORDER BY key",
}
_REFUSED = """SELECT id, CASE action WHEN 'add' THEN 'enter' ELSE 'leave' END
                FROM read_parquet($file) WHERE position >= $first AND position < $end
               ORDER BY position"""


def lists_kept(workspace: OpenWorkspace, run: RunView) -> frozenset[ListKind]:
    """Return which lists of the run can be looked at: none once its files were swept."""
    plan = _plan_of(workspace, run)
    if plan is None:
        return frozenset()
    kept = {ListKind.ENTER, ListKind.LEAVE}
    if run.refused:
        kept.add(ListKind.REFUSED)
    if not_sent_path(plan).is_file():
        kept.add(ListKind.NOT_SENT)
    return frozenset(kept)


def first_rows(
    workspace: OpenWorkspace, run: RunView, kind: ListKind, limit: int = 100
) -> ListPart:
    """Return the first rows of one of the lists that are kept. Raises: QueryFailed."""
    rows: list[Row] = []
    for row in _rows(workspace, run, kind, limit):
        rows.append(row)
        if len(rows) == limit:
            break
    return ListPart(_COLUMNS[kind], rows)


def whole_list(workspace: OpenWorkspace, run: RunView, kind: ListKind) -> bytes:
    """Return one of the lists that are kept as CSV in UTF-8, ids exactly as sent.

    Raises: QueryFailed.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS[kind])
    writer.writerows(_rows(workspace, run, kind, None))
    return text.getvalue().encode()


def whole_list_for_excel(workspace: OpenWorkspace, run: RunView, kind: ListKind) -> bytes:
    """Return one of the lists that are kept, of at most MAX_ROWS people, as an Excel file.

    Raises: QueryFailed.
    """
    return spreadsheet(_COLUMNS[kind], _rows(workspace, run, kind, None))


def _plan_of(workspace: OpenWorkspace, run: RunView) -> Path | None:
    if run.plan_file is None:
        return None
    plan = workspace.settings.plans / run.plan_file
    return plan if plan.is_file() else None


def _rows(
    workspace: OpenWorkspace, run: RunView, kind: ListKind, limit: int | None
) -> Iterator[Row]:
    plan = _plan_of(workspace, run)
    if plan is None:
        return
    if kind is ListKind.REFUSED:
        yield from _refused(workspace, run, plan, limit)
        return
    if kind is ListKind.NOT_SENT:
        yield from _not_sent(workspace, not_sent_path(plan), limit)
        return
    yield from _select(workspace, _QUERIES[kind], limit, file=str(plan))


def _not_sent(workspace: OpenWorkspace, file: Path, limit: int | None) -> Iterator[Row]:
    for key, id_, reason in _select(workspace, _QUERIES[ListKind.NOT_SENT], limit, file=str(file)):
        yield (key, id_, NOT_SENT_WORDS.get(reason, reason))


def _refused(
    workspace: OpenWorkspace, run: RunView, plan: Path, limit: int | None
) -> Iterator[Row]:
    with workspace.store.read() as session:
        gaps = [gap for gap in run_gaps(session, run.id) if gap.kind is GapKind.REFUSED]
    for gap in gaps:
        span = {"file": str(plan), "first": gap.first_row, "end": gap.end_row}
        for row in _select(workspace, _REFUSED, limit, **span):
            yield (*row, gap.error or "")


def _select(
    workspace: OpenWorkspace, query: str, limit: int | None, **values: object
) -> Iterator[Row]:
    bounded = query if limit is None else f"{query} LIMIT {limit:d}"
    with translated(), workspace.instance.cursor() as cursor:
        cursor.execute(bounded, values)
        while rows := cursor.fetchmany(_FETCHED):
            yield from (tuple("" if cell is None else str(cell) for cell in row) for row in rows)

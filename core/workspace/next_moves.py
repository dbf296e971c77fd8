"""Who would enter and leave the lists of a changed segment, worked out in a thread."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from core.destinations import destination_type
from core.store.activations import get_activation, list_activations
from core.store.audiences import get_audience
from core.store.database import ReadSession
from core.store.destinations import get_destination
from core.store.runs import newest_runs
from core.store.segments import list_segments
from core.sync.decide import judge_plan
from core.sync.draft import passing_plan
from core.sync.guards import Do
from core.sync.outcome import counts_of
from core.sync.question import question_of, sent_segment
from core.workspace.book import Book, told
from core.workspace.members import SavedMembers
from core.workspace.opened import OpenWorkspace
from core.workspace.readiness import is_outdated

_MOST = 500


@dataclass(frozen=True, slots=True)
class NextMoves:
    """What the next run of a list would do; `waits_because` is why it would wait for approval.

    `problem` says why nobody knows.
    """

    enter: int = 0
    leave: int = 0
    waits_because: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class FollowingList:
    """A list that follows a changed segment with its next run, and all that decides what it does.

    `key` is its activation's; `revision` grows whenever any segment is saved with another meaning.
    """

    key: str
    display_name: str
    saved_at: datetime
    snapshot_id: str | None
    ledger_file: str
    revision: int


def following_lists(
    session: ReadSession, segment_key: str, snapshot_id: str | None
) -> tuple[FollowingList, ...]:
    """Return the lists of the segment whose newest run was begun before it was changed."""
    versions = {view.key: view.version for view in list_segments(session, archived=True)}
    revision, newest = sum(versions.values()), newest_runs(session)
    found = []
    for view in list_activations(session):
        if view.segment_key != segment_key or view.paused_at is not None:
            continue
        file = get_audience(session, view.audience_id).ledger_file
        run = newest.get(view.id)
        if file is not None and run is not None and is_outdated(run, versions):
            name, saved_at = view.display_name, view.updated_at
            found.append(FollowingList(view.key, name, saved_at, snapshot_id, file, revision))
    return tuple(found)


class MovesBook(Book[FollowingList, NextMoves]):
    """What this process has worked out of the next runs of lists."""

    def __init__(self, workspace: OpenWorkspace) -> None:
        super().__init__(workspace.store.clock, self._all_moves, name="moves", most=_MOST)
        self._workspace = workspace

    def moves(self, lists: Sequence[FollowingList]) -> Mapping[FollowingList, NextMoves]:
        """Return what is known, and begin to work out the rest."""
        known = self.known(lists)
        self.begin([each for each in lists if each not in known])
        return known

    def _all_moves(
        self, lists: Sequence[FollowingList]
    ) -> Iterator[tuple[FollowingList, NextMoves]]:
        for each in lists:
            moves = told(partial(self._moves, each), lambda said: NextMoves(problem=said))
            yield each, moves

    def _moves(self, following: FollowingList) -> NextMoves:
        workspace, settings = self._workspace, self._workspace.settings
        with workspace.store.read() as session:
            view = get_activation(session, following.key)
            platform = get_destination(session, view.destination_key).platform
            question = question_of(sent_segment(view), session, destination_type(platform).limits)
        members = SavedMembers(workspace.store, settings, workspace.instance)
        ledger = settings.ledgers / following.ledger_file
        with passing_plan(workspace.instance, members, question, ledger, settings.plans) as draft:
            verdicts = judge_plan(view, draft, first=False)
            counts = counts_of(draft)
        held = tuple(verdict.reason for verdict in verdicts if verdict.do is Do.HOLD)
        return NextMoves(counts.adds, counts.removes, held)

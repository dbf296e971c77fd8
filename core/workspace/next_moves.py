"""Who would enter and leave the lists of a changed segment, worked out in a thread."""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.destinations import destination_type
from core.errors import RollcallError, StoreError
from core.store.activations import ActivationView, list_activations
from core.store.audiences import get_audience
from core.store.database import ReadSession
from core.store.destinations import get_destination
from core.store.runs import list_runs
from core.store.segments import list_segments
from core.sync.decide import judge_plan
from core.sync.draft import passing_plan
from core.sync.guards import Do
from core.sync.outcome import counts_of
from core.sync.question import question_of, sent_segment
from core.unforeseen import log_unforeseen
from core.workspace.members import SavedMembers
from core.workspace.opened import OpenWorkspace
from core.workspace.readiness import is_behind

log = logging.getLogger(__name__)

GOOD_FOR = timedelta(minutes=15)
_MOST = 500
_UNFORESEEN = (
    "working it out went wrong in a way that nobody foresaw: whoever runs Rollcall finds more in "
    "the app's log"
)
_Asked = tuple[str, datetime, int, str | None, str | None]


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

    `revision` grows whenever any segment is saved with another meaning.
    """

    activation: ActivationView
    snapshot_id: str | None
    ledger_file: str | None
    revision: int

    @property
    def asked(self) -> _Asked:
        changed = self.activation.updated_at
        return (
            self.activation.key,
            changed,
            self.revision,
            self.snapshot_id,
            self.ledger_file,
        )


def following_lists(
    session: ReadSession, segment_key: str, snapshot_id: str | None
) -> tuple[FollowingList, ...]:
    """Return the lists of the segment that were sent before it was changed, and not since."""
    versions = {view.key: view.version for view in list_segments(session, archived=True)}
    revision = sum(versions.values())
    found = []
    for view in list_activations(session):
        if view.segment_key != segment_key or view.paused_at is not None:
            continue
        newest = list_runs(session, activation_id=view.id, limit=1)
        file = get_audience(session, view.audience_id).ledger_file
        if file is not None and is_behind(newest[0] if newest else None, versions):
            found.append(FollowingList(view, snapshot_id, file, revision))
    return tuple(found)


class MovesBook:
    """What this process has worked out of the next runs of lists."""

    def __init__(self, workspace: OpenWorkspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._known: dict[_Asked, tuple[NextMoves, datetime]] = {}
        self._counting = False

    def moves(self, lists: Sequence[FollowingList]) -> Mapping[str, NextMoves]:
        """Return what is known by the activation's key, and begin to work out the rest."""
        now = self._workspace.store.clock.now()
        with self._lock:
            known = {each.activation.key: self._known.get(each.asked) for each in lists}
        fresh = {key: each[0] for key, each in known.items() if each and now - each[1] < GOOD_FOR}
        missing = [each for each in lists if each.activation.key not in fresh]
        if missing:
            self._begin(missing)
        return fresh

    def is_counting(self) -> bool:
        """Return whether figures are on their way."""
        with self._lock:
            return self._counting

    def _begin(self, missing: Sequence[FollowingList]) -> None:
        with self._lock:
            if self._counting:
                return
            self._counting = True
        threading.Thread(target=self._count, args=(missing,), daemon=True, name="moves").start()

    def _count(self, missing: Sequence[FollowingList]) -> None:
        try:
            for each in missing:
                self._note(each.asked, self._moves(each))
        except StoreError as error:
            log.warning("Moves are not counted: %s", type(error).__name__)  # the page says it
        finally:
            with self._lock:
                self._counting = False

    def _moves(self, following: FollowingList) -> NextMoves:
        try:
            return _work_out(self._workspace, following)
        except StoreError:  # it passes, and the page says it meanwhile
            raise
        except RollcallError as error:
            return NextMoves(problem=error.told)
        except Exception as error:
            log_unforeseen(log, error)
            return NextMoves(problem=_UNFORESEEN)

    def _note(self, asked: _Asked, moves: NextMoves) -> None:
        with self._lock:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[asked] = moves, self._workspace.store.clock.now()


def _work_out(workspace: OpenWorkspace, following: FollowingList) -> NextMoves:
    view, settings = following.activation, workspace.settings
    with workspace.store.read() as session:
        platform = get_destination(session, view.destination_key).platform
        question = question_of(sent_segment(view), session, destination_type(platform).limits)
    members = SavedMembers(workspace.store, settings, workspace.instance)
    ledger = settings.ledgers / following.ledger_file if following.ledger_file else None
    with passing_plan(workspace.instance, members, question, ledger, settings.plans) as draft:
        verdicts = judge_plan(view, draft, first=ledger is None)
        counts = counts_of(draft)
    held = tuple(verdict.reason for verdict in verdicts if verdict.do is Do.HOLD)
    return NextMoves(counts.adds, counts.removes, held)

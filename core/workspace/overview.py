"""How all lists stand at a glance: what needs somebody, each list's state, and what moved."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from core.store.activations import ActivationView, list_activations
from core.store.audiences import AudienceView, list_audiences
from core.store.database import ReadSession
from core.store.run_history import ENDED_WELL, RunPoint, data_instants, list_points
from core.store.run_states import RunState
from core.store.runs import RunView, newest_runs
from core.store.segments import list_segments
from core.workspace.attention import find_needs
from core.workspace.needs import Need
from core.workspace.readiness import DECISIVE, Readiness, is_behind, left_by, readiness_of
from core.workspace.run_told import standing_runs

TREND = 20
POINTS_READ = 1_000
BIG_MOVE = 0.2
_MATCHING = (*ENDED_WELL, RunState.CONFIRMING)


@dataclass(frozen=True, slots=True)
class ListStatus:
    """One list as it stands.

    `size` is what it holds at the platform as far as we know, `trend` what should have been in it
    after its last runs, oldest first; `data_at` is when the data was loaded that it matches,
    `is_behind` says that its segment was changed since, and `left_by` how its last run ended where
    somebody ended it before the list was up to date.
    """

    activation: ActivationView
    newest: RunView | None
    size: int
    trend: tuple[int, ...]
    data_at: datetime | None
    readiness: Readiness
    is_written: bool
    needs_somebody: bool
    is_behind: bool
    left_by: RunState | None


@dataclass(frozen=True, slots=True)
class Move:
    """A list whose size changed much between its last two runs."""

    activation: ActivationView
    run_id: int
    at: datetime
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Overview:
    """All lists, those in trouble first."""

    needs: tuple[Need, ...]
    lists: tuple[ListStatus, ...]
    moves: tuple[Move, ...]


def look_at_lists(
    session: ReadSession,
    *,
    is_data_gone: bool = False,
    unreadable: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Overview:
    """Return how all lists stand now; `is_data_gone` says that the file of the data is missing.

    `unreadable` are the titles of keys that cannot be read, by destination.
    """
    activations = list_activations(session)
    newest = standing_runs(session)
    audiences = {view.id: view for view in list_audiences(session)}
    needs = find_needs(
        session, activations, newest, is_data_gone=is_data_gone, unreadable=unreadable
    )
    points = _by_activation(list_points(session, limit=POINTS_READ))
    matched = _matched_runs(activations, newest_runs(session, _MATCHING), audiences)
    instants = data_instants(session, set(matched.values()))
    troubled = {need.activation_id for need in needs}
    last = newest_runs(session, DECISIVE)
    versions = {view.key: view.version for view in list_segments(session)}
    lists = [
        _status(
            view,
            newest.get(view.id),
            audiences[view.audience_id],
            points.get(view.id, ()),
            instants.get(matched.get(view.id, 0)),
            view.id in troubled,
            is_behind(newest.get(view.id), versions),
            left_by(last.get(view.id)),
        )
        for view in activations
    ]
    lists.sort(key=lambda each: (not each.needs_somebody, each.activation.display_name.casefold()))
    return Overview(needs, tuple(lists), _moves(activations, points))


def _by_activation(points: Sequence[RunPoint]) -> Mapping[int, Sequence[RunPoint]]:
    found: dict[int, list[RunPoint]] = defaultdict(list)
    for point in points:
        if point.state is not RunState.FAILED:
            found[point.activation_id].append(point)
    return found


def _matched_runs(
    activations: Sequence[ActivationView],
    matching: Mapping[int, RunView],
    audiences: Mapping[int, AudienceView],
) -> dict[int, int]:
    """Return the run whose data each list matches: the last that found it so, or was booked."""
    matched = {}
    for view in activations:
        run, booked = matching.get(view.id), audiences[view.audience_id].ledger_run_id
        if run is not None and run.audience_id == view.audience_id:
            matched[view.id] = max(run.id, booked or 0)
        elif booked is not None:
            matched[view.id] = booked
    return matched


def _status(
    view: ActivationView,
    newest: RunView | None,
    audience: AudienceView,
    points: Sequence[RunPoint],
    data_at: datetime | None,
    needs_somebody: bool,
    behind: bool,
    left: RunState | None,
) -> ListStatus:
    return ListStatus(
        activation=view,
        newest=newest,
        size=audience.ledger_rows,
        trend=tuple(point.size for point in points[-TREND:]),
        data_at=data_at,
        readiness=readiness_of(audience),
        is_written=audience.ledger_file is not None,
        needs_somebody=needs_somebody,
        is_behind=behind,
        left_by=left,
    )


def _moves(
    activations: Sequence[ActivationView], points: Mapping[int, Sequence[RunPoint]]
) -> tuple[Move, ...]:
    """Return the big moves between the last two runs, the newest first."""
    moves = []
    for view in activations:
        last = points.get(view.id, ())[-2:]
        if len(last) == 2 and _is_big(last[0].size, last[1].size):
            at = last[1].finished_at or last[1].queued_at
            moves.append(Move(view, last[1].run_id, at, last[0].size, last[1].size))
    return tuple(sorted(moves, key=lambda move: move.at, reverse=True))


def _is_big(before: int, after: int) -> bool:
    return abs(after - before) > BIG_MOVE * before

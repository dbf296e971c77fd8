"""What a draft of a segment means now: its sentences, its faults, its sizes, a few members."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from core.data.catalogue import Catalogue
from core.data.instance import StoppableQuery
from core.engines import engine_type
from core.engines._base import Engine, Verdict
from core.errors import RollcallError, SegmentInvalid
from core.segments.calendar import Today
from core.segments.checking import Named, check_segment
from core.segments.describe import Describer
from core.segments.draft import Draft
from core.segments.resolution import Resolution
from core.segments.tree import FieldRef, Group, Node, RelatedCondition, Segment, Step
from core.unforeseen import log_unforeseen
from core.workspace.members import people_field
from core.workspace.opened import OpenWorkspace

log = logging.getLogger(__name__)

_ENGINE = "duckdb"
_MOST_FAULTS = 50
_UNFORESEEN = (
    "Counting went wrong in a way that nobody foresaw: change something, or load the page again;"
    " if it stays, whoever runs Rollcall finds more in the app's log."
)

Check = Callable[[Draft], Segment]
LeftOut = Callable[[Draft, str], str]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a node; `is_missing` says that something is only not said yet."""

    problem: str
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """A draft as it is understood: by id, what is wrong and what the rest says.

    `segment` leaves out what is wrong; `finished` says that nothing was left out.
    """

    segment: Segment
    ids: Mapping[str, str]
    faults: Mapping[str, Fault]
    sentences: Mapping[str, str]
    sentence: str
    today: Today

    @property
    def finished(self) -> bool:
        return not self.faults


def look_at(
    draft: Draft,
    catalogue: Catalogue,
    now: datetime,
    named: Named,
    *,
    key: str | None = None,
    kept: Resolution | None = None,
    people: str = "people",
    names: Mapping[str, str] | None = None,
) -> Look:
    """Return what the draft means on the catalogue at the minute that `now` lies in.

    `kept` is what its names were resolved to when it was saved, `key` the name it has; `names`
    are what other segments are called.
    """
    zone = ZoneInfo(catalogue.zone)
    today = Today(now.replace(second=0, microsecond=0), zone)

    def check(left: Draft) -> Segment:
        return check_segment(left.raw, catalogue, today, named, kept, key).segment

    faults: dict[str, Fault] = {}
    segment, counted = _understood(draft, check, faults, _standing_on_people)
    told, said = (
        _understood(draft, check, {}, _innermost) if counted is not draft else (segment, draft)
    )
    describer = Describer(people, today, names)
    sentences = {said.places[node.place]: describer.node(node) for node in _nodes(told.where)}
    return Look(segment, counted.places, faults, sentences, describer.segment(segment), today)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many people each node of a draft finds, by id; `members` is the whole with its limit.

    `error` says why there are none.
    """

    question: str
    by_id: Mapping[str, int]
    members: int
    people: int
    error: str | None = None


class Counting:
    """Counts one draft at a time in a thread; another draft stops the count of the one before."""

    def __init__(self, workspace: OpenWorkspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._asked: str | None = None
        self._question: StoppableQuery | None = None
        self._answer: Sizes | None = None

    def ask(self, look: Look, snapshot_id: str) -> Sizes | None:
        """Return the sizes of what was looked at, None while they are being counted."""
        ids = sorted(look.ids.items())
        asked = f"{snapshot_id} {look.today.now.isoformat()} {look.segment!r} {ids}"
        with self._lock:
            if self._asked != asked:
                self._begin(asked, look)
            return self._answer

    def is_answered(self) -> bool:
        """Return whether nothing is being counted."""
        with self._lock:
            return self._question is None or self._answer is not None

    def stop(self) -> None:
        """Give up what is being counted."""
        with self._lock:
            if self._question is not None:
                self._question.stop()
            self._asked, self._answer, self._question = None, None, None

    def _begin(self, asked: str, look: Look) -> None:
        if self._question is not None:
            self._question.stop()
        self._asked, self._answer, self._question = asked, None, StoppableQuery()
        thread = threading.Thread(
            target=self._count, args=(asked, look, self._question), daemon=True, name="counting"
        )
        thread.start()

    def _count(self, asked: str, look: Look, question: StoppableQuery) -> None:
        try:
            answer = self._sizes(asked, look, question)
        except RollcallError as error:
            answer = Sizes(asked, {}, 0, 0, error.told)
        except Exception as error:
            log_unforeseen(log, error)
            answer = Sizes(asked, {}, 0, 0, _UNFORESEEN)
        with self._lock:
            if self._question is question:
                self._answer = answer

    def _sizes(self, asked: str, look: Look, question: StoppableQuery) -> Sizes:
        with (
            self._workspace.snapshot() as snapshot,
            self._workspace.instance.asking(question),
        ):
            engine = engine_type(_ENGINE).over(self._workspace.instance, snapshot)
            found = engine.sizes(look.segment, look.today)
            people = snapshot.catalogue.people_table.rows
        by_id = {look.ids[place]: size for place, size in found.items() if place in look.ids}
        members = found.get("limit", found[look.segment.where.place])
        return Sizes(asked, by_id, members, people)


@dataclass(frozen=True, slots=True)
class Sample:
    """A few members: the names of the columns, the key first, and their rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def sample_members(workspace: OpenWorkspace, look: Look, count: int, columns: int) -> Sample:
    """Return the first members with the first fields of people, moments in the zone of the data.

    Raises: SnapshotMissing, QueryFailed.
    """
    with workspace.snapshot() as snapshot:
        table = snapshot.catalogue.people_table
        shown = [f for f in table.fields if f.name != table.key][:columns]
        fields: list[FieldRef] = [people_field(snapshot.catalogue, f.name) for f in shown]
        engine = engine_type(_ENGINE).over(workspace.instance, snapshot)
        rows = engine.sample(look.segment, look.today, fields, count)
    called = table.screen_names
    names = tuple(called[name] for name in (table.key or "", *(field.name for field in shown)))
    zone = look.today.zone
    return Sample(names, tuple(tuple(_in_zone(cell, zone) for cell in row) for row in rows))


def explain_person(workspace: OpenWorkspace, look: Look, key: str) -> Mapping[str, Verdict]:
    """Return each node's verdict for one person by id, and `member` for the whole.

    Raises: UnknownName, SnapshotMissing, QueryFailed.
    """
    with workspace.snapshot() as snapshot:
        engine: Engine = engine_type(_ENGINE).over(workspace.instance, snapshot)
        found = engine.explain(look.segment, look.today, key)
    by_id = {look.ids[place]: verdict for place, verdict in found.items() if place in look.ids}
    return {**by_id, "member": found["member"]}


def _in_zone(cell: object, zone: tzinfo) -> object:
    return cell.astimezone(zone) if isinstance(cell, datetime) else cell


def _understood(
    draft: Draft, check: Check, faults: dict[str, Fault], left_out: LeftOut
) -> tuple[Segment, Draft]:
    """Return the draft without what is wrong, checked and as it is left, and note the faults.

    `left_out` says which node goes for a fault in a node.
    """
    left = draft
    while True:
        try:
            return check(left), left
        except SegmentInvalid as error:
            left = _without_fault(left, error, faults, left_out)


def _without_fault(
    draft: Draft, error: SegmentInvalid, faults: dict[str, Fault], left_out: LeftOut
) -> Draft:
    fault = Fault(error.told, error.is_missing)
    if error.place.startswith("limit"):
        faults["limit"] = fault
        return draft.limited(None)
    inner = draft.node_at(error.place)
    outer = left_out(draft, inner)
    faults[inner] = fault
    faults.setdefault(outer, fault)
    if outer == draft.root["id"] or len(faults) > _MOST_FAULTS:
        return Draft({"id": draft.root["id"], "match": "all", "conditions": []}, draft.limit)
    return draft.removed(outer)


def _innermost(_: Draft, node_id: str) -> str:
    return node_id


def _standing_on_people(draft: Draft, node_id: str) -> str:
    """Return the node of the segment's own groups that the node is, or is a part of."""
    outer = node_id
    around = draft.parent(node_id)
    while around is not None:
        if "match" not in draft.nodes[around] or _is_part(draft, around):
            outer = around
        around = draft.parent(around)
    return outer


def _is_part(draft: Draft, node_id: str) -> bool:
    """Return whether a group belongs to a condition or a step."""
    around = draft.parent(node_id)
    while around is not None:
        if "match" not in draft.nodes[around]:
            return True
        around = draft.parent(around)
    return False


def _nodes(node: Node) -> Iterator[Node]:
    """Yield a node and all inside it, those on the rows of other tables too."""
    yield node
    if isinstance(node, Group):
        inside: Sequence[Group | None] = ()
        for child in node.conditions:
            yield from _nodes(child)
    elif isinstance(node, RelatedCondition):
        inside = (node.where, node.that, *_followed(node.followed_by))
    else:
        inside = ()
    for group in inside:
        if group is not None:
            yield from _nodes(group)


def _followed(step: Step | None) -> Iterator[Group | None]:
    while step is not None:
        yield step.where
        step = step.followed_by

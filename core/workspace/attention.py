"""What needs somebody: approvals first, then what failed, each with who mends it and where."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from core.errors import SecretUnreadable
from core.store.activations import ActivationView
from core.store.database import ReadSession
from core.store.destinations import DestinationView, list_destinations
from core.store.loads import LoadState, list_loads
from core.store.run_states import RunState
from core.store.runs import RunView, list_runs
from core.store.segments import SegmentView, list_segments

MOST_ASKED = 200

# In the app, and at the server with its files, memory and keys.
_ADMIN = "an admin"
_RUNNER = "whoever runs Rollcall"


class NeedKind(StrEnum):
    """What is needed, the most urgent first."""

    APPROVAL = "approval"
    STUCK = "stuck"
    DESTINATION = "destination"
    DATA = "data"
    SEGMENT = "segment"
    LIST = "list"
    FAILED = "failed"


class Place(StrEnum):
    """The page where it is mended."""

    RUN = "runs"
    DATA = "data"
    SEGMENT = "segments"
    DESTINATION = "destinations"
    ACTIVATION = "activations"


@dataclass(frozen=True, slots=True)
class Advice:
    """Why a run failed in plain words, who mends that, and where."""

    said: str
    mender: str
    place: Place


@dataclass(frozen=True, slots=True)
class Need:
    """One thing for somebody to do; `key` is what `place` opens: a run's id, or a key.

    `subject` is the name of the list or thing as people gave it, `detail` the sentence that was
    stored, and `activation_id` the list that it is about, if it is about one.
    """

    kind: NeedKind
    subject: str
    said: str
    detail: str
    mender: str
    place: Place
    key: str
    activation_id: int | None = None


_UNFORESEEN = Advice(
    "The last run failed. Run it again; if that fails too, more stands in the log.",
    _RUNNER,
    Place.RUN,
)
_NO_ANSWER = Advice(
    "{destination} gave no usable answer for more than 24 hours. Run it again when it is back.",
    _ADMIN,
    Place.RUN,
)
_IN_PART = Advice(
    "{destination} refused a part of what was sent. The next run tries that part again.",
    _ADMIN,
    Place.RUN,
)
_UNREADABLE = SecretUnreadable.__name__
_ADVICE: Mapping[str, Advice] = {
    "KeysRefused": Advice("{destination} refuses the API keys.", _ADMIN, Place.DESTINATION),
    _UNREADABLE: Advice(
        "The stored keys of {destination} cannot be read: Rollcall's own secret key has changed.",
        _RUNNER,
        Place.DESTINATION,
    ),
    "CallRefused": Advice(
        "{destination} refused what was sent. Its answer says why.", _ADMIN, Place.ACTIVATION
    ),
    "AudienceMissing": Advice(
        "The list is gone at {destination}. Run it again: it asks before it is made anew.",
        _ADMIN,
        Place.RUN,
    ),
    "TooManyCalls": _NO_ANSWER,
    "PlatformFault": _NO_ANSWER,
    "NetworkFault": _NO_ANSWER,
    "PlanOutdated": Advice(
        "Something changed before all was sent. Run it again to work it out anew.",
        _ADMIN,
        Place.RUN,
    ),
    "RunRefused": Advice("The list cannot run as it is set up.", _ADMIN, Place.ACTIVATION),
    "UsageError": Advice("The list cannot run as it is set up.", _ADMIN, Place.ACTIVATION),
    "SegmentInvalid": Advice("The segment no longer fits the data.", _ADMIN, Place.SEGMENT),
    "SnapshotMissing": Advice("There is no data to work from. Load it again.", _ADMIN, Place.DATA),
    "StorageFull": Advice("The server's disk is full. Free some space.", _RUNNER, Place.RUN),
    "StorageRefused": Advice(
        "The server's disk cannot be written. Make it writable.", _RUNNER, Place.RUN
    ),
    "QueryFailed": Advice("The list could not be worked out.", _RUNNER, Place.RUN),
    "LedgerMissing": Advice(
        "Rollcall's note of what the list holds is gone. It is in a backup, or the list needs "
        "another name.",
        _RUNNER,
        Place.ACTIVATION,
    ),
}


def advice_on(run: RunView, destination: str) -> Advice:
    """Return what to say of a run that failed, wholly or in part, at that destination."""
    refused_in_part = run.state is RunState.PARTLY and run.error_kind is None
    advice = _IN_PART if refused_in_part else _ADVICE.get(run.error_kind or "", _UNFORESEEN)
    return Advice(advice.said.format(destination=destination), advice.mender, advice.place)


def find_needs(
    session: ReadSession,
    activations: Sequence[ActivationView],
    newest: Mapping[int, RunView],
    *,
    is_data_gone: bool = False,
    unreadable: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[Need, ...]:
    """Return what needs somebody, the most urgent first; `newest` are the lists' newest runs.

    `unreadable` are the titles of keys that cannot be read, by destination.
    """
    destinations = {view.key: view for view in list_destinations(session)}
    segments = {view.key: view for view in list_segments(session)}
    needs = [
        *_asked(session, {view.id: view for view in activations}),
        *_paused_destinations(destinations.values()),
        *_unreadable_destinations(destinations.values(), unreadable),
        *_data(session, is_gone=is_data_gone),
        *_paused_segments(segments.values(), {view.segment_key for view in activations}),
        *_lists(activations, newest, destinations, segments, unreadable),
    ]
    order = list(NeedKind)
    return tuple(sorted(needs, key=lambda need: order.index(need.kind)))


def _asked(session: ReadSession, activations: Mapping[int, ActivationView]) -> Iterator[Need]:
    states = (RunState.HELD, RunState.NEEDS_ATTENTION)
    for run in list_runs(session, states=states, limit=MOST_ASKED):
        view = activations.get(run.activation_id)
        if view is not None and run.decision is None:
            yield _asking(run, view)


def _asking(run: RunView, view: ActivationView) -> Need:
    if run.state is RunState.HELD:
        return Need(
            NeedKind.APPROVAL,
            view.display_name,
            "Waits for approval.",
            "; ".join(run.hold_reasons or ()),
            "an approver",
            Place.RUN,
            str(run.id),
            view.id,
        )
    return Need(
        NeedKind.STUCK,
        view.display_name,
        "A run was begun again and again and never ended. Cancel it, then run the list again.",
        run.error or "",
        _RUNNER,
        Place.RUN,
        str(run.id),
        view.id,
    )


def _paused_destinations(views: Iterable[DestinationView]) -> Iterator[Need]:
    for view in views:
        if view.paused_at is not None:
            yield Need(
                NeedKind.DESTINATION,
                view.name,
                "Refuses the API keys: no list is sent to it until they are mended.",
                view.paused_reason or "",
                _ADMIN,
                Place.DESTINATION,
                view.key,
            )


def _unreadable_destinations(
    views: Iterable[DestinationView], unreadable: Mapping[str, Sequence[str]]
) -> Iterator[Need]:
    for view in views:
        if view.key in unreadable and view.paused_at is None:
            yield Need(
                NeedKind.DESTINATION,
                view.name,
                "Its stored keys cannot be read: no list is sent to it until they can.",
                f"{' and '.join(unreadable[view.key])}: type them again, or put back the secret "
                "key of Rollcall that they were stored with.",
                f"{_ADMIN} or {_RUNNER}",
                Place.DESTINATION,
                view.key,
            )


def _data(session: ReadSession, *, is_gone: bool) -> Iterator[Need]:
    """Yield one need at most: that the data is gone says more than that its refresh failed."""
    ended = list_loads(session, states=[LoadState.LOADED, LoadState.FAILED], limit=1)
    failed = next((load for load in ended if load.state is LoadState.FAILED), None)
    if is_gone:
        said = "The file with the data is gone from the disk, so nothing can be counted or sent."
    elif failed is not None:
        said = "The last refresh failed, so the data is not up to date."
    else:
        return
    detail = (failed.error if failed else "Refresh the data to bring it back.") or ""
    yield Need(NeedKind.DATA, "Data", said, detail, _ADMIN, Place.DATA, "")


def _paused_segments(views: Iterable[SegmentView], used: set[str]) -> Iterator[Need]:
    for view in views:
        if view.paused_reason is not None and view.key in used:
            yield Need(
                NeedKind.SEGMENT,
                view.name,
                "The segment no longer fits the data, so its lists are paused.",
                view.paused_reason,
                _ADMIN,
                Place.SEGMENT,
                view.key,
            )


def _lists(
    activations: Sequence[ActivationView],
    newest: Mapping[int, RunView],
    destinations: Mapping[str, DestinationView],
    segments: Mapping[str, SegmentView],
    unreadable: Mapping[str, Sequence[str]],
) -> Iterator[Need]:
    for view in activations:
        run = newest.get(view.id)
        if view.paused_at is not None:
            if view.paused_reason is not None:
                yield _paused_list(view, view.paused_reason)
        elif run is not None and run.state in (RunState.FAILED, RunState.PARTLY):
            destination = destinations.get(view.destination_key)
            segment = segments.get(view.segment_key)
            is_told = view.destination_key in unreadable and run.error_kind == _UNREADABLE
            if not (is_told or _told_already(run, destination, segment)):
                yield _failed(view, run, destination.name if destination else "The platform")


def _told_already(
    run: RunView, destination: DestinationView | None, segment: SegmentView | None
) -> bool:
    """Whether the pause of a destination or segment says it for all their lists."""
    return bool(
        (destination and destination.paused_at is not None)
        or (segment and segment.paused_reason is not None)
    )


def _paused_list(view: ActivationView, reason: str) -> Need:
    return Need(
        NeedKind.LIST,
        view.display_name,
        "The list is paused.",
        reason,
        _ADMIN,
        Place.ACTIVATION,
        view.key,
        view.id,
    )


def _failed(view: ActivationView, run: RunView, destination: str) -> Need:
    advice = advice_on(run, destination)
    return Need(
        NeedKind.FAILED,
        view.display_name,
        advice.said,
        run.error or "",
        advice.mender,
        advice.place,
        _KEY_AT[advice.place](view, run),
        view.id,
    )


_KEY_AT: Mapping[Place, Callable[[ActivationView, RunView], str]] = {
    Place.RUN: lambda _, run: str(run.id),
    Place.DATA: lambda _view, _run: "",
    Place.SEGMENT: lambda view, _: view.segment_key,
    Place.DESTINATION: lambda view, _: view.destination_key,
    Place.ACTIVATION: lambda view, _: view.key,
}

"""What needs somebody: approvals first, then what failed, each with who mends it and where."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.errors import SecretUnreadable
from core.store.activations import ActivationView
from core.store.database import ReadSession
from core.store.destinations import list_destinations
from core.store.loads import LoadState, list_loads
from core.store.run_states import RunState
from core.store.runs import RunView, list_runs
from core.store.segments import list_segments
from core.workspace.needs import ADMIN, RUNNER, Need, NeedKind, Place
from core.workspace.stopped import Stops

MOST_ASKED = 200


@dataclass(frozen=True, slots=True)
class Advice:
    """Why a run failed in plain words, who mends that, and where."""

    said: str
    mender: str
    place: Place


_UNFORESEEN = Advice(
    "The last run failed. Run it again; if that fails too, more stands in the log.",
    RUNNER,
    Place.RUN,
)
_NO_ANSWER = Advice(
    "{destination} gave no usable answer for more than 24 hours. Run it again when it is back.",
    ADMIN,
    Place.RUN,
)
_IN_PART = Advice(
    "{destination} refused a part of what was sent. The next run tries that part again.",
    ADMIN,
    Place.RUN,
)
_ADVICE: Mapping[str, Advice] = {
    "KeysRefused": Advice("{destination} refuses the API keys.", ADMIN, Place.DESTINATION),
    SecretUnreadable.__name__: Advice(
        "The stored keys of {destination} cannot be read: Rollcall's own secret key has changed.",
        RUNNER,
        Place.DESTINATION,
    ),
    "CallRefused": Advice(
        "{destination} refused what was sent. Its answer says why.", ADMIN, Place.ACTIVATION
    ),
    "AudienceMissing": Advice(
        "The list is gone at {destination}. Run it again: it asks before it is made anew.",
        ADMIN,
        Place.RUN,
    ),
    "TooManyCalls": _NO_ANSWER,
    "PlatformFault": _NO_ANSWER,
    "NetworkFault": _NO_ANSWER,
    "PlanOutdated": Advice(
        "Something changed before all was sent. Run it again to work it out anew.",
        ADMIN,
        Place.RUN,
    ),
    "RunRefused": Advice("The list cannot run as it is set up.", ADMIN, Place.ACTIVATION),
    "UsageError": Advice("The list cannot run as it is set up.", ADMIN, Place.ACTIVATION),
    "SegmentInvalid": Advice("The segment no longer fits the data.", ADMIN, Place.SEGMENT),
    "SnapshotMissing": Advice("There is no data to work from. Load it again.", ADMIN, Place.DATA),
    "StorageFull": Advice("The server's disk is full. Free some space.", RUNNER, Place.RUN),
    "StorageRefused": Advice(
        "The server's disk cannot be written. Make it writable.", RUNNER, Place.RUN
    ),
    "QueryFailed": Advice("The list could not be worked out.", RUNNER, Place.RUN),
    "LedgerMissing": Advice(
        "Rollcall's note of what the list holds is gone. It is in a backup, or the list needs "
        "another name.",
        RUNNER,
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
    is_data_gone: bool,
    unreadable: Mapping[str, Sequence[str]],
) -> tuple[Need, ...]:
    """Return what needs somebody, the most urgent first; `newest` are the lists' newest runs.

    `unreadable` are the titles of keys that cannot be read, by destination.
    """
    stops = Stops(
        destinations={view.key: view for view in list_destinations(session)},
        segments={view.key: view for view in list_segments(session)},
        unreadable=unreadable,
    )
    needs = [
        *_asked(session, {view.id: view for view in activations}),
        *stops.needs({view.segment_key for view in activations}),
        *_data(session, is_gone=is_data_gone),
        *_lists(activations, newest, stops),
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
        RUNNER,
        Place.RUN,
        str(run.id),
        view.id,
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
    yield Need(NeedKind.DATA, "Data", said, detail, ADMIN, Place.DATA, "")


def _lists(
    activations: Sequence[ActivationView], newest: Mapping[int, RunView], stops: Stops
) -> Iterator[Need]:
    for view in activations:
        run = newest.get(view.id)
        if view.paused_at is not None:
            if view.paused_reason is not None:
                yield _paused_list(view, view.paused_reason)
        elif run is not None and _needs_somebody(run) and not stops.tells(run, view):
            destination = stops.destinations.get(view.destination_key)
            yield _failed(view, run, destination.name if destination else "The platform")


def _needs_somebody(run: RunView) -> bool:
    return run.state in (RunState.FAILED, RunState.PARTLY)


def _paused_list(view: ActivationView, reason: str) -> Need:
    return Need(
        NeedKind.LIST,
        view.display_name,
        "The list is paused.",
        reason,
        ADMIN,
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

"""Whether an audience's name may be used: asked of the store, then of the platform."""

from dataclasses import dataclass
from enum import StrEnum

from core.destinations import destination_type
from core.destinations._base import PlatformAudience
from core.errors import DestinationError, StoreError, UsageError
from core.store.activations import ActivationView, list_activations
from core.store.audiences import AudienceView, find_audience, list_audiences
from core.store.destinations import DestinationView
from core.sync.rate import take_turn
from core.sync.standing import Standing, judge_audience
from core.workspace.destinations import place_of
from core.workspace.opened import OpenWorkspace


class NameState(StrEnum):
    WRONG = "wrong"
    KEPT = "kept"
    FREE = "free"
    OURS = "ours"
    GONE = "gone"
    STRANGE = "strange"
    UNKNOWN = "unknown"


_USABLE = {NameState.FREE, NameState.OURS, NameState.GONE, NameState.UNKNOWN}


@dataclass(frozen=True, slots=True)
class NameCheck:
    """How a name stands, as a sentence; `holder` is the activation that keeps the list already.

    `twin` is a list of the account whose name differs in capitals only.
    """

    state: NameState
    sentence: str
    holder: ActivationView | None = None
    twin: str | None = None

    @property
    def usable(self) -> bool:
        return self.state in _USABLE

    @property
    def begins_empty(self) -> bool:
        """Return whether a list under this name would not go on with what we sent before."""
        return not self.usable or self.state is NameState.GONE


def check_name(
    workspace: OpenWorkspace, destination: DestinationView, name: str, own_key: str | None
) -> NameCheck:
    """Return how the name stands for the activation `own_key`, None for a new one.

    It makes one reading request where the store alone cannot tell.
    Raises: StoreError.
    """
    kind = destination_type(destination.platform)
    wrong = kind.check_audience_name(name)
    if wrong is not None:
        return NameCheck(NameState.WRONG, wrong)
    with workspace.store.read() as session:
        audience = find_audience(session, destination.account, name)
        names = [
            each.name for each in list_audiences(session) if each.account == destination.account
        ]
        holders = [
            each
            for each in list_activations(session)
            if audience and each.audience_id == audience.id and each.key != own_key
        ]
    if holders:
        return NameCheck(NameState.KEPT, "Another activation keeps this list.", holders[0])
    twin = next((each for each in names if each != name and each.lower() == name.lower()), None)
    try:
        seen = _view(workspace, destination, name)
    except (DestinationError, UsageError, StoreError) as error:
        return NameCheck(NameState.UNKNOWN, f"It could not be checked: {error}", twin=twin)
    state = _judge(audience, seen)
    return NameCheck(state, _sentence(state, place_of(destination)), twin=twin)


def _view(
    workspace: OpenWorkspace, destination: DestinationView, name: str
) -> PlatformAudience | None:
    opened = workspace.connect(destination)
    try:
        take_turn(workspace.store, destination.account, opened.limits.interval_s, urgent=True)
        return opened.view(name)
    finally:
        opened.close()


def _judge(audience: AudienceView | None, seen: PlatformAudience | None) -> NameState:
    if audience is None:
        return NameState.FREE if seen is None else NameState.STRANGE
    return {
        Standing.OURS: NameState.OURS,
        Standing.MADE: NameState.OURS,
        Standing.STRANGE: NameState.STRANGE,
        Standing.ABSENT: NameState.FREE,
        Standing.GONE: NameState.GONE,
    }[judge_audience(audience, seen)]


def _sentence(state: NameState, place: str) -> str:
    return {
        NameState.FREE: "This name is free.",
        NameState.OURS: f"Rollcall made this list in {place} and keeps it.",
        NameState.GONE: f"Somebody deleted this list in {place}: the next run waits for approval, "
        "then makes it again with everybody in it.",
        NameState.STRANGE: f"A list of this name exists in {place} and is not Rollcall's. Taking "
        "over an existing list is not built yet: choose another name.",
    }[state]

"""Activations: which segment goes to which audience, mapped how, when and guarded by what."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from sqlmodel import col, select, update

from core.errors import NameTaken, UsageError
from core.names import clean_name
from core.store.activity import record
from core.store.audiences import claim_audience
from core.store.database import ReadSession, WriteSession
from core.store.models import Activation, Audience, Destination, Segment
from core.store.names import new_name
from core.store.run_changes import cancel_runs
from core.store.views import unknown_name, view_of


@dataclass(frozen=True, slots=True)
class ActivationSettings:
    """What somebody sets of an activation; schedule, guards and exclusions are JSON texts."""

    segment_key: str
    destination_key: str
    audience_name: str
    display_name: str
    external_id: str
    attributes: Mapping[str, str]
    schedule: str
    guards: str
    exclusions: str = "[]"
    control_percent: float | None = None


@dataclass(frozen=True, slots=True)
class ActivationView:
    """An activation with the keys of what it joins.

    `attributes` maps sent names to fields, `mapping_version` grows with every change of it or of
    `external_id`; `started_at` is where a grid of intervals begins. `next_run_known` says that
    `next_run_at` was worked out for the schedule as it is; None is then never.
    """

    id: int
    key: str
    segment_id: int
    segment_key: str
    destination_id: int
    destination_key: str
    audience_id: int
    audience_name: str
    account: str
    display_name: str
    external_id: str
    attributes: Mapping[str, str]
    schedule: str
    guards: str
    exclusions: str
    control_percent: float | None
    control_salt: str
    mapping_version: int
    full_resync: bool
    started_at: datetime
    next_run_at: datetime | None
    next_run_known: bool
    created_at: datetime
    updated_at: datetime
    paused_at: datetime | None
    paused_reason: str | None
    archived_at: datetime | None

    @property
    def settings(self) -> ActivationSettings:
        """Return what somebody set, to be changed and saved."""
        return view_of(ActivationSettings, self)


def create_activation(session: WriteSession, key: str, given: ActivationSettings) -> ActivationView:
    """Save a new activation, and its audience where it was never named before.

    Raises: NameTaken, also for an audience that another activation keeps; UnknownName.
    """
    if find_activation(session, key) is not None:
        raise NameTaken(
            f"There is an activation '{key}' already, maybe archived: choose another key."
        )
    segment, destination = _joined(session, given)
    now = session.now()
    row = Activation(
        key=key,
        segment_id=segment.id or 0,
        destination_id=destination.id or 0,
        audience_id=claim_audience(session, destination.account, given.audience_name, None),
        display_name=clean_name(given.display_name),
        external_id=given.external_id,
        attributes=dict(given.attributes),
        schedule=given.schedule,
        guards=given.guards,
        exclusions=given.exclusions,
        control_percent=given.control_percent,
        control_salt=uuid4().hex,
        started_at=now,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    record(session, "created", "activation", key)
    return get_activation(session, key)


def save_activation(session: WriteSession, key: str, given: ActivationSettings) -> ActivationView:
    """Change an activation; nothing changed writes nothing.

    Another schedule forgets when the next run was due; another audience leaves the old list as
    it is.

    Raises: NameTaken for an audience that another activation keeps, UnknownName.
    """
    before = get_activation(session, key)
    given = replace(given, display_name=new_name(given.display_name, before.display_name))
    if before.settings == given:
        return before
    row = _row(session, key)
    segment, destination = _joined(session, given)
    if (row.external_id, row.attributes) != (given.external_id, dict(given.attributes)):
        row.mapping_version += 1
    if row.schedule != given.schedule:
        row.next_run_at, row.next_run_known = None, False
    row.audience_id = claim_audience(session, destination.account, given.audience_name, row.id)
    row.segment_id, row.destination_id = segment.id or 0, destination.id or 0
    row.display_name, row.external_id = given.display_name, given.external_id
    row.attributes, row.schedule = dict(given.attributes), given.schedule
    row.guards, row.exclusions = given.guards, given.exclusions
    row.control_percent, row.updated_at = given.control_percent, session.now()
    session.flush()
    record(session, "saved", "activation", key)
    return get_activation(session, key)


def pause_activation(session: WriteSession, key: str, reason: str | None = None) -> bool:
    """Keep the activation from running; return whether it was going before."""
    row = _row(session, key)
    if row.paused_at is not None:
        return False
    row.paused_at, row.paused_reason = session.now(), reason
    record(session, "paused", "activation", key, reason=reason)
    return True


def resume_activation(session: WriteSession, key: str) -> bool:
    """Let the activation run again, nothing made up for; return whether it was paused."""
    row = _row(session, key)
    if row.paused_at is None:
        return False
    row.paused_at, row.paused_reason = None, None
    row.next_run_at, row.next_run_known = None, False
    record(session, "resumed", "activation", key)
    return True


def archive_activation(session: WriteSession, key: str) -> None:
    """Put an activation away: its audience is free for another, its list stays as it is.

    What waits is cancelled, and what is under way ends once it has booked what was sent.
    """
    row = _row(session, key)
    row.archived_at, row.next_run_at = session.now(), None
    cancel_runs(session, row.id or 0)
    record(session, "archived", "activation", key)


def restore_activation(session: WriteSession, key: str) -> ActivationView:
    """Take an archived activation back.

    Raises: NameTaken where another activation keeps its audience now.
    """
    row = _row(session, key)
    audience = session.get_one(Audience, row.audience_id)
    claim_audience(session, audience.account, audience.name, row.id)
    row.archived_at = None
    row.next_run_at, row.next_run_known = None, False
    session.flush()
    record(session, "restored", "activation", key)
    return get_activation(session, key)


def ask_full_resync(session: WriteSession, key: str, *, asked: bool = True) -> None:
    """Make the next run send everybody again, or say that one has."""
    _row(session, key).full_resync = asked
    record(session, "asked for a full resync" if asked else "resynced", "activation", key)


def set_next_run(session: WriteSession, activation_id: int, at: datetime | None) -> None:
    """Say when the next run is due, None for never."""
    row = session.get_one(Activation, activation_id)
    row.next_run_at, row.next_run_known = at, True


def forget_next_runs(session: WriteSession) -> None:
    """Let every next run be worked out anew, from now on: nothing is made up for."""
    nothing = {"next_run_at": None, "next_run_known": False}
    session.exec(update(Activation).values(**nothing))


def find_activation(session: ReadSession, key: str) -> ActivationView | None:
    """Return the activation of that key, archived or not, or None."""
    views = _views(session, Activation.key == key)
    return views[0] if views else None


def get_activation(session: ReadSession, key: str) -> ActivationView:
    """Return the activation of that key, archived or not.

    Raises: UnknownName.
    """
    found = find_activation(session, key)
    if found is None:
        raise unknown_name("activation", key, session.exec(select(Activation.key)))
    return found


def get_activation_by_id(session: ReadSession, activation_id: int) -> ActivationView:
    """Return the activation that a run belongs to."""
    (view,) = _views(session, Activation.id == activation_id)
    return view


def list_activations(session: ReadSession, *, archived: bool = False) -> tuple[ActivationView, ...]:
    """Return all activations by key, archived ones only if asked for."""
    return _views(session, True if archived else col(Activation.archived_at).is_(None))


def due_activations(
    session: ReadSession, now: datetime, limit: int = 200
) -> tuple[ActivationView, ...]:
    """Return activations whose next run is due, the longest due first.

    Paused ones have no runs. While a segment or a destination is paused, what is due waits, and
    runs once when that is mended.
    """
    return _views(
        session,
        col(Activation.next_run_at) <= now,
        *_GOING,
        col(Segment.paused_reason).is_(None),
        col(Destination.paused_at).is_(None),
        order=(col(Activation.next_run_at), col(Activation.id)),
        limit=limit,
    )


def unplanned_activations(session: ReadSession, limit: int = 200) -> tuple[ActivationView, ...]:
    """Return activations of which nobody has worked out yet when they are due next."""
    return _views(session, col(Activation.next_run_known).is_(False), *_GOING, limit=limit)


_GOING = (col(Activation.archived_at).is_(None), col(Activation.paused_at).is_(None))


def _views(
    session: ReadSession,
    *conditions: object,
    order: tuple[object, ...] = (Activation.key,),
    limit: int | None = None,
) -> tuple[ActivationView, ...]:
    query = (
        select(Activation, Segment.key, Destination.key, Audience)
        .join(Segment)
        .join(Destination, col(Activation.destination_id) == col(Destination.id))
        .join(Audience, col(Activation.audience_id) == col(Audience.id))
        .where(*conditions)  # type: ignore[arg-type]
        .order_by(*order)  # type: ignore[arg-type]
        .limit(limit)
    )
    return tuple(
        view_of(
            ActivationView,
            row,
            {
                "segment_key": segment_key,
                "destination_key": destination_key,
                "audience_name": audience.name,
                "account": audience.account,
            },
        )
        for row, segment_key, destination_key, audience in session.exec(query)
    )


def _row(session: ReadSession, key: str) -> Activation:
    row = session.exec(select(Activation).where(Activation.key == key)).one_or_none()
    if row is None:
        raise unknown_name("activation", key, session.exec(select(Activation.key)))
    return row


def _joined(session: ReadSession, given: ActivationSettings) -> tuple[Segment, Destination]:
    segment = session.exec(select(Segment).where(Segment.key == given.segment_key)).one_or_none()
    if segment is None:
        raise unknown_name("segment", given.segment_key, session.exec(select(Segment.key)))
    query = select(Destination).where(Destination.key == given.destination_key)
    destination = session.exec(query).one_or_none()
    if destination is None:
        known = session.exec(select(Destination.key))
        raise unknown_name("destination", given.destination_key, known)
    for kind, joined in (("segment", segment), ("destination", destination)):
        if joined.archived_at is not None:
            raise UsageError(f"The {kind} '{joined.key}' is archived: restore it or name another.")
    return segment, destination

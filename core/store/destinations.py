"""Destinations: accounts at platforms, with their secrets encrypted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, select

from core.errors import NameTaken, UsageError
from core.names import clean_name
from core.store.activity import record
from core.store.audiences import claim_audience
from core.store.database import ReadSession, Store, WriteSession
from core.store.models import Activation, Audience, Destination
from core.store.names import new_name, refuse_taken
from core.store.secrets import SecretBox
from core.store.views import unknown_name, view_of


@dataclass(frozen=True, slots=True)
class DestinationView:
    """A destination without its secrets.

    `config` is JSON text, `secret_sources` the environment variable that each secret came from,
    `account` the identity at the platform; what `paused_reason` says keeps it from being used.
    `test_failure` is what the last test said, None where it passed or the destination is another.
    """

    id: int
    key: str
    name: str
    platform: str
    config: str
    secret_names: frozenset[str]
    secret_sources: Mapping[str, str]
    account: str
    created_at: datetime
    updated_at: datetime
    paused_at: datetime | None
    paused_reason: str | None
    tested_at: datetime | None
    test_failed_at: datetime | None
    test_failure: str | None
    archived_at: datetime | None


@dataclass(frozen=True, slots=True)
class DestinationSettings:
    """What somebody sets of a destination; `secrets` are plain here and nowhere else.

    A secret that is None stays as it is stored; one left out is forgotten.
    """

    name: str
    platform: str
    config: str
    account: str
    secrets: Mapping[str, str | None] = field(repr=False)
    secret_sources: Mapping[str, str]


def create_destination(
    session: WriteSession, key: str, given: DestinationSettings, box: SecretBox
) -> DestinationView:
    """Save a new destination.

    Raises: NameTaken for its key, and for the name of another that is not archived; UsageError for
    a secret that is None.
    """
    if _find(session, key) is not None:
        raise NameTaken(
            f"There is a destination '{key}' already, maybe archived: choose another key."
        )
    name = clean_name(given.name)
    _refuse_name(session, key, name)
    now = session.now()
    row = Destination(
        key=key,
        name=name,
        platform=given.platform,
        config=given.config,
        secrets=_encrypted({}, given.secrets, box),
        secret_sources=dict(given.secret_sources),
        account=given.account,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    record(session, "created", "destination", key)
    return _view(row)


def save_destination(
    session: WriteSession, key: str, given: DestinationSettings, box: SecretBox
) -> DestinationView:
    """Change a destination; nothing changed writes nothing, another secret ends its pause.

    Another account makes its activations keep audiences there; the old lists stay as they are.

    Raises: UnknownName, UsageError for a secret to be kept that is not stored, NameTaken for an
    audience of the new account that another activation keeps, and for the name of another.
    """
    row = _row(session, key)
    wanted = {
        "name": new_name(given.name, row.name),
        "platform": given.platform,
        "config": given.config,
        "account": given.account,
        "secrets": _encrypted(row.secrets, given.secrets, box),
        "secret_sources": dict(given.secret_sources),
    }
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    if not changed:
        return _view(row)
    if "name" in changed:
        _refuse_name(session, key, str(wanted["name"]))
    for name in changed:
        setattr(row, name, wanted[name])
    if "secrets" in changed:
        row.paused_at, row.paused_reason = None, None
    if not {"secrets", "config", "platform"}.isdisjoint(changed):
        row.test_failed_at, row.test_failure = None, None
    row.updated_at = session.now()
    if "account" in changed:
        _move_activations(session, row)
    record(session, "saved", "destination", key, changed=[*changed])
    return _view(row)


def destination_secrets(session: ReadSession, key: str, box: SecretBox) -> dict[str, str]:
    """Return the plain secrets by field, to be handed to the platform and nobody else.

    Raises: SecretUnreadable, UnknownName.
    """
    row = _row(session, key)
    return {
        name: box.decrypt(encrypted, f"The secret '{name}' of destination '{key}'")
        for name, encrypted in row.secrets.items()
    }


def destination_secret(session: ReadSession, key: str, name: str, box: SecretBox) -> str | None:
    """Return one plain secret, None where none is stored. Raises: SecretUnreadable, UnknownName."""
    encrypted = _row(session, key).secrets.get(name)
    what = f"The secret '{name}' of destination '{key}'"
    return None if encrypted is None else box.decrypt(encrypted, what)


def unreadable_secrets(session: ReadSession, box: SecretBox) -> dict[str, tuple[str, ...]]:
    """Return by destination in use the names of its secrets that no key opens, where there are."""
    query = select(Destination.key, Destination.secrets).where(
        col(Destination.archived_at).is_(None)
    )
    unread = {
        key: tuple(name for name in sorted(secrets) if not box.reads(secrets[name]))
        for key, secrets in session.exec(query)
    }
    return {key: names for key, names in unread.items() if names}


def rotate_key(store: Store, box: SecretBox, actor: str, *, add_key: bool = True) -> int:
    """Encrypt every secret anew with the newest key, a new one first; return how many.

    Raises: SecretUnreadable, and then nothing was changed.
    """
    if add_key:
        box.add_key()
    with store.write(actor) as session:
        rows = session.exec(select(Destination)).all()
        for row in rows:
            plain = destination_secrets(session, row.key, box)
            row.secrets = {name: box.encrypt(value) for name, value in plain.items()}
        count = sum(len(row.secrets) for row in rows)
        record(session, "rotated", "key", "key", secrets=count)
    return count


def pause_destination(session: WriteSession, key: str, reason: str) -> bool:
    """Keep the destination from being used, for what the sentence `reason` says.

    Return whether it was in use before: several runs meet a refused key, and say so once.
    """
    row = _row(session, key)
    if row.paused_at is not None:
        return False
    row.paused_at, row.paused_reason = session.now(), reason
    record(session, "paused", "destination", key, reason=reason)
    return True


def note_tested(session: WriteSession, key: str) -> None:
    """Remember that a test passed, which ends a pause."""
    row = _row(session, key)
    row.tested_at, row.paused_at, row.paused_reason = session.now(), None, None
    row.test_failed_at, row.test_failure = None, None
    record(session, "tested", "destination", key)


def note_test_failed(session: WriteSession, key: str, reason: str) -> None:
    """Remember what a test that failed said, until one passes."""
    row = _row(session, key)
    row.test_failed_at, row.test_failure = session.now(), reason
    record(session, "failed a test of", "destination", key, reason=reason)


def archive_destination(session: WriteSession, key: str) -> None:
    """Put a destination away; its key stays taken."""
    row = _row(session, key)
    row.archived_at = session.now()
    record(session, "archived", "destination", key)


def restore_destination(session: WriteSession, key: str) -> DestinationView:
    """Take an archived destination back. Raises: UnknownName, NameTaken."""
    row = _row(session, key)
    _refuse_name(session, key, row.name)
    row.archived_at = None
    record(session, "restored", "destination", key)
    return _view(row)


def find_destination(session: ReadSession, key: str) -> DestinationView | None:
    """Return the destination of that key, archived or not, or None."""
    row = _find(session, key)
    return None if row is None else _view(row)


def get_destination(session: ReadSession, key: str) -> DestinationView:
    """Return the destination of that key, archived or not.

    Raises: UnknownName.
    """
    return _view(_row(session, key))


def list_destinations(
    session: ReadSession, *, archived: bool = False
) -> tuple[DestinationView, ...]:
    """Return all destinations by key, archived ones only if asked for."""
    query = select(Destination).order_by(Destination.key)
    if not archived:
        query = query.where(col(Destination.archived_at).is_(None))
    return tuple(_view(row) for row in session.exec(query))


def used_destinations(session: ReadSession) -> frozenset[str]:
    """Return the keys of the destinations that lists are kept in."""
    query = (
        select(Destination.key)
        .join(Activation, col(Activation.destination_id) == Destination.id)
        .where(col(Activation.archived_at).is_(None))
        .distinct()
    )
    return frozenset(session.exec(query))


def _find(session: ReadSession, key: str) -> Destination | None:
    return session.exec(select(Destination).where(Destination.key == key)).one_or_none()


def _row(session: ReadSession, key: str) -> Destination:
    row = _find(session, key)
    if row is None:
        raise unknown_name("destination", key, session.exec(select(Destination.key)))
    return row


def _refuse_name(session: ReadSession, key: str, name: str) -> None:
    """Refuse the name of another destination that is not archived."""
    query = select(Destination.key, Destination.name).where(
        col(Destination.archived_at).is_(None), Destination.key != key
    )
    refuse_taken("destination", name, session.exec(query))


def _view(row: Destination) -> DestinationView:
    return view_of(DestinationView, row, {"secret_names": frozenset(row.secrets)})


def _move_activations(session: WriteSession, row: Destination) -> None:
    query = select(Activation).where(
        Activation.destination_id == row.id, col(Activation.archived_at).is_(None)
    )
    for activation in session.exec(query).all():
        name = session.get_one(Audience, activation.audience_id).name
        activation.audience_id = claim_audience(session, row.account, name, activation.id)
        session.flush()


def _encrypted(
    stored: Mapping[str, str], given: Mapping[str, str | None], box: SecretBox
) -> dict[str, str]:
    """Keep the stored form of what is the same: every encryption of a text looks different."""
    encrypted: dict[str, str] = {}
    for name, value in given.items():
        before = stored.get(name)
        if value is None and before is None:
            raise UsageError(f"The secret '{name}' is needed: none is stored yet.")
        if before is not None and (value is None or box.opens(before, value)):
            encrypted[name] = before
        elif value is not None:
            encrypted[name] = box.encrypt(value)
    return encrypted

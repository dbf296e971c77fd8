"""Audiences: lists at platforms, what they hold, and what was last written to them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import col, select

from core.errors import NameTaken
from core.store.activity import record
from core.store.database import ReadSession, WriteSession
from core.store.models import Activation, Audience
from core.store.views import view_of

Adoption = Literal["keep", "replace"]
CREATING = "creating"
GONE = "gone"


@dataclass(frozen=True, slots=True)
class AudienceView:
    """One list: (account, name) is its identity.

    `intent` is "creating" from before the platform is asked until its answer is noted, "gone" from
    when somebody deleted the list until a human lets us create it again; `ours` says that we made
    it; `ledger_file` lies in the ledgers folder, None before the first booking.
    """

    id: int
    account: str
    name: str
    display_name: str | None
    created_at: datetime
    intent: str | None
    intent_at: datetime | None
    ours: bool
    adopted: Adoption | None
    ledger_file: str | None
    ledger_rows: int
    ledger_unknown: int
    ledger_run_id: int | None
    last_token: str | None
    last_write_at: datetime | None
    applied_at: datetime | None
    platform_count: int | None
    platform_count_at: datetime | None


def ensure_audience(
    session: WriteSession, account: str, name: str, display_name: str | None
) -> AudienceView:
    """Return the audience's row, a new one where it was never named before."""
    found = find_audience(session, account, name)
    if found is not None:
        return found
    row = Audience(account=account, name=name, display_name=display_name, created_at=session.now())
    session.add(row)
    session.flush()
    record(session, "named", "audience", name, account=account)
    return view_of(AudienceView, row)


def claim_audience(
    session: WriteSession, account: str, name: str, activation_id: int | None
) -> int:
    """Return the id of an audience that no live activation but `activation_id` keeps.

    Raises: NameTaken, naming the other.
    """
    audience = ensure_audience(session, account, name, None)
    holder = session.exec(
        select(Activation).where(
            Activation.audience_id == audience.id, col(Activation.archived_at).is_(None)
        )
    ).one_or_none()
    if holder is not None and holder.id != activation_id:
        raise NameTaken(
            f"The list '{name}' of this account is kept by '{holder.display_name}' already: "
            "choose another audience name, or archive that activation first.",
            terminal_hint=f"activation '{holder.key}'",
        )
    return audience.id


def find_audience(session: ReadSession, account: str, name: str) -> AudienceView | None:
    """Return the audience of that identity, or None."""
    query = select(Audience).where(Audience.account == account, Audience.name == name)
    row = session.exec(query).one_or_none()
    return None if row is None else view_of(AudienceView, row)


def get_audience(session: ReadSession, audience_id: int) -> AudienceView:
    """Return the audience of that id."""
    return view_of(AudienceView, session.get_one(Audience, audience_id))


def list_audiences(session: ReadSession) -> tuple[AudienceView, ...]:
    """Return all audiences by account and name."""
    query = select(Audience).order_by(Audience.account, Audience.name)
    return tuple(view_of(AudienceView, row) for row in session.exec(query))


def intend_to_create(session: WriteSession, audience_id: int, display_name: str) -> None:
    """Say that we are about to create the list, so that finding it later is no surprise."""
    row = session.get_one(Audience, audience_id)
    row.intent, row.intent_at, row.display_name = CREATING, session.now(), display_name
    record(session, "is creating", "audience", row.name, account=row.account)


def note_created(session: WriteSession, audience_id: int, token: str | None) -> None:
    """Remember that the list is ours; its creation counts as its last write."""
    row = session.get_one(Audience, audience_id)
    row.ours, row.intent, row.intent_at = True, None, None
    _note_write(session, row, token)
    record(session, "created", "audience", row.name, account=row.account)


def note_gone(session: WriteSession, audience_id: int) -> None:
    """Remember that somebody deleted the list: it holds nobody and is not ours any more."""
    row = session.get_one(Audience, audience_id)
    held = row.ledger_rows
    row.ours, row.intent, row.intent_at, row.adopted = False, GONE, session.now(), None
    row.ledger_file, row.ledger_rows, row.ledger_unknown, row.ledger_run_id = None, 0, 0, None
    row.last_token = row.last_write_at = row.applied_at = None
    row.platform_count = row.platform_count_at = None
    record(session, "found gone", "audience", row.name, account=row.account, held=held)


def adopt_audience(session: WriteSession, audience_id: int, adoption: Adoption) -> None:
    """Take over a list that somebody else made."""
    row = session.get_one(Audience, audience_id)
    row.adopted = adoption
    record(session, "adopted", "audience", row.name, account=row.account, how=adoption)


def note_write(session: WriteSession, audience_id: int, token: str | None) -> None:
    """Remember the last acknowledged write, which is not applied yet."""
    _note_write(session, session.get_one(Audience, audience_id), token)


def note_applied(session: WriteSession, audience_id: int, token: str | None) -> bool:
    """Remember that the write of `token` is applied; false where another followed it."""
    row = session.get_one(Audience, audience_id)
    if row.last_token != token:
        return False
    row.applied_at = session.now()
    return True


def note_platform_count(session: WriteSession, audience_id: int, count: int | None) -> None:
    """Remember how many members the platform shows."""
    row = session.get_one(Audience, audience_id)
    row.platform_count, row.platform_count_at = count, session.now()


def book_ledger(
    session: WriteSession, audience_id: int, run_id: int, *, file: str, rows: int, unknown: int
) -> None:
    """Point the audience to its new ledger, in the transaction that ends the run's sending."""
    row = session.get_one(Audience, audience_id)
    row.ledger_file, row.ledger_run_id = file, run_id
    row.ledger_rows, row.ledger_unknown = rows, unknown


def doubt_audience(
    session: WriteSession, audience_id: int, *, file: str, rows: int, unknown: int
) -> None:
    """Point the audience to a ledger that is no longer sure of what the list holds."""
    row = session.get_one(Audience, audience_id)
    row.ledger_file, row.ledger_rows, row.ledger_unknown = file, rows, unknown


def _note_write(session: WriteSession, row: Audience, token: str | None) -> None:
    row.last_token, row.last_write_at, row.applied_at = token, session.now(), None

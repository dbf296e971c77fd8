"""Activations as somebody fills them in: tried out, judged by their guards, saved and run."""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from core.data.snapshots import nothing_loaded
from core.destinations import destination_type
from core.errors import RunRefused, UsageError
from core.names import clean_name
from core.schedule.definition import Schedule, schedule_to_json
from core.store.activations import (
    ActivationView,
    get_activation,
    list_activations,
)
from core.store.audiences import find_audience
from core.store.database import WriteSession
from core.store.destinations import get_destination
from core.store.drafts import forget_draft
from core.store.workspace import get_workspace
from core.sync.guards import Guard, check_guards, written_guards
from core.sync.question import SentSegment, question_of
from core.sync.queueing import queue_by_hand
from core.sync.trial import Trial, find_people, sending_s, try_out
from core.workspace.activations import put_activation
from core.workspace.changes import Changes
from core.workspace.conflicts import refuse_conflict
from core.workspace.definition import ActivationPart
from core.workspace.keys import new_key
from core.workspace.members import SavedMembers
from core.workspace.opened import OpenWorkspace

_PLACE = re.compile(r"^activations\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_.-]+)?: ")


@dataclass(frozen=True, slots=True)
class ActivationDraft:
    """What a form holds; `saved` is what it changes, None for a new one.

    Shapes: `attributes` are pairs of the name as sent and the field.
    """

    segment: str
    destination: str
    display_name: str
    audience_name: str
    external_id: str
    attributes: tuple[tuple[str, str], ...]
    schedule: Schedule
    guards: tuple[Guard, ...]
    saved: ActivationView | None = None

    @property
    def sent(self) -> SentSegment:
        """Return whom it sends, and what of them."""
        return SentSegment(self.segment, self.display_name, self.external_id, dict(self.attributes))

    @property
    def part(self) -> ActivationPart:
        """Return it as a workspace file has it. Raises: UsageError for what is left empty."""
        names = [name for name, _ in self.attributes]
        for said, missing in (
            ("The display name is needed.", not clean_name(self.display_name)),
            ("The audience API name is needed.", not self.audience_name),
            ("Every attribute needs a name to be sent under.", not all(map(clean_name, names))),
        ):
            if missing:
                raise UsageError(said)
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise UsageError(f"Two attributes are sent as “{twice}”: name one of them differently.")
        return ActivationPart(
            segment=self.segment,
            destination=self.destination,
            external_id=self.external_id,
            display_name=self.display_name,
            audience_name=self.audience_name,
            attributes=dict(self.attributes),
            schedule=json.loads(schedule_to_json(self.schedule)),
            guards=written_guards(self.guards),
        )


def save_activation_draft(
    workspace: OpenWorkspace,
    draft: ActivationDraft,
    actor: str,
    *,
    run: bool,
    kept_as: tuple[str, datetime] | None = None,
) -> ActivationView:
    """Save the draft, under a key made from its name where it is new, and `run` it: both or none.

    What is `kept_as` a half-finished form in the store, its id and when it was written, is
    forgotten with that.
    Raises: UsageError, RunRefused, NameTaken, UnknownName, SnapshotMissing, EditConflict where it
            is no longer what the draft began from.
    """
    catalogue = workspace.catalogue()
    if catalogue is None:
        raise nothing_loaded()
    part = draft.part
    with workspace.store.write(actor) as session:
        key = _key_of(session, draft)
        if draft.saved is not None:
            now = get_activation(session, key)
            refuse_conflict(now.display_name, draft.saved, now)
        try:
            put_activation(session, key, part, catalogue, Changes())
        except (UsageError, RunRefused) as error:
            raise type(error)(_PLACE.sub("", str(error))) from error
        saved = get_activation(session, key)
        if run:
            queue_by_hand(session, saved)
        if kept_as is not None:
            forget_draft(session, *kept_as)
        return saved


def _key_of(session: WriteSession, draft: ActivationDraft) -> str:
    if draft.saved is not None:
        return draft.saved.key
    taken = [view.key for view in list_activations(session, archived=True)]
    return new_key(draft.display_name, taken)


def try_activation(
    workspace: OpenWorkspace, draft: ActivationDraft, *, begins_empty: bool = False
) -> Trial:
    """Return what a run of the draft would do, as far as is known without the platform.

    `begins_empty` says that what was sent under the name before counts no more.
    Raises: SnapshotMissing, SegmentInvalid, RunRefused, QueryFailed, LedgerMissing, StorageFull,
            UnknownName.
    """
    with workspace.store.read() as session:
        if get_workspace(session).current_snapshot_id is None:
            raise nothing_loaded()
        destination = get_destination(session, draft.destination)
        audience = find_audience(session, destination.account, draft.audience_name)
        limits = destination_type(destination.platform).limits
        question = question_of(draft.sent, session, limits)
    file = audience.ledger_file if audience and not begins_empty else None
    ledger = workspace.settings.ledgers / file if file else None
    members = SavedMembers(workspace.store, workspace.settings, workspace.instance)
    return try_out(workspace.instance, members, question, ledger, workspace.settings.plans)


def judge_trial(trial: Trial, guards: tuple[Guard, ...]) -> tuple[str, ...]:
    """Return why a run of these figures would wait for approval, as clauses."""
    return tuple(verdict.reason for verdict in check_guards(guards, trial.guarded))


def duration_s(trial: Trial, platform: str) -> float:
    """Return about how many seconds the platform takes for what the trial would send."""
    return sending_s(trial.counts.rows, destination_type(platform).limits)


def name_people(
    workspace: OpenWorkspace, field: str, ids: tuple[str, ...], most_fields: int
) -> list[dict[str, object]]:
    """Return the people of these ids, each with the first few of their fields by label.

    Raises: SnapshotMissing, QueryFailed.
    """
    with workspace.snapshot() as opened:
        people = opened.catalogue.people_table
        if field not in people.by_name:
            return [{"ID as sent": id_} for id_ in ids]
        shown = tuple(f.name for f in people.fields if f.name != field)[:most_fields]
        rows = find_people(workspace.instance, opened, field, ids, shown)
        called = people.screen_names
        names = ["ID as sent", *(called[name] for name in shown)]
    found = {str(row[0]): dict(zip(names, row, strict=True)) for row in rows}
    return [found.get(id_, {"ID as sent": id_}) for id_ in ids]

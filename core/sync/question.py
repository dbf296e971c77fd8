"""What an activation asks for: whom, under which identifier, guarded by what."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from core.data.snapshots import nothing_loaded
from core.destinations._base import Limits
from core.errors import RunRefused
from core.store.activations import ActivationView
from core.store.database import ReadSession
from core.store.workspace import get_workspace
from core.sync.draft import Question
from core.sync.guards import Guard, parse_guards
from core.sync.identifiers import IdentifierRules


@dataclass(frozen=True, slots=True)
class SentSegment:
    """A segment with what is sent of it: `external_id` and `attributes` by sent name are fields."""

    segment_key: str
    display_name: str
    external_id: str
    attributes: Mapping[str, str]


def sent_segment(activation: ActivationView) -> SentSegment:
    """Return whom a saved activation sends, and what of them."""
    return SentSegment(
        activation.segment_key,
        activation.display_name,
        activation.external_id,
        activation.attributes,
    )


def question_of(sent: SentSegment, session: ReadSession, limits: Limits) -> Question:
    """Return what has to be asked of the current snapshot at the present instant.

    Raises: SnapshotMissing, RunRefused for more attributes than the platform takes.
    """
    if len(sent.attributes) > limits.attributes:
        raise RunRefused(
            f"'{sent.display_name}' has {len(sent.attributes)} attributes and the "
            f"destination takes {limits.attributes}: leave some out."
        )
    snapshot = get_workspace(session).current_snapshot_id
    if snapshot is None:
        raise nothing_loaded()
    names = tuple(sent.attributes)
    return Question(
        segment=sent.segment_key,
        snapshot=snapshot,
        now=session.now(),
        fields=(sent.external_id, *sent.attributes.values()),
        rules=IdentifierRules(max_characters=limits.id_characters, attributes=names),
    )


def guards_of(activation: ActivationView) -> tuple[Guard, ...]:
    """Return the guards of an activation. Raises: RunRefused, UsageError."""
    saved = json.loads(activation.guards) if activation.guards else None
    return parse_guards(saved)


def refuse_unbuilt(activation: ActivationView) -> None:
    """Refuse what a later version builds, rather than guess. Raises: RunRefused, UsageError."""
    guards_of(activation)
    if json.loads(activation.exclusions or "[]"):
        raise RunRefused(
            f"'{activation.display_name}' has an exclusion list, which is not built yet: leave it "
            "out."
        )
    if activation.control_percent:
        raise RunRefused(
            f"'{activation.display_name}' has a control group, which is not built yet: leave it "
            "out."
        )


def mapping_digest(activation: ActivationView) -> str:
    """Return a name for all that decides, beside segment and data, what a plan says."""
    decides = {
        "segment": activation.segment_key,
        "audience": activation.audience_id,
        "external_id": activation.external_id,
        "attributes": dict(sorted(activation.attributes.items())),
        "exclusions": json.loads(activation.exclusions or "[]"),
        "control": [activation.control_percent, activation.control_salt],
    }
    text = json.dumps(decides, sort_keys=True)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

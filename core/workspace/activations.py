"""Saves activations, checked against the data, the segment and the destination."""

import json

from core.data.catalogue import Catalogue
from core.destinations import destination_type, suggest_audience_name
from core.errors import RunRefused, UsageError
from core.schedule.definition import parse_schedule, schedule_to_json
from core.store.activations import (
    ActivationSettings,
    ActivationView,
    create_activation,
    find_activation,
    restore_activation,
    save_activation,
)
from core.store.database import WriteSession
from core.store.destinations import get_destination
from core.store.segments import get_segment
from core.sync.guards import parse_guards
from core.workspace.changes import Changes, Did
from core.workspace.definition import ActivationPart
from core.workspace.loading import mapping_problem


def put_activation(
    session: WriteSession, key: str, part: ActivationPart, catalogue: Catalogue, changes: Changes
) -> None:
    """Save the activation as the part says, and add to `changes` what that came to.

    Raises: UsageError, UnknownName, NameTaken, RunRefused.
    """
    given = _settings(session, key, part)
    _check_fields(key, part, catalogue)
    saved = find_activation(session, key)
    if saved is None:
        create_activation(session, key, given)
        changes.done[f"activation {key}"] = Did.CREATED
        return
    if saved.archived_at is not None:
        restore_activation(session, key)
    after = save_activation(session, key, given)
    changed = Did.UNCHANGED if after.updated_at == saved.updated_at else Did.CHANGED
    changes.done[f"activation {key}"] = Did.RESTORED if saved.archived_at else changed
    _note_old_list(saved, after, changes)


def _note_old_list(before: ActivationView, after: ActivationView, changes: Changes) -> None:
    if before.audience_id != after.audience_id:
        changes.notes.append(
            f"activation {after.key} keeps the audience '{after.audience_name}' from now on; "
            f"the list '{before.audience_name}' stays as it is where it was."
        )


def _settings(session: WriteSession, key: str, part: ActivationPart) -> ActivationSettings:
    place = f"activations.{key}"
    _refuse_unbuilt(part, place)
    destination = get_destination(session, part.destination)
    display_name = part.display_name or get_segment(session, part.segment).name
    audience_name = part.audience_name or suggest_audience_name(display_name)
    kind = destination_type(destination.platform)
    wrong = kind.check_audience_name(audience_name)
    if wrong is not None:
        raise UsageError(f"{place}.audience_name: {wrong}")
    if len(part.attributes) > kind.limits.attributes:
        raise UsageError(
            f"{place}.attributes: {kind.label} takes at most {kind.limits.attributes}, "
            f"not {len(part.attributes)}."
        )
    schedule = parse_schedule(part.schedule, f"{place}.schedule")
    return ActivationSettings(
        segment_key=part.segment,
        destination_key=part.destination,
        audience_name=audience_name,
        display_name=display_name,
        external_id=part.external_id,
        attributes=part.attributes,
        schedule=schedule_to_json(schedule),
        guards=_guards(part, place),
    )


def _guards(part: ActivationPart, place: str) -> str:
    try:
        parse_guards(part.guards)
    except (UsageError, RunRefused) as error:
        said = str(error)
        where = f"{place}." if said.startswith("guards.") else f"{place}.guards: "
        raise UsageError(where + said) from error
    return json.dumps(part.guards, sort_keys=True) if part.guards is not None else ""


def _refuse_unbuilt(part: ActivationPart, place: str) -> None:
    if part.exclusions:
        raise UsageError(f"{place}.exclusions: exclusion lists are not built yet: leave it out.")
    if part.control_group is not None:
        raise UsageError(f"{place}.control_group: control groups are not built yet: leave it out.")


def _check_fields(key: str, part: ActivationPart, catalogue: Catalogue) -> None:
    problem = mapping_problem(catalogue, (part.external_id, *part.attributes.values()))
    if problem is not None:
        raise UsageError(f"activations.{key}: {problem}")

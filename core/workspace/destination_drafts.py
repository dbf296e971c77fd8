"""Destinations as somebody fills them in: judged field by field, tried, saved, put away."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.destinations import (
    config_faults,
    destination_type,
    make_destination,
    read_config,
    split_config,
)
from core.destinations._base import Destination, DestinationConfig, TestResult
from core.errors import DestinationError, UsageError
from core.names import clean_name
from core.store.activations import list_activations
from core.store.database import ReadSession, WriteSession
from core.store.destinations import (
    DestinationView,
    archive_destination,
    create_destination,
    destination_secret,
    get_destination,
    list_destinations,
    note_test_failed,
    note_tested,
    save_destination,
)
from core.store.names import holder_of, taken_sentence
from core.sync.rate import take_turn
from core.workspace.archiving import refuse_used
from core.workspace.conflicts import refuse_conflict
from core.workspace.destinations import destination_settings, open_values, secret_fields
from core.workspace.keys import new_key
from core.workspace.opened import OpenWorkspace


@dataclass(frozen=True, slots=True)
class DestinationDraft:
    """What a form holds; `saved` is what it changes, and keeps the secrets that are left empty.

    Shapes: `values` by field of the platform's config; an empty one is not given.
    """

    platform: str
    name: str
    values: Mapping[str, str] = field(repr=False)
    saved: DestinationView | None = None


class DraftRefused(UsageError):
    """A draft with faults by field: "name", a field of the config, or "" for all together."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(
            "; ".join(f"{place or 'config'}: {said}" for place, said in faults.items())
        )
        self.faults = faults


def save_destination_draft(
    workspace: OpenWorkspace, draft: DestinationDraft, actor: str
) -> DestinationView:
    """Save the draft, under a key made from its name where it is new.

    Raises: DraftRefused, NameTaken, SecretUnreadable, EditConflict where it is no longer what the
            draft began from; nothing has changed then.
    """
    config = check_draft(workspace, draft)
    given = destination_settings(
        draft.name, draft.platform, config, _kept_sources(draft), workspace.settings
    )
    with workspace.store.write(actor) as session:
        if draft.saved is not None:
            now = get_destination(session, draft.saved.key)
            refuse_conflict(now.name, draft.saved, now)
            return save_destination(session, draft.saved.key, given, workspace.box)
        taken = [view.key for view in list_destinations(session, archived=True)]
        key = new_key(draft.name, taken)
        return create_destination(session, key, given, workspace.box)


def try_destination(workspace: OpenWorkspace, draft: DestinationDraft, actor: str) -> TestResult:
    """Make one reading request with what the form holds; as saved, a success ends its pause.

    What came of a test of what is saved is remembered.
    Raises: DraftRefused, DestinationError, StoreError.
    """
    config = check_draft(workspace, draft)
    made = make_destination(draft.platform, config, workspace.settings)
    if draft.saved is not None and _is_as_saved(workspace, draft, config):
        return _try_saved(workspace, draft.saved.key, made, actor)
    return _try(workspace, made)


def check_connection(workspace: OpenWorkspace, key: str, actor: str) -> TestResult:
    """Make one reading request to a saved destination, remembered; a success ends its pause.

    Raises: UnknownName, DestinationError, SecretUnreadable, StoreError.
    """
    with workspace.store.read() as session:
        saved = get_destination(session, key)
    return _try_saved(workspace, key, workspace.connect(saved), actor)


def remember_test(workspace: OpenWorkspace, key: str, actor: str) -> None:
    """Note that a test of the destination as it is saved has passed. Raises: UnknownName."""
    with workspace.store.write(actor) as session:
        note_tested(session, key)


def check_draft(workspace: OpenWorkspace, draft: DestinationDraft) -> DestinationConfig:
    """Return the draft's config, with the secrets that stay as they are stored.

    Raises: DraftRefused, SecretUnreadable.
    """
    faults = _name_fault(workspace, draft)
    values = {**_given(draft), **_stored_secrets(workspace, draft)}
    model = destination_type(draft.platform).config_model
    defaults = destination_type(draft.platform).defaults(workspace.settings)
    for place, said in config_faults(draft.platform, values, workspace.settings).items():
        is_missing = place in model.model_fields and place not in {**defaults, **values}
        faults[place] = f"{model.model_fields[place].title} is needed" if is_missing else said
    if faults:
        raise DraftRefused(faults)
    return read_config(draft.platform, values, workspace.settings)


def used_by(session: ReadSession, key: str) -> tuple[str, ...]:
    """Return the names of what sends to the destination."""
    return tuple(
        view.display_name for view in list_activations(session) if view.destination_key == key
    )


def archive_unused(session: WriteSession, key: str) -> None:
    """Put a destination away. Raises: UsageError with the list of users, UnknownName."""
    refuse_used(used_by(session, key))
    archive_destination(session, key)


def _given(draft: DestinationDraft) -> dict[str, str]:
    return {name: value for name, value in draft.values.items() if value.strip()}


def _name_fault(workspace: OpenWorkspace, draft: DestinationDraft) -> dict[str, str]:
    """Return under "name" that it is missing, or that another destination is called so."""
    if draft.saved is not None and draft.name == draft.saved.name:
        return {}
    if not clean_name(draft.name):
        return {"name": "a name is needed"}
    own = draft.saved.key if draft.saved else None
    with workspace.store.read() as session:
        names = {view.key: view.name for view in list_destinations(session) if view.key != own}
    holder = holder_of(draft.name, names)
    if holder is None:
        return {}
    return {"name": taken_sentence("destination", names[holder])}


def _stored_secrets(workspace: OpenWorkspace, draft: DestinationDraft) -> dict[str, str]:
    """Return the secrets that the form leaves empty; one typed anew needs no key to be read."""
    if draft.saved is None:
        return {}
    model = destination_type(draft.platform).config_model
    kept = (secret_fields(model) & draft.saved.secret_names) - _given(draft).keys()
    with workspace.store.read() as session:
        found = {
            name: destination_secret(session, draft.saved.key, name, workspace.box)
            for name in sorted(kept)
        }
    return {name: value for name, value in found.items() if value is not None}


def _kept_sources(draft: DestinationDraft) -> dict[str, str]:
    """Return the variables that secrets come from; one typed in the browser has none."""
    if draft.saved is None:
        return {}
    typed = _given(draft).keys()
    return {
        name: source for name, source in draft.saved.secret_sources.items() if name not in typed
    }


def _is_as_saved(
    workspace: OpenWorkspace, draft: DestinationDraft, config: DestinationConfig
) -> bool:
    if draft.saved is None or secret_fields(type(config)) & _given(draft).keys():
        return False
    with workspace.store.read() as session:
        now = get_destination(session, draft.saved.key)
    return open_values(now) == split_config(config).open


def _try(workspace: OpenWorkspace, destination: Destination) -> TestResult:
    try:
        interval_s = destination.limits.interval_s
        take_turn(workspace.store, destination.account, interval_s, urgent=True)
        return destination.test()
    finally:
        destination.close()


def _try_saved(
    workspace: OpenWorkspace, key: str, destination: Destination, actor: str
) -> TestResult:
    try:
        result = _try(workspace, destination)
    except DestinationError as error:
        with workspace.store.write(actor) as session:
            note_test_failed(session, key, str(error))
        raise
    remember_test(workspace, key, actor)
    return result

"""Changes that widgets make to a proposal: saved beside the files."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.data.manifest import Manifest
from core.data.report import CheckReport
from core.ui.edge import errors_shown
from core.ui.editing import is_as_seen, note_own_change, note_seen
from core.ui.session import workspace
from core.ui.zones import browser_zone
from core.workspace.data_source import manifest_of
from core.workspace.proposals import (
    Proposal,
    check_proposal,
    first_draft,
    propose,
    read_proposal,
    rename,
    save_proposal,
)
from core.workspace.uploads import find_upload

_CHECKED, _CHOSEN = "data:checked", "data:chosen"


def open_proposal(upload_id: str) -> Proposal:
    """Return the proposal of that upload; files that nothing was proposed for are read now.

    Raises: UnknownName, FileRefused, StorageFull, QueryFailed.
    """
    upload = find_upload(workspace().settings, upload_id)
    found = read_proposal(upload)
    if found is not None:
        return found
    with st.spinner("Reading the files …", show_time=True):
        draft = manifest_of(upload) or first_draft(upload, browser_zone())
        return propose(upload, draft, workspace().settings)


def prime(key: str, value: Any) -> str:
    """Let the widget of that key show what the proposal says, and return the key."""
    st.session_state[key] = value
    return key


def change(upload_id: str, edit: Callable[[Manifest], Manifest]) -> None:
    """Save what an edit makes of the manifest.

    Raises: EditConflict, DataRefused, UnknownName, StorageFull, QueryFailed.
    """
    proposal = open_proposal(upload_id)
    _note_own(proposal, save_proposal(proposal, edit(proposal.manifest)))


def choose(upload_id: str, edit: Callable[[Manifest], Manifest]) -> None:
    """Save which people or key an edit chooses; what follows is proposed when the page is drawn.

    Raises: EditConflict, DataRefused, UnknownName, StorageFull, QueryFailed.
    """
    change(upload_id, edit)
    st.session_state[_CHOSEN] = upload_id


def propose_as_chosen(proposal: Proposal) -> None:
    """Propose what follows from what the last click chose, and draw the page anew.

    Raises: StorageFull, QueryFailed.
    """
    if st.session_state.pop(_CHOSEN, None) == proposal.upload.id:
        with errors_shown():
            read_files_again(proposal, proposal.manifest, anew=True)


def rename_table(upload_id: str, table: str, name: str) -> str:
    """Call a table otherwise and return its name now, which may be put right.

    Raises: EditConflict, DataRefused, UnknownName, StorageFull, QueryFailed.
    """
    before = open_proposal(upload_id)
    after = rename(before, table, name)
    _note_own(before, after)
    renamed = after.manifest.tables
    return renamed[[each.name for each in before.manifest.tables].index(table)].name


def read_files_again(proposal: Proposal, manifest: Manifest, *, anew: bool = False) -> None:
    """Read the files as the manifest says, and draw the page anew.

    `anew` proposes keys, times and links again where nobody chose others.

    Raises: StorageFull, QueryFailed.
    """
    with st.spinner("Reading the files again …", show_time=True):
        read = propose(proposal.upload, manifest, workspace().settings, anew=anew)
        _note_own(proposal, read)
    st.rerun()


def was_changed_elsewhere(proposal: Proposal) -> bool:
    """Return whether it is other than what this tab drew last, by somebody else's hand."""
    return not is_as_seen(proposal.upload.id, proposal.version)


def note_drawn(proposal: Proposal) -> None:
    """Note that this tab shows the proposal as it is."""
    note_seen(proposal.upload.id, proposal.version)


def _note_own(before: Proposal, after: Proposal) -> None:
    note_own_change(before.upload.id, before.version, after.version)


def check_now(proposal: Proposal) -> None:
    """Check the proposal, for as long as nothing in it changes.

    Raises: StorageFull, QueryFailed.
    """
    with st.spinner("Checking every row …", show_time=True):
        report = check_proposal(proposal, workspace().settings)
    st.session_state[_CHECKED] = (proposal.manifest, report)


def last_check(proposal: Proposal) -> CheckReport | None:
    """Return what the last check said, None where the proposal has changed since."""
    manifest, report = st.session_state.get(_CHECKED, (None, None))
    return report if manifest == proposal.manifest else None

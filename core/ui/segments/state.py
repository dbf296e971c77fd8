"""What one tab edits: a draft with its history, kept in the store so that a refresh loses nothing.

The address says which segment (`segment`) and which draft (`draft`), or that one begins (`new`);
session state is only a copy.
"""

from dataclasses import dataclass, field

import streamlit as st

from core.data.catalogue import Catalogue
from core.segments.draft import Draft, draft_from_stored, draft_of, new_draft
from core.store.drafts import DraftKind, forget_draft, keep_draft
from core.store.segments import SegmentView, get_segment
from core.ui.kept_drafts import (
    DRAFT,
    DraftPlace,
    give_up_draft,
    new_draft_id,
    place_of_draft,
    read_draft,
    write_draft,
)
from core.ui.session import actor, workspace
from core.workspace.preview import Counting
from core.workspace.segments import save_edited

_STATE = "segments:editor"
_MOST_STEPS = 100


@dataclass
class Editor:
    """A segment being edited; `saved` is what it began from, None for a new one."""

    place: DraftPlace
    saved: SegmentView | None
    name: str
    draft: Draft
    edited_from: int
    counting: Counting
    open_ids: frozenset[str] = frozenset()
    undo: list[Draft] = field(default_factory=list)
    redo: list[Draft] = field(default_factory=list)

    @property
    def key(self) -> str | None:
        return self.saved.key if self.saved else None

    @property
    def is_changed(self) -> bool:
        """Return whether there is something to save."""
        if self.saved is None:
            return True
        return (self.name, self.draft.text) != (self.saved.name, draft_of(self.saved.tree).text)

    @property
    def is_blank(self) -> bool:
        """Return whether it is a new segment in which nobody has said anything yet."""
        return self.saved is None and not self.name and not self.draft.root["conditions"]

    def begin_from(self, saved: SegmentView) -> None:
        """Take what was saved as the beginning of the next changes."""
        self.place.begin_from(saved.key)
        self.saved, self.name, self.edited_from = saved, saved.name, saved.version

    def change(self, draft: Draft) -> None:
        """Go on with another draft; the one before can be had back."""
        if draft != self.draft:
            self.undo = [*self.undo, self.draft][-_MOST_STEPS:]
            self.redo = []
            self.draft = draft

    def step_back(self) -> None:
        """Take the last change back."""
        if self.undo:
            self.redo.append(self.draft)
            self.draft = self.undo.pop()

    def step_forward(self) -> None:
        """Make the change again that was taken back."""
        if self.redo:
            self.undo.append(self.draft)
            self.draft = self.redo.pop()

    def toggle(self, node_id: str) -> None:
        """Open a node with all around it, and nothing else; close it where it is open."""
        path = self.draft.path(node_id)
        self.open_ids = path - {node_id} if node_id in self.open_ids else path


def current_editor() -> Editor | None:
    """Return the editor of what the address asks for, None where it asks for the list.

    Raises: UnknownName, UsageError, StoreError.
    """
    query = st.query_params
    key, draft_id = query.get("segment"), query.get(DRAFT)
    if key is None and draft_id is None and "new" not in query:
        close_editor()
        return None
    editor: Editor | None = st.session_state.get(_STATE)
    if editor is None or not editor.place.is_at(key, draft_id):
        close_editor()
        editor = _reopened(draft_id, key) if draft_id else _opened(key) if key else _new_editor()
        st.session_state[_STATE] = editor
    editor.place.addresses.add((key, draft_id))
    return editor


def close_editor() -> None:
    """Give up counting and forget what this tab edits; its draft stays in the store."""
    editor: Editor | None = st.session_state.pop(_STATE, None)
    if editor is not None:
        editor.counting.stop()


def keep(editor: Editor) -> None:
    """Write the draft to the store if it has changed, and its id into the address.

    Raises: StoreError.
    """
    place = editor.place
    if not editor.is_changed or (place.said is None and editor.is_blank):
        return
    text = editor.draft.stored_text
    if write_draft(
        place, DraftKind.SEGMENT, name=editor.name, text=text, edited_from=editor.edited_from
    ):
        at = {DRAFT: place.id}
        st.query_params.from_dict({"segment": editor.key, **at} if editor.key else at)


def keep_copy(draft: Draft, name: str) -> str:
    """Return the id of a copy in the store that was never saved."""
    draft_id, text = new_draft_id(), draft.stored_text
    with workspace().store.write(actor()) as session:
        keep_draft(session, draft_id, DraftKind.SEGMENT, item_key=None, name=name, kept=text)
    return draft_id


def save(editor: Editor, catalogue: Catalogue) -> str:
    """Save the draft and go on from what was saved; return its name.

    Raises: SegmentInvalid, UsageError, EditConflict.
    """
    is_renamed = editor.saved is None or editor.name != editor.saved.name
    name, text = editor.name if is_renamed else None, editor.draft.text
    with workspace().store.write(actor()) as session:
        saved = save_edited(
            session,
            editor.key,
            name,
            text,
            editor.edited_from,
            catalogue,
            name_before=editor.saved.name if editor.saved and is_renamed else None,
        )
        if editor.place.seen is not None:
            forget_draft(session, *editor.place.seen)
    editor.begin_from(saved)
    st.query_params.from_dict({"segment": saved.key})
    return saved.name


def give_up(editor: Editor) -> None:
    """Forget the draft and what was changed in it."""
    give_up_draft(editor.place)
    close_editor()


def _new_editor() -> Editor:
    return Editor(DraftPlace(None), None, "", new_draft(), 0, Counting(workspace()))


def _opened(key: str) -> Editor:
    with workspace().store.read() as session:
        saved = get_segment(session, key)
    draft = draft_of(saved.tree)
    place = DraftPlace(saved.key)
    return Editor(place, saved, saved.name, draft, saved.version, Counting(workspace()))


def _reopened(draft_id: str, key: str | None) -> Editor:
    found = read_draft(DraftKind.SEGMENT, draft_id, key)
    editor = _opened(key) if key is not None else _new_editor()
    if found is not None:
        editor.place, editor.name = place_of_draft(found), found.name
        editor.draft, editor.edited_from = draft_from_stored(found.kept), found.edited_from
    return editor

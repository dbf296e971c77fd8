"""What the parts of the builder share while they draw one run of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from core.data.catalogue import Catalogue, FieldType
from core.data.profile import top_values
from core.segments.choices import Choices, FieldChoice, choices_on
from core.segments.draft import Draft, RawNode
from core.store.segments import SegmentView
from core.ui.segments.state import Editor
from core.ui.session import workspace
from core.workspace.preview import Look, Sizes, look_at
from core.workspace.saved import named_segment
from core.workspace.segments import kept_resolution

MOST_KNOWN = 200


@dataclass(frozen=True)
class BuilderView:
    """The draft as it stands, what it means, and what may be chosen; `sizes` may be on its way."""

    editor: Editor
    snapshot_id: str
    catalogue: Catalogue
    look: Look
    sizes: Sizes | None
    segments: Mapping[str, str]
    people_word: str
    now: datetime

    @property
    def draft(self) -> Draft:
        return self.editor.draft

    def node(self, node_id: str) -> RawNode:
        return self.editor.draft.nodes[node_id]

    def change(self, node_id: str, **values: object) -> None:
        """Change keys of a node; one that is None goes."""
        if node_id in self.editor.draft.nodes:
            self.editor.change(self.editor.draft.changed(node_id, values))

    def choices(self, table: str) -> Choices:
        return _choices(self.snapshot_id, table, self.catalogue)

    def known_values(self, choice: FieldChoice) -> Sequence[str]:
        """Return values of a text field that stand in the data, the most frequent first."""
        if choice.type is not FieldType.TEXT:
            return ()
        field = choice.ref.field
        return _known_values(self.snapshot_id, choice.ref.table, field.name)


@st.cache_data(max_entries=200, show_spinner=False)
def _choices(snapshot_id: str, table: str, _catalogue: Catalogue) -> Choices:
    return choices_on(_catalogue, table)


@st.cache_data(max_entries=500, show_spinner=False)
def _known_values(snapshot_id: str, table: str, field: str) -> list[str]:
    with workspace().snapshot_of(snapshot_id) as snapshot:
        there = snapshot.catalogue.by_name[table]
        found = top_values(workspace().instance, snapshot, there, there.by_name[field], MOST_KNOWN)
    return [each.value for each in found]


def look_around(
    editor: Editor, snapshot_id: str, saved: Sequence[SegmentView], people_word: str
) -> BuilderView:
    """Return what the builder shows now, and let its sizes be counted.

    Raises: SnapshotMissing.
    """
    opened = workspace()
    catalogue = _catalogue(snapshot_id)
    named = {view.key: named_segment(view) for view in saved}
    now = opened.store.clock.now()
    kept = kept_resolution(editor.saved, editor.draft.text) if editor.saved else None
    look = look_at(
        editor.draft,
        catalogue,
        now,
        named,
        key=editor.key,
        kept=kept,
        people=people_word,
        names={view.key: view.name for view in saved},
    )
    return BuilderView(
        editor=editor,
        snapshot_id=snapshot_id,
        catalogue=catalogue,
        look=look,
        sizes=editor.counting.ask(look, snapshot_id),
        segments={view.key: view.name for view in saved if view.key != editor.key},
        people_word=people_word,
        now=now,
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _catalogue(snapshot_id: str) -> Catalogue:
    with workspace().snapshot_of(snapshot_id) as snapshot:
        return snapshot.catalogue

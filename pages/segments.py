"""Segments: who? The list of them, and the builder of one."""

from collections import Counter
from zoneinfo import ZoneInfo

import streamlit as st

from core.store.activations import list_activations
from core.store.drafts import DraftKind, list_new_drafts
from core.store.segments import list_segments
from core.store.snapshots import current_snapshot
from core.store.workspace import get_workspace
from core.ui.heading import draw_heading
from core.ui.navigation import link
from core.ui.roles import Role
from core.ui.segments.bar import draw_bar, draw_waiting
from core.ui.segments.editor import draw_tree
from core.ui.segments.following import draw_following
from core.ui.segments.head import draw_head
from core.ui.segments.limit_form import draw_limit
from core.ui.segments.list import draw_list, start_new
from core.ui.segments.panels import draw_panels
from core.ui.segments.state import current_editor, keep
from core.ui.segments.view import look_around
from core.ui.session import guard, may, workspace

TITLE = "Segments"
ICON = ":material/group:"
ORDER = 2
LEAST = "viewer"

guard(Role.VIEWER)
with workspace().store.read() as session:
    saved = list_segments(session)
    drafts = list_new_drafts(session, DraftKind.SEGMENT)
    used = Counter(each.segment_key for each in list_activations(session))
    data = current_snapshot(session)
    people_word = get_workspace(session).people_word

if data is None:
    st.title("Segments")
    st.markdown("There is no data to choose from yet.")
    link("data", "Load your data first", icon=":material/database:")
    st.stop()

editor = current_editor()
if editor is None:
    draw_heading("Segments", "New segment" if may(Role.EDITOR) else None, start_new)
    if not saved and not drafts:
        st.caption("No segment yet. A segment describes people; an activation keeps it in Batch.")
    zone = ZoneInfo(workspace().catalogue().zone)  # type: ignore[union-attr]
    draw_list(saved, drafts, used, zone, data.id)
    st.stop()

view = look_around(editor, data.id, saved, people_word)
draw_head(view)
draw_following(view)
draw_tree(view)
draw_limit(view)
draw_panels(view)
draw_bar(view, data)
draw_waiting(view)
keep(editor)

"""The head of the builder: where one is, the segment's name, and what else can be done with it."""

import streamlit as st

from core.errors import RollcallError
from core.names import clean_name
from core.store.names import MAX_NAME_CHARACTERS, copy_name, holder_of, taken_sentence
from core.store.segments import list_segments
from core.ui.edge import fault_word, on_click, sentence_of
from core.ui.navigation import back
from core.ui.roles import Role
from core.ui.segments.state import Editor, close_editor, give_up, keep_copy
from core.ui.segments.view import BuilderView
from core.ui.session import actor, may, workspace
from core.workspace.segments import archive_unused

_MENU = {"copy": "Duplicate", "archive": "Archive", "forget": "Throw this draft away"}
_NAME = "segments:name"
_ARCHIVED = ":material/archive:"


def draw_head(view: BuilderView) -> None:
    """Draw the way back, the name, and the menu."""
    editor = view.editor
    back("All segments", "segments:back")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.session_state[_NAME] = editor.name
        st.text_input(
            "Name of the segment",
            key=_NAME,
            placeholder="For example: VIPs about to lapse",
            max_chars=MAX_NAME_CHARACTERS,
            width=480,
            on_change=_rename,
            args=(editor,),
        )
        if may(Role.EDITOR):
            _draw_menu(editor)
    _draw_taken(view)
    if editor.saved is not None and editor.saved.archived_at is not None:
        st.warning("This segment is archived. Duplicate it to go on with it.", icon=_ARCHIVED)
    if editor.saved is not None and editor.saved.paused_reason:
        st.warning(sentence_of(RollcallError(editor.saved.paused_reason)), icon=":material/error:")


def _draw_taken(view: BuilderView) -> None:
    """Say that another segment has the name, which is refused when it is saved."""
    editor, others = view.editor, view.segments
    holder = holder_of(editor.name, others)
    if holder is not None and (editor.saved is None or editor.name != editor.saved.name):
        st.markdown(fault_word(taken_sentence("segment", others[holder])))


def _rename(editor: Editor) -> None:
    editor.name = clean_name(st.session_state[_NAME])


def _draw_menu(editor: Editor) -> None:
    options = ["copy", "archive"] if editor.saved else ["copy", "forget"]
    st.menu_button(
        "More",
        options,
        key="segments:menu",
        format_func=_MENU.__getitem__,
        on_click=lambda: _do(editor, st.session_state["segments:menu"]),
    )


@on_click
def _do(editor: Editor, what: str | None) -> None:
    if what == "copy":
        draft_id = keep_copy(editor.draft, _copy_name(editor))
        close_editor()
        st.query_params.from_dict({"draft": draft_id})
    elif what == "forget":
        give_up(editor)
        st.query_params.clear()
    elif what == "archive" and editor.key is not None:
        _archive(editor.key)


def _copy_name(editor: Editor) -> str:
    with workspace().store.read() as session:
        return copy_name(editor.name, [view.name for view in list_segments(session)])


def _archive(key: str) -> None:
    with workspace().store.write(actor()) as session:
        archive_unused(session, key)
    close_editor()
    st.query_params.clear()

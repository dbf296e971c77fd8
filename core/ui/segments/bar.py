"""What stands at the foot of the builder: the size in sight, and what is done with the segment."""

from zoneinfo import ZoneInfo

import streamlit as st

from core.errors import EditConflict, RollcallError, UsageError
from core.store.activations import list_activations
from core.store.snapshots import SnapshotView
from core.ui.edge import draw_again, draw_kept_at, on_click, plain, say_next, sentence_of
from core.ui.navigation import go
from core.ui.roles import Role
from core.ui.segments.state import Editor, give_up, save
from core.ui.segments.view import BuilderView
from core.ui.session import may, workspace
from core.ui.words import count, moment, number_of, share
from core.workspace.next_moves import following_lists

_BAR = "segments:bar"
_BOTH_KEPT = (
    "Yours is still here: “More”, “Duplicate” makes a segment of its own from it, “Discard "
    "changes” gives it up."
)


def draw_bar(view: BuilderView, data: SnapshotView) -> None:
    """Draw the bar; it stays in sight while the page scrolls."""
    with st.bottom:
        draw_kept_at(_BAR)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(_summary(view, data), width="stretch")
            if may(Role.EDITOR):
                with st.container(
                    horizontal=True, vertical_alignment="center", gap="small", width="content"
                ):
                    _draw_buttons(view)


def draw_waiting(view: BuilderView) -> None:
    """Look every half second whether the sizes are there, and draw the page again then."""
    if view.sizes is None:
        _wait(view.editor)


@st.fragment(run_every=0.4)
def _wait(editor: Editor) -> None:
    if editor.counting.is_answered():
        draw_again()


def _summary(view: BuilderView, data: SnapshotView) -> str:
    zone = ZoneInfo(view.catalogue.zone)
    of = f"data of {moment(data.created_at, zone, view.now)}"
    sizes = view.sizes
    if sizes is None:
        return f":gray[Counting …]  ·  {of}"
    if sizes.error is not None:
        return f":red[{plain(sizes.error)}]"
    word = plain(view.people_word)
    said = f"**{count(sizes.members)} {word}**  ·  {share(sizes.members, sizes.people)}  ·  {of}"
    if not view.look.finished:
        said += "  ·  :orange[without what is not finished]"
    return said


def _draw_buttons(view: BuilderView) -> None:
    editor = view.editor
    st.button(
        "Undo",
        key="segments:undo",
        icon=":material/undo:",
        type="tertiary",
        disabled=not editor.undo,
        on_click=editor.step_back,
    )
    st.button(
        "Redo",
        key="segments:redo",
        icon=":material/redo:",
        type="tertiary",
        disabled=not editor.redo,
        on_click=editor.step_forward,
    )
    if editor.saved is not None and editor.is_changed:
        st.button("Discard changes", key="segments:discard", type="tertiary", on_click=_discard)
    st.button(
        "Save",
        key="segments:save",
        type="primary" if editor.is_changed else "secondary",
        disabled=not editor.is_changed,
        on_click=_save,
        args=(view,),
    )
    if st.button(
        "Activate",
        key="segments:activate",
        icon=":material/send:",
        type="secondary" if editor.is_changed else "primary",
        disabled=editor.is_changed,
        help="Save first, then keep it in step with an audience" if editor.is_changed else None,
    ):
        go("activations", new="1", segment=editor.key or "")


@on_click
def _discard() -> None:
    editor: Editor | None = st.session_state.get("segments:editor")
    if editor is None:
        return
    key = editor.key
    give_up(editor)
    st.query_params.from_dict({"segment": key} if key else {})


@on_click
def _save(view: BuilderView) -> None:
    """Save the draft, and say in the bar what came of it: the top may be out of sight."""
    try:
        said = _saved(view)
    except RollcallError as error:
        say_next(sentence_of(error), _BAR, is_error=True)
    else:
        say_next(said, _BAR)


def _saved(view: BuilderView) -> str:
    """Save the draft, where nothing in it is unfinished and nobody else was faster."""
    if not view.look.finished:
        raise UsageError("Finish or remove the conditions that are new or not finished, then save.")
    try:
        name = save(view.editor, view.catalogue)
    except EditConflict as conflict:
        raise EditConflict(f"{conflict} {_BOTH_KEPT}") from conflict
    return f"“{plain(name)}” is saved.{_following(view)}"


def _following(view: BuilderView) -> str:
    """Return what becomes of the segment's lists, nothing where the page tells it of each."""
    key = view.editor.key or ""
    with workspace().store.read() as session:
        lists = [each for each in list_activations(session) if each.segment_key == key]
        is_told = bool(following_lists(session, key, view.snapshot_id))
    if is_told or not lists:
        return ""
    follow = "follows" if len(lists) == 1 else "follow"
    return f" {number_of(len(lists), 'list')} {follow} with the next run."

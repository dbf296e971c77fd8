"""What stands at the foot of the builder: the size in sight, and what is done with the segment."""

from zoneinfo import ZoneInfo

import streamlit as st

from core.errors import EditConflict, UsageError
from core.store.snapshots import SnapshotView
from core.ui.edge import draw_again, on_click, plain, say_next
from core.ui.navigation import go
from core.ui.roles import Role
from core.ui.segments.state import Editor, finish, give_up
from core.ui.segments.view import BuilderView
from core.ui.session import actor, may, workspace
from core.ui.words import count, moment, share
from core.workspace.segments import save_edited

_CONFLICT = (
    "Somebody saved this segment meanwhile, so yours was not saved over it and is still here: "
    "“Discard changes” shows what was saved, “More”, “Duplicate” makes a "
    "segment of its own from yours."
)


def draw_bar(view: BuilderView, data: SnapshotView) -> None:
    """Draw the bar; it stays in sight while the page scrolls."""
    with (
        st.bottom,
        st.container(horizontal=True, vertical_alignment="center", gap="small"),
    ):
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
def _wait(held: Editor) -> None:
    if held.counting.is_answered():
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
    held = view.editor
    st.button(
        "Undo",
        key="segments:undo",
        icon=":material/undo:",
        type="tertiary",
        disabled=not held.undo,
        on_click=held.step_back,
    )
    st.button(
        "Redo",
        key="segments:redo",
        icon=":material/redo:",
        type="tertiary",
        disabled=not held.redo,
        on_click=held.step_forward,
    )
    if held.saved is not None and held.is_changed:
        st.button("Discard changes", key="segments:discard", type="tertiary", on_click=_discard)
    st.button(
        "Save",
        key="segments:save",
        type="primary" if held.is_changed else "secondary",
        disabled=not held.is_changed,
        on_click=_save,
        args=(view,),
    )
    if st.button(
        "Activate",
        key="segments:activate",
        icon=":material/send:",
        type="secondary" if held.is_changed else "primary",
        disabled=held.is_changed,
        help="Save first, then keep it in step with an audience" if held.is_changed else None,
    ):
        go("activations", new="1", segment=held.key or "")


@on_click
def _discard() -> None:
    held: Editor | None = st.session_state.get("segments:editor")
    if held is None:
        return
    key = held.key
    give_up(held)
    st.query_params.from_dict({"segment": key} if key else {})


@on_click
def _save(view: BuilderView) -> None:
    """Save the draft, where nothing in it is unfinished and nobody else was faster."""
    held = view.editor
    if not view.look.finished:
        raise UsageError("Finish or remove the marked conditions, then save.")
    try:
        with workspace().store.write(actor()) as session:
            saved = save_edited(
                session, held.key, held.name, held.draft.text, held.edited_from, view.catalogue
            )
    except EditConflict as conflict:
        raise EditConflict(_CONFLICT) from conflict
    finish(held, saved)
    say_next(f"“{plain(saved.name)}” is saved.")

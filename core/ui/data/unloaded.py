"""Files that were brought and never loaded: the way back to them."""

import streamlit as st

from core.ui.data.state import DataState
from core.ui.edge import plain, say_next
from core.ui.navigation import show
from core.ui.words import number_of, shortened
from core.workspace.uploads import Upload, remove_upload

_SHOWN, _NAMED = 3, 6


def draw_unloaded(state: DataState) -> None:
    """Draw the uploads that wait to be loaded, newest first; earlier ones are folded."""
    for upload in state.unloaded[:_SHOWN]:
        _draw_upload(state, upload)
    earlier = state.unloaded[_SHOWN:]
    if earlier:
        label = f"And {number_of(len(earlier), 'earlier upload')} not loaded yet"
        with st.expander(label, key="data:earlier"):
            for upload in earlier:
                _draw_upload(state, upload)


def _draw_upload(state: DataState, upload: Upload) -> None:
    with st.container(border=True):
        words, ways = st.columns((3, 2), vertical_alignment="center")
        words.markdown(
            f"**These files are not loaded yet:** {_named(upload)}  \n"
            f":gray[:small[Brought {state.when(upload.brought_at)}. "
            "What was corrected in them is kept.]]"
        )
        with ways, st.container(horizontal=True):
            _draw_ways(upload)


def forget(upload: Upload) -> None:
    """Forget the upload, and draw the page without it."""
    remove_upload(upload)
    say_next("The files are forgotten. What is loaded stays as it is.")
    show()


def _named(upload: Upload) -> str:
    names = [plain(shortened(name, 40)) for name in upload.tables()]
    more = ", …" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _draw_ways(upload: Upload) -> None:
    key = f"data:go_on:{upload.id}"
    if st.button("Go on", key=key, type="primary", icon=":material/arrow_forward:"):
        show(upload=upload.id)
    with st.popover("Forget them …", icon=":material/delete:"):
        st.write("The files are deleted here, with what was corrected in them.")
        if st.button("Forget the files", key=f"data:forget:{upload.id}", type="primary"):
            forget(upload)

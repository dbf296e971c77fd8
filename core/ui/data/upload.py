"""Bringing data: files by drag and drop, or a manifest on the server."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import streamlit as st

from core.errors import UsageError
from core.ui.data.arrival import await_load
from core.ui.navigation import show
from core.ui.roles import Role
from core.ui.session import actor, may, workspace
from core.ui.typed import typed_into
from core.ui.zones import browser_zone
from core.workspace.data_source import begin_renewal, load_manifest, manifest_of
from core.workspace.proposals import first_draft, propose
from core.workspace.uploads import (
    Upload,
    add_file,
    file_endings,
    new_upload,
    remove_upload,
)

_MB = 1_048_576


def draw_upload(earlier: Upload | None = None, *, leaving: bool = False) -> None:
    """Draw the place for files, which renew those of an `earlier` upload if there is one.

    `leaving` draws a way back to the data that is there.
    """
    if not may(Role.ADMIN):
        st.info("No data is loaded yet. An admin brings it here.", icon=":material/database:")
        return
    with st.container(border=True):
        st.header("Replace the files" if earlier else "Bring your data", anchor=False)
        st.markdown(_explained(earlier))
        files = st.file_uploader(
            "Files",
            type=list(file_endings()),
            accept_multiple_files=True,
            max_upload_size=max(1, workspace().settings.upload_max_bytes // _MB),
            key="data:files",
        )
        with st.container(horizontal=True):
            if st.button(
                "See what is in them",
                key="data:read",
                type="primary",
                icon=":material/manage_search:",
                disabled=not files,
            ):
                _take(files, earlier)
            if leaving and st.button("Cancel", key="data:leave"):
                show()
    if earlier is None:
        _draw_server_folder()


def _explained(earlier: Upload | None) -> str:
    if earlier:
        return (
            "Files of the same names take the place of the earlier ones, a date or number at the "
            "end aside. Files that you leave out stay as they are."
        )
    return (
        "One file for each kind of thing: your customers, and what belongs to them, such as "
        "orders or visits. CSV, Excel, JSON lines or Parquet, with the names of the columns in "
        "the first line. Nothing is loaded before you have seen what was found."
    )


def _take(files: Sequence[IO[bytes]], earlier: Upload | None) -> None:
    with (
        _kept_whole(new_upload(workspace().settings)) as upload,
        st.spinner("Reading the files …", show_time=True),
    ):
        _store(files, upload, earlier)
        draft = begin_renewal(upload, earlier) if earlier else first_draft(upload, browser_zone())
        propose(upload, draft, workspace().settings)
    show(upload=upload.id)


@contextmanager
def _kept_whole(upload: Upload) -> Iterator[Upload]:
    """Lend an upload, which goes again unless everything that is done with it succeeds."""
    try:
        yield upload
    except BaseException:
        remove_upload(upload)
        raise


def _store(files: Sequence[IO[bytes]], upload: Upload, earlier: Upload | None) -> None:
    before = manifest_of(earlier) if earlier else None
    known = [table.name for table in before.tables] if before else []
    for file in files:
        file.seek(0)
        add_file(upload, file.name, file, workspace().settings.upload_max_bytes, known)


def _draw_server_folder() -> None:
    with st.expander("Data that lies on the server"):
        st.markdown(
            "Whoever runs Rollcall can describe files on the server in a `dataset.toml`, which "
            "`python -m core detect` proposes. Such data can be refreshed by itself."
        )
        key = typed_into("data:server").widget_key("path", "")
        path = st.text_input("Path of the dataset.toml", key=key, placeholder="/srv/crm/…")
        if st.button("Load it", key="data:load_path", disabled=not path.strip()):
            await_load(load_manifest(workspace(), _absolute(path), actor()).id)
            show()


def _absolute(path: str) -> Path:
    written = Path(path.strip())
    if not written.is_absolute():
        raise UsageError(f"{path.strip()} is no full path: write it from the first / on.")
    return written

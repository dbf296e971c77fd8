"""Bringing data: files by drag and drop, or a manifest on the server."""

from collections.abc import Sequence
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

import streamlit as st

from core.errors import UsageError
from core.sample.workspace import leave_sample
from core.ui.navigation import go
from core.ui.roles import Role
from core.ui.session import actor, may, workspace
from core.workspace.data_source import begin_renewal, load_manifest, manifest_of
from core.workspace.proposals import first_draft, propose
from core.workspace.uploads import (
    Upload,
    add_file,
    file_endings,
    new_upload,
    remove_upload,
)

_HOME_ZONE = "Europe/Paris"
_MB = 1_048_576


def draw_upload(earlier: Upload | None = None, *, leaving: bool = False) -> None:
    """Draw the place for files, which renew those of an `earlier` upload if there is one.

    `leaving` draws a way back to the data that is there.
    """
    if not may(Role.ADMIN):
        st.info("No data is loaded yet. An admin brings it here.", icon=":material/database:")
        return
    with st.container(border=True):
        st.header("Bring the files again" if earlier else "Bring your data")
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
            if leaving and st.button("Leave the data as it is", key="data:leave"):
                go("data")
    if earlier is None:
        _draw_server_folder()


def draw_sample_card() -> None:
    """Draw the way from the sample shop to data of one's own."""
    with st.container(border=True):
        st.markdown(
            "**This is the sample shop**, made up to look around in. Starting with your own data "
            "puts it away with its segments and its practice list; what you made yourself stays."
        )
        if st.button("Start with my own data", key="data:own", icon=":material/upload_file:"):
            leave_sample(workspace(), actor())
            st.rerun()


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
    with st.spinner("Reading the files …", show_time=True):
        upload = _store(files, earlier)
        try:
            draft = begin_renewal(upload, earlier) if earlier else first_draft(upload, _zone())
            propose(upload, draft, workspace().settings)
        except BaseException:
            remove_upload(upload)
            raise
    go("data", upload=upload.id)


def _store(files: Sequence[IO[bytes]], earlier: Upload | None) -> Upload:
    settings = workspace().settings
    before = manifest_of(earlier) if earlier else None
    known = [table.name for table in before.tables] if before else []
    upload = new_upload(settings)
    try:
        for file in files:
            file.seek(0)
            add_file(upload, file.name, file, settings.upload_max_bytes, known)
    except BaseException:
        remove_upload(upload)
        raise
    return upload


def _zone() -> str:
    """Return the browser's time zone if it is one."""
    try:
        return ZoneInfo(st.context.timezone or _HOME_ZONE).key
    except (KeyError, ValueError, OSError):
        return _HOME_ZONE


def _draw_server_folder() -> None:
    with st.expander("Data that lies on the server"):
        st.markdown(
            "Whoever runs Rollcall can describe files on the server in a `dataset.toml`, which "
            "`python -m core detect` proposes. Such data can be refreshed by itself."
        )
        path = st.text_input("Path of the dataset.toml", key="data:path", placeholder="/srv/crm/…")
        if st.button("Load it", key="data:load_path", disabled=not path.strip()):
            load_manifest(workspace(), _absolute(path), actor())
            go("data")


def _absolute(path: str) -> Path:
    written = Path(path.strip())
    if not written.is_absolute():
        raise UsageError(f"{path.strip()} is no full path: write it from the first / on.")
    return written

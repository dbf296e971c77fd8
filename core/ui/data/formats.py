"""How uploaded files are written, where it was not told right from the files themselves."""

from collections.abc import Mapping
from typing import cast

import streamlit as st

from core.data.manifest import TableSource
from core.data.sources.excel import ExcelSource, sheet_names
from core.ui.data.draft import read_files_again
from core.ui.edge import errors_shown, on_click, plain
from core.ui.typed import typed_into
from core.ui.words import shortened
from core.workspace.proposal_edits import SHEET, leave_out_table, write_as
from core.workspace.proposals import Proposal

_DELIMITERS = {",": "Comma ,", ";": "Semicolon ;", "\t": "Tab", "|": "Bar |", ":": "Colon :"}
_ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Western (cp1252)"}
_DECIMALS = {".": "Point: 1,234.50", ",": "Comma: 1.234,50"}
_DATES = {"day first": "Day first: 31/12/2026", "month first": "Month first: 12/31/2026"}
_LABELS = {
    "delimiter": "Columns apart by",
    "encoding": "Letters as",
    "decimal": "Decimal sign",
    "dates": "Order of dates",
    SHEET: "Sheet",
}
_AS_FOUND = "As found"
_ASKED = "data:read_as"
_TEXT_FILES = (".csv", ".tsv", ".txt", ".tab")


def draw_formats(proposal: Proposal, table: TableSource) -> None:
    """Draw how the table's file is written, and the button that reads it again."""
    with st.form(f"data:format:{table.name}", border=False):
        st.caption(f"File of {plain(table.name)}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _draw_options(proposal, table)
            st.form_submit_button(
                "Read again",
                icon=":material/refresh:",
                on_click=_ask,
                args=(proposal.upload.id, table, proposal.found.reading),
            )
    if proposal.found.problem and len(proposal.manifest.tables) > 1:
        _draw_removal(proposal, table)


def ask_reading(upload: str, table: str, said: Mapping[str, str | None]) -> None:
    """Let the page that is drawn after a click read the files, with that said of a table."""
    st.session_state[_ASKED] = (upload, table, said)


def read_as_asked(proposal: Proposal) -> None:
    """Read the files again if the last click asked for it, and draw the page anew.

    Raises: StorageFull, QueryFailed.
    """
    upload, table, said = st.session_state.pop(_ASKED, (None, "", {}))
    if upload == proposal.upload.id:
        with errors_shown():
            read_files_again(proposal, write_as(proposal.manifest, table, said))


@on_click
def _ask(upload: str, drawn: TableSource, reading: int) -> None:
    ask_reading(upload, drawn.name, _changed(drawn, reading))


def _changed(drawn: TableSource, reading: int) -> dict[str, str | None]:
    """Return what was chosen otherwise than it was drawn: the rest may be another tab's."""
    keys = {name: f"{_form(drawn, reading)}:{label}" for name, label in _LABELS.items()}
    chosen = {
        name: cast("str | None", st.session_state[key] or None)
        for name, key in keys.items()
        if key in st.session_state
    }
    return {name: value for name, value in chosen.items() if value != _said(drawn, name)}


def _said(table: TableSource, name: str) -> str | None:
    return table.sheet if name == SHEET else cast("str | None", getattr(table.csv, name))


def _draw_removal(proposal: Proposal, table: TableSource) -> None:
    label = f"Remove {plain(shortened(table.name))}"
    if st.button(label, key=f"data:without:{table.name}", icon=":material/delete:"):
        read_files_again(proposal, leave_out_table(proposal.manifest, table.name))


def _draw_options(proposal: Proposal, table: TableSource) -> None:
    file, reading = table.file or "", proposal.found.reading
    if file.lower().endswith(_TEXT_FILES):
        _choose(table, reading, "delimiter", _DELIMITERS)
        _choose(table, reading, "encoding", _ENCODINGS)
    _choose(table, reading, "decimal", _DECIMALS)
    _choose(table, reading, "dates", _DATES)
    if file.lower().endswith(ExcelSource.endings):
        names = sheet_names(proposal.upload.folder / file)
        _choose(table, reading, SHEET, {name: name for name in names})


def _choose(table: TableSource, reading: int, name: str, options: dict[str, str]) -> None:
    """Draw a choice, blank to leave it to the files; each reading has widgets anew."""
    current = _said(table, name)
    known = {**options, current: options.get(current, current)} if current else options
    values = ["", *known]
    st.selectbox(
        _LABELS[name],
        values,
        format_func=lambda value: known.get(value, _AS_FOUND),
        key=typed_into(_form(table, reading)).widget_key(_LABELS[name], current or "", values),
        width=210,
    )


def _form(table: TableSource, reading: int) -> str:
    return f"data:format:{reading}:{table.name}"

"""How uploaded files are written, where it was not told right from the files themselves."""

from dataclasses import replace
from typing import Any

import streamlit as st

from core.data.manifest import CsvOptions, Manifest, TableSource
from core.data.sources.excel import ExcelSource, sheet_names
from core.ui.data.draft import read_files_again
from core.ui.edge import plain
from core.ui.words import shortened
from core.workspace.proposal_edits import leave_out_table, write_as
from core.workspace.proposals import Proposal

_DELIMITERS = {",": "Comma ,", ";": "Semicolon ;", "\t": "Tab", "|": "Bar |", ":": "Colon :"}
_ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Western (cp1252)"}
_DECIMALS = {".": "Point: 1,234.50", ",": "Comma: 1.234,50"}
_DATES = {"day first": "Day first: 31/12/2026", "month first": "Month first: 12/31/2026"}
_AS_FOUND = "As found"
_TEXT_FILES = (".csv", ".tsv", ".txt", ".tab")


def draw_formats(proposal: Proposal, table: TableSource) -> None:
    """Draw how the table's file is written, and the button that reads it again."""
    with st.form(f"data:format:{table.name}", border=False):
        st.caption(f"File of {plain(table.name)}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            csv, sheet = _draw_options(proposal, table)
            again = st.form_submit_button("Read again", icon=":material/refresh:")
    if again:
        read_files_again(proposal, write_as(proposal.manifest, table.name, csv, sheet))
    if proposal.found.problem and len(proposal.manifest.tables) > 1:
        _draw_removal(proposal, table)


def with_option(manifest: Manifest, table: str, name: str, value: str) -> Manifest:
    """Return the manifest with one thing said about how a table's file is written."""
    source = manifest.table(table)
    options: dict[str, Any] = {name: value}
    return write_as(manifest, table, replace(source.csv, **options), source.sheet)


def _draw_removal(proposal: Proposal, table: TableSource) -> None:
    label = f"Remove {plain(shortened(table.name))}"
    if st.button(label, key=f"data:without:{table.name}", icon=":material/delete:"):
        read_files_again(proposal, leave_out_table(proposal.manifest, table.name))


def _draw_options(proposal: Proposal, table: TableSource) -> tuple[CsvOptions, str | None]:
    csv, file, place = table.csv, table.file or "", (table, proposal.found.reading)
    if file.lower().endswith(_TEXT_FILES):
        csv = replace(
            csv,
            delimiter=_choose(place, "Columns apart by", _DELIMITERS, csv.delimiter),
            encoding=_choose(place, "Letters as", _ENCODINGS, csv.encoding),
        )
    options: dict[str, Any] = {
        "decimal": _choose(place, "Decimal sign", _DECIMALS, csv.decimal),
        "dates": _choose(place, "Order of dates", _DATES, csv.dates),
    }
    sheet = table.sheet
    if file.lower().endswith(ExcelSource.endings):
        names = sheet_names(proposal.upload.folder / file)
        sheet = _choose(place, "Sheet", {name: name for name in names}, sheet)
    return replace(csv, **options), sheet


def _choose(
    place: tuple[TableSource, int], label: str, options: dict[str, str], current: str | None
) -> str | None:
    """Return what is chosen, None to leave it to the files; each reading has widgets anew."""
    table, reading = place
    known = {**options, current: options.get(current, current)} if current else options
    values = ["", *known]
    chosen = st.selectbox(
        label,
        values,
        index=values.index(current or ""),
        format_func=lambda value: known.get(value, _AS_FOUND),
        key=f"data:format:{reading}:{table.name}:{label}",
        width=210,
    )
    return chosen or None

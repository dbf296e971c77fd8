"""The tables of a proposal, one at a time: name, key, time, columns with types, first rows."""

from collections.abc import Sequence

import streamlit as st

from core.data.catalogue import FieldType
from core.data.detect import FoundTable
from core.data.manifest import Manifest, TableSource
from core.errors import NameTaken
from core.store.names import MAX_NAME_CHARACTERS
from core.ui.data.draft import change, choose, prime, rename_table
from core.ui.data.formats import draw_formats
from core.ui.data.remarks import draw_others, draw_remarks
from core.ui.data.words import TYPE_WORDS
from core.ui.edge import draw_kept_at, on_click, plain, say_next, sentence_of
from core.ui.words import shortened
from core.workspace.proposal_edits import (
    change_columns,
    choose_key,
    choose_time,
    leave_out_table,
)
from core.workspace.proposals import Proposal

_TABLE, _REFUSED = "data:table", "data:columns:refused"
_WIDTH = 195
_COLUMN, _TYPE, _LABEL, _VALUES = "Column", "Type", "Name on screen", "First values"
_TYPES = {word: kind for kind, word in TYPE_WORDS.items()}
_TIMES = (FieldType.DATE, FieldType.TIMESTAMP)


def draw_tables(proposal: Proposal) -> None:
    """Draw the table that is chosen, and the choice where there are several."""
    with st.container(border=True):
        st.subheader("What do the tables hold?", anchor=False)
        st.caption("Correct what was recognised wrongly.")
        names = _people_first(proposal.manifest)
        if st.session_state.get(_TABLE) not in names:
            st.session_state[_TABLE] = names[0]
        if len(names) > 1:
            st.radio("Table", names, key=_TABLE, format_func=_as_label, horizontal=True)
            draw_others(proposal, str(st.session_state[_TABLE]))
        table = proposal.manifest.table(str(st.session_state[_TABLE]))
        _draw_head(proposal, table)
        _draw_columns(proposal, table)
        draw_remarks(proposal, table.name)
        with st.expander("First rows, as they are read"):
            _draw_rows(proposal.found.tables[table.name])
        with st.expander("How the file is written"):
            draw_formats(proposal, table)


def column_names(proposal: Proposal, table: str) -> list[str]:
    """Return the names of a table's columns, in the order of its file."""
    return list(proposal.found.tables[table].types)


def _people_first(manifest: Manifest) -> list[str]:
    names = [table.name for table in manifest.tables]
    return sorted(names, key=lambda name: name != manifest.people)


def _draw_head(proposal: Proposal, table: TableSource) -> None:
    upload, is_people = proposal.upload.id, proposal.manifest.people == table.name
    columns = column_names(proposal, table.name)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Name of the table",
            key=prime("data:name", table.name),
            on_change=_change_name,
            args=(upload, table.name),
            max_chars=60,
            width=_WIDTH,
        )
        if not is_people:
            _draw_key_and_time(proposal, table, columns)
        if len(proposal.manifest.tables) > 1 and not is_people:
            st.button(
                "Remove",
                key="data:remove",
                icon=":material/delete:",
                on_click=_remove,
                args=(upload, table.name),
            )


def _draw_key_and_time(proposal: Proposal, table: TableSource, columns: list[str]) -> None:
    upload = proposal.upload.id
    times = [name for name in columns if proposal.type_of(table.name, name) in _TIMES]
    st.selectbox(
        "Key",
        ["", *columns],
        key=prime("data:key", table.key or ""),
        format_func=lambda name: name or "None",
        on_change=_change_key,
        args=(upload, table.name),
        help="The column that names each row, if there is one. Other tables can point to it.",
        width=_WIDTH,
    )
    st.selectbox(
        "When it happened",
        list(dict.fromkeys(["", *times, table.time or ""])),
        key=prime("data:time", table.time or ""),
        format_func=lambda name: name or "No time",
        on_change=_change_time,
        args=(upload, table.name),
        help="The date or time of each row, for conditions such as “in the last 90 days”.",
        width=_WIDTH,
    )


def _draw_columns(proposal: Proposal, table: TableSource) -> None:
    key = _editor_key(proposal, table)
    st.data_editor(
        _column_rows(proposal, table),
        hide_index=True,
        disabled=[_COLUMN, _VALUES],
        column_config={
            _TYPE: st.column_config.SelectboxColumn(
                _TYPE, options=list(_TYPES), required=True, width="small"
            ),
            _LABEL: st.column_config.TextColumn(_LABEL, max_chars=MAX_NAME_CHARACTERS),
            _VALUES: st.column_config.TextColumn(_VALUES, width="large"),
        },
        key=key,
        on_change=_change_columns,
        args=(proposal.upload.id, table.name, column_names(proposal, table.name), key),
        alt=f"Columns of {table.name}",
    )
    draw_kept_at(_REFUSED)


def _editor_key(proposal: Proposal, table: TableSource) -> str:
    """Return a key that changes with whatever else than the editor changes what it shows."""
    ends = sorted(proposal.manifest.link_columns(table.name))
    refused = st.session_state.get(_REFUSED, 0)
    place = f"{proposal.upload.id}:{proposal.found.reading}:{table.name}"
    return f"data:columns:{place}:{ends}:{refused}"


def _fresh_edits(key: str) -> dict[int, dict[str, str | None]]:
    """Return the cells that were edited since the last time, by row and column."""
    edited = st.session_state[key]["edited_rows"]
    before = st.session_state.get(f"{key}:saved", {})
    st.session_state[f"{key}:saved"] = {row: dict(cells) for row, cells in edited.items()}
    fresh = {
        int(row): {
            name: value for name, value in cells.items() if before.get(row, {}).get(name) != value
        }
        for row, cells in edited.items()
    }
    return {row: cells for row, cells in fresh.items() if cells}


def _column_rows(proposal: Proposal, table: TableSource) -> dict[str, list[str]]:
    found = proposal.found.tables[table.name]
    names = list(found.types)
    return {
        _COLUMN: names,
        _TYPE: [TYPE_WORDS[proposal.type_of(table.name, name)] for name in names],
        _VALUES: [_first_values(found, position) for position in range(len(names))],
        _LABEL: [table.labels.get(name, "") for name in names],
    }


def _first_values(found: FoundTable, position: int) -> str:
    values = [row[position] for row in found.sample if row[position]]
    return ", ".join(dict.fromkeys(shortened(value, 40) for value in values if value))


def _draw_rows(found: FoundTable) -> None:
    if not found.sample:
        st.caption("This file has no rows.")
        return
    columns = {name: [row[at] for row in found.sample] for at, name in enumerate(found.types)}
    st.dataframe(columns, hide_index=True, placeholder="", alt=f"First rows of {found.name}")


@on_click
def _change_columns(upload: str, table: str, names: Sequence[str], key: str) -> None:
    """Save what was edited, also where the page draws the table no more: that is told then."""
    edits = _fresh_edits(key)
    types = {names[row]: _TYPES[kind] for row, cells in edits.items() if (kind := cells.get(_TYPE))}
    labels = {names[row]: cells[_LABEL] or "" for row, cells in edits.items() if _LABEL in cells}
    try:
        change(upload, lambda manifest: change_columns(manifest, table, types, labels, names))
    except NameTaken as refused:
        # The editor begins anew: it would go on showing what is not saved.
        st.session_state[_REFUSED] = st.session_state.get(_REFUSED, 0) + 1
        say_next(sentence_of(refused), _REFUSED, is_error=True)


@on_click
def _change_name(upload: str, table: str) -> None:
    st.session_state[_TABLE] = rename_table(upload, table, st.session_state["data:name"])


@on_click
def _change_key(upload: str, table: str) -> None:
    key = st.session_state["data:key"]
    choose(upload, lambda manifest: choose_key(manifest, table, key or None))


@on_click
def _change_time(upload: str, table: str) -> None:
    time = st.session_state["data:time"]
    change(upload, lambda manifest: choose_time(manifest, table, time or None))


@on_click
def _remove(upload: str, table: str) -> None:
    change(upload, lambda manifest: leave_out_table(manifest, table))


def _as_label(table: str) -> str:
    return plain(shortened(table, 40))

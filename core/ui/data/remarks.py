"""What somebody should know of the columns of a table before it is loaded."""

from collections.abc import Sequence

import streamlit as st

from core.data.catalogue import FieldType
from core.data.report import Remark
from core.ui.data.words import TYPE_WORDS
from core.ui.edge import plain
from core.ui.words import count, shortened
from core.workspace.proposals import Proposal, lost_columns

_SHOWN, _LOST_NAMED = 8, 10


def draw_remarks(proposal: Proposal, table: str) -> None:
    """Draw what there is to know of a table's columns, each with the cell that shows it."""
    remarks = proposal.remarks_on(table)
    for remark in remarks[:_SHOWN]:
        st.markdown(f":orange[:material/rule:] {_said(proposal, remark)}")
    rest = remarks[_SHOWN:]
    if rest:
        with st.expander(f"And {count(len(rest))} more to look at"):
            for remark in rest:
                st.markdown(f":orange[:material/rule:] {_said(proposal, remark)}")


def draw_repeated(proposal: Proposal) -> None:
    """Draw which keys repeat: no load is possible while they do."""
    for remark in proposal.repeated:
        _draw_repeated(proposal, remark)


def draw_lost(proposal: Proposal) -> None:
    """Draw which columns the files that are renewed had, and these have no more."""
    for table, columns in lost_columns(proposal).items():
        _draw_lost(table, columns)


def draw_others(proposal: Proposal, shown: str) -> None:
    """Draw which other tables have something to look at."""
    names = [table.name for table in proposal.manifest.tables]
    others = [name for name in names if name != shown and proposal.remarks_on(name)]
    if others:
        named = ", ".join(plain(shortened(name, 40)) for name in others)
        st.caption(f":orange[:material/rule:] There is something to look at in {named} too.")


def _said(proposal: Proposal, remark: Remark) -> str:
    sentence = plain(f"{remark.sentence[:1].upper()}{remark.sentence[1:]}.")
    if remark.column is None:
        return sentence
    return f"**{plain(shortened(remark.column, 40))}:** {sentence}{_ending(proposal, remark)}"


def _ending(proposal: Proposal, remark: Remark) -> str:
    """Return what becomes of a column that was left as text."""
    if not remark.kept_as_text or remark.column is None:
        return ""
    kind = proposal.type_of(remark.table, remark.column)
    if kind is FieldType.TEXT:
        return " It stays text."
    return (
        f" The type chosen now is {TYPE_WORDS[kind]}: press Check to see whether every cell fits."
    )


def _draw_repeated(proposal: Proposal, remark: Remark) -> None:
    is_people = remark.table == proposal.manifest.people
    table, column = plain(shortened(remark.table, 40)), plain(shortened(remark.column or "", 40))
    other = "choose another column" if is_people else "choose another key and remove links to it"
    st.warning(
        f"**Nothing can be loaded yet: “{column}” repeats in {table}.** "
        f"{plain(remark.sentence)}. Take the repeated rows out of the file and bring it again, or "
        f"{other}.",
        icon=":material/rule:",
    )


def _draw_lost(table: str, columns: Sequence[str]) -> None:
    named = ", ".join(plain(shortened(name, 40)) for name in columns[:_LOST_NAMED])
    more = f" and {count(len(columns) - _LOST_NAMED)} more" if len(columns) > _LOST_NAMED else ""
    st.warning(
        f"**{plain(table)} had columns that are not there any more:** {named}{more}. Segments and "
        "lists that use them are paused when this is loaded.",
        icon=":material/rule:",
    )

"""What somebody should know of the columns of a table before it is loaded."""

import streamlit as st

from core.data.catalogue import FieldType
from core.data.report import Remark
from core.ui.data.words import TYPE_WORDS
from core.ui.edge import plain
from core.ui.words import count, shortened
from core.workspace.proposals import Proposal

_SHOWN = 8


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

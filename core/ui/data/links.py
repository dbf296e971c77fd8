"""The links of a proposal: how well each holds, and adding and removing them."""

import streamlit as st

from core.data.catalogue import Link
from core.data.manifest import LinkSource, Manifest
from core.data.report import CheckReport
from core.ui.data.columns import column_names
from core.ui.data.draft import change
from core.ui.data.matches import Matches, matches_of, unlinked_tables
from core.ui.edge import on_click, plain
from core.ui.typed import Typed, typed_into
from core.ui.words import shortened
from core.workspace.proposal_edits import add_link, remove_link
from core.workspace.proposals import Proposal

_FROM, _TO = "from", "to"
_End = tuple[str, str]
_Ends = tuple[str, str, str, str]


def draw_links(proposal: Proposal, report: CheckReport | None) -> None:
    """Draw the links, and how to add one."""
    with st.container(border=True):
        st.subheader("How do the tables belong together?", anchor=False)
        st.caption("Each row points to one row elsewhere.")
        known = _all_matches(proposal, report)
        for link in proposal.manifest.links:
            _draw_link(proposal.upload.id, link, known.get(_ends(link)))
        for name in unlinked_tables(proposal.manifest):
            st.markdown(
                f":small[:orange[{plain(name)} is linked to no other table: add a link, or "
                "segments cannot use it.]]"
            )
        _draw_adding(proposal)


def _draw_link(upload: str, link: LinkSource, found: Matches | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            st.markdown(f"{plain(link.label)}  \n:small[{_held(found)}]")
        st.button(
            "Remove",
            key=f"data:unlink:{_ends(link)}",
            icon=":material/link_off:",
            on_click=_remove,
            args=(upload, _ends(link)),
            help=f"Remove {link.label}",
        )


def _held(found: Matches | None) -> str:
    if found is None:
        return "Press Check to see how many rows have a match"
    said = f"{found.sentence[:1].upper()}{found.sentence[1:]}"
    return said if found.are_enough else f":orange[{said}]"


def _all_matches(proposal: Proposal, report: CheckReport | None) -> dict[_Ends, Matches]:
    """Return how well each link holds by its ends, as far as it is known."""
    known = {
        _ends(each.link): Matches(each.link, each.matched, each.filled)
        for each in proposal.found.links
    }
    if report is not None and report.loaded is not None:
        catalogue = report.loaded.catalogue
        known |= {_ends(link): matches_of(catalogue, link) for link in catalogue.links}
    return known


def _ends(link: LinkSource | Link) -> _Ends:
    return link.table, link.field, link.to_table, link.to_field


def _draw_adding(proposal: Proposal) -> None:
    columns = [
        (table.name, column)
        for table in proposal.manifest.tables
        for column in column_names(proposal, table.name)
    ]
    typed = typed_into(f"data:link:{proposal.upload.id}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        start = st.selectbox(
            "From column",
            columns,
            index=None,
            key=typed.widget_key(_FROM, None, (None, *columns)),
            format_func=_shown,
            placeholder="orders · customer",
            width=300,
        )
        ends = [
            end
            for end in _keys_first(proposal.manifest, columns)
            if not start or end[0] != start[0]
        ]
        end = st.selectbox(
            "To column",
            ends,
            index=None,
            key=typed.widget_key(_TO, None, (None, *ends)),
            format_func=_shown,
            placeholder="customers · id",
            width=300,
        )
        st.button(
            "Add link",
            key="data:link",
            icon=":material/add_link:",
            disabled=start is None or end is None,
            on_click=_add,
            args=(proposal.upload.id, typed),
        )


def _keys_first(manifest: Manifest, columns: list[_End]) -> list[_End]:
    keys = [(table.name, table.key) for table in manifest.tables if table.key]
    return list(dict.fromkeys([*keys, *columns]))


def _shown(end: _End) -> str:
    return f"{shortened(end[0], 40)} · {shortened(end[1], 40)}"


@on_click
def _add(upload: str, typed: Typed) -> None:
    typed.note()
    start, end = typed.values[_FROM], typed.values[_TO]
    change(upload, lambda manifest: add_link(manifest, *start, *end))
    for name in (_FROM, _TO):
        typed.put(name, None)


@on_click
def _remove(upload: str, ends: _Ends) -> None:
    change(upload, lambda manifest: remove_link(manifest, *ends))

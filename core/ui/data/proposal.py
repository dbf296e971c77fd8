"""What was found in uploaded files, to be corrected and loaded: people, verdict, buttons."""

from collections.abc import Sequence

import streamlit as st

from core.data.catalogue import FieldType
from core.data.detect import Doubt
from core.data.manifest import DateOrder, TableSource
from core.data.report import CheckReport
from core.errors import EditConflict
from core.ui.data.arrival import await_load
from core.ui.data.columns import column_names, draw_tables
from core.ui.data.draft import (
    change,
    check_now,
    choose,
    last_check,
    note_drawn,
    open_proposal,
    prime,
    propose_as_chosen,
    was_changed_elsewhere,
)
from core.ui.data.formats import ask_reading, draw_formats, read_as_asked
from core.ui.data.links import draw_links
from core.ui.data.progress import draw_reason
from core.ui.data.remarks import draw_lost, draw_repeated
from core.ui.data.state import DataState
from core.ui.data.unloaded import forget
from core.ui.edge import on_click, plain
from core.ui.navigation import show
from core.ui.session import actor, workspace
from core.ui.words import count, number_of, shortened
from core.ui.zones import zone_names
from core.workspace.data_source import load_proposal
from core.workspace.proposal_edits import (
    change_columns,
    choose_key,
    choose_people,
    choose_zone,
)
from core.workspace.proposals import Proposal, discard_draft

_DATES: dict[str, tuple[str, DateOrder]] = {
    "data:day_first": ("Days come first: 31/12", "day first"),
    "data:month_first": ("Months come first: 12/31", "month first"),
}


def draw_proposal(upload_id: str, state: DataState) -> None:
    """Draw the proposal of that upload.

    Raises: UnknownName, FileRefused, StorageFull, QueryFailed.
    """
    proposal = open_proposal(upload_id)
    read_as_asked(proposal)
    propose_as_chosen(proposal)
    is_other = was_changed_elsewhere(proposal)
    if is_other:
        _draw_meanwhile()
    _draw_found(proposal, state, is_other=is_other)
    note_drawn(proposal)


def _draw_meanwhile() -> None:
    st.warning(
        "**Somebody changed this while you had it open.** Below it stands as it is now: look "
        "through it before you load it.",
        icon=":material/group:",
    )


def _draw_found(proposal: Proposal, state: DataState, *, is_other: bool) -> None:
    if state.failed is not None and state.has_failed_with(proposal.upload):
        draw_reason(state, state.failed, "Correct it below, then load again.")
    st.header("What was found in your files", anchor=False)
    st.caption(_summary(proposal, state))
    if proposal.found.problem:
        _draw_problem(proposal, state)
        return
    draw_lost(proposal)
    draw_repeated(proposal)
    for doubt in proposal.open_doubts:
        _draw_doubt(proposal, doubt)
    _draw_people(proposal)
    draw_tables(proposal)
    if len(proposal.manifest.tables) > 1:
        draw_links(proposal, last_check(proposal))
    _draw_buttons(proposal, state, is_other=is_other)


def _summary(proposal: Proposal, state: DataState) -> str:
    named = [
        f"{plain(name)} ({number_of(table.rows, 'row')})"
        for name, table in proposal.found.tables.items()
        if name in {each.name for each in proposal.manifest.tables}
    ]
    return " · ".join([*named, f"{_waiting(proposal, state)} is loaded yet"])


def _waiting(proposal: Proposal, state: DataState) -> str:
    if state.current is None:
        return "nothing"
    is_loaded = state.is_loaded(proposal.upload)
    return "nothing of what you change here" if is_loaded else "nothing of these files"


def _draw_problem(proposal: Proposal, state: DataState) -> None:
    said = proposal.found.problem or ""
    st.error(
        f"**The files cannot be read like this.** {plain(said)}. "
        "Say below how they are written, or mend them and bring them again.",
        icon=":material/error:",
    )
    with st.container(border=True):
        st.subheader("How the files are written", anchor=False)
        for table in proposal.manifest.tables:
            draw_formats(proposal, table)
    _draw_leaving(proposal, state)


def _draw_doubt(proposal: Proposal, doubt: Doubt) -> None:
    upload, place = proposal.upload.id, f"{doubt.table}:{doubt.column}"
    with st.container(border=True):
        st.warning(plain(f"{doubt.sentence}."), icon=":material/rule:")
        with st.container(horizontal=True):
            for key, (label, chosen) in _DATES.items():
                args = (upload, doubt, chosen)
                st.button(label, key=f"{key}:{place}", on_click=_decide, args=args)
            st.button(
                "Keep it as text",
                key=f"data:as_text:{place}",
                on_click=_keep_as_text,
                args=(upload, doubt, column_names(proposal, doubt.table)),
            )


@on_click
def _decide(upload: str, doubt: Doubt, order: DateOrder) -> None:
    _refuse_decided(upload, doubt)
    ask_reading(upload, doubt.table, {"dates": order})


@on_click
def _keep_as_text(upload: str, doubt: Doubt, names: Sequence[str]) -> None:
    _refuse_decided(upload, doubt)
    types = {doubt.column: FieldType.TEXT}
    change(upload, lambda manifest: change_columns(manifest, doubt.table, types, {}, names))


def _refuse_decided(upload: str, doubt: Doubt) -> None:
    """Refuse to decide what is no question any more. Raises: EditConflict."""
    asked = {(each.table, each.column) for each in open_proposal(upload).open_doubts}
    if (doubt.table, doubt.column) not in asked:
        raise EditConflict(
            f"“{doubt.column}” in {doubt.table} was decided, renamed or removed meanwhile: nothing "
            "was changed."
        )


def _draw_people(proposal: Proposal) -> None:
    manifest, upload = proposal.manifest, proposal.upload.id
    people = manifest.table(manifest.people)
    tables = [table.name for table in manifest.tables]
    with st.container(border=True):
        st.subheader("Who are your people?", anchor=False)
        st.caption("One row each, named by a column that never repeats.")
        table, key, zone = st.columns(3)
        table.selectbox(
            "Table of people",
            tables,
            key=prime("data:people", manifest.people),
            on_change=_change_people,
            args=(upload,),
        )
        columns = column_names(proposal, people.name)
        key.selectbox(
            "Column that names each of them",
            columns,
            key=prime("data:people_key", people.key),
            placeholder="Choose a column",
            on_change=_change_key,
            args=(upload, people.name),
            help="Your customer number, for example. Its digits are kept as they are.",
        )
        zone.selectbox(
            "Time zone of your data",
            zone_names(),
            key=prime("data:zone", manifest.zone),
            on_change=_change_zone,
            args=(upload,),
            help="Times without a zone are read in this one, and days begin in it.",
        )
        st.caption(_named_people(proposal, people))


def _named_people(proposal: Proposal, people: TableSource) -> str:
    found = proposal.found.tables[people.name]
    if people.key is None:
        return "No column was found that names each of them once."
    at = list(found.types).index(people.key)
    values = dict.fromkeys(value for row in found.sample[:3] if (value := row[at]))
    named = [plain(shortened(value, 30)) for value in values]
    if not named:
        return "No people"
    such = f"people, such as {', '.join(named)}"
    for remark in proposal.repeated:
        if (remark.table, remark.column) == (people.name, people.key):
            return f"{count(remark.distinct or 0)} {such}, in {number_of(found.rows, 'row')}"
    return f"{count(found.rows)} {such}"


@on_click
def _change_people(upload: str) -> None:
    table = st.session_state["data:people"]
    choose(upload, lambda manifest: choose_people(manifest, table))


@on_click
def _change_key(upload: str, table: str) -> None:
    key = st.session_state["data:people_key"]
    choose(upload, lambda manifest: choose_key(manifest, table, key))


@on_click
def _change_zone(upload: str) -> None:
    zone = st.session_state["data:zone"]
    change(upload, lambda manifest: choose_zone(manifest, zone))


def _draw_buttons(proposal: Proposal, state: DataState, *, is_other: bool) -> None:
    report = last_check(proposal)
    if report is not None:
        _draw_verdict(report)
    lacking = _lacking(proposal)
    with st.container(horizontal=True):
        asked = st.button(
            _load_label(proposal, state),
            key="data:load",
            type="primary",
            icon=":material/database_upload:",
            disabled=lacking is not None,
        )
        if asked and not is_other:
            await_load(load_proposal(workspace(), proposal, actor()).id)
            show()
        if st.button("Check", key="data:check", icon=":material/fact_check:"):
            check_now(proposal)
            st.rerun()
        _draw_leaving(proposal, state)
    if asked and is_other:
        st.warning(
            "Nothing was loaded yet, as somebody changed this while you had it open. Look through "
            "it as it is now, then load it.",
            icon=":material/group:",
        )
    if lacking:
        st.caption(f"Before it can be loaded, {lacking}.")


def _lacking(proposal: Proposal) -> str | None:
    """Return what has to be done before a load, None where nothing has."""
    if proposal.manifest.table(proposal.manifest.people).key is None:
        return "choose the column that names your people"
    if proposal.repeated:
        return "take the repeated rows out of the file and bring it again, as is said above"
    if proposal.open_doubts:
        return "decide how the dates and numbers above are meant"
    return None


def _draw_verdict(report: CheckReport) -> None:
    for problem in report.problems:
        st.error(plain(f"{problem}."), icon=":material/error:")
    if report.loaded is None:
        return
    tables = report.loaded.tables
    rows = ", ".join(f"{count(table.rows)} {plain(table.name)}" for table in tables)
    st.success(f"Everything fits and can be loaded: {rows}.", icon=":material/check_circle:")
    for note in report.loaded.notes:
        st.warning(plain(f"{note}."), icon=":material/rule:")


def _load_label(proposal: Proposal, state: DataState) -> str:
    if state.is_loaded(proposal.upload):
        return "Refresh"
    return "Load again" if state.has_failed_with(proposal.upload) else "Load"


def _draw_leaving(proposal: Proposal, state: DataState) -> None:
    if any(each.id == proposal.upload.id for each in state.unloaded):
        if st.button("Forget these files", key="data:forget", icon=":material/delete:"):
            forget(proposal.upload)
    elif st.button("Cancel", key="data:cancel_proposal"):
        discard_draft(proposal.upload)
        show()

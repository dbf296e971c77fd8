"""Parts of the settings: the names pages use, who may do what, and how things stand."""

import streamlit as st

from core.names import clean_name
from core.store.workspace import WorkspaceView, get_workspace, name_workspace
from core.ui.edge import errors_shown, plain, say_next
from core.ui.navigation import link
from core.ui.roles import Role
from core.ui.session import actor, may, workspace
from core.ui.typed import Typed, typed_into
from core.ui.words import number_of
from core.workspace.doctor import Finding, Mark, look_over

_WORDS = ("people", "customers", "contacts", "subscribers", "members", "users", "guests")
_LONGEST = 60
_SHOWN = "shown"
_MAY = {
    Role.VIEWER: "sees everything",
    Role.EDITOR: "also makes segments and activations, and runs them",
    Role.APPROVER: "also decides on runs that wait for approval",
    Role.ADMIN: "also data, destinations and these settings",
}
_MARKS = {
    Mark.OK: ":green-badge[in order]",
    Mark.WARNING: ":orange-badge[look at it]",
    Mark.FAULT: ":red-badge[fault]",
}


def draw_names(saved: WorkspaceView) -> None:
    """Draw the names that pages use, to be changed by an admin."""
    typed = typed_into("settings")
    shown: WorkspaceView = typed.values.setdefault(_SHOWN, saved)
    with st.form("settings:names", enter_to_submit=True):
        st.header("Names", anchor=False)
        name = st.text_input(
            "Name of the workspace",
            max_chars=_LONGEST,
            key=typed.widget_key("name", saved.name),
            disabled=not may(Role.ADMIN),
        )
        word = st.selectbox(
            "What do you call the people in your data?",
            _options(shown.people_word),
            accept_new_options=True,
            key=typed.widget_key("word", saved.people_word),
            help="In the plural, as it stands in “1,200 customers”. Choose one or type your own.",
            disabled=not may(Role.ADMIN),
        )
        if st.form_submit_button("Save", key="settings:save", disabled=not may(Role.ADMIN)):
            _save(typed, shown, name or "", word or "")


def _options(word: str) -> list[str]:
    return list(dict.fromkeys((*_WORDS, word)))


def _save(typed: Typed, shown: WorkspaceView, name: str, word: str) -> None:
    """Save what was changed here; what somebody else changed meanwhile stays."""
    name, word = clean_name(name), clean_name(word)[:_LONGEST]
    if not name or not word:
        st.error("Both are needed: a name and a word.", icon=":material/error:")
        return
    with workspace().store.write(actor()) as session:
        now = get_workspace(session)
        name = now.name if name == clean_name(shown.name) else name
        name_workspace(session, name, now.people_word if word == shown.people_word else word)
    typed.forget()
    say_next("Saved.")
    st.rerun()


def draw_zone(saved: WorkspaceView) -> None:
    """Draw the zone that days and times are in."""
    with st.container(border=True):
        st.header("Time zone", anchor=False)
        st.markdown(f"**{plain(saved.zone)}**")
        st.caption("Days and times of all pages, segments and schedules are in the data's zone.")
        link("data", "Change it with the data", icon=":material/database:")


def draw_roles() -> None:
    """Draw who may do what."""
    with st.container(border=True):
        st.header("Who may do what", anchor=False)
        st.markdown(
            "There is no sign-in in this version: **everybody who reaches this page is an admin.** "
            "Unless whoever runs Rollcall changed that, only this machine reaches it."
        )
        said = [f"**{role.capitalize()}** {what}" for role, what in _MAY.items()]
        st.caption("The roles that there are: " + "; ".join(said) + ".")


def draw_standing() -> None:
    """Draw how the installation stands, once somebody asks."""
    opened = st.expander(
        "How things stand",
        icon=":material/stethoscope:",
        key="checks",
        on_change="rerun",
        bind="query-params",
    )
    if opened.open:
        with opened, errors_shown():
            with st.spinner("Looking everything over …"):
                findings = look_over(workspace().settings)
            _draw_findings(findings)


def _draw_findings(findings: list[Finding]) -> None:
    faulty = [finding for finding in findings if finding.mark is not Mark.OK]
    st.markdown(
        f"**{number_of(len(faulty), 'finding')} to look at.**" if faulty else "**All in order.**"
    )
    st.caption("Commands in these sentences are for whoever runs Rollcall.")
    order = list(Mark)[::-1]
    findings = sorted(findings, key=lambda finding: order.index(finding.mark))
    st.table(
        {
            "": [_MARKS[finding.mark] for finding in findings],
            "What": [plain(finding.what) for finding in findings],
            "How it stands": [plain(finding.sentence) for finding in findings],
        },
        border="horizontal",
        alt="What was looked at, and how it stands; what needs a look comes first",
    )

"""What a human can do with a run: approve, reject, cancel, run again; the scheduler sends."""

import streamlit as st

from core.store.run_states import FINAL, RunState
from core.sync.hold import approve_plan, reject_plan
from core.sync.queueing import queue_by_hand
from core.sync.stopping import stop_run
from core.ui.edge import errors_shown, plain
from core.ui.navigation import go, link
from core.ui.roles import Role
from core.ui.session import actor, may, workspace
from core.workspace.run_told import RunTold, is_waiting_for_approval


def draw_actions(told: RunTold) -> None:
    """Draw the buttons that this run has for who is at the browser."""
    if told.outdated is not None:
        st.caption(f":material/update_disabled: {plain(told.outdated)}")
    with errors_shown(), st.container(horizontal=True, vertical_alignment="center"):
        if is_waiting_for_approval(told.run):
            _draw_decision(told)
        elif told.run.state in FINAL:
            _draw_again(told)
        elif told.run.state is not RunState.CONFIRMING and told.run.cancel_asked_by is None:
            _draw_cancel(told)
        link(
            "activations",
            "Open the list",
            icon=":material/send:",
            activation=told.activation.key,
        )
        if told.run.replaced_by is not None:
            link(
                "runs",
                "See the later run",
                icon=":material/arrow_forward:",
                run=str(told.run.replaced_by),
            )


def _draw_decision(told: RunTold) -> None:
    if not may(Role.APPROVER):
        st.caption("An approver decides on it.")
        return
    if told.outdated is not None:
        _draw_again(told)
    elif st.button("Approve", type="primary", icon=":material/check:", key="runs:approve"):
        with workspace().store.write(actor()) as session:
            approve_plan(session, told.run.id, told.run.plan_id or "")
        st.rerun()
    if st.button("Reject", icon=":material/close:", key="runs:reject"):
        with workspace().store.write(actor()) as session:
            reject_plan(session, told.run.id)
        st.rerun()


def _draw_cancel(told: RunTold) -> None:
    if may(Role.EDITOR) and st.button(
        "Cancel the run",
        icon=":material/stop_circle:",
        key="runs:cancel",
        help="What is sent already stays sent and is noted; the rest is not sent.",
    ):
        with workspace().store.write(actor()) as session:
            stop_run(session, told.run.id)
        st.rerun()


def _draw_again(told: RunTold) -> None:
    if may(Role.EDITOR) and st.button("Run again", icon=":material/replay:", key="runs:again"):
        with workspace().store.write(actor()) as session:
            queued = queue_by_hand(session, told.activation)
        go("runs", run=str(queued.id))

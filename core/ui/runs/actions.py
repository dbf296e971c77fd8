"""What a human can do with a run: approve, reject, cancel, run again; the scheduler sends."""

import streamlit as st

from core.store.run_states import FINAL, RunState
from core.store.runs import RunView
from core.sync.hold import approve_plan, reject_plan
from core.sync.stopping import stop_run
from core.ui.edge import on_click, plain, say_next
from core.ui.navigation import link, way
from core.ui.roles import Role
from core.ui.running import begun_words, queue_run_of
from core.ui.session import actor, may, workspace
from core.workspace.run_told import RunTold, is_joined, is_waiting_for_approval, why_it_waits


def draw_actions(told: RunTold) -> None:
    """Draw the buttons that this run has for who is at the browser."""
    if told.outdated is not None:
        st.caption(f":material/update_disabled: {plain(told.outdated)}")
    with st.container(horizontal=True, vertical_alignment="center"):
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
        if told.stand_in is not None:
            way(
                _way_words(told.run, told.stand_in),
                "runs:stand_in",
                icon=":material/arrow_forward:",
                run=str(told.stand_in.id),
            )


def _way_words(run: RunView, stand_in: RunView) -> str:
    if not is_joined(run):
        return "See the later run"
    return "See the waiting run" if is_waiting_for_approval(stand_in) else "See that run"


def _draw_decision(told: RunTold) -> None:
    if not may(Role.APPROVER):
        st.caption("An approver decides on it.")
        return
    if told.outdated is not None:
        _draw_again(told)
    else:
        st.button(
            "Approve",
            type="primary",
            icon=":material/check:",
            key="runs:approve",
            on_click=_approve,
            args=(told.run.id, told.run.plan_id or ""),
        )
    st.button(
        "Reject",
        icon=":material/close:",
        key="runs:reject",
        on_click=_reject,
        args=(told.run.id,),
    )


def _draw_cancel(told: RunTold) -> None:
    if may(Role.EDITOR):
        st.button(
            "Cancel the run",
            icon=":material/stop_circle:",
            key="runs:cancel",
            help="What is sent already stays sent and is noted; the rest is not sent.",
            on_click=_cancel,
            args=(told.run.id,),
        )


def _draw_again(told: RunTold) -> None:
    if may(Role.EDITOR):
        st.button(
            "Run again",
            icon=":material/replay:",
            key="runs:again",
            on_click=_run_again,
            args=(told.activation.key,),
        )


@on_click
def _approve(run_id: int, plan_id: str) -> None:
    with workspace().store.write(actor()) as session:
        because = why_it_waits(session, approve_plan(session, run_id, plan_id))
    say_next(begun_words("Approved", because), is_passing=True)


@on_click
def _reject(run_id: int) -> None:
    with workspace().store.write(actor()) as session:
        reject_plan(session, run_id)
    say_next("Rejected: nothing of it is sent.")


@on_click
def _cancel(run_id: int) -> None:
    with workspace().store.write(actor()) as session:
        is_over = stop_run(session, run_id).state in FINAL
    ends = "Cancelled: no more of it is sent."
    asked = "Asked to stop: it ends in a moment, and what is sent stays."
    say_next(ends if is_over else asked, is_passing=not is_over)


@on_click
def _run_again(activation_key: str) -> None:
    run = queue_run_of(activation_key)
    st.query_params.from_dict({"run": str(run.id)})

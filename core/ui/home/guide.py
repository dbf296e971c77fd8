"""The way to a first list of one's own."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from core.ui.home.state import HomeState
from core.ui.navigation import go, link
from core.ui.roles import Role
from core.ui.sample_card import draw_leaving
from core.ui.session import may
from core.workspace.first_steps import Step, StepState


@dataclass(frozen=True, slots=True)
class _Words:
    title: str
    explained: str
    page: str
    button: str
    query: Mapping[str, str]


_STEPS = {
    Step.DATA: _Words(
        "Data",
        "Bring files with your customers and what they did.",
        "data",
        "Bring data",
        {},
    ),
    Step.SEGMENT: _Words(
        "Segment",
        "Describe whom you mean, and see how many.",
        "segments",
        "Describe people",
        {"new": "1"},
    ),
    Step.DESTINATION: _Words(
        "Destination", "Connect the place for your lists.", "destinations", "Connect", {}
    ),
    Step.ACTIVATION: _Words(
        "Activation", "Keep a list in step with it.", "activations", "Activate", {"new": "1"}
    ),
}
_MARKS = {
    StepState.DONE: ":green[:material/check_circle:]",
    StepState.NEXT: ":material/radio_button_unchecked:",
    StepState.LATER: ":gray[:material/radio_button_unchecked:]",
    StepState.RUNNING: ":blue[:material/hourglass_top:]",
}
_SAID = {
    StepState.DONE: ":green-badge[done]",
    StepState.NEXT: ":blue-badge[next]",
    StepState.LATER: ":gray-badge[later]",
    StepState.RUNNING: ":blue-badge[under way]",
}


def draw_guide(state: HomeState) -> None:
    """Draw the four steps with their states, until a list of one's own is up to date."""
    if state.steps is None:
        return
    st.header("Your first list, in four steps", anchor=False)
    with st.grid(4, min_column_width=190):
        for number, (step, how) in enumerate(state.steps.items(), start=1):
            with st.container(border=True, height="stretch", gap="xsmall"):
                leaves_sample = step is Step.DATA and state.is_sample
                _draw_step(number, _STEPS[step], how, leaves_sample=leaves_sample)


def _draw_step(number: int, words: _Words, how: StepState, *, leaves_sample: bool) -> None:
    st.markdown(f"{_MARKS[how]} **{number}. {words.title}**")
    st.caption(words.explained)
    st.markdown(_SAID[how])
    if how is StepState.NEXT and leaves_sample and may(Role.ADMIN):
        with st.popover(words.button, type="primary"):
            draw_leaving("home:leave_sample")
    elif how is StepState.NEXT and may(Role.EDITOR) and not leaves_sample:
        if st.button(words.button, type="primary", key=f"home:step:{words.page}"):
            go(words.page, **words.query)
    elif how is not StepState.LATER:
        link(words.page, "Look at it")

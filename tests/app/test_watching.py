"""Parts that are watched: drawn once with what was read, and looked at again only if they move."""

from streamlit.testing.v1 import AppTest


def watched() -> None:
    """Draw a part that reads "moving" at first and "at rest" later."""
    import streamlit as st

    from core.ui.watching import watch

    def read() -> str:
        st.session_state["reads"] = st.session_state.get("reads", 0) + 1
        return "at rest"

    first = st.session_state.get("first", "moving")
    watch(first, read, st.write, is_moving=lambda each: each == "moving", every_s=1)


def test_the_first_drawing_reads_nothing_again() -> None:
    page = AppTest.from_function(watched).run()
    assert page.markdown[0].value == "moving" and "reads" not in page.session_state


def test_what_is_at_rest_is_drawn_and_not_read_again() -> None:
    page = AppTest.from_function(watched)
    page.session_state["first"] = "at rest"
    page.run()
    assert page.markdown[0].value == "at rest" and "reads" not in page.session_state

"""What was typed into the forms of this tab, kept beside their widgets.

Streamlit forgets the state of a widget as soon as one run does not draw it, and a run draws nothing
while the store is locked or out of reach.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

_RUN, _FORMS = "typed:run", "typed:forms"


@dataclass
class Typed:
    """What one form holds, by field; `first` is what each field held before anybody typed.

    What goes along with the fields, as what was suggested last, stands in `values` alone. What is
    `lost` the browser may show no more. No repr shows either: what was typed may be an API key.
    """

    key: str
    values: dict[str, Any] = field(default_factory=dict, repr=False)
    first: dict[str, Any] = field(default_factory=dict, repr=False)
    drawn_in: int = 0
    lost: set[str] = field(default_factory=set)

    def value_of(self, name: str, first: Any) -> Any:
        """Return what a field holds, with a widget or without; that is `first` at the beginning."""
        return self.values.setdefault(name, self.first.setdefault(name, first))

    def widget_key(self, name: str, first: Any, among: Collection[Any] | None = None) -> str:
        """Return the key for the widget of a field, which then shows what was typed into it.

        That is `first` at the beginning, and where what was chosen is not `among` the choices.
        """
        value = self.value_of(name, first)
        if among is not None and value not in among:
            self.values[name] = self.first[name]
        key = f"{self.key}:{name}"
        if key not in st.session_state or name in self.lost:
            st.session_state[key] = self.values[name]
            self.lost.discard(name)
        return key

    def put(self, name: str, value: Any) -> None:
        """Let a widget show something else, before it is drawn."""
        self.values[name] = st.session_state[f"{self.key}:{name}"] = value

    def suggest(self, name: str, value: Any) -> None:
        """Let a widget that nobody has typed into begin with something else."""
        self.first[name] = value
        self.put(name, value)

    def note(self) -> None:
        """Take over what stands in the widgets."""
        for name in self.first:
            key = f"{self.key}:{name}"
            if key in st.session_state:
                self.values[name] = st.session_state[key]

    def forget(self) -> None:
        """Let the form begin anew: it was saved or left, or nobody wants what is in it."""
        for name in self.first:
            st.session_state.pop(f"{self.key}:{name}", None)
        if _forms().get(self.key) is self:
            del _forms()[self.key]


@contextmanager
def run_of_page() -> Iterator[None]:
    """Note what was typed and draw the page inside; where that fails, every form stays open."""
    st.session_state[_RUN] = this_run() + 1
    _note_all()
    try:
        yield
    except Exception:
        st.session_state[_RUN] = this_run() - 1  # what it did not draw was not left
        for typed in _forms().values():
            typed.lost = set(typed.first)
        raise


def this_run() -> int:
    """Return the number of this run of the page: what was not in the one before begins anew."""
    return int(st.session_state.get(_RUN, 0))


def open_typed(key: str) -> Typed | None:
    """Return what this tab's form of that key holds, None where it begins now."""
    found = _forms().get(key)
    if found is not None:
        found.drawn_in = this_run()
    return found


def typed_into(key: str) -> Typed:
    """Return what this tab's form of that key holds, nothing where it begins now."""
    return open_typed(key) or begin_typed(key, {})


def begin_typed(key: str, values: dict[str, Any]) -> Typed:
    """Begin a form with what was typed into it before, whatever its widgets show by now."""
    if (before := _forms().get(key)) is not None:
        before.forget()
    typed = Typed(key, dict(values), drawn_in=this_run())
    _forms()[key] = typed
    return typed


def _note_all() -> None:
    for typed in list(_forms().values()):
        if typed.drawn_in < this_run() - 1:
            typed.forget()
        else:
            typed.note()


def _forms() -> dict[str, Typed]:
    forms: dict[str, Typed] = st.session_state.setdefault(_FORMS, {})
    return forms

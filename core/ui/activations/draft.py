"""What one tab fills in of an activation, kept in the store so that a refresh loses nothing.

The address says which activation (`activation`, or that it is a `new` one) and which `draft`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any

import streamlit as st
from pydantic import BaseModel, BeforeValidator, PlainSerializer, ValidationError

from core.names import clean_name
from core.store.activations import ActivationView
from core.store.drafts import DraftKind
from core.ui.edge import on_click
from core.ui.editing import forget_editing
from core.ui.kept_drafts import (
    DRAFT,
    DraftPlace,
    give_up_draft,
    pass_over_draft,
    place_of_draft,
    read_draft,
    write_draft,
)
from core.ui.typed import Typed, begin_typed, open_typed

_STATE = "activation:draft"
_BY_ADDRESS = frozenset({"segment", "destination"})


@dataclass
class FormDraft:
    """The draft of a form; `began_at` is when what it changes was saved, None for a new one.

    `typed_as` is the key under which this tab holds what was typed, empty before that is drawn.
    """

    place: DraftPlace
    began_at: datetime | None
    values: dict[str, Any] = field(default_factory=dict)
    typed_as: str = ""


def _read_date(said: object) -> object:
    if isinstance(said, dict) and set(said) == {"date"}:
        return date.fromisoformat(str(said["date"]))
    return said


def _write_date(value: object) -> object:
    return {"date": value.isoformat()} if isinstance(value, date) else value


_Value = Annotated[Any, BeforeValidator(_read_date), PlainSerializer(_write_date)]


class _Stored(BaseModel):
    """The text of a draft in the store; values of fields are what widgets hold."""

    began_at: datetime | None
    values: dict[str, _Value]


def open_draft(saved: ActivationView | None) -> FormDraft:
    """Return the draft that the address names, or one that begins now.

    Raises: UnknownName, StoreError.
    """
    item_key, draft_id = saved.key if saved else None, st.query_params.get(DRAFT)
    form: FormDraft | None = st.session_state.get(_STATE)
    # Once the form was left, its earlier addresses mean what they say.
    if form is None or not _is_typed_into(form) or not form.place.is_at(item_key, draft_id):
        begun = FormDraft(DraftPlace(item_key), saved.updated_at if saved else None)
        form = (_reopened(draft_id, item_key) if draft_id else None) or begun
        st.session_state[_STATE] = form
    form.place.addresses.add((item_key, draft_id))
    return form


def open_form(form: FormDraft, key: str) -> Typed:
    """Return what was typed into the form of that key, or stands in its draft."""
    typed = open_typed(key) if form.typed_as == key else None
    form.typed_as = key
    return typed or begin_typed(key, form.values)


def keep(form: FormDraft, typed: Typed, began_at: datetime | None) -> None:
    """Write what was typed to the store if it has changed, and the draft's id into the address.

    Raises: StoreError.
    """
    form.values, form.began_at = dict(typed.values), began_at
    if not is_changed(form, typed):
        return
    text = _Stored(began_at=began_at, values=form.values).model_dump_json()
    name = clean_name(str(typed.values["display"]))
    if write_draft(form.place, DraftKind.ACTIVATION, name=name, text=text):
        st.query_params[DRAFT] = form.place.id


def is_changed(form: FormDraft, typed: Typed) -> bool:
    """Return whether something was typed that the address of the form does not say."""
    if form.place.said is not None:
        return True
    by_address = _BY_ADDRESS if form.place.item_key is None else frozenset()
    return any(
        typed.values[name] != first for name, first in typed.first.items() if name not in by_address
    )


def let_go() -> None:
    """Let this tab begin anew: its draft is saved or given up."""
    form: FormDraft | None = st.session_state.pop(_STATE, None)
    typed = open_typed(form.typed_as) if form else None
    if typed is not None:
        typed.forget()
    forget_editing()


def give_up() -> None:
    """Forget the draft that this tab has open, in the store too. Raises: StoreError."""
    form: FormDraft | None = st.session_state.get(_STATE)
    if form is not None:
        give_up_draft(form.place)
    let_go()


@on_click
def show_saved() -> None:
    """Give the draft up and let the form begin from what is saved."""
    give_up()
    st.query_params.pop(DRAFT, None)


def _is_typed_into(form: FormDraft) -> bool:
    return open_typed(form.typed_as) is not None


def _reopened(draft_id: str, item_key: str | None) -> FormDraft | None:
    """Return a draft of the store; one that is gone of what is saved is None."""
    found = read_draft(DraftKind.ACTIVATION, draft_id, item_key)
    if found is None:
        return None
    try:
        stored = _Stored.model_validate_json(found.kept)
    except ValidationError:
        pass_over_draft(item_key)
        return None
    return FormDraft(place_of_draft(found), stored.began_at, stored.values)

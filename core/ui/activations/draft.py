"""What one tab fills in of an activation, kept in the store so that a refresh loses nothing.

The address says which activation (`activation`, or that it is a `new` one) and which `draft`.
"""

import json
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import streamlit as st

from core.errors import UnknownName
from core.store.activations import ActivationView
from core.store.drafts import DraftKind, find_draft, forget_draft, is_kept_elsewhere, keep_draft
from core.ui.edge import on_click
from core.ui.editing import forget_editing
from core.ui.session import actor, workspace
from core.ui.typed import Typed, begin_typed, open_typed
from core.ui.words import KEPT_ELSEWHERE

_STATE, _DRAFT = "activation:draft", "draft"
_BY_ADDRESS = frozenset({"segment", "destination"})


@dataclass
class FormDraft:
    """The draft of a form; `began_at` is when what it changes was saved, None for a new one.

    `kept` is its text in the store, written there at `kept_at`.
    """

    id: str
    of_key: str | None
    began_at: datetime | None
    values: dict[str, Any] = field(default_factory=dict)
    kept: str | None = None
    kept_at: datetime | None = None
    form: str = ""

    def is_at(self, of_key: str | None, draft_id: str | None) -> bool:
        """Return whether an address means this draft."""
        return self.of_key == of_key and draft_id in (None, self.id)


def open_draft(saved: ActivationView | None) -> FormDraft:
    """Return the draft that the address names, or one that begins now. Raises: UnknownName."""
    of_key = saved.key if saved else None
    draft_id = st.query_params.get(_DRAFT)
    draft: FormDraft | None = st.session_state.get(_STATE)
    is_open = draft is not None and (draft_id is not None or _is_typed_into(draft))
    if draft is None or not is_open or not draft.is_at(of_key, draft_id):
        began_at = saved.updated_at if saved else None
        begun = FormDraft(secrets.token_hex(8), of_key, began_at)
        draft = _reopened(draft_id, of_key) or begun if draft_id else begun
        st.session_state[_STATE] = draft
    return draft


def open_form(draft: FormDraft, key: str) -> Typed:
    """Return what was typed into the form of that key, or stands in its draft."""
    typed = open_typed(key) if draft.form == key else None
    draft.form = key
    return typed or begin_typed(key, draft.values)


def keep(draft: FormDraft, typed: Typed, began_at: datetime | None) -> None:
    """Write what was typed to the store if it has changed, and the draft's id into the address.

    Where another tab has written the same draft, this one goes on with a copy of its own.
    """
    draft.values, draft.began_at = dict(typed.values), began_at
    text = _written(draft)
    if text == draft.kept or (draft.kept is None and not is_changed(draft, typed)):
        return
    with workspace().store.write(actor()) as session:
        is_elsewhere = is_kept_elsewhere(session, draft.id, draft.kept_at)
        if is_elsewhere:
            draft.id = secrets.token_hex(8)
        name = str(typed.values["display"])
        draft.kept_at = keep_draft(
            session, draft.id, DraftKind.ACTIVATION, of_key=draft.of_key, name=name, kept=text
        )
    draft.kept = text
    if is_elsewhere:
        st.toast(KEPT_ELSEWHERE, icon=":material/content_copy:", duration="long")
    st.query_params[_DRAFT] = draft.id


def is_changed(draft: FormDraft, typed: Typed) -> bool:
    """Return whether something was typed that the address of the form does not say."""
    if draft.kept is not None:
        return True
    by_address = _BY_ADDRESS if draft.of_key is None else frozenset()
    return any(
        typed.values[name] != first for name, first in typed.first.items() if name not in by_address
    )


def let_go() -> None:
    """Let this tab begin anew: its draft is saved or given up."""
    draft: FormDraft | None = st.session_state.pop(_STATE, None)
    typed = open_typed(draft.form) if draft else None
    if typed is not None:
        typed.forget()


def give_up() -> None:
    """Forget the draft that this tab has open, in the store too. Raises: StoreError."""
    draft: FormDraft | None = st.session_state.get(_STATE)
    if draft is not None and draft.kept is not None:
        with workspace().store.write(actor()) as session:
            forget_draft(session, draft.id)
    let_go()


@on_click
def show_saved() -> None:
    """Give the draft up and let the form begin from what is saved."""
    give_up()
    forget_editing()
    st.query_params.pop(_DRAFT, None)


def _is_typed_into(draft: FormDraft) -> bool:
    return open_typed(draft.form) is not None


def _reopened(draft_id: str, of_key: str | None) -> FormDraft | None:
    """Return a draft of the store; one that is gone of what is saved is None."""
    with workspace().store.read() as session:
        found = find_draft(session, draft_id, DraftKind.ACTIVATION)
    if found is not None and found.of_key == of_key:
        said = json.loads(found.kept, object_hook=_read_date)
        began_at = said["began_at"]
        return FormDraft(
            draft_id,
            of_key,
            datetime.fromisoformat(began_at) if began_at else None,
            said["values"],
            found.kept,
            found.updated_at,
        )
    if of_key is None:
        raise UnknownName("This draft was saved or is gone. Begin anew from the list.")
    del st.query_params[_DRAFT]
    return None


def _written(draft: FormDraft) -> str:
    began_at = draft.began_at.isoformat() if draft.began_at else None
    said = {"began_at": began_at, "values": draft.values}
    return json.dumps(said, default=_write_date, ensure_ascii=False)


def _write_date(value: object) -> dict[str, str]:
    if not isinstance(value, date):
        raise TypeError(f"{type(value).__name__} stands in no draft.")
    return {"date": value.isoformat()}


def _read_date(said: dict[str, Any]) -> object:
    return date.fromisoformat(said["date"]) if set(said) == {"date"} else said

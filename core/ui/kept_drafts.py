"""Where in the store the draft of a tab is kept, so that a refresh of the browser loses nothing."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from core.errors import UnknownName
from core.store.drafts import (
    DraftKind,
    DraftView,
    find_draft,
    forget_draft,
    is_kept_elsewhere,
    keep_draft,
)
from core.ui.edge import plain
from core.ui.navigation import way
from core.ui.session import actor, workspace
from core.ui.words import moment, shortened

DRAFT = "draft"
_KEPT_ELSEWHERE = (
    "This draft was changed in another tab too: here you go on with a copy of your own."
)
_GONE = "This draft was saved or is gone."
Address = tuple[str | None, str | None]


def new_draft_id() -> str:
    """Return an id that no draft has."""
    return secrets.token_hex(8)


@dataclass(slots=True)
class DraftPlace:
    """A draft's place in the store; `item_key` is of what is saved, None for what never was.

    `said` is its name and its text there as this tab wrote or read them last, `at` that moment;
    `addresses` are those that this tab has had it open at.
    """

    item_key: str | None
    id: str = field(default_factory=new_draft_id)
    said: tuple[str, str] | None = None
    at: datetime | None = None
    addresses: set[Address] = field(default_factory=set)

    @property
    def seen(self) -> tuple[str, datetime] | None:
        """The id in the store and when this tab has seen it there, None before that."""
        return None if self.at is None else (self.id, self.at)

    def is_at(self, item_key: str | None, draft_id: str | None) -> bool:
        """Return whether an address means this draft.

        What is clicked right after a change comes with the address from before the change.
        """
        if (item_key, draft_id) in self.addresses:
            return True
        by_item = item_key is not None and draft_id is None
        return item_key == self.item_key and (by_item or draft_id == self.id)

    def begin_from(self, item_key: str) -> None:
        """Take what was saved as the beginning of the next draft."""
        self.addresses = (self.addresses | {(self.item_key, self.id)}) - {(None, None)}
        self.item_key, self.id, self.said, self.at = item_key, new_draft_id(), None, None


def place_of_draft(found: DraftView) -> DraftPlace:
    """Return the place of a draft that this tab has just read."""
    return DraftPlace(found.item_key, found.id, (found.name, found.kept), found.updated_at)


def read_draft(kind: DraftKind, draft_id: str, item_key: str | None) -> DraftView | None:
    """Return a draft of what is saved under that key, or never was; None to begin from what is.

    Raises: UnknownName where there is neither, StoreError.
    """
    with workspace().store.read() as session:
        found = find_draft(session, draft_id, kind)
    if found is not None and found.item_key == item_key:
        return found
    pass_over_draft(item_key)
    return None


def pass_over_draft(item_key: str | None) -> None:
    """Say that the draft of the address is gone and go on with what is saved.

    Raises: UnknownName where nothing is.
    """
    if item_key is None:
        raise UnknownName(f"{_GONE} Open what is there from the list, or begin anew.")
    st.query_params.pop(DRAFT, None)
    st.toast(f"{_GONE} Here is what is saved now.", icon=":material/info:")


def write_draft(
    place: DraftPlace, kind: DraftKind, *, name: str, text: str, edited_from: int = 0
) -> bool:
    """Write a draft to the store if it is not what this tab wrote or read last; return whether.

    Where another tab has written the same draft, this one goes on with a copy of its own.
    Raises: StoreError.
    """
    if place.said == (name, text):
        return False
    with workspace().store.write(actor()) as session:
        is_elsewhere = is_kept_elsewhere(session, place.id, place.at)
        draft_id = new_draft_id() if is_elsewhere else place.id
        at = keep_draft(
            session,
            draft_id,
            kind,
            item_key=place.item_key,
            edited_from=edited_from,
            name=name,
            kept=text,
        )
    place.id, place.said, place.at = draft_id, (name, text), at
    if is_elsewhere:
        st.toast(_KEPT_ELSEWHERE, icon=":material/content_copy:", duration="long")
    return True


def give_up_draft(place: DraftPlace) -> None:
    """Forget in the store what this tab has seen there. Raises: StoreError."""
    if place.seen is not None:
        with workspace().store.write(actor()) as session:
            forget_draft(session, *place.seen)


def draw_new_draft(
    draft: DraftView, key: str, icon: str, zone: ZoneInfo, now: datetime, **query: str
) -> None:
    """Draw a draft of what was never saved in its list; a click opens it at that address."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", wrap=False):
        with st.container(width="stretch", gap=None):
            nameless = f"{draft.kind.capitalize()} without a name"
            name = f"**{plain(shortened(draft.name)) or nameless}**"
            way(name, f"{key}:{draft.id}", icon=icon, **query, draft=draft.id)
            st.caption(f"never saved · changed {moment(draft.updated_at, zone, now)}")
        st.badge("Draft", color="gray")

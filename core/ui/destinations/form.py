"""The form of a destination, made from what its platform's config says of each field."""

from collections.abc import Mapping

import streamlit as st
from pydantic.fields import FieldInfo
from streamlit.delta_generator import DeltaGenerator

from core.destinations import destination_type
from core.errors import DestinationError, RollcallError
from core.store.destinations import DestinationView
from core.store.names import MAX_NAME_CHARACTERS
from core.ui.edge import draw_kept_at, plain, say_next, sentence_of
from core.ui.editing import draw_editing, forget_editing
from core.ui.navigation import show
from core.ui.session import actor, workspace
from core.ui.typed import Typed, typed_into
from core.workspace.destination_drafts import (
    DestinationDraft,
    DraftRefused,
    remember_test,
    save_destination_draft,
    try_destination,
)
from core.workspace.destinations import open_values, secret_fields

_PLACE, _FAULT = "destinations:form", ":material/error:"
_PASSED = "destinations:passed"
Places = Mapping[str, DeltaGenerator]


def draw_destination_form(platform: str, saved: DestinationView | None) -> None:
    """Draw the form; a draft without a fault can be tried, and saved.

    The widgets show what the form began from, whatever somebody else has saved since.
    """
    replaced = None
    if saved is not None:
        begun = draw_editing(f"destination:{saved.key}", saved)
        saved, replaced = begun.began, begun.may_replace
    version = f"{saved.key}:{saved.updated_at.timestamp()}" if saved else platform
    # A form sends what stands in its fields: a key that is left by the keyboard for its eye is
    # told to nobody else.
    with st.form(f"destinations:form:{version}", border=True):
        typed = typed_into(f"destinations:{version}")
        draft, places = _draw_fields(typed, platform, saved, replaced)
        with st.container(horizontal=True):
            save = st.form_submit_button("Save", type="primary", icon=":material/check:")
            test = st.form_submit_button("Test the connection", icon=":material/cable:")
        said = st.empty()
    with said:
        draw_kept_at(_PLACE)
    if save:
        _save(draft, typed, places, said)
    elif test:
        _test(draft, places, said)


def _draw_fields(
    typed: Typed,
    platform: str,
    saved: DestinationView | None,
    replaced: DestinationView | None,
) -> tuple[DestinationDraft, Places]:
    """Return what the form holds, and the place under each field for its fault."""
    name = st.text_input(
        "Name",
        max_chars=MAX_NAME_CHARACTERS,
        key=typed.widget_key(":name", saved.name if saved else ""),
        help="What you call it; everybody who activates a segment chooses it by this name.",
    )
    places = {"name": st.empty()}
    kind = destination_type(platform)
    open_ones = open_values(saved) if saved else kind.defaults(workspace().settings)
    values = {}
    for field, info in kind.config_model.model_fields.items():
        is_secret = field in secret_fields(kind.config_model)
        stored = saved is not None and field in saved.secret_names
        value = "" if is_secret else str(open_ones.get(field, ""))
        key = typed.widget_key(field, value)
        values[field] = _draw_field(field, info, key, is_secret=is_secret, stored=stored)
        places[field] = st.empty()
    places[""] = st.empty()
    return DestinationDraft(platform, name, values, replaced), places


def _draw_field(field: str, info: FieldInfo, key: str, *, is_secret: bool, stored: bool) -> str:
    given = st.text_input(
        info.title or field,
        key=key,
        type="password" if is_secret else "default",
        autocomplete="new-password" if is_secret else "off",
        placeholder="Stored; leave empty to keep" if stored else None,
    )
    if info.description:
        st.caption(plain(info.description))
    return given


def _save(draft: DestinationDraft, typed: Typed, places: Places, said: DeltaGenerator) -> None:
    try:
        view = save_destination_draft(workspace(), draft, actor())
    except DraftRefused as refused:
        _draw_faults(refused.faults, places, said)
        return
    except RollcallError as error:
        said.error(sentence_of(error), icon=_FAULT)
        return
    forget_editing()
    typed.forget()
    if st.session_state.pop(_PASSED, None) == _filled_in(draft):
        remember_test(workspace(), view.key, actor())
        say_next("Saved, as it was tested.", _PLACE)
    else:
        say_next("Saved. Test the connection to be sure that the keys are right.", _PLACE)
    show(destination=view.key)


def _test(draft: DestinationDraft, places: Places, said: DeltaGenerator) -> None:
    try:
        with said, st.spinner("Asking the platform …"):
            result = try_destination(workspace(), draft, actor())
    except DraftRefused as refused:
        _draw_faults(refused.faults, places, said)
        return
    except DestinationError as error:
        # The head of the page says it too, where it is remembered.
        say_next(sentence_of(error), _PLACE, is_error=True)
        st.rerun()
    except RollcallError as error:
        said.error(sentence_of(error), icon=_FAULT)
        return
    st.session_state[_PASSED] = _filled_in(draft)
    unsaved = "" if draft.saved else " Save it to use it."
    say_next(plain(f"{result.sentence}{unsaved}"), _PLACE)
    st.rerun()


def _filled_in(draft: DestinationDraft) -> tuple[str, dict[str, str]]:
    """Return what a test is of: a name makes no difference."""
    return draft.platform, dict(draft.values)


def _draw_faults(faults: Mapping[str, str], places: Places, said: DeltaGenerator) -> None:
    for place, fault in faults.items():
        sentence = f"{fault[:1].upper()}{fault[1:]}".removesuffix(".")
        places.get(place, said).error(plain(f"{sentence}."), icon=_FAULT)

"""The part of an activation's form that says how the list is called at the platform."""

from typing import cast

import streamlit as st

from core.destinations import destination_type, suggest_audience_name
from core.store.activations import ActivationView
from core.store.destinations import DestinationView
from core.store.names import MAX_NAME_CHARACTERS
from core.ui.activations.choices import Choices
from core.ui.edge import on_click, plain
from core.ui.navigation import way
from core.ui.session import workspace
from core.ui.typed import Typed
from core.ui.words import shortened
from core.workspace.audience_names import NameCheck, NameState, check_name
from core.workspace.destinations import place_of

_CHECKED = "activation:checked"
_NAMED, _SUGGESTED = "named", "suggested"
_SIGNS = {
    NameState.FREE: ":green[:material/check_circle:]",
    NameState.OURS: ":green[:material/check_circle:]",
    NameState.GONE: ":orange[:material/warning:]",
    NameState.UNKNOWN: ":orange[:material/help:]",
}


def draw_names(
    typed: Typed, name: str, saved: ActivationView | None, to: DestinationView, choices: Choices
) -> tuple[str, str, NameCheck]:
    """Draw both names and return them with how the API name stands; `name` is what is suggested."""
    kind = destination_type(to.platform)
    if saved is None:
        _suggest(typed, name, to, choices)
    is_locked = was_sent(choices)
    left, right = st.columns(2)
    display_name = left.text_input(
        "Display name",
        max_chars=MAX_NAME_CHARACTERS,
        key=typed.widget_key("display", saved.display_name if saved else ""),
        on_change=_follow,
        args=(typed,),
    )
    left.caption(
        f"In {place_of(to)} the list keeps the name it was made with."
        if is_locked
        else f"Rollcall cannot change it in {place_of(to)} later."
    )
    audience_name = right.text_input(
        kind.name_label,
        key=typed.widget_key("audience", saved.audience_name if saved else ""),
        max_chars=MAX_NAME_CHARACTERS,
        disabled=is_locked,
    ).strip()
    with right:
        check = _checked(to, audience_name, saved)
        _draw_check(check, to, audience_name, is_locked=is_locked)
    return display_name, audience_name, check


def _suggest(typed: Typed, name: str, to: DestinationView, choices: Choices) -> None:
    """Let names that nobody has written follow the segment and the account."""
    named = typed.values.get(_NAMED, ["", ""])
    if named == [name, to.account]:
        return
    typed.values[_NAMED] = [name, to.account]
    if typed.values.get("display", "") == named[0]:
        typed.suggest("display", name)
    if typed.values.get("audience", "") == typed.values.get(_SUGGESTED, ""):
        free = _free_name(typed.values["display"], to, choices)
        typed.values[_SUGGESTED] = free
        typed.suggest("audience", free)


def was_sent(choices: Choices) -> bool:
    """Return whether the list exists by us, so that another name is another list."""
    audience = choices.audience
    return audience is not None and (audience.ours or audience.ledger_file is not None)


@on_click
def _follow(typed: Typed) -> None:
    """Let the API name follow the display name until somebody has written one."""
    typed.note()
    if typed.values["audience"] == typed.values.get(_SUGGESTED):
        suggested = suggest_audience_name(typed.values["display"])
        typed.values[_SUGGESTED] = suggested
        typed.put("audience", suggested)


def _free_name(name: str, to: DestinationView, choices: Choices) -> str:
    suggested = suggest_audience_name(name)
    taken = {each.name for each in choices.audiences if each.account == to.account}
    numbered = (f"{suggested}_{number}" for number in range(2, len(taken) + 3))
    return suggested if suggested not in taken else next(n for n in numbered if n not in taken)


def _checked(to: DestinationView, name: str, saved: ActivationView | None) -> NameCheck:
    """Return how the name stands; the platform is asked once a name and session."""
    asked = (to.account, name, saved.key if saved else None)
    known = st.session_state.setdefault(_CHECKED, {})
    if asked not in known:
        with st.spinner("Looking whether the name is free …"):
            known[asked] = check_name(workspace(), to, name, asked[2])
    return cast("NameCheck", known[asked])


@on_click
def forget_checks() -> None:
    """Look at every name anew: something was sent or mended since."""
    st.session_state.pop(_CHECKED, None)


def _draw_check(check: NameCheck, to: DestinationView, name: str, *, is_locked: bool) -> None:
    if is_locked and check.state is NameState.OURS:
        st.caption(
            f":material/lock: It is the list's name in {place_of(to)}: "
            "another name would be another list."
        )
    else:
        sign = _SIGNS.get(check.state, ":red[:material/error:]")
        st.caption(f"{sign} {plain(check.sentence)}")
    if check.holder is not None:
        holder = check.holder
        way(plain(shortened(holder.display_name)), "activation:holder", activation=holder.key)
    if check.twin is not None:
        st.caption(f"Beware: “{plain(check.twin)}” is there too and differs in capitals only.")
    if not check.usable or check.state is NameState.UNKNOWN:
        st.button("Check again", key=f"activation:again:{name}", on_click=forget_checks)

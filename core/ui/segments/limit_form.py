"""The limit of a segment: at most so many, or such a part, of those who match."""

from collections.abc import Mapping

import streamlit as st

from core.segments.draft import new_salt
from core.ui.edge import fault_word
from core.ui.segments.values.form import ValueForm, draw_choice, draw_count
from core.ui.segments.values.numbers import draw_number
from core.ui.segments.view import BuilderView

_KINDS = {"": "everybody who matches", "count": "at most so many", "percent": "a part in percent"}
_MOST = 1_000_000_000
_RANDOM = ""


def draw_limit(view: BuilderView) -> None:
    """Draw how many of those who match are taken, and which of them."""
    limit: Mapping[str, object] = view.draft.limit or {}
    kind = next((each for each in ("count", "percent") if each in limit), "")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("Take", width="content")
        draw_choice(
            "How many of them",
            "seg:limit:kind",
            list(_KINDS),
            kind,
            lambda chosen: _change_kind(view, chosen),
            _KINDS.__getitem__,
            width=220,
        )
        if kind == "count":
            draw_count(
                "At most",
                "seg:limit:count",
                limit["count"],
                lambda number: _put(view, count=number),
                low=1,
                high=_MOST,
            )
        elif kind == "percent":
            form = ValueForm("seg:limit:percent", limit["percent"], lambda v: _put(view, percent=v))
            draw_number(form, "Percent")
            st.markdown("%", width="content")
        if kind:
            _draw_order(view, limit)
    if "limit" in view.look.faults:
        st.markdown(fault_word(view.look.faults["limit"].problem))


def _draw_order(view: BuilderView, limit: Mapping[str, object]) -> None:
    fields = view.choices(view.catalogue.people).fields
    by = str(limit.get("by", _RANDOM))
    draw_choice(
        "Which of them",
        "seg:limit:by",
        [_RANDOM, *fields],
        by,
        lambda name: _change_by(view, name),
        lambda name: f"by {fields[name].label}" if name else "chosen at random, always the same",
        width=260,
    )
    if by != _RANDOM:
        words = {"highest": "highest or latest first", "lowest": "lowest or earliest first"}
        draw_choice(
            "Order",
            "seg:limit:order",
            list(words),
            str(limit.get("order")),
            lambda order: _put(view, order=order),
            words.__getitem__,
            width=210,
        )


def _change_kind(view: BuilderView, kind: str) -> None:
    before = dict(view.draft.limit or {"salt": new_salt()})
    rest = {key: value for key, value in before.items() if key not in ("count", "percent")}
    started = {"count": {"count": 1000}, "percent": {"percent": 10}}.get(kind)
    view.editor.change(view.draft.limited({**started, **rest} if started else None))


def _change_by(view: BuilderView, name: str) -> None:
    limit = {k: v for k, v in dict(view.draft.limit or {}).items() if k in ("count", "percent")}
    more = {"by": name, "order": "highest"} if name else {"salt": new_salt()}
    view.editor.change(view.draft.limited({**limit, **more}))


def _put(view: BuilderView, **values: object) -> None:
    view.editor.change(view.draft.limited({**dict(view.draft.limit or {}), **values}))

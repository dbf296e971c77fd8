"""The one page that makes or changes an activation, with what a run would do always in sight."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.destinations import destination_type
from core.errors import RollcallError
from core.schedule.definition import AFTER_REFRESH, parse_schedule, schedule_from_json
from core.store.activations import ActivationView
from core.store.destinations import DestinationView
from core.store.segments import SegmentView
from core.sync.trial import Trial
from core.ui.activations.batch import draw_names, forget_checks, was_sent
from core.ui.activations.choices import Choices
from core.ui.activations.draft import (
    FormDraft,
    give_up,
    is_changed,
    keep,
    let_go,
    open_draft,
    open_form,
    show_saved,
)
from core.ui.activations.fields import draw_attributes, draw_identifier, draw_looks
from core.ui.activations.guards import draw_guards
from core.ui.activations.trial import draw_trial, summary, tried
from core.ui.edge import errors_shown, plain, say_next, show_error
from core.ui.editing import draw_editing, is_as_seen, note_seen
from core.ui.frame import draw_practice_badge
from core.ui.navigation import show
from core.ui.schedule_form import draw_schedule_form
from core.ui.session import actor, workspace
from core.ui.typed import Typed
from core.workspace.activation_drafts import ActivationDraft, save_activation_draft
from core.workspace.audience_names import NameCheck
from core.workspace.destinations import is_practice, place_of

Joined = TypeVar("Joined", SegmentView, DestinationView)
_NOT_SEEN = (
    "**Nothing was saved:** what you are about to start has changed since you looked at it. See "
    "above whom it would send where, then press again."
)
_NOW = "What a run would do with the data there is; nothing is sent yet."


@dataclass(frozen=True, slots=True)
class _Sections:
    """What the sections hold, and the place in them for how the ids look."""

    draft: ActivationDraft
    check: NameCheck
    looks: DeltaGenerator
    is_schedule_right: bool


def draw_activation_form(saved: ActivationView | None, choices: Choices) -> None:
    """Draw all sections and, at the foot, what a run would do and the button that saves.

    The widgets show what the form began from, whatever somebody else has saved since.
    """
    form = open_draft(saved)
    began, replaced = saved, None
    if saved is not None:
        begun = draw_editing(f"activation:{saved.key}", saved, form.began_at, show_saved)
        began, replaced = begun.began, begun.may_replace
    key = _form_key(began)
    typed = open_form(form, key)
    segment, to = _draw_joined(typed, began, choices)
    _draw_destination(to)
    drawn = _draw_sections(typed, segment, to, began, choices)
    draft = replace(drawn.draft, saved=replaced)
    trial = _draw_now(key, draft, to, choices, begins_empty=drawn.check.begins_empty)
    if trial is not None:
        with drawn.looks:
            draw_looks(trial, draft.external_id, choices)
    is_there = segment.archived_at is None and to.archived_at is None
    is_ready = drawn.is_schedule_right and is_there and _may_save(drawn.check, began)
    looked_at = (segment.key, segment.version, to.key, to.updated_at)
    was_seen = is_as_seen(key, looked_at)
    pressed = _draw_foot(key, to, trial, saved, ready=is_ready, changed=is_changed(form, typed))
    if pressed is not None and was_seen:
        _save(draft, form, run=pressed)
    elif pressed is not None:
        st.warning(_NOT_SEEN, icon=":material/visibility:")
    note_seen(key, looked_at)
    keep(form, typed, replaced.updated_at if replaced else None)


def _draw_sections(
    typed: Typed,
    segment: SegmentView,
    to: DestinationView,
    began: ActivationView | None,
    choices: Choices,
) -> _Sections:
    kind = destination_type(to.platform)
    with _section(f"In {place_of(to)}"):
        display, audience, check = draw_names(typed, segment.name, began, to, choices)
    with _section("Identifier"):
        field = draw_identifier(typed, began, choices, kind.id_label)
        looks = st.container()
        attributes = draw_attributes(typed, began, choices, kind.limits.attributes)
    with _section("When"):
        current = schedule_from_json(began.schedule) if began else parse_schedule(AFTER_REFRESH)
        started = began.started_at if began else None
        schedule = draw_schedule_form(typed, current, grid_start=started)
    with _section("Ask me before", "A run waits for approval if …"):
        guards = draw_guards(typed, began)
    draft = ActivationDraft(
        segment.key, to.key, display, audience, field, attributes, schedule or current, guards
    )
    return _Sections(draft, check, looks, schedule is not None)


def _form_key(saved: ActivationView | None) -> str:
    return f"activation:{saved.key}:{saved.updated_at.timestamp()}" if saved else "activation:new"


def _section(title: str, caption: str = "") -> DeltaGenerator:
    section = st.container(border=True)
    section.header(title, anchor=False)
    if caption:
        section.caption(caption)
    return section


def _draw_joined(
    typed: Typed, began: ActivationView | None, choices: Choices
) -> tuple[SegmentView, DestinationView]:
    """Return which segment goes where; where something was sent, it stays there."""
    first = began.segment_key if began else st.query_params.get("segment", "")
    place = began.destination_key if began else choices.place(st.query_params.get("destination"))
    left, right = st.columns(2)
    with left:
        segment = _pick("Segment", choices.every_segment, first, typed, "segment")
    with right:
        to = _pick(
            "Destination",
            choices.every_destination,
            place,
            typed,
            "destination",
            disabled=was_sent(choices),
            help="A list stays where it is: for another destination make another activation.",
        )
    if began is None:
        # A browser that is refreshed shows the same choice again.
        st.query_params.update({"new": "1", "segment": segment.key, "destination": to.key})
    return segment, to


def _pick(
    label: str,
    every: Mapping[str, Joined],
    first: str,
    typed: Typed,
    name: str,
    *,
    disabled: bool = False,
    help: str | None = None,
) -> Joined:
    """Return what is chosen; something archived stays chosen until somebody chooses anew."""
    chosen = typed.values.get(name, first)
    options = [k for k, view in every.items() if view.archived_at is None or k == chosen]
    key = typed.widget_key(name, first if first in options else options[0], options)
    picked = every[
        st.selectbox(
            label,
            options,
            format_func=lambda k: every[k].name + (" (archived)" if every[k].archived_at else ""),
            key=key,
            disabled=disabled,
            help=help,
        )
    ]
    if picked.archived_at is not None:
        st.warning("It is archived: choose another, or leave without saving.")
    return picked


def _draw_destination(to: DestinationView) -> None:
    """Say what is special about where the list goes."""
    if is_practice(to):
        draw_practice_badge()
    if to.paused_reason is not None:
        st.warning(
            "**This destination is paused**: nothing is sent there until an admin has mended it. "
            f"{plain(to.paused_reason)}",
            icon=":material/key_off:",
        )


def _draw_now(
    key: str, draft: ActivationDraft, to: DestinationView, choices: Choices, *, begins_empty: bool
) -> Trial | None:
    trial: Trial | None = None
    with _section("Now", _NOW), errors_shown():
        trial = tried(draft, to, choices, begins_empty=begins_empty)
        draw_trial(key, trial, draft, to, choices)
    return trial


def _may_save(check: NameCheck, saved: ActivationView | None) -> bool:
    """Return whether the name is no obstacle: one that is in use already stays."""
    return check.usable or (saved is not None and check.holder is None)


def _draw_foot(
    key: str,
    to: DestinationView,
    trial: Trial | None,
    saved: ActivationView | None,
    *,
    ready: bool,
    changed: bool,
) -> bool | None:
    """Return whether to run what is saved, None where no button was pressed."""
    with (
        st.bottom,
        st.container(
            horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
        ),
    ):
        said = summary(trial, to) if trial else "It is not known what a run would do."
        st.markdown(said if ready else f"{said} · see above what is not right yet")
        with st.container(horizontal=True, width="content"):
            _draw_leaving(key, saved, changed=changed)
            return _draw_buttons(key, saved, ready=ready, known=trial is not None)


def _draw_leaving(key: str, saved: ActivationView | None, *, changed: bool) -> None:
    """Draw the way out without saving, which gives up what was typed."""
    label = "Discard changes" if saved and changed else "Cancel" if saved else "Discard"
    if (saved or changed) and st.button(label, type="tertiary", key=f"{key}:cancel"):
        give_up()
        show(**({"activation": saved.key} if saved else {}))


def _draw_buttons(
    key: str, saved: ActivationView | None, *, ready: bool, known: bool
) -> bool | None:
    """Return whether to run what is saved, None where no button was pressed."""
    if saved is None:
        pressed = st.button(
            "Activate",
            type="primary",
            icon=":material/send:",
            key=f"{key}:activate",
            disabled=not (ready and known),
        )
        return True if pressed else None
    if st.button("Save", type="primary", key=f"{key}:save", disabled=not ready):
        return False
    if saved.paused_at is None and st.button(
        "Save and run now", key=f"{key}:save_run", disabled=not (ready and known)
    ):
        return True
    return None


def _save(draft: ActivationDraft, form: FormDraft, *, run: bool) -> None:
    try:
        view = save_activation_draft(workspace(), draft, actor(), run=run, kept_as=form.place.seen)
    except RollcallError as error:
        show_error(error)
        return
    let_go()
    forget_checks()
    if run:
        say_next("Saved and queued: the scheduler sends it in a moment.", is_passing=True)
    else:
        say_next("Saved: its next run works with this.")
    show(activation=view.key)

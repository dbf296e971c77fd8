"""What a run would do now: figures, what the guards say, and who would move."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import streamlit as st

from core.store.destinations import DestinationView
from core.sync.guards import Guard
from core.sync.trial import MOST_SHOWN, Trial
from core.ui.activations.choices import Choices
from core.ui.edge import plain
from core.ui.session import workspace
from core.ui.words import count, length, moment
from core.workspace.activation_drafts import (
    ActivationDraft,
    duration_s,
    judge_trial,
    name_people,
    try_activation,
)

_SHOWN_FIELDS = 6
_KEPT_S = 300


def tried(
    draft: ActivationDraft, to: DestinationView, choices: Choices, *, begins_empty: bool
) -> Trial:
    """Return what a run of the draft would do; the answer is kept for a while.

    Raises: what `try_activation` raises.
    """
    ledgers = {(each.account, each.name): each.ledger_file for each in choices.audiences}
    decides = (
        str(workspace().settings.home),
        choices.workspace.current_snapshot_id,
        choices.revision,
        draft.segment,
        to.key,
        ledgers.get((to.account, draft.audience_name)),
        draft.external_id,
        draft.attributes,
    )
    return _tried(decides, begins_empty, draft)


@st.cache_data(ttl=_KEPT_S, max_entries=50, show_spinner="Working out who would enter and leave …")
def _tried(decides: tuple[object, ...], begins_empty: bool, _draft: ActivationDraft) -> Trial:
    return try_activation(workspace(), _draft, begins_empty=begins_empty)


def draw_trial(
    key: str, trial: Trial, draft: ActivationDraft, to: DestinationView, choices: Choices
) -> None:
    """Draw the figures, the guards' verdicts and, asked for, the people."""
    counts = trial.counts
    figures = {
        "Would enter": counts.adds,
        "Would leave": counts.removes,
        "Not sent": counts.blank + counts.too_long,
        "Duplicates": counts.duplicate,
    }
    with st.grid(4, min_column_width=150):
        for label, number in figures.items():
            st.metric(label, count(number), border=True)
    people = plain(choices.workspace.people_word)
    st.caption(
        f"{count(counts.segment)} {people} are in the segment, {count(counts.wanted)} of them can "
        f"be sent · {_changed(trial)}{duration(trial, to)}{_data(choices)}"
    )
    _draw_verdicts(trial, draft.guards)
    if st.toggle("See who", key=f"{key}:who"):
        _draw_people(trial, draft, choices)


def summary(trial: Trial, to: DestinationView) -> str:
    """Return the figures in one line."""
    counts = trial.counts
    parts = [f"**{count(counts.adds)}** would enter", f"**{count(counts.removes)}** leave"]
    if counts.blank + counts.too_long:
        parts.append(f"{count(counts.blank + counts.too_long)} not sent")
    return " · ".join([*parts, duration(trial, to)])


def duration(trial: Trial, to: DestinationView) -> str:
    """Return about how long sending takes."""
    seconds = duration_s(trial, to.platform)
    if not trial.counts.rows:
        return "nothing to send"
    return f"about {length(timedelta(seconds=max(1, seconds)))}"


def _data(choices: Choices) -> str:
    if choices.data_at is None:
        return ""
    return f" · data of {moment(choices.data_at, choices.zone, choices.now)}"


def _changed(trial: Trial) -> str:
    again = trial.counts.changes + trial.counts.resent
    return f"{count(again)} already in it are sent again · " if again else ""


def _draw_verdicts(trial: Trial, guards: tuple[Guard, ...]) -> None:
    for reason in judge_trial(trial, guards):
        st.warning(
            f"**The run would wait for your approval**: {plain(reason)}.",
            icon=":material/pan_tool:",
        )


def _draw_people(trial: Trial, draft: ActivationDraft, choices: Choices) -> None:
    moving = (
        ("enter", trial.movers.entering, trial.counts.adds),
        ("leave", trial.movers.leaving, trial.counts.removes),
    )
    for verb, ids, number in moving:
        if not ids:
            st.caption(f"Nobody would {verb}.")
            continue
        first = f"The first {MOST_SHOWN} of" if number > len(ids) else "All"
        st.markdown(f"**Would {verb}** · {first} {count(number)}")
        rows = name_people(workspace(), draft.external_id, ids, _SHOWN_FIELDS)
        shown = [{name: _cell(value, choices.zone) for name, value in row.items()} for row in rows]
        st.dataframe(shown, hide_index=True, height=240, alt=f"Who would {verb}")


def _cell(value: object, zone: ZoneInfo) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if not isinstance(value, Decimal) else f"{value.normalize():f}"

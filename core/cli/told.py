"""What came of a run, in lines, as JSON, and as an exit."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from core.store.activations import get_activation
from core.store.database import ReadSession
from core.store.destinations import get_destination
from core.store.run_states import RunState
from core.store.runs import RunView
from core.sync.outcome import RunCounts, RunOutcome, losses, outcome_of

_FAILED, _HELD, _PARTLY, _LATER = 1, 3, 4, 5
_EXITS = {
    RunState.SUCCEEDED: 0,
    RunState.UNCHANGED: 0,
    RunState.CONFIRMING: 0,
    RunState.HELD: _HELD,
    RunState.PARTLY: _PARTLY,
    RunState.QUEUED: _LATER,
    RunState.COMPUTING: _LATER,
    RunState.SENDING: _LATER,
    RunState.WAITING: _LATER,
}
_WORDS = {
    RunState.SUCCEEDED: "done",
    RunState.UNCHANGED: "nothing changed, nothing was sent",
    RunState.CONFIRMING: "all accepted, still being indexed: do not send a campaign yet",
    RunState.HELD: "held: it waits for approval",
    RunState.PARTLY: "partly done: some calls were refused",
    RunState.WAITING: "waiting for the platform, it goes on later",
    RunState.SENDING: "still sending, it goes on later",
    RunState.COMPUTING: "still being worked out, it goes on later",
    RunState.QUEUED: "queued",
    RunState.FAILED: "failed",
    RunState.CANCELLED: "cancelled",
    RunState.REJECTED: "rejected, nothing was sent",
    RunState.REPLACED: "another run stands for it",
    RunState.NEEDS_ATTENTION: "it needs attention",
}


def exit_of(outcome: RunOutcome) -> int:
    """Return the exit of a command that ran it; a dry run has none of its own."""
    if outcome.state is None:
        return _HELD if outcome.reasons else 0
    return _EXITS.get(outcome.state, _FAILED)


def outcome_value(outcome: RunOutcome) -> dict[str, Any]:
    """Return the outcome as JSON values, ids as text."""
    return {**asdict(outcome), "run_id": _id_text(outcome.run_id)}


def run_value(run: RunView, activation_key: str, now: datetime) -> dict[str, Any]:
    """Return a run as JSON values: its outcome as it stands at `now`, and what led to it."""
    return {
        **outcome_value(outcome_of(run, activation_key, now)),
        "trigger": run.trigger,
        "merged_slots": run.merged_slots,
        "slot_at": run.slot_at,
        "queued_at": run.queued_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "applied_at": run.applied_at,
        "snapshot": run.snapshot_id,
        "segment_versions": run.segment_versions,
        "decision": run.decision,
        "decided_by": run.decided_by,
        "decided_at": run.decided_at,
        "replaced_by": _id_text(run.replaced_by),
        "healed": run.healed,
        "cancel_asked_by": run.cancel_asked_by,
        "calls": run.calls,
        "takeovers": run.takeovers,
    }


def outcome_lines(outcome: RunOutcome) -> list[str]:
    """Return the outcome for people."""
    counts = outcome.counts
    lines = [_head(outcome)]
    if outcome.state is None or outcome.plan_id is not None:
        lines += _waterfall(counts)
    lines += [f"  because {reason}" for reason in outcome.reasons]
    if outcome.state is None:
        return [*lines, "Nothing was sent: this was a dry run."]
    if outcome.sent_adds or outcome.sent_removes:
        lines.append(f"  sent: {outcome.sent_adds:,} added, {outcome.sent_removes:,} removed")
    if outcome.platform_count not in (None, counts.wanted):
        lines.append(
            f"  the platform shows {outcome.platform_count:,} in the list, and Rollcall keeps "
            f"{counts.wanted:,}: it may not know all ids, or somebody changed the list"
        )
    if outcome.refused:
        lines.append(f"  refused by the platform: {outcome.refused:,}")
    if outcome.error:
        lines.append(f"  {outcome.error}")
    if outcome.state is RunState.HELD:
        lines.append(
            f"  `runs approve {outcome.run_id}` sends it, `runs reject {outcome.run_id}` drops it."
        )
    return lines


def pause_lines(session: ReadSession, activation_key: str) -> list[str]:
    """Return which command ends the pause of an activation's destination, if it is paused."""
    destination = get_destination(session, get_activation(session, activation_key).destination_key)
    if destination.paused_at is None:
        return []
    return [f"  `destinations test {destination.key}` lets it go on, once it passes."]


def state_word(state: RunState) -> str:
    return _WORDS[state]


def _id_text(id_: int | None) -> str | None:
    return None if id_ is None else str(id_)


def _head(outcome: RunOutcome) -> str:
    if outcome.state is None:
        return f"{outcome.activation}: what a run would do"
    return f"{outcome.activation}, run {outcome.run_id}: {state_word(outcome.state)}"


def _waterfall(counts: RunCounts) -> list[str]:
    lost = "".join(f", {number:,} {what}" for what, number in losses(counts))
    return [
        f"  {counts.segment:,} in the segment{lost}, {counts.wanted:,} should be in the list",
        f"  {counts.held:,} are in it; {counts.adds:,} enter, {counts.removes:,} leave"
        + (f", {counts.changes:,} change" if counts.changes else "")
        + (f", {counts.resent:,} sent again" if counts.resent else ""),
    ]

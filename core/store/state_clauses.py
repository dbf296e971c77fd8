"""What a run does or has come to, as the rest of a sentence about it."""

from collections.abc import Mapping

from core.store.run_states import RunState

STATE_CLAUSES: Mapping[RunState, str] = {
    RunState.QUEUED: "waits for its turn",
    RunState.COMPUTING: "is being worked out",
    RunState.UNCHANGED: "found nothing to change",
    RunState.HELD: "waits for approval",
    RunState.SENDING: "is being sent",
    RunState.WAITING: "waits for the platform",
    RunState.CONFIRMING: "is being confirmed",
    RunState.SUCCEEDED: "is done",
    RunState.PARTLY: "is partly done",
    RunState.FAILED: "has failed",
    RunState.CANCELLED: "was cancelled",
    RunState.REJECTED: "was rejected",
    RunState.REPLACED: "was replaced by another one",
    RunState.NEEDS_ATTENTION: "needs attention",
}

"""The states of a run, and which of them keep another run from starting.

queued → computing → unchanged | held | sending ⇄ waiting → confirming → succeeded | partly;
any → failed | cancelled; held → sending | rejected | replaced; after too many takeovers
needs_attention.
"""

from enum import StrEnum


class RunState(StrEnum):
    QUEUED = "queued"
    COMPUTING = "computing"
    UNCHANGED = "unchanged"
    HELD = "held"
    SENDING = "sending"
    WAITING = "waiting"
    CONFIRMING = "confirming"
    SUCCEEDED = "succeeded"
    PARTLY = "partly"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    REPLACED = "replaced"
    NEEDS_ATTENTION = "needs_attention"


# What such a run sent is not booked yet, so no other may plan against its audience's ledger.
LIVE = frozenset({RunState.COMPUTING, RunState.SENDING, RunState.WAITING, RunState.NEEDS_ATTENTION})
# A process works on such a run, under a lease.
OWNED = frozenset({RunState.COMPUTING, RunState.SENDING, RunState.CONFIRMING})
FINAL = frozenset(
    {
        RunState.UNCHANGED,
        RunState.SUCCEEDED,
        RunState.PARTLY,
        RunState.FAILED,
        RunState.CANCELLED,
        RunState.REJECTED,
        RunState.REPLACED,
    }
)
# Such a run stays as it is until a human decides on it.
RESTING = FINAL | {RunState.HELD, RunState.NEEDS_ATTENTION}

"""What becomes of a computed run: nothing to do, held for a human, or sent."""

from datetime import datetime, timedelta

from core.errors import PlanOutdated
from core.store.activations import ActivationView, get_activation_by_id
from core.store.audiences import AudienceView, get_audience
from core.store.database import ReadSession, WriteSession
from core.store.run_changes import RunChanges, update_unowned_run
from core.store.run_states import RunState
from core.store.run_story import record_event
from core.store.runs import RunView, list_runs
from core.store.segments import find_segment
from core.sync.draft import DraftedPlan
from core.sync.guards import Do, GuardCounts, Verdict, check_guards
from core.sync.job import Job
from core.sync.outcome import counts_of
from core.sync.points import reach
from core.sync.question import guards_of, mapping_digest

APPROVABLE_FOR = timedelta(hours=24)


def settle(
    job: Job, draft: DraftedPlan, audience: AudienceView, *, present: bool, reasons: tuple[str, ...]
) -> None:
    """Move a computed run on; `reasons` hold it whatever the guards say.

    Where nothing is to be done (`present`: the list is there) the draft's files go.

    Raises: LeaseLost.
    """
    verdicts = judge_plan(job.activation, draft, first=audience.ledger_file is None)
    holding = reasons + tuple(verdict.reason for verdict in verdicts if verdict.do is Do.HOLD)
    with job.writing() as session:
        job.update(session, **_planned(job, draft, audience, session.now()))
        _tell(job, session, verdicts)
        held = held_run(session, job.activation.id)
        if holding and held is not None and _same_plan(held, job.run, session):
            _join_held(job, session, held)
        elif holding:
            _replace_held(job, session, held)
            job.update(session, state=RunState.HELD, hold_reasons=list(holding))
        else:
            _replace_held(job, session, held)
            nothing = present and draft.plan.counts.rows == 0 and audience.ledger_file is not None
            if nothing:
                job.update(session, plan_file=None)
            state = RunState.UNCHANGED if nothing else RunState.SENDING
            job.update(session, state=state, healed=held is not None)
    reach("plan frozen")
    if job.run.plan_file is None:
        draft.discard()


def judge_plan(
    activation: ActivationView, draft: DraftedPlan, *, first: bool
) -> tuple[Verdict, ...]:
    """Return what the activation's guards say about a draft; `first`: there is no ledger yet.

    Raises: RunRefused, UsageError.
    """
    counts = GuardCounts(
        wanted=draft.wanted.wanted,
        held=draft.plan.counts.held,
        adds=draft.plan.counts.adds,
        removes=draft.plan.counts.removes,
        first=first,
    )
    return check_guards(guards_of(activation), counts)


def held_run(session: ReadSession, activation_id: int) -> RunView | None:
    """Return the activation's run that waits for a human, if there is one."""
    held = list_runs(session, activation_id=activation_id, states=[RunState.HELD], limit=1)
    return held[0] if held else None


def check_approvable(session: ReadSession, run: RunView) -> None:
    """Raise PlanOutdated where the held plan is too old, or made for what is no longer saved."""
    misfit = _misfit(session, run)
    if misfit:
        raise PlanOutdated(
            f"What run {run.id} would send does not fit any more: {misfit}. Run it again to work "
            "it out anew."
        )


def _misfit(session: ReadSession, run: RunView) -> str | None:
    """Return why a held plan no longer fits, or None."""
    activation = get_activation_by_id(session, run.activation_id)
    made_at = run.plan_made_at
    if made_at is None or session.now() - made_at >= APPROVABLE_FOR:
        return "it was worked out more than 24 hours ago"
    if run.audience_id != activation.audience_id or run.mapping_digest != mapping_digest(
        activation
    ):
        return "the segment, the list or what is sent to it was changed since"
    if run.planned_ledger != get_audience(session, run.audience_id).ledger_file:
        return "the list has changed since"
    for key, version in (run.segment_versions or {}).items():
        saved = find_segment(session, key)
        if saved is None or saved.version != version:
            return f"the segment '{saved.name if saved else key}' was changed since"
    return None


def _planned(job: Job, draft: DraftedPlan, audience: AudienceView, made_at: datetime) -> RunChanges:
    return RunChanges(
        segment_versions=dict(draft.versions),
        planned_ledger=audience.ledger_file,
        plan_id=f"{job.run.id}-{draft.plan.id}",
        plan_file=draft.plan.file.name,
        plan_made_at=made_at,
        counts=counts_of(draft).stored(),
        attempts=0,
        waiting_since=None,
    )


def _tell(job: Job, session: WriteSession, verdicts: tuple[Verdict, ...]) -> None:
    for verdict in verdicts:
        detail = {"guard": verdict.guard, "do": str(verdict.do), "reason": verdict.reason}
        record_event(session, job.run.id, "guard", **detail)


def _same_plan(held: RunView, run: RunView, session: ReadSession) -> bool:
    """Whether the held plan asks for the same changes, and could still be approved."""
    asked = [(plan_id or "").partition("-")[2] for plan_id in (held.plan_id, run.plan_id)]
    return asked[0] == asked[1] and _misfit(session, held) is None


def _join_held(job: Job, session: WriteSession, held: RunView) -> None:
    """End this run: the held one says the same, and a human may be looking at it."""
    job.update(session, plan_file=None, state=RunState.REPLACED, replaced_by=held.id)
    record_event(session, held.id, "planned again", run=job.run.id)


def _replace_held(job: Job, session: WriteSession, held: RunView | None) -> None:
    if held is not None:
        update_unowned_run(
            session, held.id, [RunState.HELD], state=RunState.REPLACED, replaced_by=job.run.id
        )

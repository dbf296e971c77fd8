"""A dry run: what a run would do, without doing anything."""

from datetime import datetime

from core.store.activations import ActivationView
from core.store.audiences import AudienceView, get_audience
from core.sync.decide import judge_plan
from core.sync.draft import Question, passing_plan
from core.sync.guards import Do
from core.sync.job import Desk, open_line
from core.sync.outcome import RunOutcome, counts_of
from core.sync.question import question_of, sent_segment
from core.sync.standing import Standing, deleted_audience, judge_audience, strange_audience


def dry_run(desk: Desk, activation: ActivationView, now: datetime | None) -> RunOutcome:
    """Return what a run of the activation would do; it reads, here and at the platform.

    Raises: RunRefused, DestinationError, SnapshotMissing, SegmentInvalid, QueryFailed,
            LedgerMissing, StorageFull.
    """
    with desk.store.read() as session:
        audience = get_audience(session, activation.audience_id)
    line = open_line(desk, activation.destination_key)
    try:
        limits, label = line.destination.limits, line.destination.label
        seen = line.caller.request(lambda: line.destination.view(audience.name))
    finally:
        line.destination.close()
    standing = judge_audience(audience, seen)
    if standing is Standing.STRANGE:
        raise strange_audience(audience, label)
    with desk.store.read() as session:
        asked = question_of(sent_segment(activation), session, limits)
    question = Question(asked.segment, asked.snapshot, now or asked.now, asked.fields, asked.rules)
    gone = (deleted_audience(audience, label),) if standing is Standing.GONE else ()
    return _draft(desk, activation, audience, question, gone)


def _draft(
    desk: Desk,
    activation: ActivationView,
    audience: AudienceView,
    question: Question,
    gone: tuple[str, ...],
) -> RunOutcome:
    file = None if gone else audience.ledger_file
    ledger = desk.settings.ledgers / file if file else None
    with (
        desk.computing,
        passing_plan(desk.instance, desk.members, question, ledger, desk.settings.plans) as draft,
    ):
        verdicts = judge_plan(activation, draft, first=ledger is None)
        reasons = gone + tuple(verdict.reason for verdict in verdicts if verdict.do is Do.HOLD)
        return RunOutcome(
            activation.key, None, None, question.now, counts_of(draft), reasons=reasons
        )

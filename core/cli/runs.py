"""Commands on runs: list, show, approve, reject, cancel."""

from dataclasses import asdict

import click

from core.cli.activations import patience_option
from core.cli.context import actor, workspace
from core.cli.output import answer, as_json, errors_told, leave, shown_time, table
from core.cli.told import exit_of, outcome_lines, outcome_value, run_value
from core.errors import RunRefused
from core.store.activations import get_activation, get_activation_by_id
from core.store.run_states import RunState
from core.store.run_story import list_events
from core.store.runs import get_run, list_runs
from core.sync.calls import Patience
from core.sync.outcome import outcome_of

_run = click.argument("run_id", type=click.IntRange(1, 2**63 - 1))


@click.group()
def runs() -> None:
    """What ran, and what waits for a human."""


@runs.command("list")
@click.option("--activation", help="Only runs of this one.")
@click.option(
    "--limit",
    type=click.IntRange(1, 1_000_000),
    metavar="COUNT",
    default=20,
    show_default=True,
    help="How many, newest first.",
)
@as_json
@errors_told
def list_(activation: str | None, limit: int, as_json: bool) -> None:
    """List runs, newest first."""
    with workspace() as opened, opened.store.read() as session:
        wanted = get_activation(session, activation).id if activation else None
        found = list_runs(session, activation_id=wanted, limit=limit)
        keys = {r.activation_id: get_activation_by_id(session, r.activation_id).key for r in found}
        now = session.now()
    rows = [
        (
            str(r.id),
            keys[r.activation_id],
            r.state.value,
            shown_time(r.started_at or r.queued_at),
            f"+{r.sent_adds:,} -{r.sent_removes:,}",
        )
        for r in found
    ]
    value = {"runs": [run_value(r, keys[r.activation_id], now) for r in found]}
    answer(as_json, value, table([("RUN", "ACTIVATION", "STATE", "STARTED", "SENT"), *rows]))


@runs.command()
@_run
@as_json
@errors_told
def show(run_id: int, as_json: bool) -> None:
    """Tell one run's story step by step."""
    with workspace() as opened, opened.store.read() as session:
        run = get_run(session, run_id)
        key = get_activation_by_id(session, run.activation_id).key
        events = list_events(session, run_id)
        value = run_value(run, key, session.now())
        outcome = outcome_of(run, key, session.now())
    value["events"] = [asdict(event) for event in events]
    lines = outcome_lines(outcome)
    if run.merged_slots:
        lines.append(f"  it stands for {run.merged_slots:,} further slots")
    if run.replaced_by is not None:
        lines.append(f"  see run {run.replaced_by}")
    lines += [f"  {shown_time(e.at)}  {e.kind}  {_detail(dict(e.detail))}".rstrip() for e in events]
    answer(as_json, value, lines)


@runs.command()
@_run
@click.option("--plan", help="Id of the plan that was looked at; another one is refused.")
@patience_option
@as_json
@errors_told
def approve(run_id: int, plan: str | None, patience_s: float, as_json: bool) -> None:
    """Send the held run RUN_ID as it was frozen."""
    with workspace() as opened:
        with opened.store.read() as session:
            seen = plan or get_run(session, run_id).plan_id
        if seen is None:
            raise RunRefused(f"Run {run_id} has no plan to approve.")
        with opened.runner(patience=Patience().at_most(patience_s)) as runner:
            outcome = runner.approve(run_id, seen, actor(), patience_s=patience_s)
    answer(as_json, outcome_value(outcome), outcome_lines(outcome))
    leave(exit_of(outcome))


@runs.command()
@_run
@as_json
@errors_told
def reject(run_id: int, as_json: bool) -> None:
    """End the held run RUN_ID without sending anything."""
    with workspace() as opened, opened.runner() as runner:
        outcome = runner.reject(run_id, actor())
    answer(as_json, outcome_value(outcome), outcome_lines(outcome))


@runs.command()
@_run
@as_json
@errors_told
def cancel(run_id: int, as_json: bool) -> None:
    """Stop the run RUN_ID; what it has sent is booked."""
    with workspace() as opened, opened.runner() as runner:
        outcome = runner.cancel(run_id, actor())
    answer(as_json, outcome_value(outcome), outcome_lines(outcome))
    leave(0 if outcome.state is RunState.CANCELLED else exit_of(outcome))


def _detail(detail: dict[str, object]) -> str:
    known = {name: value for name, value in detail.items() if value is not None}
    return ", ".join(f"{name}: {value}" for name, value in known.items())

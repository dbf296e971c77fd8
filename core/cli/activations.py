"""Commands on activations: list, run, pause, resume."""

from typing import Any

import click

from core.cli.context import actor, instant_asked, now_option, workspace
from core.cli.output import answer, as_json, errors_told, leave, table
from core.cli.told import exit_of, outcome_lines, outcome_value
from core.errors import UsageError
from core.store.activations import (
    get_activation,
    list_activations,
    pause_activation,
    resume_activation,
)
from core.store.runs import list_runs
from core.store.workspace import pause_everything, resume_everything
from core.sync.calls import Patience

_MAX_PATIENCE_S = 30 * 24 * 3600
patience_option = click.option(
    "--patience",
    "patience_s",
    type=click.FloatRange(0, _MAX_PATIENCE_S),
    metavar="SECONDS",
    default=900.0,
    show_default=True,
    help="Seconds to wait for the platform before leaving the rest for later (exit 5).",
)
_everything = click.option("--all", "everything", is_flag=True, help="Everything, not one.")
_all_of_it = click.option(
    "--all", is_flag=True, required=True, expose_value=False, help="Everything; must be said."
)


@click.group()
def activations() -> None:
    """Segments that keep an audience in step."""


@activations.command("list")
@as_json
@errors_told
def list_(as_json: bool) -> None:
    """List the activations with their last run."""
    with workspace() as opened, opened.store.read() as session:
        views = list_activations(session)
        last = {v.id: list_runs(session, activation_id=v.id, limit=1) for v in views}
    rows = []
    values: list[dict[str, Any]] = []
    for v in views:
        state = last[v.id][0].state.value if last[v.id] else "never ran"
        shown = "paused" if v.paused_at else state
        rows.append((v.key, v.segment_key, v.destination_key, v.audience_name, shown))
        values.append(
            {
                "key": v.key,
                "segment": v.segment_key,
                "destination": v.destination_key,
                "audience_name": v.audience_name,
                "paused": v.paused_at is not None,
                "paused_reason": v.paused_reason,
                "last_run": str(last[v.id][0].id) if last[v.id] else None,
                "last_state": state,
            }
        )
    head = ("KEY", "SEGMENT", "DESTINATION", "AUDIENCE", "STATE")
    answer(as_json, {"activations": values}, table([head, *rows]))


@activations.command()
@click.argument("name")
@now_option
@patience_option
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and change nothing.")
@as_json
@errors_told
def run(name: str, now_text: str | None, patience_s: float, dry_run: bool, as_json: bool) -> None:
    """Run the activation NAME here and now, scheduler or not."""
    with workspace() as opened:
        now = instant_asked(opened, now_text)
        with opened.runner(patience=Patience().at_most(patience_s)) as runner:
            if dry_run:
                outcome = runner.dry_run(name, now=now)
            else:
                runner.look_up_pending(actor())
                outcome = runner.run_now(name, actor(), now=now, patience_s=patience_s)
    answer(as_json, outcome_value(outcome), outcome_lines(outcome))
    leave(exit_of(outcome))


@activations.command()
@click.argument("name", required=False)
@_everything
@as_json
@errors_told
def pause(name: str | None, everything: bool, as_json: bool) -> None:
    """Keep the activation NAME, or --all, from running; lists stay as they are."""
    _require_one(name, everything)
    _pause(name, as_json)


@click.command("pause")
@_all_of_it
@as_json
@errors_told
def pause_all(as_json: bool) -> None:
    """Keep every run from starting, until `resume --all`; lists stay as they are."""
    _pause(None, as_json)


def _pause(name: str | None, as_json: bool) -> None:
    with workspace() as opened, opened.store.write(actor()) as session:
        if name is None:
            changed = pause_everything(session)
        else:
            changed = pause_activation(session, get_activation(session, name).key)
    what = name or "everything"
    said = f"Paused: {what}." if changed else f"{what} was paused already."
    answer(as_json, {"paused": what, "changed": changed}, [said])


@activations.command()
@click.argument("name", required=False)
@_everything
@as_json
@errors_told
def resume(name: str | None, everything: bool, as_json: bool) -> None:
    """Let the activation NAME, or --all, run again."""
    _require_one(name, everything)
    _resume(name, as_json)


@click.command("resume")
@_all_of_it
@as_json
@errors_told
def resume_all(as_json: bool) -> None:
    """Let runs start again after `pause --all`."""
    _resume(None, as_json)


def _resume(name: str | None, as_json: bool) -> None:
    with workspace() as opened, opened.store.write(actor()) as session:
        if name is None:
            changed = resume_everything(session)
        else:
            changed = resume_activation(session, get_activation(session, name).key)
    what = name or "everything"
    said = f"Resumed: {what}." if changed else f"{what} was not paused."
    answer(as_json, {"resumed": what, "changed": changed}, [said])


def _require_one(name: str | None, everything: bool) -> None:
    if (name is None) == (not everything):
        raise UsageError("Name one activation, or say --all.")

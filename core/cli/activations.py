"""Commands on activations: list, run, pause, resume."""

from datetime import datetime
from typing import Any

import click

from core.cli.context import actor, instant_asked, now_option, workspace
from core.cli.output import answer, as_json, errors_told, leave, shown_time, table
from core.cli.told import exit_of, outcome_lines, outcome_value, pause_lines
from core.errors import UsageError
from core.schedule.definition import describe_schedule, schedule_from_json
from core.schedule.slots import Slots
from core.store.activations import (
    ActivationView,
    get_activation,
    list_activations,
    pause_activation,
    resume_activation,
)
from core.store.runs import RunView, newest_runs
from core.store.workspace import get_workspace, pause_everything, resume_everything
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
    """List the activations with their schedule, their last and their next run."""
    with workspace() as opened, opened.store.read() as session:
        views = list_activations(session)
        newest = newest_runs(session)
        zone, now = get_workspace(session).zone, session.now()
    values = [_value(view, newest.get(view.id), zone, now) for view in views]
    head = ("KEY", "SEGMENT", "DESTINATION", "AUDIENCE", "SCHEDULE", "NEXT", "STATE")
    answer(as_json, {"activations": values}, table([head, *map(_row, values)]))


def _value(view: ActivationView, last: RunView | None, zone: str, now: datetime) -> dict[str, Any]:
    schedule = schedule_from_json(view.schedule)
    due = Slots(schedule, zone, view.started_at).next_after(now)
    return {
        "key": view.key,
        "segment": view.segment_key,
        "destination": view.destination_key,
        "audience_name": view.audience_name,
        "schedule": describe_schedule(schedule),
        "next_run_at": due if view.paused_at is None else None,
        "paused": view.paused_at is not None,
        "paused_reason": view.paused_reason,
        "last_run": str(last.id) if last else None,
        "last_state": last.state.value if last else "never ran",
    }


def _row(value: dict[str, Any]) -> tuple[str, ...]:
    state = "paused" if value["paused"] else value["last_state"]
    named = [value[name] for name in ("key", "segment", "destination", "audience_name", "schedule")]
    return (*named, shown_time(value["next_run_at"]), state)


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
        with opened.store.read() as session:
            lines = [*outcome_lines(outcome), *pause_lines(session, name)]
    answer(as_json, outcome_value(outcome), lines)
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

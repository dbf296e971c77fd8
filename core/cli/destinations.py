"""Commands on destinations: list, test."""

import click

from core.cli.context import actor, workspace
from core.cli.output import answer, as_json, errors_told, shown_time, table
from core.store.destinations import DestinationView, list_destinations
from core.store.rates import busy_shares
from core.workspace.destination_drafts import check_connection


@click.group()
def destinations() -> None:
    """Accounts at platforms."""


@destinations.command("list")
@as_json
@errors_told
def list_(as_json: bool) -> None:
    """List the destinations, without their secrets, and how busy each was in the last hour."""
    with workspace() as opened, opened.store.read() as session:
        views = list_destinations(session)
        busy = busy_shares(session)
    rows = [_row(view, busy.get(view.account, 0)) for view in views]
    value = {"destinations": [_value(view, busy.get(view.account, 0)) for view in views]}
    answer(as_json, value, table([("KEY", "PLATFORM", "ACCOUNT", "STATE", "TESTED"), *rows]))


def _row(view: DestinationView, busy: float) -> tuple[str, ...]:
    state = "paused" if view.paused_reason else f"{busy:.0%} busy"
    failed, tested = view.test_failed_at, shown_time(view.tested_at)
    last_test = f"failed {shown_time(failed)}" if failed else tested
    return (view.key, view.platform, view.account, state, last_test)


def _value(view: DestinationView, busy: float) -> dict[str, object]:
    return {
        "key": view.key,
        "name": view.name,
        "platform": view.platform,
        "account": view.account,
        "paused": view.paused_reason is not None,
        "paused_reason": view.paused_reason,
        "tested_at": view.tested_at,
        "test_failed_at": view.test_failed_at,
        "test_failure": view.test_failure,
        "busy_percent": round(100 * busy),
    }


@destinations.command()
@click.argument("name")
@as_json
@errors_told
def test(name: str, as_json: bool) -> None:
    """Make one reading request to the destination NAME; a success ends its pause."""
    with workspace() as opened:
        result = check_connection(opened, name, actor())
    answer(as_json, {"key": name, "passed": True, "sentence": result.sentence}, [result.sentence])

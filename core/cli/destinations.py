"""Commands on destinations: list, test."""

import click

from core.cli.context import actor, workspace
from core.cli.output import answer, as_json, errors_told, shown_time, table
from core.store.destinations import list_destinations
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
    rows = [
        (
            v.key,
            v.platform,
            v.account,
            "paused" if v.paused_reason else f"{busy.get(v.account, 0):.0%} busy",
            f"failed {shown_time(v.test_failed_at)}"
            if v.test_failed_at
            else shown_time(v.tested_at),
        )
        for v in views
    ]
    value = {
        "destinations": [
            {
                "key": v.key,
                "name": v.name,
                "platform": v.platform,
                "account": v.account,
                "paused": v.paused_reason is not None,
                "paused_reason": v.paused_reason,
                "tested_at": v.tested_at,
                "test_failed_at": v.test_failed_at,
                "test_failure": v.test_failure,
                "busy_percent": round(100 * busy.get(v.account, 0)),
            }
            for v in views
        ]
    }
    answer(as_json, value, table([("KEY", "PLATFORM", "ACCOUNT", "STATE", "TESTED"), *rows]))


@destinations.command()
@click.argument("name")
@as_json
@errors_told
def test(name: str, as_json: bool) -> None:
    """Make one reading request to the destination NAME; a success ends its pause."""
    with workspace() as opened:
        result = check_connection(opened, name, actor())
    answer(as_json, {"key": name, "passed": True, "sentence": result.sentence}, [result.sentence])

"""`python -m core`: every command of Rollcall."""

import logging
import traceback
from pathlib import Path

import click

from core.cli.activations import activations, pause_all, resume_all
from core.cli.backup import backup, restore
from core.cli.data import detect, load
from core.cli.destinations import destinations
from core.cli.output import leave, say
from core.cli.runs import runs
from core.cli.sandbox import sandbox
from core.cli.segments import segments
from core.cli.workspace import apply, doctor, export, migrate


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=True,
)
def cli() -> None:
    """Rollcall keeps audiences in Batch in step with segments of your customer data.

    Commands act at once. Exit: 0 done · 1 failed or refused · 2 wrong use or unknown name ·
    3 held for approval · 4 partly done · 5 not finished, goes on later.
    """
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)


for command in (
    load,
    detect,
    apply,
    export,
    segments,
    destinations,
    activations,
    pause_all,
    resume_all,
    runs,
    migrate,
    backup,
    restore,
    sandbox,
    doctor,
):
    cli.add_command(command)


def main() -> None:
    """Run the command that the arguments name; what nobody foresaw ends in a sentence too."""
    try:
        cli(prog_name="python -m core")
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        say(
            f"Rollcall failed where it should not: {type(error).__name__} in "
            f"{Path(where.filename).name}, line {where.lineno}. Please report this line."
        )
        leave(1)

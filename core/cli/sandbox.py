"""The command that runs the stand-in for Batch."""

from collections.abc import Callable
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

import click

from core.cli.output import errors_told
from core.errors import UsageError
from core.sandbox.faults import Fault, parse_fault
from core.sandbox.options import SandboxOptions
from core.sandbox.serve import describe_start, serve

_TYPES: dict[str, Any] = {
    "port": int,
    "state_file": click.Path(path_type=Path),
    "rate_per_s": float,
    "indexing_s": float,
    "create_delay_s": float,
    "seed": int,
    "error_codes": click.Choice(["symbols", "numbers"]),
}


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give the command an option for each field of SandboxOptions."""
    for option in reversed(fields(SandboxOptions)):
        command = _option(option)(command)
    return command


def _option(option: Field[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    description = option.metadata["description"]
    many = isinstance(option.default, tuple)
    return click.option(
        f"--{option.name.replace('_', '-')}",
        option.name,
        type=_TYPES.get(option.name, str),
        multiple=many,
        default=() if option.name == "faults" else option.default,
        show_default=option.name != "faults",
        help=f"{description[0].upper()}{description[1:]}.",
    )


@click.command()
@_with_options
@errors_told
def sandbox(**given: Any) -> None:
    """Run the stand-in for Batch's API until Ctrl-C. Nothing it takes reaches Batch."""
    faults = tuple(_fault(text) for text in given.pop("faults"))
    options = SandboxOptions(**given, faults=faults)
    serve(options, lambda origin: click.echo(describe_start(options, origin)))


def _fault(text: str) -> Fault:
    try:
        return parse_fault(text)
    except ValueError as error:
        raise UsageError(f"--faults: {error}.") from error

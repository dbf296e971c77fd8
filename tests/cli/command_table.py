"""The table of commands in docs/commands.md, made from the commands themselves.

`python -m tests.cli.command_table` writes it anew between its marks; a test holds them equal.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from core.cli.main import cli

DOCUMENT = Path(__file__).parents[2] / "docs" / "commands.md"
_START, _END = "<!-- table: commands -->", "<!-- end of table: commands -->"


def all_commands(
    group: click.Group = cli, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, with its words."""
    for name, command in group.commands.items():
        words = (*path, name)
        if isinstance(command, click.Group):
            yield from all_commands(command, words)
        else:
            yield " ".join(words), command


def takes_json(command: click.Command) -> bool:
    return any("--json" in option.opts for option in command.params)


def command_table() -> str:
    """Return the table as Markdown."""
    rows = [["command", "options", "what it does"], ["---"] * 3]
    for words, command in all_commands():
        context = click.Context(command)
        arguments = [
            option.make_metavar(context)
            for option in command.params
            if isinstance(option, click.Argument)
        ]
        said = (command.help or "").split("\n\n")[0].replace("\n", " ")
        rows.append([f"`{' '.join([words, *arguments])}`", _options(command, context), said])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def rewritten(text: str) -> str:
    """Return the page with its table as it is now."""
    pattern = re.compile(f"{re.escape(_START)}.*?{re.escape(_END)}", re.DOTALL)
    return pattern.sub(lambda _: f"{_START}\n\n{command_table()}\n\n{_END}", text)


def _options(command: click.Command, context: click.Context) -> str:
    if command.name == "sandbox":
        return "see [the stand-in](sandbox.md)"
    options = [option for option in command.params if isinstance(option, click.Option)]
    return " ".join(f"`{_shown(option, context)}`" for option in options)


def _shown(option: click.Option, context: click.Context) -> str:
    if option.is_flag:
        return option.opts[0]
    metavar = option.make_metavar(context).replace("|", ",")
    default = f" ({option.default})" if option.show_default else ""
    return f"{option.opts[0]} {metavar}{default}"


if __name__ == "__main__":
    DOCUMENT.write_text(rewritten(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")

"""The reference tables of the docs, made from the registry and the stand-in's options.

`python -m tests.reference` writes them anew between their marks; a test holds them equal.
"""

import re
from dataclasses import fields
from pathlib import Path

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from core.destinations import destination_types
from core.destinations._base import Destination
from core.sandbox.faults import KINDS
from core.sandbox.options import Behaviour, SandboxOptions
from core.settings import Settings

DOCS = Path(__file__).resolve().parent.parent / "docs"

FAULTS = {
    "reset_before": "the connection is reset (TCP RST) before the body is read; nothing is applied",
    "reset_after": "the write is applied, then the connection is reset instead of an answer",
    "truncated": "the write is applied, the answer breaks off half way",
    "slow": "the write is applied, the answer waits its seconds; comes on top of another kind",
}


def destinations_table() -> str:
    """Return one section a platform: its limits and the fields of its config."""
    return "\n\n".join(
        _platform_section(platform, kind) for platform, kind in destination_types().items()
    )


def sandbox_table() -> str:
    """Return the options of the command line, and which of them can change while it runs."""
    rows = [
        [
            f"`--{option.name.replace('_', '-')}`",
            _shown(option.default),
            "yes" if option.name in Behaviour.model_fields else "",
            option.metadata["description"],
        ]
        for option in fields(SandboxOptions)
    ]
    return _table(["option", "default", "while it runs", "what it is"], rows)


def faults_table() -> str:
    """Return the kinds of faults."""
    statuses = [kind for kind in KINDS if kind.isdigit()]
    rows = [[", ".join(f"`{status}`" for status in statuses), "that status, nothing is applied"]]
    rows += [[f"`{kind}`", FAULTS[kind]] for kind in KINDS if not kind.isdigit()]
    return _table(["kind", "what happens"], rows)


TABLES = {
    "destinations.md": {"destinations": destinations_table},
    "sandbox.md": {"options": sandbox_table, "faults": faults_table},
}


def with_tables(name: str, text: str) -> str:
    """Return the page with its tables made anew."""
    for mark, make in TABLES[name].items():
        start, end = f"<!-- table: {mark} -->", f"<!-- end of table: {mark} -->"
        pattern = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
        if pattern.search(text) is None:
            raise ValueError(f"{name} has no place for the table '{mark}'")
        filled = f"{start}\n\n{make()}\n\n{end}"
        text = pattern.sub(lambda _, filled=filled: filled, text)
    return text


def _platform_section(platform: str, kind: type[Destination]) -> str:
    limits = kind.limits
    return "\n\n".join(
        [
            f'### {kind.label} (`platform = "{platform}"`)',
            _table(["field", "label", "needed", "where it is found"], _field_rows(kind)),
            f"{limits.ids_per_call:,} ids and {limits.body_bytes:,} bytes a call, "
            f"{limits.id_characters:,} characters an id, {limits.attributes:,} attributes; "
            f"{_pace(limits.interval_s)}.",
        ]
    )


def _field_rows(kind: type[Destination]) -> list[list[str]]:
    defaults = kind.defaults(Settings.model_construct())
    rows = []
    for name, field in kind.config_model.model_fields.items():
        secret = ", a secret" if field.annotation is SecretStr else ""
        default = defaults.get(name, field.default)
        needed = "yes" if default in (PydanticUndefined, None) else f"no: `{default}`"
        rows.append([f"`{name}`", str(field.title), needed + secret, str(field.description)])
    return rows


def _pace(interval_s: float) -> str:
    return f"one request every {interval_s:g} s" if interval_s else "no pause between calls"


def _shown(default: object) -> str:
    if default is None or default == ():
        return "none"
    if isinstance(default, tuple):
        return ", ".join(f"`{value}`" for value in default)
    return f"`{default}`"


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    for page in TABLES:
        path = DOCS / page
        path.write_text(with_tables(page, path.read_text(encoding="utf-8")), encoding="utf-8")

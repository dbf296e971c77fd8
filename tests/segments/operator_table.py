"""The table of operators in docs/segments.md, made from the registry."""

import sys
from pathlib import Path

from core.segments.operators import all_operators

DOCUMENT = Path(__file__).parents[2] / "docs" / "segments.md"
_START, _END = "--write` -->\n", "<!-- end of operators -->"


def operator_table() -> str:
    """Return the table as Markdown."""
    lines = ["| types | `op` | value | in words | opposite of |", "|---|---|---|---|---|"]
    for operator in all_operators():
        types = ", ".join(sorted(operator.types)) if len(operator.types) < 5 else "every type"
        value = operator.shape.name.replace("_", " ") if operator.takes_value else "(none)"
        twin = f"`{operator.negates}`" if operator.negates else ""
        words = operator.sentence.replace("{", "*").replace("}", "*")
        lines.append(f"| {types} | `{operator.key}` | {value} | {words} | {twin} |")
    return "\n".join(lines) + "\n"


def rewritten(text: str) -> str:
    """Return the document with the table as it is now."""
    start, end = text.index(_START) + len(_START), text.index(_END)
    return f"{text[:start]}{operator_table()}{text[end:]}"


if __name__ == "__main__" and "--write" in sys.argv:
    DOCUMENT.write_text(rewritten(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")

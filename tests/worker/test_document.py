"""The operator's page tells every line that the scheduler logs, and every schedule."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import core.sync
import core.worker
from core.settings import PROJECT_ROOT

TEXT = (PROJECT_ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
LEVELS = {"info", "warning", "error", "exception"}


def logged(package: object) -> Iterator[str]:
    (folder,) = package.__path__  # type: ignore[attr-defined]
    for file in sorted(Path(folder).glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            message = literal(node)
            if message is not None:
                yield message


def literal(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
        return None
    is_log = isinstance(node.func.value, ast.Name) and node.func.value.id == "log"
    first = node.args[0]
    if is_log and node.func.attr in LEVELS and isinstance(first, ast.Constant):
        return str(first.value)
    return None


MESSAGES = sorted({*logged(core.worker), *logged(core.sync)})


def test_there_are_messages() -> None:
    assert {"run begun", "loaded", "started"} - {"started"} <= set(MESSAGES)


@pytest.mark.parametrize("message", MESSAGES)
def test_every_message_stands_in_the_document(message: str) -> None:
    pieces = [piece.strip(" ,:") for piece in re.split(r"%[sd]", message)]
    assert all(piece in TEXT for piece in pieces if piece), message


def test_the_app_has_a_unit_with_the_same_home() -> None:
    folder = PROJECT_ROOT / "deploy" / "systemd"
    app, scheduler = (
        set((folder / f"rollcall-{name}.service").read_text().splitlines())
        for name in ("app", "scheduler")
    )
    assert any("streamlit run streamlit_app.py" in line for line in app)
    assert {line for line in app if "ROLLCALL" in line or "Environment" in line} <= scheduler


def test_the_unit_starts_the_scheduler_and_stops_it_in_good_order() -> None:
    unit = (PROJECT_ROOT / "deploy" / "systemd" / "rollcall-scheduler.service").read_text()
    assert "ExecStart=/opt/rollcall/.venv/bin/python scheduler.py" in unit
    assert int(re.findall(r"TimeoutStopSec=(\d+)", unit)[0]) > 60

"""Runs Rollcall's commands as a user does: a process each, in a home of their own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Commands:
    """The command line over one home; `variables` are added to the environment."""

    home: Path
    variables: dict[str, str]

    def __call__(self, *words: object) -> "subprocess.CompletedProcess[str]":
        """Run a command and return what became of it."""
        clean = {name: v for name, v in os.environ.items() if not name.startswith("ROLLCALL_")}
        return subprocess.run(
            [sys.executable, "-m", "core", *map(str, words)],
            cwd=ROOT,
            env={**clean, "ROLLCALL_HOME": str(self.home), **self.variables},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def json(self, *words: object) -> dict[str, Any]:
        """Return the JSON answer of a command that must succeed."""
        done = self(*words, "--json")
        if done.returncode != 0:
            raise AssertionError(f"{words}: exit {done.returncode}: {done.stderr}")
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

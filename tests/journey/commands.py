"""Runs Rollcall's commands as a user does: a process each, in a home of their own."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.forked import Program


@dataclass(frozen=True, slots=True)
class Commands:
    """The command line over one home; `variables` are added to the environment."""

    home: Path
    variables: dict[str, str]

    def __call__(self, *words: object) -> Program:
        """Return the command once it has ended."""
        clean = {name: v for name, v in os.environ.items() if not name.startswith("ROLLCALL_")}
        environment = {**clean, "ROLLCALL_HOME": str(self.home), **self.variables}
        folder = self.home.parent
        program = Program(folder, "core.cli.main", *words, environment=environment)
        program.wait()
        return program

    def json(self, *words: object) -> dict[str, Any]:
        """Return the JSON answer of a command that must succeed."""
        done = self(*words, "--json")
        assert done.poll() == 0, f"{words}: exit {done.poll()}: {done.stderr}"
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

"""The command line over one home, in this process where speed matters, else as a real one."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from core.cli.main import cli
from tests.journey.commands import Commands


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a command."""

    exit: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Return the one JSON object that was printed."""
        value: dict[str, Any] = json.loads(self.out)
        assert isinstance(value, dict), self.out
        return value


@dataclass(frozen=True, slots=True)
class Terminal:
    """Runs commands in the example's folder; `variables` are added to the environment."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def file(self, name: str, text: str) -> Path:
        """Write a file of the example's folder and return its path."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace the one place in a file of the example's folder."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, (name, old)
        self.file(name, text.replace(old, new))

    def path(self, name: str) -> Path:
        return self.folder / name

    def run(self, *words: object) -> Answer:
        """Run a command in this process; what it does not foresee is raised."""
        environment = {"ROLLCALL_HOME": str(self.home), **self.variables}
        done = CliRunner().invoke(
            cli, [str(word) for word in words], env=environment, catch_exceptions=False
        )
        return Answer(done.exit_code, done.stdout, done.stderr)

    def json(self, *words: object) -> dict[str, Any]:
        """Return the JSON answer of a command that must succeed."""
        answer = self.run(*words, "--json")
        assert answer.exit == 0, (words, answer)
        return answer.json

    def refused(self, *words: object, exit: int = 1) -> str:
        """Return the one sentence of a command that must be refused."""
        answer = self.run(*words)
        assert (answer.exit, answer.out) == (exit, ""), answer
        sentence = answer.err.splitlines()[-1]
        assert answer.err.strip() == sentence, answer.err
        assert sentence.endswith((".", "?", "!")), sentence
        return sentence

    def process(self, *words: object) -> Answer:
        """Run a command as a process of its own."""
        done = Commands(self.home, self.variables)(*words)
        return Answer(done.wait(), done.stdout, done.stderr)

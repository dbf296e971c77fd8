"""Processes of their own that start at once: forked from a server that has loaded our code."""

import importlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from uuid import uuid4

from tests.stand_in import ROOT

_LOADED = ("core.cli.main", "scheduler", "tests.store.workers", "tests.sync.driver")


def context() -> ForkServerContext:
    """Return where processes start quickly."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(list(_LOADED))
    return found


class Program:
    """`python -m MODULE WORDS`, whose `main()` returns the exit; begun when this is made.

    `environment` is all of its environment. What it prints is in files of the folder.
    """

    def __init__(
        self, folder: Path, module: str, *words: object, environment: Mapping[str, str]
    ) -> None:
        name = uuid4().hex
        self._output, self._errors = folder / f"{name}.out", folder / f"{name}.err"
        given = (
            module,
            [str(word) for word in words],
            dict(environment),
            self._output,
            self._errors,
        )
        self._process: BaseProcess = context().Process(target=_run, args=given)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def stdout(self) -> str:
        return self._output.read_text()

    @property
    def stderr(self) -> str:
        return self._errors.read_text()

    def poll(self) -> int | None:
        """Return the exit, None while it runs."""
        return self._process.exitcode

    def wait(self, within_s: float = 240) -> int:
        """Return the exit; minus the number of the signal that ended it."""
        self._process.join(within_s)
        exit_ = self.poll()
        assert exit_ is not None, f"it still runs after {within_s} s"
        return exit_

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _run(
    module: str, words: list[str], environment: Mapping[str, str], output: Path, errors: Path
) -> None:
    """Become the program."""
    for number, file in ((1, output), (2, errors)):
        handle = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [module, *words]
    sys.exit(importlib.import_module(module).main())

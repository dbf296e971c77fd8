"""A program as a process: started, listened to, ended."""

import ctypes
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from threading import Event, Thread
from typing import IO

from core.settings import PROJECT_ROOT
from core.supervisor.programs import READY, Program

_MAX_LOG_BYTES = 10_000_000
_PR_SET_PDEATHSIG = 1
# What goes well is told by the pages; a line without a level is somebody's last words.
_UNIMPORTANT = re.compile(r"\d\d:\d\d:\d\d (DEBUG|INFO) |\s*$")


class Running:
    """A started program; `say` gets the lines that matter."""

    def __init__(
        self, program: Program, environment: Mapping[str, str], say: Callable[[str], None]
    ) -> None:
        self.program = program
        self.said_ready = Event()
        self._say: Callable[[str], None] | None = say
        with _open_log(program) as log:
            self._process = subprocess.Popen(  # noqa: S603  (our own command lines)
                program.command,
                cwd=PROJECT_ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.PIPE,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self._listener = Thread(target=self._listen, name=program.name, daemon=True)
        self._listener.start()

    @property
    def exit(self) -> int | None:
        """Return how it ended, None while it lives."""
        return self._process.poll()

    def ask_to_end(self) -> None:
        """Tell it to end; what it says from now on stands in its log alone."""
        self._say = None
        self._process.send_signal(self.program.stop_signal)

    def kill(self) -> None:
        self._process.kill()

    def has_ended(self, within_s: float) -> bool:
        """Wait for its end, and for its last words."""
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            return False
        self._listener.join(1)
        return True

    def _listen(self) -> None:
        stream = self._process.stderr
        if stream is None:
            return
        with _open_log(self.program) as log:
            for raw in stream:
                if not self.program.logs_itself:
                    log.write(raw)
                self._hear(raw.decode("utf-8", "replace").rstrip())

    def _hear(self, line: str) -> None:
        if line.endswith(READY):
            self.said_ready.set()
        say = self._say
        if say is not None and not _UNIMPORTANT.match(line):
            say(f"{self.program.name:<9} | {line}")


def _open_log(program: Program) -> IO[bytes]:
    """Open what a program's output is added to; one that grew large begins anew."""
    file = program.log
    if program.logs_itself:
        return open("/dev/null", "ab", buffering=0)
    if file.exists() and file.stat().st_size > _MAX_LOG_BYTES:
        file.replace(file.with_suffix(".log.1"))
    return file.open("ab", buffering=0)


def _find_prctl() -> Callable[..., int] | None:
    if sys.platform != "linux":
        return None
    found: Callable[..., int] | None = getattr(ctypes.CDLL(None), "prctl", None)
    return found


_prctl = _find_prctl()


def _end_with_parent() -> None:
    """Have Linux tell the child to end if this process is killed."""
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

"""What the three processes are: how each is started, and how it is asked to end."""

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.sample.practice import PROJECT_KEY, REST_API_KEY
from core.sandbox.options import DEFAULT_PROJECT_KEY, DEFAULT_REST_API_KEY
from core.settings import STAND_IN_STATE, Settings

READY = "INFO started"


@dataclass(frozen=True, slots=True)
class Program:
    """One of them; `log` is where more is found, written by itself if `logs_itself`."""

    name: str
    command: tuple[str, ...]
    log: Path
    logs_itself: bool = False
    stop_signal: signal.Signals = signal.SIGTERM


@dataclass(frozen=True, slots=True)
class Ports:
    """Where app and stand-in listen."""

    app: int
    stand_in: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.app}"


def all_programs(settings: Settings, ports: Ports) -> tuple[Program, ...]:
    """Return them in the order in which they are started; they end in the opposite one."""
    python, logs = sys.executable, settings.logs
    stand_in = ("-m", "core", "sandbox", "--port", str(ports.stand_in))
    state = ("--state-file", str(settings.home / STAND_IN_STATE))
    app = ("-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(ports.app))
    return (
        Program(
            "stand-in",
            (python, *stand_in, *state),
            logs / "stand-in.log",
            stop_signal=signal.SIGINT,
        ),
        Program("scheduler", (python, "scheduler.py"), logs / "scheduler.log", logs_itself=True),
        Program("app", (python, *app), logs / "app.log"),
    )


def environment(settings: Settings, ports: Ports) -> Mapping[str, str]:
    """Return what the three find in their environment: ours, the stand-in, and the sample shop."""
    return {
        "ROLLCALL_SAMPLE": "1",
        **os.environ,
        "ROLLCALL_HOME": str(settings.home.resolve()),
        "ROLLCALL_PRACTICE_URL": f"http://127.0.0.1:{ports.stand_in}",
        REST_API_KEY: DEFAULT_REST_API_KEY,
        PROJECT_KEY: DEFAULT_PROJECT_KEY,
        "PYTHONUNBUFFERED": "1",
    }

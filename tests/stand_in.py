"""The stand-in for Batch as a real process, for every test that sends something.

`stand_in` is one process per test worker, emptied before each test; without a rate and with
writes applied at once unless the test says otherwise. `running_stand_in` starts another one.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.sandbox.faults import parse_fault
from core.sandbox.options import DEFAULT_PROJECT_KEY, DEFAULT_REST_API_KEY

ROOT = Path(__file__).resolve().parent.parent
QUIET = ("--rate-per-s", "0", "--indexing-s", "0")


@dataclass(frozen=True, slots=True)
class Call:
    """One request that the stand-in saw; `status` is None where the connection was reset."""

    number: int
    at: float
    peer_port: int
    route: str
    name: str | None
    status: int | None
    body_bytes: int
    ids: int
    fault: str | None
    applied: bool


class StandInServer:
    """A running stand-in."""

    rest_api_key = DEFAULT_REST_API_KEY
    project_key = DEFAULT_PROJECT_KEY

    def __init__(self, origin: str, process: "subprocess.Popen[str]") -> None:
        self.origin = origin
        self.process = process
        self._client = httpx.Client(base_url=origin, trust_env=False, timeout=60)

    @property
    def config(self) -> dict[str, str]:
        """A working config of a Batch destination."""
        return {
            "origin": self.origin,
            "rest_api_key": self.rest_api_key,
            "project_key": self.project_key,
        }

    def members(self, name: str, project: str | None = None) -> set[str]:
        return set(self.attributes(name, project))

    def attributes(self, name: str, project: str | None = None) -> dict[str, Any]:
        """Return id -> attributes (None without any) of the audience."""
        answer = self._client.get(f"/stand-in/audiences/{project or self.project_key}/{name}")
        answer.raise_for_status()
        members: dict[str, Any] = answer.json()["members"]
        return members

    def has(self, name: str) -> bool:
        answer = self._client.get(f"/stand-in/audiences/{self.project_key}/{name}")
        return answer.status_code == 200

    def faults(self, *written: str, seed: int = 0) -> None:
        """Set what goes wrong from now on, e.g. "429:10%", "reset_after@update:3,7"."""
        faults = [parse_fault(text).model_dump() for text in written]
        self.settings(faults=faults, seed=seed)

    def settings(self, **changed: Any) -> None:
        """Change rate_per_s, indexing_s, create_delay_s, error_codes, faults, seed."""
        self._client.post("/stand-in/settings", json=changed).raise_for_status()

    def calls(self, *routes: str) -> list[Call]:
        """Return the calls since the last reset, all or those to the routes."""
        seen = [Call(**call) for call in self._client.get("/stand-in/calls").json()["calls"]]
        return [call for call in seen if not routes or call.route in routes]

    def reset(self) -> None:
        """Forget audiences and calls, behave as at the start."""
        self._client.delete("/stand-in").raise_for_status()

    def close(self) -> None:
        self._client.close()


@contextmanager
def running_stand_in(*arguments: str) -> Iterator[StandInServer]:
    """Start a stand-in with these options of the command line on a free port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.stand_in_process", *QUIET, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None and process.stdout is not None
        server = StandInServer(process.stdout.readline().strip(), process)
        try:
            yield server
        finally:
            server.close()
            process.stdin.close()


@pytest.fixture(scope="session")
def shared_stand_in() -> Iterator[StandInServer]:
    with running_stand_in() as server:
        yield server


@pytest.fixture
def stand_in(shared_stand_in: StandInServer) -> StandInServer:
    shared_stand_in.reset()
    return shared_stand_in

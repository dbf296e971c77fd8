"""A small workspace on disk whose data, segment and activations a test changes."""

import os
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from core.clock import Clock
from core.settings import Settings
from core.workspace.apply import apply_file
from core.workspace.loading import load_data
from core.workspace.opened import OpenWorkspace, open_workspace
from tests.stand_in import StandInServer

MANIFEST = """
time_zone = "Europe/Paris"
people = "customers"
[tables.customers]
file = "customers.csv"
key = "customer_id"
"""
SEGMENT = """
{"where": {"match": "all", "conditions": [{"field": "wanted", "op": "is_true"}]}}
"""
DESTINATION = """
[destinations.{key}]
platform = "batch"
origin = "{origin}"
rest_api_key = {{ env = "WORKER_REST_API_KEY" }}
project_key = {{ env = "WORKER_PROJECT_{key}" }}
"""
ACTIVATION = """
[activations.{key}]
segment = "wanted"
destination = "{destination}"
audience_name = "{key}"
external_id = "customer_id"
schedule = {schedule}
guards = {guards}
"""


class Home:
    """A folder with a workspace file; `activations` are (key, destination, schedule, guards)."""

    def __init__(self, folder: Path, stand_in: StandInServer) -> None:
        self.folder, self.stand_in = folder, stand_in
        self.settings = Settings(home=folder / "home", load_quiet_s=0)
        self.projects = {"crm": stand_in.project_key}
        self.activations: dict[str, tuple[str, str, str]] = {}
        self.data = ""

    def people(self, wanted: Collection[str], everybody: int = 20) -> None:
        """Write who there is and who is wanted, in one move."""
        names = [f"c{number:04}" for number in range(everybody)]
        lines = "".join(f"{name},{str(name in wanted).lower()}\n" for name in names)
        part = self.folder / "customers.part"
        part.write_text(f"customer_id,wanted\n{lines}")
        part.replace(self.folder / "customers.csv")

    def activation(
        self, key: str, schedule: str = '"manual"', destination: str = "crm", guards: str = "{}"
    ) -> None:
        self.activations[key] = (destination, schedule, guards)

    def write(self) -> Path:
        (self.folder / "dataset.toml").write_text(MANIFEST)
        (self.folder / "wanted.json").write_text(SEGMENT)
        os.environ["WORKER_REST_API_KEY"] = self.stand_in.rest_api_key
        for key, project in self.projects.items():
            os.environ[f"WORKER_PROJECT_{key}"] = project
        destinations = [
            DESTINATION.format(key=key, origin=self.stand_in.origin) for key in self.projects
        ]
        activations = [
            ACTIVATION.format(key=key, destination=to, schedule=schedule, guards=guards)
            for key, (to, schedule, guards) in self.activations.items()
        ]
        path = self.folder / "workspace.toml"
        segment = '[segments.wanted]\nfile = "wanted.json"\n'
        path.write_text(self.data + segment + "".join([*destinations, *activations]))
        return path

    @contextmanager
    def opened(self, clock: Clock | None = None) -> Iterator[OpenWorkspace]:
        with open_workspace(self.settings, 0.05, clock) as workspace:
            yield workspace

    def apply(self, workspace: OpenWorkspace) -> None:
        apply_file(workspace, self.write(), "ana")

    def load(self, workspace: OpenWorkspace) -> None:
        load_data(workspace, self.folder / "dataset.toml", "ana")

    def on_postgres(self, url: str) -> None:
        self.settings = self.settings.model_copy(update={"database_url": SecretStr(url)})


def wait_until(true: Callable[[], object], seconds: float = 30, what: str = "") -> None:
    """Return once `true()` holds; fail after that time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what or "it did not come true in time"
        time.sleep(0.05)

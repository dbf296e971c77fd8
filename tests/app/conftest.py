"""Pages over real homes: an empty one, and one with a small sample shop in it.

`app` opens a page through the frame, as a browser does.
"""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

from core.destinations.batch import Batch
from core.sample.practice import PROJECT_KEY, REST_API_KEY
from core.sample.shop import Shop
from core.sample.workspace import start_sample
from core.settings import Settings
from core.store.processes import SCHEDULER, add_process
from core.workspace.opened import OpenWorkspace, open_workspace
from tests.stand_in import ROOT, StandInServer

MEMORY_SHARE = 0.05
PEOPLE = 400
OpenApp = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def main_module_stays() -> Iterator[None]:
    """Keep the main module: AppTest leaves its script there, and processes begin by running it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no request wait for its turn: the rate has tests of its own."""
    monkeypatch.setattr(Batch, "limits", replace(Batch.limits, interval_s=0.0))


@pytest.fixture(scope="session", autouse=True)
def _no_components() -> Iterator[None]:
    """Keep AppTest from reading what every installed package says of itself, in every run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            BidiComponentManager, "discover_and_register_components", lambda *_, **__: None
        )
        yield


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a small sample shop once, as `make run` does; its destination answers nowhere."""
    home = tmp_path_factory.mktemp("sample") / "home"
    settings = Settings(home=home, practice_url="http://127.0.0.1:9", memory="300MB")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(REST_API_KEY, StandInServer.rest_api_key)
        patch.setenv(PROJECT_KEY, StandInServer.project_key)
        with open_workspace(settings, MEMORY_SHARE) as workspace:
            start_sample(workspace, date.today(), "sample", Shop(people=PEOPLE, until=date.today()))
    return home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty home that the pages use."""
    folder = tmp_path / "home"
    monkeypatch.setenv("ROLLCALL_HOME", str(folder))
    monkeypatch.setenv("ROLLCALL_MEMORY", "300MB")
    monkeypatch.delenv("ROLLCALL_DATABASE_URL", raising=False)
    return folder


@pytest.fixture
def sample(sample_home: Path, home: Path) -> Path:
    """Give a home with the sample shop that the pages use."""
    shutil.copytree(sample_home, home)
    return home


@pytest.fixture
def opened(home: Path) -> Iterator[OpenWorkspace]:
    """Give the workspace of the home, to prepare and to look at."""
    with open_workspace(Settings(home=home, memory="300MB"), MEMORY_SHARE) as workspace:
        yield workspace


@pytest.fixture
def scheduler_seen(opened: OpenWorkspace) -> None:
    """Let a scheduler have said just now that it lives."""
    with opened.store.write("test") as session:
        add_process(
            session, "one", host="here", boot_id="boot", pid=1, role=SCHEDULER, lock_file="none"
        )


@pytest.fixture
def app() -> Iterator[OpenApp]:
    """Open a page by name, with what its address asks for."""

    def open_page(name: str = "home", **query: str) -> AppTest:
        test = AppTest.from_file(str(ROOT / "core" / "ui" / "main.py"), default_timeout=60)
        for key, value in query.items():
            test.query_params[key] = value
        if name != "home":
            test.switch_page(str(ROOT / "pages" / f"{name}.py"))
        return test.run()

    yield open_page
    st.cache_resource.clear()
    st.cache_data.clear()

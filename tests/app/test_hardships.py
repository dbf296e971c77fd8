"""Whatever has happened to home, store and data: every page says it, or just works."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from sqlmodel import update
from streamlit.testing.v1 import AppTest

from core.store.destinations import pause_destination
from core.store.models import Activation, Destination, Segment, Workspace
from core.store.run_states import FINAL, RunState
from core.store.workspace import get_workspace
from core.workspace.loading import load_data
from core.workspace.opened import OpenWorkspace
from tests.app.building import QUIET
from tests.app.conftest import OpenApp
from tests.app.places import NAMES, PLACES
from tests.app.runs import COUNTS, run_in
from tests.app.screen import press, words
from tests.privileges import as_others

LONG = "ÀŸ [x](y) *z* $1$ `q` " * 12
LONG = LONG[:255]

Hardship = Callable[[OpenWorkspace], AbstractContextManager[None]]


@contextmanager
def nothing(opened: OpenWorkspace) -> Iterator[None]:
    yield


@contextmanager
def a_locked_store(opened: OpenWorkspace) -> Iterator[None]:
    with closing(sqlite3.connect(opened.settings.home / "store.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def swept_data(opened: OpenWorkspace) -> Iterator[None]:
    for file in (opened.settings.home / "snapshots").iterdir():
        file.unlink()
    yield


@contextmanager
def a_paused_destination(opened: OpenWorkspace) -> Iterator[None]:
    with opened.store.write("scheduler") as session:
        pause_destination(session, "practice", "Batch refused the REST API key (401).")
    yield


@contextmanager
def long_names(opened: OpenWorkspace) -> Iterator[None]:
    with opened.store.write("test") as session:
        session.exec(update(Activation).values(display_name=LONG))
        for named in (Segment, Workspace, Destination):
            session.exec(update(named).values(name=LONG))
    yield


@contextmanager
def ended_runs_and_one_that_is_held(opened: OpenWorkspace) -> Iterator[None]:
    for state in (*FINAL, RunState.HELD):
        run_in(opened, state, counts=dict(COUNTS))
    yield


@contextmanager
def a_home_that_is_gone(opened: OpenWorkspace) -> Iterator[None]:
    home = opened.settings.home
    aside = home.with_name("aside")
    home.rename(aside)
    yield
    assert not home.exists()
    aside.rename(home)


@contextmanager
def a_home_that_may_only_be_read(opened: OpenWorkspace) -> Iterator[None]:
    everything = [opened.settings.home, *opened.settings.home.rglob("*")]
    modes = {path: path.stat().st_mode for path in everything}
    for path in everything:
        path.chmod(0o500 if path.is_dir() else 0o400)
    with as_others():
        yield
    for path, mode in modes.items():
        path.chmod(mode)


HARDSHIPS: list[Hardship] = [
    nothing,
    a_locked_store,
    swept_data,
    a_paused_destination,
    long_names,
    ended_runs_and_one_that_is_held,
    a_home_that_is_gone,
    a_home_that_may_only_be_read,
]


def is_foreseen(page: AppTest) -> bool:
    """Return whether nothing stands on the page that nobody foresaw."""
    assert not page.exception
    return not any("nobody foresaw" in error.value for error in page.error)


@pytest.mark.parametrize(("name", "query"), PLACES, ids=NAMES)
@pytest.mark.parametrize("hardship", HARDSHIPS, ids=lambda each: each.__name__)
def test_a_page_opens_and_opens_again(
    name: str,
    query: dict[str, str],
    hardship: Hardship,
    app: OpenApp,
    sample: Path,
    opened: OpenWorkspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("core.store.engine.BUSY_TIMEOUT_S", 0.05)
    run_in(opened, RunState.SUCCEEDED, counts=dict(COUNTS))
    before = app(name, **query)
    with hardship(opened):
        assert is_foreseen(app(name, **query))
        assert is_foreseen(before.run())
    assert is_foreseen(before.run())


@pytest.mark.parametrize(("name", "query"), PLACES, ids=NAMES)
def test_a_page_opens_on_an_empty_home(
    name: str, query: dict[str, str], app: OpenApp, home: Path
) -> None:
    assert is_foreseen(app(name, **query))


@pytest.mark.parametrize(("name", "query"), PLACES, ids=NAMES)
def test_every_page_says_that_the_home_is_gone(
    name: str, query: dict[str, str], app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app(name, **query)
    with a_home_that_is_gone(opened):
        assert "store.db) is gone" in words(page.run())
    assert "store.db) is gone" not in words(page.run())


@pytest.mark.parametrize(("name", "query"), PLACES, ids=NAMES)
def test_every_page_says_that_the_home_may_only_be_read(
    name: str, query: dict[str, str], app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app(name, **query)
    with a_home_that_may_only_be_read(opened):
        assert f"{opened.settings.home} cannot be written" in words(page.run())
    assert "cannot be written" not in words(page.run())


def test_an_app_that_starts_over_a_home_that_may_only_be_read_says_so(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    with a_home_that_may_only_be_read(opened):
        assert "Permission denied" in words(app("home"))


def test_a_trial_that_finds_no_place_for_its_files_says_so(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("activations", new="1", segment=QUIET)
    with a_home_that_may_only_be_read(opened):
        page = press(page, "Add an attribute")
        assert is_foreseen(page) and "cannot be written" in words(page)


def test_what_is_saved_in_a_home_that_may_only_be_read_is_refused(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("settings")
    with a_home_that_may_only_be_read(opened):
        page.text_input(key="settings:name").input("Other")
        page = press(page, "Save")
        assert is_foreseen(page) and "cannot be opened or written" in words(page)
    with opened.store.read() as session:
        assert get_workspace(session).name == "Rollcall"


def test_long_names_of_columns_and_no_rows(
    app: OpenApp, home: Path, opened: OpenWorkspace, tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text(f"id,{LONG.replace(' ', '_')}\n")
    (tmp_path / "dataset.toml").write_text(
        'time_zone = "Europe/Paris"\npeople = "people"\n\n[tables.people]\nfile = "people.csv"\n'
        'key = "id"\n'
    )
    load_data(opened, tmp_path / "dataset.toml", "test")
    for name in ("data", "home", "segments"):
        assert is_foreseen(app(name))
    assert is_foreseen(app("segments", new="1"))

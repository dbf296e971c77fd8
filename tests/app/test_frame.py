"""What stands around every page, whichever pages there are."""

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.store.activations import create_activation
from core.store.workspace import get_workspace
from core.ui.navigation import page_files
from core.workspace.destination_drafts import DestinationDraft, save_destination_draft
from core.workspace.opened import OpenWorkspace
from tests.app.conftest import OpenApp
from tests.app.runs import sample_list
from tests.app.screen import words

NAMES = [file.name for file in page_files()]


def said(page: AppTest) -> str:
    """Return all that warnings, errors and infos say."""
    return "\n".join(each.value for kind in ("warning", "error", "info") for each in page.get(kind))


@pytest.mark.parametrize("name", NAMES)
def test_every_page_opens_on_an_empty_home(name: str, app: OpenApp, home: Path) -> None:
    page = app(name)
    assert not page.exception and not page.error


@pytest.mark.parametrize("name", NAMES)
def test_every_page_opens_on_the_sample_shop(name: str, app: OpenApp, sample: Path) -> None:
    page = app(name)
    assert not page.exception and not page.error


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_scheduler_is_told_on_every_page(name: str, app: OpenApp, sample: Path) -> None:
    assert "scheduler is not running" in said(app(name))


def test_a_nul_in_an_address_names_nothing(app: OpenApp, sample: Path) -> None:
    page = app("activations", activation="\0")
    assert not page.exception and not page.error
    assert "activation" not in page.query_params


def test_a_scheduler_that_lives_is_not_talked_about(
    app: OpenApp, sample: Path, scheduler_seen: None
) -> None:
    assert "scheduler" not in said(app("home"))


def test_one_switch_pauses_everything_and_says_so(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("home")
    page.toggle(key="frame:pause").set_value(True).run()
    assert "Everything is paused" in said(page) and "in the browser" in said(page)
    with opened.store.read() as session:
        assert get_workspace(session).everything_paused
    page.toggle(key="frame:pause").set_value(False).run()
    assert "Everything is paused" not in said(page)


def connect_folder(opened: OpenWorkspace, folder: Path) -> str:
    """Return the key of a destination that is not practice."""
    draft = DestinationDraft("csv_file", "Files", {"folder": str(folder)})
    return save_destination_draft(opened, draft, "test").key


def practising(page: AppTest) -> bool:
    return "Practice" in "".join(each.value for each in page.sidebar.markdown)


def test_practice_is_told_on_every_page_until_a_list_is_kept_elsewhere(
    app: OpenApp, sample: Path, opened: OpenWorkspace, tmp_path: Path
) -> None:
    files = connect_folder(opened, tmp_path)
    assert practising(app("runs"))
    own = replace(sample_list(opened).settings, destination_key=files, audience_name="own")
    with opened.store.write("test") as session:
        create_activation(session, "own", replace(own, display_name="Own"))
    home = app("home")
    assert not practising(home)
    assert words(home).count("Practice: nothing reaches Batch") == 1

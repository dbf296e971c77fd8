"""Settings: names, zone, roles, the activity log, and how things stand."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.store.workspace import get_workspace, pause_everything, resume_everything
from core.workspace.opened import OpenWorkspace
from tests.app.conftest import OpenApp
from tests.app.screen import words


def cells(page: AppTest) -> str:
    return "\n".join(each.value.to_string() for each in page.table)


def test_the_names_that_pages_use_can_be_changed(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("settings")
    page.text_input(key="settings:name").set_value("  Boutique ")
    page.selectbox(key="settings:word").set_value("subscribers")
    page.button(key="settings:save").click().run()
    with opened.store.read() as session:
        saved = get_workspace(session)
    assert (saved.name, saved.people_word) == ("Boutique", "subscribers")
    assert "Saved." in words(page)


def test_two_who_change_different_names_lose_neither(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    one, two = app("settings"), app("settings")
    one.selectbox(key="settings:word").set_value("guests")
    two.text_input(key="settings:name").set_value("Boutique")
    for page in (one, two):
        page.button(key="settings:save").click().run()
    with opened.store.read() as session:
        saved = get_workspace(session)
    assert (saved.name, saved.people_word) == ("Boutique", "guests")
    assert two.selectbox(key="settings:word").value == "guests"


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u3164"])
def test_a_workspace_needs_a_name(
    name: str, app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("settings")
    page.text_input(key="settings:name").set_value(name)
    page.button(key="settings:save").click().run()
    assert "Both are needed" in words(page)


def test_the_zone_and_who_may_do_what_are_said(app: OpenApp, sample: Path) -> None:
    said = words(app("settings"))
    assert "Europe/Paris" in said and "everybody who reaches this page is an admin" in said


def test_the_log_says_who_did_what(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    with opened.store.write("ana") as session:
        pause_everything(session)
    said = cells(app("settings"))
    assert "Paused everything" in said and "ana" in said
    assert "Made the segment “VIPs about to lapse”" in said


def test_the_log_is_paged(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    with opened.store.write("ana") as session:
        for _ in range(30):
            pause_everything(session)
            resume_everything(session)
    assert "Made the segment" not in cells(app("settings"))
    assert "Made the segment" in cells(app("settings", page="3"))
    page = app("settings", page="99999999999")
    assert not page.exception and not page.error


def test_how_things_stand_is_looked_over_when_asked(app: OpenApp, sample: Path) -> None:
    assert "scheduler" not in cells(app("settings"))
    page = app("settings", checks="true")
    assert "No scheduler is running" in cells(page)
    assert "to look at" in words(page)


def test_an_empty_home_has_an_empty_log(app: OpenApp, home: Path) -> None:
    assert "Nothing was done yet" in words(app("settings"))

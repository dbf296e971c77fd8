"""The page of destinations: from an empty form to one that is tested, paused, archived."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.destinations import destination_type, destination_types
from core.store.destinations import (
    DestinationView,
    destination_secrets,
    list_destinations,
    pause_destination,
)
from core.workspace.opened import OpenWorkspace
from tests.app.conftest import OpenApp
from tests.app.screen import press, words
from tests.stand_in import StandInServer


def field(page: AppTest, label: str) -> Any:
    return next(each for each in page.text_input if each.label == label)


def saved(opened: OpenWorkspace) -> list[DestinationView]:
    with opened.store.read() as session:
        return list(list_destinations(session))


@pytest.fixture
def filled(app: OpenApp, home: object, stand_in: StandInServer) -> AppTest:
    """The form of a new destination, filled in for the stand-in."""
    page = app("destinations", new="1")
    field(page, "Name").input("Batch, production")
    field(page, "Address of the API").input(stand_in.origin)
    field(page, "REST API key").input(stand_in.rest_api_key)
    field(page, "Project key").input(stand_in.project_key)
    return page


def test_an_empty_list_says_what_to_do_next(app: OpenApp, home: object) -> None:
    page = app("destinations")
    assert "no destination yet" in words(page)
    assert "Project key" in {each.label for each in press(page, "New destination").text_input}


def test_the_form_says_where_each_key_is_found(app: OpenApp, home: object) -> None:
    assert "Settings › General" in words(app("destinations", new="1"))


def test_a_saved_destination_keeps_its_keys_to_itself(
    filled: AppTest, opened: OpenWorkspace, stand_in: StandInServer
) -> None:
    page = press(filled, "Save")
    (view,) = saved(opened)
    assert (view.key, page.query_params["destination"]) == ("batch_production", view.key)
    with opened.store.read() as session:
        secrets = destination_secrets(session, view.key, opened.box)
    assert secrets["project_key"] == stand_in.project_key
    assert [field(page, label).value for label in ("REST API key", "Project key")] == ["", ""]


def test_the_stand_in_wears_its_badge(filled: AppTest) -> None:
    assert "Practice: nothing reaches Batch" in words(press(filled, "Save"))


def test_a_key_left_empty_stays_as_it_is_stored(
    filled: AppTest, opened: OpenWorkspace, stand_in: StandInServer
) -> None:
    page = press(filled, "Save")
    field(page, "Name").input("Renamed")
    assert "accepts both keys" in words(press(press(page, "Save"), "Test the connection"))
    assert [view.name for view in saved(opened)] == ["Renamed"]


def test_bad_input_changes_nothing_and_is_told_at_its_field(
    filled: AppTest, opened: OpenWorkspace
) -> None:
    field(filled, "Address of the API").input("ftp://example.com")
    field(filled, "Project key").input("")
    said = words(press(filled, "Save"))
    assert "The address must be http(s)" in said and "Project key is needed." in said
    assert saved(opened) == []


def test_what_is_typed_can_be_tested_before_it_is_saved(
    filled: AppTest, opened: OpenWorkspace
) -> None:
    assert "accepts both keys" in words(press(filled, "Test the connection"))
    assert saved(opened) == []


def test_refused_keys_are_told_without_showing_them(
    filled: AppTest, stand_in: StandInServer
) -> None:
    stand_in.faults("401:100%")
    said = words(press(filled, "Test the connection"))
    assert "401" in said and stand_in.rest_api_key not in said


def test_a_project_key_that_is_none_is_told_at_its_field(filled: AppTest) -> None:
    field(filled, "Project key").input("a-rest-key")
    said = words(press(filled, "Test the connection"))
    assert "A project key starts with project_" in said and "is needed" not in said


def test_a_name_that_another_has_is_told_at_its_field(
    app: OpenApp, sample: object, opened: OpenWorkspace
) -> None:
    page = app("destinations", new="1")
    field(page, "Name").input("practice")
    assert "There is a destination “Practice” already" in words(press(page, "Save"))


@pytest.mark.parametrize("name", ["", " ", "\u2063\u202e"])
def test_a_name_of_which_nothing_is_seen_is_needed(filled: AppTest, name: str) -> None:
    field(filled, "Name").input(name)
    assert "A name is needed." in words(press(filled, "Save"))


def test_what_was_tested_and_then_saved_is_tested(filled: AppTest, opened: OpenWorkspace) -> None:
    page = press(press(filled, "Test the connection"), "Save")
    assert "Saved, as it was tested." in words(page) and "never tested" not in words(page)
    field(page, "Project key").input("project_other0other0other0other0ot")
    assert "Test the connection to be sure" in words(press(page, "Save"))


def test_a_test_that_failed_is_remembered_until_one_passes(
    filled: AppTest, app: OpenApp, stand_in: StandInServer
) -> None:
    page = press(filled, "Save")
    stand_in.faults("401:100%")
    assert "Last test failed" in words(press(page, "Test the connection"))
    said = words(app("destinations"))
    assert "Tested today" in said and "401" in said and "Ready to use" not in said
    stand_in.faults()
    said = words(press(page, "Test the connection"))
    assert "Ready to use" in said and "401" not in said


def test_a_test_that_passes_ends_the_pause(filled: AppTest, opened: OpenWorkspace) -> None:
    page = press(filled, "Save")
    with opened.store.write("test") as session:
        pause_destination(session, "batch_production", "Batch refuses the REST API key (401).")
    page.run()
    assert "Paused since" in words(page) and "refuses the REST API key" in words(page)
    page = press(page, "Test the connection")
    assert "Paused since" not in words(page) and saved(opened)[0].tested_at is not None


def test_a_destination_in_use_is_not_archived(
    app: OpenApp, sample: object, opened: OpenWorkspace
) -> None:
    said = words(press(app("destinations", destination="practice"), "Archive it"))
    assert "cannot be archived: “VIPs about to lapse” uses it" in said
    assert len(saved(opened)) == 1


def test_an_unused_one_is_archived(filled: AppTest, opened: OpenWorkspace) -> None:
    page = press(press(filled, "Save"), "Archive it")
    assert saved(opened) == [] and "“Batch, production” is archived" in words(page)


def test_an_address_of_nothing_is_a_sentence(app: OpenApp, sample: object) -> None:
    assert "There is no destination “gone”" in words(app("destinations", destination="gone"))


@pytest.mark.parametrize("platform", destination_types())
def test_every_platform_has_its_form(platform: str, app: OpenApp, home: object) -> None:
    page = app("destinations", new="1")
    page = page.radio(key="destinations:platform").set_value(platform).run()
    titles = {each.title for each in destination_type(platform).config_model.model_fields.values()}
    assert titles < {each.label for each in page.text_input} and not page.exception


def test_a_folder_that_is_no_whole_path_is_told(
    app: OpenApp, home: object, opened: OpenWorkspace
) -> None:
    page = (
        app("destinations", new="1").radio(key="destinations:platform").set_value("csv_file").run()
    )
    field(page, "Name").input("Files")
    field(page, "Folder").input("lists")
    assert "is no whole path" in words(press(page, "Save")) and saved(opened) == []


@pytest.fixture
def two_tabs(app: OpenApp, filled: AppTest) -> tuple[AppTest, AppTest]:
    """Open the same destination twice, change its name in both, and save the first."""
    press(filled, "Save")
    one, two = (app("destinations", destination="batch_production") for _ in range(2))
    field(one, "Name").input("Theirs")
    field(two, "Name").input("Mine")
    press(one, "Save")
    return one, two


def test_who_saves_second_is_told_and_overwrites_nothing(
    two_tabs: tuple[AppTest, AppTest], opened: OpenWorkspace
) -> None:
    _, two = two_tabs
    assert "Somebody changed “Theirs” meanwhile" in words(press(two, "Save"))
    assert saved(opened)[0].name == "Theirs"
    press(press(two.run(), "Go on with mine"), "Save")
    assert saved(opened)[0].name == "Mine"


def test_a_form_that_was_left_begins_anew(
    two_tabs: tuple[AppTest, AppTest], opened: OpenWorkspace
) -> None:
    _, two = two_tabs
    two.query_params.clear()
    two.run()
    two.query_params["destination"] = "batch_production"
    assert "Somebody changed" not in words(two.run())
    assert field(two, "Name").value == "Theirs"


def test_keys_that_cannot_be_read_any_more_are_said(
    filled: AppTest, app: OpenApp, opened: OpenWorkspace
) -> None:
    press(filled, "Save")
    for file in (opened.settings.home / "key").glob("*.key"):
        file.unlink()
    for page in (app("destinations"), app("destinations", destination="batch_production")):
        said = words(page)
        assert "Project key and REST API key cannot be read here" in said
        assert "Ready to use" not in said

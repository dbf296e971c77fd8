"""What is typed into any form is there again once the store answers."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.store.workspace import get_workspace
from core.workspace.opened import OpenWorkspace
from tests.app.bringing import CUSTOMERS, ORDERS, brought, edit_columns, proposal
from tests.app.conftest import OpenApp
from tests.app.interrupted import interrupted, unreadable
from tests.app.screen import press, widget, words

KEY = "rest-typed-once-4711"
READINGS = range(3)


def held(page: AppTest) -> list[dict[str, object]]:
    """Return what the tab holds of its forms."""
    return [each.values for each in page.session_state["typed:forms"].values()]


def value(page: AppTest, kind: str, label: str) -> object:
    return widget(page, kind, label).value


@pytest.mark.parametrize("query", [{"new": "1"}, {"destination": "practice"}], ids=["new", "saved"])
@pytest.mark.parametrize("nth", READINGS)
def test_a_destination_that_is_saved_in_that_moment_can_be_saved_after_it(
    app: OpenApp, sample: Path, query: dict[str, str], nth: int
) -> None:
    page = app("destinations", **query)
    widget(page, "text_input", "Name").input("Account")
    widget(page, "text_input", "REST API key").input(KEY)
    with unreadable(nth):
        press(page, "Save")
        assert "is locked" in words(page)
    page.run()
    assert value(page, "text_input", "Name") == "Account"
    assert value(page, "text_input", "REST API key") == KEY


def test_a_key_that_was_typed_stands_in_no_file(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("destinations", new="1")
    widget(page, "text_input", "REST API key").input(KEY)
    with unreadable():
        press(page, "Save")
    assert KEY in str(held(page.run()))
    files = (path for path in opened.settings.home.rglob("*") if path.is_file())
    assert not any(KEY.encode() in path.read_bytes() for path in files)


def test_a_key_that_was_typed_is_gone_once_the_form_was_left(app: OpenApp, sample: Path) -> None:
    page = app("destinations", new="1")
    widget(page, "text_input", "REST API key").input(KEY)
    with unreadable():
        press(page, "Save")  # a form sends what stands in it with its button
    assert KEY in str(held(page)) and KEY not in repr(page.session_state["typed:forms"])
    page = press(press(page.run(), "All destinations"), "New destination")
    assert value(page, "text_input", "REST API key") == ""
    assert KEY not in str(held(page))


def test_names_in_the_settings_stay(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    page = app("settings")
    page.text_input(key="settings:name").input("Boutique")
    page.selectbox(key="settings:word").set_value("guests")
    with unreadable():
        press(page, "Save")
    press(page.run(), "Save")
    with opened.store.read() as session:
        saved = get_workspace(session)
    assert (saved.name, saved.people_word) == ("Boutique", "guests")


def test_corrections_of_columns_made_in_that_moment_are_kept(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    with unreadable():
        edit_columns(page, {0: {"Name on screen": "Number"}})
        assert "is locked" in words(page)
    page.run()
    assert "Number" in proposal(page, opened).manifest.table("customers").labels.values()


def test_a_link_that_is_half_chosen_stays(app: OpenApp, home: Path) -> None:
    page = brought(app, customers=CUSTOMERS, orders=ORDERS)
    widget(page, "selectbox", "From column").set_value(("orders", "order_id"))
    page = interrupted(page)
    assert value(page, "selectbox", "From column") == ("orders", "order_id")


def test_a_file_is_read_again_as_it_was_asked_in_that_moment(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app, customers=CUSTOMERS)
    widget(page, "selectbox", "Decimal sign").set_value(",")
    with unreadable():
        press(page, "Read again")
    assert proposal(page.run(), opened).manifest.table("customers").csv.decimal == ","


def test_the_path_of_a_dataset_stays(app: OpenApp, home: Path) -> None:
    page = app("data")
    page.text_input(key="data:server:path").input("/srv/crm/dataset.toml")
    assert interrupted(page).text_input(key="data:server:path").value == "/srv/crm/dataset.toml"


def test_the_name_of_a_segment_stays(app: OpenApp, sample: Path) -> None:
    page = app("segments", new="1")
    page.text_input(key="segments:name").input("Quiet people")
    assert interrupted(page).text_input(key="segments:name").value == "Quiet people"


def test_a_schedule_of_the_refresh_stays(app: OpenApp, sample: Path) -> None:
    page = app("data", view="Refresh")
    kind = next(each for each in page.radio if each.key.endswith(":when:kind"))
    kind.set_value("cron").run()
    widget(page, "text_input", "Cron expression").input("5 5 * * *")
    assert value(interrupted(page), "text_input", "Cron expression") == "5 5 * * *"

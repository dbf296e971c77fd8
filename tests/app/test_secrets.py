"""Secrets go to the store and never come back: no page sends one to the browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.store.destinations import destination_secrets, list_destinations
from core.store.run_states import RunState
from core.workspace.opened import OpenWorkspace
from tests.app.conftest import OpenApp
from tests.app.places import NAMES, PLACES
from tests.app.runs import run_in
from tests.app.screen import press, widget, words
from tests.stand_in import ROOT, StandInServer

REST_API_KEY, PROJECT_KEY = "rest-5ecret-4711", "project_5ecret5ecret5ecret5ecret4711"


def sent(node: Any) -> Iterator[bytes]:
    """Yield what the page sends of each of its elements."""
    proto = getattr(node, "proto", None)
    if proto is not None and hasattr(proto, "SerializeToString"):
        yield proto.SerializeToString()
    for child in getattr(node, "children", {}).values():
        yield from sent(child)


def shown_secrets(page: AppTest, *secrets: str) -> list[str]:
    everything = b"\n".join(sent(page._tree)) + str(dict(page.query_params)).encode()
    assert b"Pause everything" in everything
    return [secret for secret in secrets if secret.encode() in everything]


def fill(page: AppTest, origin: str) -> None:
    widget(page, "text_input", "Name").input("Account")
    widget(page, "text_input", "Address of the API").input(origin)
    widget(page, "text_input", "REST API key").input(REST_API_KEY)
    widget(page, "text_input", "Project key").input(PROJECT_KEY)


@pytest.fixture
def after_saving(app: OpenApp, sample: Path) -> AppTest:
    """Give the session in which somebody has just saved an account with its keys."""
    page = app("destinations", new="1")
    fill(page, "http://127.0.0.1:9")
    return press(page, "Save")


def test_keys_are_stored_and_not_on_the_page_that_is_drawn_after_it(
    after_saving: AppTest, opened: OpenWorkspace
) -> None:
    with opened.store.read() as session:
        key = next(each.key for each in list_destinations(session) if each.name == "Account")
        stored = destination_secrets(session, key, opened.box)
    assert set(stored.values()) == {REST_API_KEY, PROJECT_KEY}
    assert shown_secrets(after_saving, "Account", REST_API_KEY, PROJECT_KEY) == ["Account"]
    assert shown_secrets(after_saving.run(), REST_API_KEY, PROJECT_KEY) == []


def test_keys_do_not_come_back_in_the_form_of_another_account(after_saving: AppTest) -> None:
    page = press(press(after_saving, "All destinations"), "New destination")
    assert shown_secrets(page, REST_API_KEY, PROJECT_KEY) == []


def test_keys_given_anew_are_not_shown_either(after_saving: AppTest) -> None:
    widget(after_saving, "text_input", "REST API key").input("rest-another-0815")
    assert shown_secrets(press(after_saving, "Save"), "rest-another-0815") == []


def test_a_test_that_fails_does_not_tell_the_keys(after_saving: AppTest) -> None:
    page = press(after_saving, "Test the connection")
    assert page.error and shown_secrets(page, REST_API_KEY, PROJECT_KEY) == []


@pytest.mark.parametrize(("name", "query"), PLACES, ids=NAMES)
def test_no_page_sends_a_stored_key(
    name: str, query: dict[str, str], after_saving: AppTest, app: OpenApp, opened: OpenWorkspace
) -> None:
    run_in(opened, RunState.SUCCEEDED)
    known = (REST_API_KEY, PROJECT_KEY, StandInServer.rest_api_key, StandInServer.project_key)
    assert shown_secrets(app(name, **query), *known) == []
    after_saving.query_params.clear()
    for key, value in query.items():
        after_saving.query_params[key] = value
    page = after_saving.switch_page(str(ROOT / "pages" / f"{name}.py")).run()
    assert shown_secrets(page, *known) == []


def test_keys_whose_key_is_lost_are_mended_by_typing_them_again(
    after_saving: AppTest, opened: OpenWorkspace
) -> None:
    for file in (opened.settings.home / "key").glob("*.key"):
        file.unlink()
    widget(after_saving, "text_input", "REST API key").input(REST_API_KEY)
    assert "Put the key back, or give the secret" in words(press(after_saving, "Save"))
    fill(after_saving, "http://127.0.0.1:9")
    page = press(after_saving, "Save")
    assert not page.error and shown_secrets(page, REST_API_KEY, PROJECT_KEY) == []

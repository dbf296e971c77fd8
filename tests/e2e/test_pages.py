"""Every page in a real browser, whichever pages there are."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser

from core.ui.navigation import HOME, page_files
from tests.e2e.browser import PHONE, Tab, opened_tab
from tests.e2e.processes import RollcallProcesses

pytestmark = pytest.mark.xdist_group("browser")
TITLES = [file.title for file in page_files()]
PAGES = [f"/{'' if file.name == HOME else file.name}" for file in page_files()]
DEEP_LINKS = [
    "/segments?segment=vips_about_to_lapse",
    "/activations?activation=vips_about_to_lapse",
    "/activations?new=1&segment=quiet_in_france",
    "/destinations?destination=practice",
    "/runs?run=1",
]


@pytest.fixture(scope="module")
def tab(browser: Browser, shop: RollcallProcesses) -> Iterator[Tab]:
    """Give one tab to all tests here: each address that it opens begins a visit of its own."""
    with opened_tab(browser, shop.origin) as opened:
        yield opened


@pytest.mark.parametrize("address", [*PAGES, *DEEP_LINKS])
def test_a_page_opens_by_its_address_is_accessible_and_fits_a_phone(address: str, tab: Tab) -> None:
    tab.look("light")
    tab.open(address)
    assert tab.menu() == TITLES
    faults = {"light": tab.accessibility_faults()}
    tab.look("dark")
    faults["dark"] = tab.accessibility_faults()
    tab.look("light", PHONE)
    assert (faults, tab.sideways()) == ({"light": [], "dark": []}, 0)


def test_an_address_that_is_no_page_shows_the_frame(tab: Tab) -> None:
    tab.open("/nothing_here")
    assert tab.menu() == TITLES


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example", ""])
def test_the_app_answers_only_to_its_own_names(name: str, shop: RollcallProcesses) -> None:
    for place in ("/", "/_stcore/health"):
        answer = httpx.get(f"{shop.origin}{place}", headers={"Host": name}, trust_env=False)
        assert answer.status_code in (400, 421)
    assert httpx.get(f"http://localhost:{shop.port}/", trust_env=False).status_code == 200


def test_no_page_is_framed_by_others_or_guessed_at(shop: RollcallProcesses) -> None:
    headers = httpx.get(shop.origin, trust_env=False).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"

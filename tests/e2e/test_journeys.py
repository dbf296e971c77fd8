"""What people do with Rollcall from beginning to end, with real processes and a real browser."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator

from core.store.run_states import RunState
from tests.e2e.browser import HUMAN, OpenTab, Tab, new_visitor, visits
from tests.e2e.builder import (
    add_recent_orders,
    add_values,
    save_segment,
    size_on_screen,
    start_segment,
    words_on_screen,
)
from tests.e2e.homes import (
    activate,
    age_beats,
    load_again,
    make_small_shop,
    people_in,
    remove_snapshot,
    run_again,
    save,
    wait_for_beat,
    wait_for_run,
)
from tests.e2e.newcomer import AUDIENCE, go_all_the_way, write_files
from tests.e2e.processes import (
    RollcallProcesses,
    running_app,
    running_program,
    running_rollcall,
)
from tests.stand_in import StandInServer

pytestmark = pytest.mark.xdist_group("browser")
IN_FRANCE = {"field": "country", "op": "is", "value": "FR"}
GOLD = {"field": "loyalty_tier", "op": "is", "value": "gold"}


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RollcallProcesses]:
    """Run Rollcall on a sample shop of these tests' own."""
    with started(tmp_path_factory.mktemp("practice") / "home") as running:
        yield running


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[RollcallProcesses]:
    """Start Rollcall as somebody does who has just installed it."""
    with started(tmp_path / "home") as running:
        yield running


@contextmanager
def started(home: Path) -> Iterator[RollcallProcesses]:
    """Start Rollcall with a stand-in that does not dawdle."""
    with running_rollcall(home) as running, running.stand_in() as stand_in:
        stand_in.settings(rate_per_s=0, indexing_s=0)
        yield running


@pytest.fixture
def stand_in(practice: RollcallProcesses) -> Iterator[StandInServer]:
    with practice.stand_in() as server:
        yield server


@pytest.fixture(scope="module")
def visitor(browser: Browser, practice: RollcallProcesses) -> Iterator[BrowserContext]:
    with new_visitor(browser, practice.origin) as visitor:
        yield visitor


@pytest.fixture
def open_tab(visitor: BrowserContext) -> Iterator[OpenTab]:
    """Open an address in a tab of its own; in the end no tab has shown a failure."""
    with visits(visitor) as open_:
        yield open_


def test_from_a_first_visit_to_exactly_those_people_in_the_audience(
    practice, stand_in, open_tab
) -> None:
    tab = open_tab("/")
    tab.sees("sample shop")
    tab.click("Segments", "link")
    start_segment(tab, "French lately")
    add_values(tab, "Country", "FR")
    add_recent_orders(tab, 90)
    size = size_on_screen(tab)
    save_segment(tab)
    tab.click("Activate")
    tab.sees("This name is free")
    tab.click("Activate")
    tab.sees("Ready in practice")
    assert f"{size:,} people are in the list" in tab.text()
    members = stand_in.members("french_lately")
    assert members == people_in(practice.home, "french_lately") and len(members) == size > 0


def walk(tab: Tab, rollcall: RollcallProcesses, folder: Path) -> None:
    """Go a newcomer's way and see who is in the list at its end."""
    files = write_files(folder)
    go_all_the_way(tab, files)
    with rollcall.stand_in() as stand_in:
        assert stand_in.members(AUDIENCE) == files.wanted


def test_a_newcomer_has_own_people_in_an_audience_within_40_clicks(
    fresh, browser, tmp_path
) -> None:
    with new_visitor(browser, fresh.origin) as visitor, visits(visitor) as open_tab:
        tab = open_tab("/")
        walk(tab, fresh, tmp_path)
    assert tab.clicks <= 40, tab.clicks


@pytest.mark.soak
def test_a_newcomer_needs_less_than_five_minutes(fresh, browser, tmp_path, capsys) -> None:
    since = time.monotonic()
    with new_visitor(browser, fresh.origin) as visitor, visits(visitor, HUMAN) as open_tab:
        tab = open_tab("/")
        walk(tab, fresh, tmp_path)
    seconds = time.monotonic() - since
    with capsys.disabled():
        print(f"\na newcomer: {tab.clicks} clicks, {seconds:.0f} s")
    assert seconds < 300


def test_a_refresh_keeps_a_new_segment_and_its_address_shows_it_elsewhere(open_tab) -> None:
    tab = open_tab("/segments")
    start_segment(tab, "Half a thought")
    add_values(tab, "Country", "ES")
    before = shown(tab)
    tab.page.wait_for_url(re.compile(r"\?draft="))
    tab.refresh()
    assert shown(tab) == before
    assert shown(open_tab(tab.page.url)) == before


def test_a_refresh_keeps_what_was_changed_in_a_saved_segment(practice, open_tab) -> None:
    key = save(practice.home, "Saved before", IN_FRANCE)
    tab = open_tab(f"/segments?segment={key}")
    as_saved = shown(tab)
    add_recent_orders(tab, 30)
    before = shown(tab)
    tab.page.wait_for_url(re.compile(r"segment=.*&draft=|draft=.*&segment="))
    tab.refresh()
    assert shown(tab) == before != as_saved
    assert shown(open_tab(tab.page.url)) == before
    assert shown(open_tab(f"/segments?segment={key}")) == as_saved


def shown(tab: Tab) -> tuple[str, str]:
    """Return name and words of the segment on the screen, once it is counted."""
    size_on_screen(tab)
    return tab.page.get_by_label("Name of the segment").input_value(), words_on_screen(tab)


def test_who_saves_second_is_told_and_loses_nothing(practice, open_tab) -> None:
    key = save(practice.home, "Shared", IN_FRANCE)
    one, two = (open_tab(f"/segments?segment={key}") for _ in range(2))
    add_values(one, "Loyalty tier", "platinum")
    save_segment(one)
    add_values(two, "Loyalty tier", "gold")
    before = shown(two)
    two.click("Save")
    two.sees(re.compile("Somebody saved .* meanwhile"))
    assert shown(two) == before
    two.refresh()
    assert shown(two) == before
    two.click_on(two.page.get_by_role("button", name="More", exact=True).first)
    two.click("Duplicate", "menuitem")
    two.page.wait_for_url(re.compile(r"\?draft="))
    save_segment(two)
    assert shown(two)[1:] == before[1:]
    one.refresh()
    assert "platinum" in words_on_screen(one)


def test_what_is_clicked_right_after_typing_is_not_lost(open_tab) -> None:
    tab = open_tab("/segments")
    tab.click("New segment")
    tab.page.get_by_role("textbox", name="Name of the segment").click()
    tab.page.keyboard.type("In haste")
    tab.page.get_by_role("button", name="Condition", exact=True).click()
    tab.sees("New condition")
    tab.page.wait_for_url(re.compile(r"\?draft="))
    tab.refresh()
    tab.sees("New condition")
    assert shown(tab)[0] == "In haste"


def test_a_segment_is_built_and_saved_by_keyboard_alone(open_tab) -> None:
    tab = open_tab("/segments")
    page, keys = tab.page, tab.page.keyboard
    press_until(tab, page.get_by_role("button", name="New segment"))
    keys.press("Enter")
    name = page.get_by_role("textbox", name="Name of the segment")
    name.wait_for()
    press_until(tab, name)
    keys.type("By hand of key")
    adder = page.get_by_role("button", name="Condition", exact=True)
    press_until(tab, adder)
    keys.press("Enter")
    tab.sees("New condition")
    assert has_focus(adder)
    keys.press("Tab")
    assert has_focus(page.get_by_role("button", name="Group", exact=True))
    subject = page.get_by_role("combobox", name="What it looks at", exact=True)
    press_until(tab, subject, "Shift+Tab", most=5)
    keys.type("Loyalty")
    page.get_by_role("option", name="Loyalty tier", exact=True).wait_for()
    keys.press("Enter")
    values = page.get_by_role("combobox", name="Values", exact=True)
    values.wait_for()
    tab.wait()
    press_until(tab, values)
    keys.type("gold")
    page.get_by_role("option", name="gold", exact=True).wait_for()
    keys.press("Enter")
    tab.sees("“gold”")
    assert has_focus(values)  # a change leaves one where one is
    keys.press("Tab")
    press_until(tab, page.get_by_role("button", name="Save", exact=True))
    keys.press("Enter")
    tab.sees("is saved")
    assert tab.clicks == 0 and size_on_screen(tab) > 0


def test_keys_of_a_destination_may_be_left_by_keyboard(stand_in, open_tab) -> None:
    tab = open_tab("/destinations?new=1")
    tab.fill("Name", "By hand of key")
    tab.fill("Address of the API", stand_in.origin)
    keys = tab.page.keyboard
    tab.page.get_by_label("REST API key").first.click()
    keys.type(stand_in.rest_api_key)
    for _ in range(2):  # the field has an eye that shows what is in it
        keys.press("Tab")
    keys.type(stand_in.project_key)
    for _ in range(2):
        keys.press("Tab")
    tab.click("Test the connection")
    tab.sees("accepts both keys")


def press_until(tab: Tab, wanted: Locator, key: str = "Tab", most: int = 40) -> None:
    """Press the key until what is wanted has the focus."""
    wanted.wait_for()
    for _ in range(most):
        if has_focus(wanted):
            return
        tab.page.keyboard.press(key)
    assert has_focus(wanted)


def has_focus(what: Locator) -> bool:
    return bool(what.evaluate("each => each === document.activeElement"))


@pytest.fixture
def held(practice: RollcallProcesses, stand_in: StandInServer) -> str:
    """Give the name of a list of which so many would leave that its run waits."""
    home, name = practice.home, "by_asking"
    save(home, name, IN_FRANCE)
    activate(home, name, "practice", {"removals": {"do": "hold", "above_percent": 30}})
    wait_for_run(home, name, RunState.SUCCEEDED)
    assert stand_in.members(name) == people_in(home, name)
    save(home, name, IN_FRANCE, GOLD, key=name)
    run_again(home, name)
    wait_for_run(home, name, RunState.HELD)
    return name


def test_a_list_changes_once_a_run_that_waits_is_approved_and_not_when_it_is_rejected(
    held, practice, stand_in, open_tab
) -> None:
    before, wanted = stand_in.members(held), people_in(practice.home, held)
    tab = open_tab("/runs")
    tab.click_on(tab.page.get_by_role("button", name=f" · {held}").first)
    tab.sees("would leave")
    tab.click("Reject")
    tab.sees("rejected")
    assert stand_in.members(held) == before > wanted
    tab.click("Run again")
    tab.sees("would leave")
    assert stand_in.members(held) == before
    tab.click("Approve")
    tab.sees("done")
    assert stand_in.members(held) == wanted


@pytest.fixture(scope="module")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("small") / "home"
    make_small_shop(home)
    return home


@pytest.fixture(scope="module")
def lone_app(small_home: Path) -> Iterator[str]:
    """Run the app over a small sample shop, without a scheduler or a stand-in."""
    with running_app(small_home) as origin:
        yield origin


@pytest.fixture
def open_lone_tab(browser: Browser, lone_app: str) -> Iterator[OpenTab]:
    with new_visitor(browser, lone_app) as visitor, visits(visitor) as open_:
        yield open_


def test_every_page_says_that_the_scheduler_is_gone_after_it_was_killed(
    small_home, open_lone_tab
) -> None:
    with running_program("scheduler", small_home) as scheduler:
        wait_for_beat(small_home)
        tab = open_lone_tab("/segments")
        assert "scheduler" not in tab.text()
        scheduler.kill()
        scheduler.wait()
    age_beats(small_home, 60)
    tab.click("New segment")
    tab.sees("The scheduler is gone: it was last seen 1 min ago")
    tab.click("Runs", "link")
    tab.sees("The scheduler is gone")


def test_the_builder_carries_on_when_newer_data_has_swept_its_own_away(
    small_home, open_lone_tab
) -> None:
    load_again(small_home)
    tab = open_lone_tab("/segments?segment=quiet_in_france")
    before = shown(tab)
    load_again(small_home, times=3)
    add_recent_orders(tab, 30)
    assert shown(tab) != before
    tab.click("Sample", "tab")
    tab.sees("The first")


def test_the_builder_says_in_a_sentence_that_its_data_is_gone_from_the_disk(
    small_home, open_lone_tab
) -> None:
    load_again(small_home)
    tab = open_lone_tab("/segments?segment=quiet_in_france")
    size_on_screen(tab)
    remove_snapshot(small_home)
    tab.click("Condition")
    tab.sees("New condition")
    tab.click("Sample", "tab")
    tab.sees(re.compile(r"gone.*load the data again|Refresh the data", re.IGNORECASE))

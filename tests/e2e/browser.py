"""Debian's chromium driven by Playwright: tabs that wait until the app rests, and count clicks."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    expect,
    sync_playwright,
)

Scheme = Literal["light", "dark"]
DESKTOP, PHONE = (1280, 800), (390, 844)
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_WAIT_MS = 60_000
_LETTERS = 12
# A click takes a moment to reach the app; what is drawn already came from a script that ends soon.
_REST_MS, _SHORT_REST_MS = 350, 100
_RESTS = """restMs => {
  const app = document.querySelector("[data-testid=stApp]");
  const rests = app && app.dataset.testConnectionState === "CONNECTED"
    && app.dataset.testScriptState === "notRunning"
    && !document.querySelector("[data-testid=stSkeleton]");
  const now = performance.now();
  window.restsSince = rests ? (window.restsSince ?? now) : undefined;
  return rests && now - window.restsSince > restMs;
}"""
_ALARM = "rollcall alarm: "
_LOOK_OUT = f"""() => new MutationObserver(() => {{
  const alerts = "[data-testid=stException], [data-testid=stAlert]";
  for (const each of document.querySelectorAll(alerts)) {{
    const said = each.textContent;
    if (each.dataset.testid === "stException" || said.includes("nobody foresaw"))
      console.error("{_ALARM}" + said);
  }}
}}).observe(document, {{childList: true, subtree: true, characterData: true}})"""
# The menu's list holds its links in divs: Streamlit's own markup.
_TOLERATED = ("list", "stSidebarNav")


def chromium() -> str | None:
    """Return where chromium is, or None."""
    return shutil.which("chromium")


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a hand is: seconds before each click, and for each letter."""

    click_s: float = 0
    letter_s: float = 0


QUICK, HUMAN = Pace(), Pace(click_s=1.5, letter_s=0.125)


@contextmanager
def started_browser() -> Iterator[Browser]:
    """Lend a chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(_ARGUMENTS))
        yield browser
        browser.close()


class Tab:
    """One visitor's tab; `clicks` counts what a hand did, `alarms` are errors that were shown."""

    def __init__(self, page: Page, pace: Pace = QUICK) -> None:
        self.page = page
        self.clicks = 0
        self.alarms: list[str] = []
        self._pace = pace
        page.add_init_script(f"({_LOOK_OUT})()")
        page.on("console", self._hear)

    @property
    def main(self) -> Locator:
        """What the page shows beside the menu."""
        return self.page.get_by_test_id("stMain")

    def open(self, address: str = "/") -> None:
        """Go to an address as from a link in a mail."""
        self.page.goto(address)
        self.wait()

    def refresh(self) -> None:
        self.page.reload()
        self.wait()

    def wait(self, rest_ms: int = _REST_MS) -> None:
        """Return when the app is at rest and was so for that long."""
        self.page.evaluate("() => { window.restsSince = undefined }")
        self.page.wait_for_function(_RESTS, arg=rest_ms, polling=50)

    def sees(self, said: str | re.Pattern[str]) -> None:
        """Return once that is said on the page and the app is at rest."""
        expect(self.main).to_contain_text(said, timeout=_WAIT_MS, use_inner_text=True)
        self.wait(_SHORT_REST_MS)

    def click(self, name: str, role: str = "button", *, exact: bool = True) -> None:
        """Click what has that name."""
        self.click_on(self.page.get_by_role(role, name=name, exact=exact))  # type: ignore[arg-type]

    def click_on(self, what: Locator) -> None:
        self._press(what)
        self.wait()

    def fill(self, label: str, text: str) -> None:
        """Click into a field, write something else there, and leave it."""
        self._press(self.page.locator("input, textarea").and_(self._labelled(label)))
        self.page.keyboard.press("ControlOrMeta+a")
        self._type(text)
        self.page.keyboard.press("Tab")
        self.wait()

    def choose(self, label: str, option: str) -> None:
        """Open a pick-list, write how the option begins, and take it."""
        self._press(self.page.get_by_role("combobox", name=label, exact=True))
        self._type(option[:_LETTERS])
        self.click_on(self.page.get_by_role("option", name=option, exact=True))

    def upload(self, button: str, *files: Path) -> None:
        """Choose files in the browser's own window: one click each, and one that closes it."""
        with self.page.expect_file_chooser() as chooser:
            self._press(self.page.get_by_role("button", name=button, exact=True))
        for _ in [*files, "open"]:
            self._count()
        chooser.value.set_files(files)
        self.wait()

    def _labelled(self, label: str) -> Locator:
        return self.page.get_by_label(label, exact=True)

    def _press(self, what: Locator) -> None:
        self.page.bring_to_front()  # a tab behind another one takes seconds
        what.hover()
        self._count()
        what.click()

    def _count(self) -> None:
        self.page.wait_for_timeout(self._pace.click_s * 1000)
        self.clicks += 1

    def _type(self, text: str) -> None:
        self.page.keyboard.type(text, delay=self._pace.letter_s * 1000)

    def _hear(self, said: ConsoleMessage) -> None:
        if said.text.startswith(_ALARM):
            self.alarms.append(said.text.removeprefix(_ALARM))

    def text(self) -> str:
        """Return what the page says beside the menu."""
        return self.main.inner_text()

    def look(self, scheme: Scheme, size: tuple[int, int] = DESKTOP) -> None:
        """Go on in another colour scheme and size."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        if self.page.url != "about:blank":
            self.wait()

    def faults(self) -> list[str]:
        """Return what was ever shown here that no visitor should see."""
        self.page.evaluate("() => 0")  # what the browser has said until now is heard by then
        trace = ["a traceback is on the page"] if "Traceback" in self.text() else []
        return [*self.alarms, *trace]

    def menu(self) -> list[str]:
        """Return the titles of the menu; before each stands its icon's name."""
        links = self.page.get_by_test_id("stSidebarNavLink").all_inner_texts()
        return [link.splitlines()[-1] for link in links]

    def accessibility_faults(self) -> list[str]:
        """Return what axe finds, a line each, without the one fault that is Streamlit's."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{rule['id']}: {node['html'][:160]} {_why(node)}"
            for rule in found
            for node in rule["nodes"]
            if not (rule["id"] == _TOLERATED[0] and _TOLERATED[1] in str(node["target"]))
        ]

    def height(self) -> int:
        """Return how tall a window shows the whole page."""
        inside: int = self.main.evaluate("each => each.scrollHeight - each.clientHeight")
        return int(self.page.viewport_size["height"]) + inside if self.page.viewport_size else 0

    def sideways(self) -> int:
        """Return by how many pixels the page could be scrolled sideways."""
        return int(
            self.page.evaluate(
                """() => Math.max(...[document.documentElement,
                ...document.querySelectorAll('[data-testid=stMain], [data-testid=stApp]')]
                .map(each => each.scrollWidth - each.clientWidth))"""
            )
        )


def _why(node: dict[str, Any]) -> str:
    return " ".join(str(node.get("failureSummary", "")).split())


def new_visitor(
    browser: Browser, origin: str, scheme: Scheme = "light", size: tuple[int, int] = DESKTOP
) -> BrowserContext:
    """Return the browser of somebody who was never here before."""
    visitor = browser.new_context(
        base_url=origin,
        color_scheme=scheme,
        viewport={"width": size[0], "height": size[1]},
        locale="en-GB",
    )
    visitor.set_default_timeout(_WAIT_MS)
    return visitor


@contextmanager
def opened_tab(
    browser: Browser,
    origin: str,
    scheme: Scheme = "light",
    size: tuple[int, int] = DESKTOP,
) -> Iterator[Tab]:
    """Lend a tab of a visitor who was never here before."""
    with new_visitor(browser, origin, scheme, size) as visitor:
        yield Tab(visitor.new_page())


OpenTab = Callable[..., Tab]


@contextmanager
def visits(visitor: BrowserContext, pace: Pace = QUICK) -> Iterator[OpenTab]:
    """Lend what opens addresses, each in a tab of its own, and see in the end that all was well."""
    tabs: list[Tab] = []

    def open_(address: str = "/") -> Tab:
        tabs.append(Tab(visitor.new_page(), pace))
        tabs[-1].open(address)
        return tabs[-1]

    try:
        yield open_
        assert [fault for tab in tabs for fault in tab.faults()] == []
    finally:
        for tab in tabs:
            tab.page.close()

"""Debian's chromium driven by Playwright: tabs that wait until the app rests, and count clicks."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, sync_playwright

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
# At rest for a third of a second: a click takes a moment to reach the app.
_RESTS = """() => {
  const app = document.querySelector("[data-testid=stApp]");
  const rests = app && app.dataset.testConnectionState === "CONNECTED"
    && app.dataset.testScriptState === "notRunning"
    && !document.querySelector("[data-testid=stSkeleton]");
  const now = performance.now();
  window.restsSince = rests ? (window.restsSince ?? now) : undefined;
  return rests && now - window.restsSince > 350;
}"""
# The menu's list holds its links in divs: Streamlit's own markup.
_TOLERATED = ("list", "stSidebarNav")


def chromium() -> str | None:
    """Return where chromium is, or None."""
    return shutil.which("chromium")


@contextmanager
def started_browser() -> Iterator[Browser]:
    """Lend a chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(_ARGUMENTS))
        yield browser
        browser.close()


class Tab:
    """One visitor's tab; `clicks` counts what a hand would have done."""

    def __init__(
        self,
        browser: Browser,
        origin: str,
        scheme: Scheme = "light",
        size: tuple[int, int] = DESKTOP,
    ) -> None:
        viewport = {"width": size[0], "height": size[1]}
        self._context = browser.new_context(
            base_url=origin, color_scheme=scheme, viewport=viewport, locale="en-GB"
        )
        self._context.set_default_timeout(_WAIT_MS)
        self.page: Page = self._context.new_page()
        self.clicks = 0

    def close(self) -> None:
        self._context.close()

    def open(self, address: str = "/") -> None:
        """Go to an address as from a link in a mail."""
        self.page.goto(address)
        self.wait()

    def wait(self) -> None:
        """Return when the app is at rest."""
        self.page.evaluate("() => { window.restsSince = undefined }")
        self.page.wait_for_function(_RESTS, polling=50)

    def click(self, name: str, role: str = "button", *, exact: bool = True) -> None:
        """Click what has that name."""
        self.click_on(self.page.get_by_role(role, name=name, exact=exact))  # type: ignore[arg-type]

    def click_on(self, what: Locator) -> None:
        what.click()
        self.clicks += 1
        self.wait()

    def fill(self, label: str, text: str) -> None:
        """Click into a field, type, and leave it."""
        field = self.page.get_by_label(label, exact=True)
        field.click()
        field.fill(text)
        field.press("Tab")
        self.clicks += 1
        self.wait()

    def choose(self, label: str, option: str) -> None:
        """Open a pick-list and take an option."""
        self.page.get_by_role("combobox", name=label).click()
        self.page.get_by_role("option", name=option, exact=True).click()
        self.clicks += 2
        self.wait()

    def text(self) -> str:
        """Return what the page says beside the menu."""
        return self.page.get_by_test_id("stMain").inner_text()

    def look(self, scheme: Scheme, size: tuple[int, int] = DESKTOP) -> None:
        """Go on in another colour scheme and size."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        if self.page.url != "about:blank":
            self.wait()

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
        main = self.page.get_by_test_id("stMain")
        inside: int = main.evaluate("each => each.scrollHeight - each.clientHeight")
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


@contextmanager
def opened_tab(
    browser: Browser, origin: str, scheme: Scheme = "light", size: tuple[int, int] = DESKTOP
) -> Iterator[Tab]:
    """Lend a tab of a visitor who was never here before."""
    tab = Tab(browser, origin, scheme, size)
    try:
        yield tab
    finally:
        tab.close()

"""`make screenshots`: every page of the sample shop as pictures, and the one of the README."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser

from core.ui.navigation import HOME, page_files
from tests.e2e.browser import DESKTOP, PHONE, Scheme, opened_tab, started_browser
from tests.e2e.processes import RollcallProcesses, running_rollcall, wait_for_list
from tests.stand_in import ROOT

PICTURES = ROOT / "build" / "screenshots"
BUILDER = ROOT / "docs" / "images" / "builder.png"
LOOKS: dict[str, tuple[Scheme, tuple[int, int]]] = {
    "light": ("light", DESKTOP),
    "dark": ("dark", DESKTOP),
    "phone": ("light", PHONE),
}
DETAILS = {
    "segment": "/segments?segment=vips_about_to_lapse",
    "activation": "/activations?activation=vips_about_to_lapse",
    "activation-new": "/activations?new=1&segment=quiet_in_france",
    "destination": "/destinations?destination=practice",
    "run": "/runs?run=1",
}
_TALLEST = 6_000


def main() -> None:
    """Take all pictures from a home made for it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    BUILDER.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_rollcall(Path(folder) / "home") as rollcall,
        started_browser() as browser,
    ):
        wait_for_list(rollcall)
        for picture in take_pictures(browser, rollcall):
            print(picture.relative_to(ROOT), flush=True)
        print(take_builder(browser, rollcall).relative_to(ROOT))


def take_pictures(browser: Browser, rollcall: RollcallProcesses) -> Iterator[Path]:
    """Take every page whole, in each look, and yield the files."""
    pages = {file.name: "/" if file.name == HOME else f"/{file.name}" for file in page_files()}
    for look, (scheme, size) in LOOKS.items():
        with opened_tab(browser, rollcall.origin, scheme, size) as tab:
            for name, address in {**pages, **DETAILS}.items():
                tab.look(scheme, size)
                tab.open(address)
                tab.look(scheme, (size[0], min(tab.height(), _TALLEST)))
                picture = PICTURES / f"{name}-{look}.png"
                tab.page.screenshot(path=picture)
                yield picture


def take_builder(browser: Browser, rollcall: RollcallProcesses) -> Path:
    """Take the builder as a visitor's screen shows it."""
    with opened_tab(browser, rollcall.origin) as tab:
        tab.open(DETAILS["segment"])
        tab.page.wait_for_timeout(2_000)  # sizes come by and by
        tab.wait()
        tab.page.screenshot(path=BUILDER)
    return BUILDER


if __name__ == "__main__":
    main()

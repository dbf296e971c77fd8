"""README and docs lead to what is there, and name every variable."""

import re
from pathlib import Path

import pytest

from core.settings import PROJECT_ROOT, Settings

DOCS = PROJECT_ROOT / "docs"
PAGES = [PROJECT_ROOT / "README.md", PROJECT_ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)")


def headings(page: Path) -> set[str]:
    """Return what a link may name behind its #, as forges write it."""
    lines = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-") for line in lines}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for path, heading in LINK.findall(page.read_text(encoding="utf-8")):
        target = page.parent / path if path else page
        assert target.exists(), path
        assert not heading or heading in headings(target), heading


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_variable_is_named(name: str) -> None:
    said = "".join((DOCS / page).read_text(encoding="utf-8") for page in ("store.md", "data.md"))
    assert f"`ROLLCALL_{name.upper()}`" in said

"""The pages there are, found by file name, and ways to them.

A page file says what the menu shows in four lines at its top: TITLE, ICON, ORDER and LEAST, the
least role that sees it.
"""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.settings import PROJECT_ROOT
from core.ui.roles import Role

_FOLDER = PROJECT_ROOT / "pages"
HOME = "home"


@dataclass(frozen=True, slots=True)
class PageFile:
    """One page: its name is that of its file and its place in the address."""

    name: str
    path: Path
    title: str
    icon: str
    order: int
    least: Role


@cache
def page_files() -> tuple[PageFile, ...]:
    """Return all pages in the order of the menu."""
    files = [_read(path) for path in sorted(_FOLDER.glob("*.py"))]
    return tuple(sorted(files, key=lambda file: file.order))


def page(name: str) -> StreamlitPage:
    """Return the page of that name, as Streamlit knows it."""
    file = next(each for each in page_files() if each.name == name)
    return as_page(file, hidden=False)


def as_page(file: PageFile, *, hidden: bool) -> StreamlitPage:
    return st.Page(
        file.path,
        title=file.title,
        icon=file.icon,
        url_path=file.name,
        default=file.name == HOME,
        visibility="hidden" if hidden else "visible",
    )


def go(name: str, **query: str) -> None:
    """Leave for the page of that name."""
    st.switch_page(page(name), query_params=query)


def link(name: str, label: str, *, icon: str | None = None, **query: str) -> None:
    """Draw a link to the page of that name."""
    st.page_link(page(name), label=label, icon=icon, query_params=query)


def show(**query: str) -> NoReturn:
    """Draw another part of the page that one is on; its address names it."""
    st.query_params.from_dict(query)
    st.rerun()


def way(label: str, key: str, *, icon: str | None = None, **query: str) -> None:
    """Draw the way to another part of the page that one is on.

    A link to the page that one is on already leaves the browser's address as it is, and the next
    click would lead back.
    """
    if st.button(label, key=key, type="tertiary", icon=icon):
        show(**query)


def back(label: str, key: str) -> None:
    """Draw the way from one thing to all of its page."""
    way(label, key, icon=":material/arrow_back:")


def _read(path: Path) -> PageFile:
    said = {
        node.targets[0].id: node.value
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    return PageFile(
        name=path.stem,
        path=path,
        title=ast.literal_eval(said["TITLE"]),
        icon=ast.literal_eval(said["ICON"]),
        order=ast.literal_eval(said["ORDER"]),
        least=Role(ast.literal_eval(said["LEAST"])),
    )


def clean_address() -> None:
    """Drop from the address what names nothing: PostgreSQL takes no NUL."""
    for name in [name for name, value in st.query_params.items() if "\0" in value]:
        del st.query_params[name]

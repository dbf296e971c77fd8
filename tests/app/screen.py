"""What stands on a page in tests, and the clicks of a hand."""

from collections.abc import Mapping
from typing import Any

from streamlit.testing.v1 import AppTest

_KINDS = (
    "title",
    "header",
    "subheader",
    "markdown",
    "caption",
    "success",
    "info",
    "warning",
    "error",
    "code",
)


def words(page: AppTest) -> str:
    """Return all that the page says, as a reader sees it."""
    found: list[Any] = [each for kind in _KINDS for each in page.get(kind)]
    return "\n".join(str(each.value) for each in found).replace("\\", "")


def widget(page: AppTest, kind: str, label: str) -> Any:
    """Return the first widget of that kind and label."""
    found: list[Any] = list(page.get(kind))
    return next(each for each in found if each.label == label)


def press(page: AppTest, label: str) -> AppTest:
    """Return the page after a click on the button of that label."""
    drawn: AppTest = widget(page, "button", label).click().run()
    assert not drawn.exception
    return drawn


def send_from(page: AppTest, address: Mapping[str, str]) -> None:
    """Let the next click come from a browser that still shows that address."""
    page.query_params.clear()
    for name, value in address.items():
        page.query_params[name] = value


def address_of(page: AppTest) -> dict[str, str]:
    """Return what the address of the page says."""
    return {
        name: value if isinstance(value, str) else value[0]
        for name, value in page.query_params.items()
    }

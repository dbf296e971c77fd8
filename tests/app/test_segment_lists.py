"""Lists of values in the builder: pasted, refused where the format takes no more, changed."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.segments.values import MAX_LIST
from core.workspace.opened import OpenWorkspace
from tests.app.building import ids, node, open_row, said_after, saved, sentences
from tests.app.conftest import OpenApp
from tests.app.screen import press, widget, words


def many(count: int) -> list[str]:
    return [f"c{number:07}" for number in range(count)]


@pytest.fixture
def page(app: OpenApp, sample: Path, opened: OpenWorkspace) -> AppTest:
    """Give the builder with one condition that is open: a list of one value."""
    key = saved(opened, "List", {"field": "customer_id", "op": "is_any_of", "value": ["x"]})
    made = app("segments", segment=key)
    return open_row(made, ids(made)[0])


def key(page: AppTest, part: str) -> str:
    return f"seg:{ids(page)[0]}:text_list:{part}"


def paste(page: AppTest, text: str) -> AppTest:
    page.text_area(key=key(page, "paste")).input(text).run()
    return page.button(key=key(page, "take")).click().run()


def proto_bytes(page: AppTest) -> int:
    """Return how much of widgets the page sends to the browser."""
    found = [*page.main.multiselect, *page.main.text_area, *page.main.button, *page.main.markdown]
    return sum(each.proto.ByteSize() for each in found)


def test_what_is_pasted_is_counted_before_it_is_added(page: AppTest) -> None:
    page.text_area(key=key(page, "paste")).input("a\nb\na\n\nc").run()
    assert "4 values, 3 of them different" in words(page)


def test_as_many_as_a_list_may_hold_are_added(page: AppTest) -> None:
    page = paste(page, "\n".join(many(MAX_LIST - 1)))
    assert node(page, 0)["value"] == ["x", *many(MAX_LIST - 1)] and not said_after(page)
    assert f"{MAX_LIST:,} values" in sentences(page)[0]


@pytest.mark.parametrize("count", [MAX_LIST, 100_000])
def test_more_are_refused_in_a_sentence_and_nothing_is_added(count: int, page: AppTest) -> None:
    page.text_area(key=key(page, "paste")).input("\n".join(many(count))).run()
    assert f"{count:,} values" in words(page) and "holds at most 10,000" in words(page)
    page = page.button(key=key(page, "take")).click().run()
    assert f"it would hold {count + 1:,}" in said_after(page)
    assert "nothing was changed" in said_after(page) and node(page, 0)["value"] == ["x"]


def test_a_long_list_is_told_and_not_drawn_value_by_value(page: AppTest) -> None:
    page = paste(page, "\n".join(many(9_999)))
    assert "\n10,000 values\n" in words(page) and not page.multiselect
    assert proto_bytes(page) < 20_000


def test_a_long_list_is_changed_line_by_line(page: AppTest) -> None:
    page = paste(page, "\n".join(["Paris, France", *many(300)]).replace(", ", "¸ "))
    page.session_state[key(page, "open")] = True
    page.run()
    area = page.text_area(key=key(page, "all"))
    assert area.value.splitlines()[:3] == ["x", "Paris¸ France", "c0000000"]
    area.input(area.value.replace("c0000000\n", "").replace("¸", ",")).run()
    assert node(page, 0)["value"] == ["x", "Paris, France", *many(300)[1:]]


def test_a_long_list_that_is_emptied_is_short_again(page: AppTest) -> None:
    page = paste(page, "\n".join(many(300)))
    page.session_state[key(page, "open")] = True
    page.run()
    page.text_area(key=key(page, "all")).input("x\ny").run()
    assert node(page, 0)["value"] == ["x", "y"]
    assert page.multiselect(key=key(page, "value")).value == ["x", "y"]


def test_values_with_line_breaks_are_not_torn_apart(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    values = [f"{each}\nsecond" for each in many(110)]
    made = saved(opened, "Long", {"field": "city", "op": "is_any_of", "value": values})
    page = app("segments", segment=made)
    open_row(page, ids(page)[0])
    assert "cannot be changed as lines" in words(page)
    assert node(page, 0)["value"] == values


def test_numbers_whose_comma_may_be_a_decimal_sign_are_not_guessed(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    number = {"table": "orders", "measure": "count", "op": "is_any_of", "value": [1]}
    page = app("segments", segment=saved(opened, "Numbers", number))
    open_row(page, ids(page)[0])
    widget(page, "text_area", "Values, one a line or with commas between").input("12,50\n13,75")
    press(page, "Add to the list")
    assert "can be one number or two" in said_after(page)
    assert node(page, 0)["value"] == [1]

"""The builder: conditions, groups and limits are added, changed and taken away."""

from pathlib import Path
from typing import Any

import pytest

from core.segments.reading import read_json
from core.store.segments import get_segment
from core.workspace.opened import OpenWorkspace
from tests.app.building import (
    FRANCE,
    LAPSING,
    ORDERS,
    QUIET,
    add,
    bar,
    editor,
    ids,
    node,
    open_row,
    said_after,
    saved,
    sentences,
)
from tests.app.conftest import OpenApp
from tests.app.screen import words


def test_a_saved_segment_opens_as_sentences_with_sizes(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=LAPSING)
    assert len(sentences(page)) == 3
    assert sentences(page)[0] == "Loyalty tier is “gold” or “platinum”"
    assert "people" in bar(page) and "%" in bar(page)
    sizes = editor(page).counting
    assert sizes.is_answered() and not said_after(page)


def test_a_new_segment_is_built_saved_and_ready_to_be_activated(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("segments")
    next(b for b in page.button if b.label == "New segment").click().run()
    new = add(page, "field:country")
    page.multiselect(key=f"seg:{new}:text_list:value").select("FR").run()
    related = add(page, "table:orders")
    page.number_input(key=f"seg:{related}:number:value").set_value(2).run()
    page.text_input(key="segments:name").input("French shoppers").run()
    page.button(key="segments:save").click().run()
    assert page.success and page.query_params["segment"] == "french_shoppers"
    assert conditions_of(opened, "french_shoppers") == [
        {"field": "country", "op": "is_any_of", "value": ["FR"]},
        ORDERS,
    ]
    assert not page.button(key="segments:activate").disabled


def conditions_of(opened: OpenWorkspace, key: str) -> object:
    with opened.store.read() as session:
        where: Any = read_json(get_segment(session, key).tree)
    return where["where"]["conditions"]


def test_an_unfinished_condition_is_marked_and_left_out(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=LAPSING)
    before = bar(page)
    new = add(page, "field:city")
    assert "Say which value" in words(page)
    assert bar(page).startswith(before.split("  ·  ")[0])
    assert "without what is not finished" in bar(page)
    page.button(key="segments:save").click().run()
    assert "Finish or remove the conditions that are new or not finished" in said_after(page)
    page.button(key=f"seg:{new}:remove").click().run()
    assert not editor(page).is_changed


def test_an_unfinished_condition_is_a_fault_only_once_it_was_left(
    app: OpenApp, sample: Path
) -> None:
    page = app("segments", segment=LAPSING)
    new = add(page, "field:city")
    assert "error" not in sentences(page)[-1]
    open_row(page, new)
    assert "error" in sentences(page)[-1]


def test_the_rest_of_an_unfinished_condition_still_says_what_it_is(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    where = {"match": "all", "conditions": [{"field": "channel", "op": "is", "value": "web"}]}
    page = app("segments", segment=saved(opened, "Web", {**ORDERS, "where": where}))
    open_row(page, ids(page)[0])
    inner = editor(page).draft.nodes[ids(page)[0]]["where"]["id"]  # type: ignore[index]
    page.button(key=f"seg:{inner}:add").click().run()
    said = sentences(page)
    assert any("Channel is “web”" in each and "orders" not in each for each in said)
    assert any("New condition" in each for each in said)


def test_a_group_is_made_filled_and_taken_away(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=QUIET)
    first = ids(page)[0]
    open_row(page, first)
    page.menu_button(key=f"seg:{first}:menu").click("group").run()
    assert node(page, 0) == {"match": "any", "conditions": [FRANCE]}
    group = ids(page)[0]
    page.selectbox(key=f"seg:{group}:match").select("none").run()
    assert node(page, 0)["match"] == "none" and not said_after(page)
    page.button(key=f"seg:{group}:remove").click().run()
    assert len(ids(page)) == 2


@pytest.mark.parametrize(("step", "order"), [("down", [1, 0, 2]), ("double", [0, 0, 1, 2])])
def test_conditions_are_moved_and_doubled(
    step: str, order: list[int], app: OpenApp, sample: Path
) -> None:
    page = app("segments", segment=QUIET)
    before = [node(page, number) for number in range(3)]
    open_row(page, ids(page)[0])
    page.menu_button(key=f"seg:{ids(page)[0]}:menu").click(step).run()
    after = [node(page, number) for number in range(len(order))]
    assert after == [before[number] for number in order]


def test_every_part_of_a_related_condition_can_be_added_and_taken_away(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("segments", segment=saved(opened, "Twice", ORDERS))
    condition = ids(page)[0]
    open_row(page, condition)
    for part in ("where", "pick", "that", "followed_by", "through"):
        page.button(key=f"seg:{condition}:add:{part}").click().run()
        assert part in node(page, 0) and not said_after(page)
        editor(page).open_ids = frozenset({condition})
        editor(page).step_back()
        page.run()
    assert node(page, 0) == ORDERS


def test_a_condition_on_another_segment_is_called_by_its_name(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=LAPSING)
    new = add(page, "segment")
    page.selectbox(key=f"seg:{new}:op").select("not_in").run()
    assert node(page, 3) == {"segment": QUIET, "op": "not_in"}
    assert "France, wants e-mail" in sentences(page)[-1]
    assert LAPSING not in page.selectbox(key=f"seg:{new}:segment").options


def test_another_comparison_keeps_the_value_that_still_fits(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=QUIET)
    first = ids(page)[0]
    open_row(page, first)
    page.selectbox(key=f"seg:{first}:op").select("is_none_of").run()
    assert node(page, 0) == {"field": "country", "op": "is_none_of", "value": ["FR"]}
    page.selectbox(key=f"seg:{first}:op").select("is_blank").run()
    assert node(page, 0) == {"field": "country", "op": "is_blank"}


def test_a_pasted_list_says_what_it_found(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=LAPSING)
    tier = ids(page)[0]
    open_row(page, tier)
    page.text_area(key=f"seg:{tier}:text_list:paste").input("gold, silver; tin").run()
    assert "2 of 3 stand among" in words(page) and "Others: tin" in words(page)
    page.button(key=f"seg:{tier}:text_list:take").click().run()
    assert node(page, 0)["value"] == ["gold", "platinum", "silver", "tin"]


def test_a_limit_takes_a_part_of_those_who_match(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=QUIET)
    page.selectbox(key="seg:limit:kind").select("count").run()
    page.number_input(key="seg:limit:count").set_value(3).run()
    assert bar(page).startswith("**3 people**") and "at random" in words(page)
    page.selectbox(key="seg:limit:by").select("points").run()
    assert editor(page).draft.limit == {"count": 3, "by": "points", "order": "highest"}
    page.selectbox(key="seg:limit:kind").select("").run()
    assert editor(page).draft.limit is None


@pytest.mark.parametrize("typed", ["1e600000", "Infinity", "sNaN", "NaN", "abc", "1_000", "9" * 29])
def test_what_is_no_number_of_the_format_is_refused_and_changes_nothing(
    typed: str, app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    long = {"field": "points", "op": "equals", "value": 1234567890123456789}
    page = app("segments", segment=saved(opened, "Long", long))
    open_row(page, ids(page)[0])
    page.text_input(key=f"seg:{ids(page)[0]}:number:value").input(typed).run()
    assert said_after(page) and "nobody foresaw" not in said_after(page)
    assert node(page, 0) == long


def test_what_is_no_number_is_left_out_of_a_list_and_named(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    some = {"field": "points", "op": "is_any_of", "value": [1, 2]}
    page = app("segments", segment=saved(opened, "Some", some))
    open_row(page, ids(page)[0])
    area = f"seg:{ids(page)[0]}:number_list:paste"
    page.text_area(key=area).input("3, 1e600000, 1234567890123456789, NaN").run()
    page.button(key=f"seg:{ids(page)[0]}:number_list:take").click().run()
    assert node(page, 0)["value"] == [1, 2, 3, 1234567890123456789]
    assert "1e600000, NaN" in said_after(page)


def test_a_number_whose_digits_a_field_would_lose_is_refused(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    small = {"field": "points", "op": "equals", "value": 5}
    page = app("segments", segment=saved(opened, "Small", small))
    open_row(page, ids(page)[0])
    page.number_input(key=f"seg:{ids(page)[0]}:number:value").set_value(1.2345678901234567e18).run()
    assert "15 digits" in said_after(page) and node(page, 0) == small

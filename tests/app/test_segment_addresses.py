"""The builder and its address: what is clicked quickly comes with the one from before."""

import tomllib

from streamlit.testing.v1 import AppTest

from tests.app.building import LAPSING, QUIET, bar, editor, ids, said_after
from tests.app.screen import address_of, send_from
from tests.stand_in import ROOT


def click_add(page: AppTest) -> AppTest:
    return page.button(key=f"seg:{editor(page).draft.root['id']}:add").click().run()


def test_a_condition_added_right_after_the_name_was_typed_is_there(sample, app) -> None:
    page = app("segments", new="1")
    page.text_input(key="segments:name").input("In haste").run()
    assert "draft" in address_of(page)
    send_from(page, {"new": "1"})
    click_add(page)
    assert (editor(page).name, len(ids(page))) == ("In haste", 1)


def test_what_is_clicked_right_after_saving_goes_on_from_what_was_saved(sample, app) -> None:
    page = app("segments", new="1")
    page.text_input(key="segments:name").input("In haste").run()
    before = address_of(page)
    page.button(key="segments:save").click().run()
    assert address_of(page) == {"segment": "in_haste"}
    send_from(page, before)
    click_add(page)
    assert (editor(page).key, len(ids(page)), len(page.error)) == ("in_haste", 1, 0)


def test_a_draft_that_is_changed_in_two_tabs_becomes_two(sample, app) -> None:
    one = app("segments", new="1")
    one.text_input(key="segments:name").input("Ours").run()
    draft = address_of(one)["draft"]
    two = app("segments", draft=draft)
    two.text_input(key="segments:name").input("Theirs").run()
    click_add(one)
    assert "changed in another tab" in one.toast[0].value
    click_add(two)
    assert (editor(app("segments", **address_of(one))).name, len(two.toast)) == ("Ours", 0)
    again = app("segments", draft=draft)
    assert (editor(again).name, len(ids(again))) == ("Theirs", 1)


def test_a_draft_of_another_segment_is_not_opened_over_this_one(sample, app) -> None:
    other = click_add(app("segments", segment=LAPSING))
    page = app("segments", segment=QUIET, draft=address_of(other)["draft"])
    assert (editor(page).name, editor(page).is_changed) == (
        "France, wants e-mail, no visit this month",
        False,
    )
    assert address_of(page) == {"segment": QUIET}
    page = app("segments", draft=address_of(other)["draft"])
    assert "saved or is gone" in said_after(page)


def test_to_look_at_a_draft_elsewhere_is_no_change_of_it(sample, app) -> None:
    one = app("segments", new="1")
    one.text_input(key="segments:name").input("Ours").run()
    app("segments", draft=address_of(one)["draft"]).run()
    click_add(one)
    assert not one.toast


def test_who_renames_second_is_told(sample, app) -> None:
    one, two = (app("segments", segment=QUIET) for _ in range(2))
    for page, name in ((one, "Theirs"), (two, "Mine")):
        page.text_input(key="segments:name").input(name).run()
    one.button(key="segments:save").click().run()
    two.button(key="segments:save").click().run()
    assert "renamed it to “Theirs” meanwhile" in said_after(two)


def test_a_new_segment_after_a_saved_one_is_another(sample, app) -> None:
    page = app("segments", new="1")
    page.text_input(key="segments:name").input("In haste").run()
    page.button(key="segments:save").click().run()
    send_from(page, {"new": "1"})
    page.run()
    assert (editor(page).key, editor(page).name) == (None, "")


def test_another_segment_s_address_opens_that_segment(sample, app) -> None:
    page = app("segments", new="1")
    page.text_input(key="segments:name").input("In haste").run()
    send_from(page, {"segment": QUIET})
    page.run()
    assert editor(page).key == QUIET and "people" in bar(page)


def test_no_page_is_run_twice_at_a_time_for_one_tab() -> None:
    """Else a page that draws itself again forgets the address that a click has just set."""
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert config["runner"]["fastReruns"] is False

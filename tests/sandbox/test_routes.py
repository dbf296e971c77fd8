"""The stand-in's six routes and their rules."""

import pytest

from tests.sandbox.calling import Caller, token_of
from tests.stand_in import StandInServer

ADD_A = {"action": "add", "id": "a"}


def test_a_created_audience_reads_back(caller: Caller) -> None:
    body = {"name": "vip", "display_name": "VIP", "type": "custom_ids"}
    token = token_of(caller.post("create", body))
    view = caller.view("vip", token).json()
    assert (view["name"], view["display_name"], view["type"]) == ("vip", "VIP", "CUSTOM_ID")
    assert (view["nb_ids"], view["indexing_state"]) == (0, "APPLIED")
    assert view["created"].endswith("Z") and view["updated"].endswith("Z")


def test_the_last_action_on_an_id_in_a_call_wins(caller: Caller, stand_in: StandInServer) -> None:
    caller.create("vip")
    remove_a = {"action": "remove", "id": "a"}
    caller.post("update", {"name": "vip", "ids": [ADD_A, remove_a]})
    assert stand_in.members("vip") == set()
    caller.post("update", {"name": "vip", "ids": [remove_a, ADD_A]})
    assert stand_in.members("vip") == {"a"}


def test_an_add_replaces_all_attributes(caller: Caller, stand_in: StandInServer) -> None:
    caller.create("vip")
    for attributes in ({"x": 1, "y": "2"}, {"x": 3}):
        caller.post("update", {"name": "vip", "ids": [ADD_A | {"attributes": attributes}]})
    assert stand_in.attributes("vip") == {"a": {"x": 3}}


def test_a_replace_wipes_and_voids_what_came_before(
    caller: Caller, stand_in: StandInServer
) -> None:
    caller.create("vip")
    earlier = caller.add("vip", "a", "b")
    later = token_of(caller.post("replace", {"name": "vip", "ids": [{"id": "c"}]}))
    assert stand_in.members("vip") == {"c"}
    assert caller.view("vip", earlier).json()["indexing_state"] == "REPLACED"
    assert caller.view("vip", later).json()["indexing_state"] == "APPLIED"


def test_a_removed_audience_leaves_its_name_free(caller: Caller, stand_in: StandInServer) -> None:
    caller.create("vip")
    caller.add("vip", "a")
    token_of(caller.post("remove", {"name": "vip"}))
    assert caller.view("vip").status_code == 404
    caller.create("vip")
    assert stand_in.members("vip") == set()


def test_a_write_is_in_progress_for_as_long_as_it_is_told(
    caller: Caller, stand_in: StandInServer
) -> None:
    caller.create("vip")
    stand_in.settings(indexing_s=60)
    token = caller.add("vip", "a")
    assert caller.view("vip", token).json()["indexing_state"] == "IN_PROGRESS"
    assert caller.view("vip").json()["indexing_state"] == "IN_PROGRESS"


def test_an_audience_is_known_late_if_told(caller: Caller, stand_in: StandInServer) -> None:
    stand_in.settings(create_delay_s=60)
    caller.create("vip")
    assert caller.view("vip").status_code == 404
    assert caller.post("create", {"name": "vip", "type": "custom_ids"}).status_code == 400


def test_a_list_comes_in_pages_with_its_count_on_the_first(caller: Caller) -> None:
    for name in "abcde":
        caller.create(name)
    first = caller.get("/2.11/audiences/list", limit="2").json()
    second = caller.get("/2.11/audiences/list", limit="3", **{"from": first["next_from"]}).json()
    assert [row["name"] for row in first["audiences"]] == ["a", "b"]
    assert [row["name"] for row in second["audiences"]] == ["c", "d", "e"]
    assert (first["count"], first["has_more"], second["has_more"]) == (5, True, False)
    assert "count" not in second and "next_from" not in second


def test_unknown_names_are_404_on_view_and_400_on_writes(caller: Caller) -> None:
    assert caller.view("nobody").status_code == 404
    assert caller.post("update", {"name": "nobody", "ids": [ADD_A]}).status_code == 400
    assert caller.post("replace", {"name": "nobody", "ids": [{"id": "a"}]}).status_code == 400
    assert caller.post("remove", {"name": "nobody"}).status_code == 400


def test_a_token_of_nobody_is_404(caller: Caller) -> None:
    caller.create("vip")
    assert caller.view("vip", "made-up").status_code == 404


def test_names_are_case_sensitive(caller: Caller) -> None:
    caller.create("vip")
    assert caller.view("VIP").status_code == 404
    caller.create("VIP")


@pytest.mark.parametrize("version", ["2.1", "2.11", "2.12"])
def test_any_second_version_is_spoken(caller: Caller, version: str) -> None:
    assert caller.get(f"/{version}/audiences/list").status_code == 200


@pytest.mark.parametrize("path", ["/1.0/audiences/list", "/2.x/audiences/list", "/2.11/nothing"])
def test_other_addresses_are_404_with_an_error_of_the_same_shape(caller: Caller, path: str) -> None:
    answer = caller.get(path)
    assert answer.status_code == 404
    assert answer.json().keys() == {"error_code", "error_message"}


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer wrong"},
        {"authorization": "stand-in-rest-api-key"},
        {"authorization": ""},
        {"x-batch-project": "project_wrong"},
        {"x-batch-project": ""},
    ],
)
def test_both_keys_must_be_right(stand_in: StandInServer, headers: dict[str, str]) -> None:
    stranger = Caller(stand_in, **headers)
    answers = [stranger.get("/2.11/audiences/list"), stranger.post("remove", {"name": "vip"})]
    stranger.close()
    assert [answer.status_code for answer in answers] == [401, 401]


@pytest.mark.parametrize(("codes", "code"), [("symbols", "MALFORMED_PARAMETER"), ("numbers", 31)])
def test_error_codes_are_symbols_or_numbers(
    caller: Caller, stand_in: StandInServer, codes: str, code: str | int
) -> None:
    stand_in.settings(error_codes=codes)
    assert caller.post("create", {}).json()["error_code"] == code


def test_every_answer_says_that_it_is_the_stand_in(caller: Caller) -> None:
    answers = [caller.get("/"), caller.view("nobody"), caller.post("create", {})]
    assert all("stand-in" in answer.headers["x-stand-in"] for answer in answers)
    assert all("stand-in" in each.text or "Practice: " in each.text for each in answers)

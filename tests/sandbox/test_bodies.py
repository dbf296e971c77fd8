"""What the stand-in refuses to read."""

from typing import Any

import pytest

from tests.sandbox.calling import Caller
from tests.stand_in import StandInServer

GOOD = {"name": "vip", "type": "custom_ids", "display_name": "VIP"}


@pytest.mark.parametrize(
    "change",
    [
        {"name": None},
        {"name": ""},
        {"name": "a b"},
        {"name": "été"},
        {"name": "x" * 256},
        {"type": "phones"},
        {"type": 1},
        {"display_name": ""},
        {"display_name": "x" * 256},
        {"display_name": 1},
        {"unknown": 1},
    ],
)
def test_a_malformed_create_is_refused(caller: Caller, change: dict[str, Any]) -> None:
    assert caller.post("create", GOOD | change).status_code == 400


@pytest.mark.parametrize("field", ["name", "type"])
def test_a_create_needs_its_fields(caller: Caller, field: str) -> None:
    body = {name: value for name, value in GOOD.items() if name != field}
    assert caller.post("create", body).status_code == 400


@pytest.mark.parametrize("type", ["custom_ids", "emails", "install_ids"])
def test_the_types_of_newer_versions_are_taken(caller: Caller, type: str) -> None:
    assert caller.post("create", GOOD | {"type": type}).status_code == 202


@pytest.mark.parametrize(
    "ids",
    [
        None,
        [],
        "a",
        ["a"],
        [{}],
        [{"id": "a"}],
        [{"action": "add"}],
        [{"action": "toggle", "id": "a"}],
        [{"action": "add", "id": ""}],
        [{"action": "add", "id": 17}],
        [{"action": "add", "id": "x" * 513}],
        [{"action": "add", "id": "a", "extra": 1}],
        [{"action": "remove", "id": "a", "attributes": {"x": 1}}],
        [{"action": "add", "id": "a", "attributes": []}],
        [{"action": "add", "id": "a", "attributes": {f"a{n}": n for n in range(16)}}],
        [{"action": "add", "id": "a", "attributes": {"": 1}}],
        [{"action": "add", "id": "a", "attributes": {"x": True}}],
        [{"action": "add", "id": "a", "attributes": {"x": None}}],
        [{"action": "add", "id": "a", "attributes": {"x": {"y": 1}}}],
        [{"action": "add", "id": "a", "attributes": {"x": [1]}}],
        [{"action": "add", "id": "a", "attributes": {"date(x)": "2024-02-01"}}],
        [{"action": "add", "id": "a", "attributes": {"date(x)": "2024-02-31T00:00:00Z"}}],
        [{"action": "add", "id": "a", "attributes": {"date(x)": 1}}],
        [{"action": "add", "id": "a", "attributes": {"url(x)": "example.com"}}],
        [{"action": "add", "id": "a"}, {"action": "add", "id": ""}],
    ],
)
def test_a_malformed_update_is_refused_whole(
    caller: Caller, stand_in: StandInServer, ids: Any
) -> None:
    caller.create("vip")
    caller.add("vip", "kept")
    assert caller.post("update", {"name": "vip", "ids": ids}).status_code == 400
    assert stand_in.members("vip") == {"kept"}


def test_every_documented_type_of_attribute_is_taken(caller: Caller) -> None:
    attributes = {
        "text": "x",
        "whole": 1,
        "rough": 0.5,
        "several": ["a", "b"],
        "date(d)": "2024-02-01T00:00:00Z",
        "url(u)": "https://example.com",
    }
    caller.create("vip")
    body = {"name": "vip", "ids": [{"action": "add", "id": "a", "attributes": attributes}]}
    assert caller.post("update", body).status_code == 202


def test_ten_thousand_ids_are_taken_and_one_more_is_not(
    caller: Caller, stand_in: StandInServer
) -> None:
    caller.create("vip")
    entries = [{"action": "add", "id": str(number)} for number in range(10_001)]
    assert caller.post("update", {"name": "vip", "ids": entries}).status_code == 400
    assert caller.post("update", {"name": "vip", "ids": entries[1:]}).status_code == 202
    assert len(stand_in.members("vip")) == 10_000


def test_a_replace_takes_no_action(caller: Caller) -> None:
    caller.create("vip")
    body = {"name": "vip", "ids": [{"action": "add", "id": "a"}]}
    assert caller.post("replace", body).status_code == 400


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"name": "vip"', b"\xff"])
def test_what_is_no_json_object_is_refused(caller: Caller, content: bytes) -> None:
    assert caller.send("create", content).status_code == 400


def test_a_body_over_five_megabytes_is_refused(caller: Caller) -> None:
    assert caller.send("create", b'{"name":"' + b"x" * 5_000_000 + b'"}').status_code == 413


def test_only_plain_json_is_taken(caller: Caller) -> None:
    body = b'{"name":"vip","type":"custom_ids"}'
    assert caller.send("create", body, content_type="text/plain").status_code == 400
    assert caller.send("create", body, content_encoding="gzip").status_code == 400


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"from": "é"}])
def test_a_malformed_list_is_refused(caller: Caller, query: dict[str, str]) -> None:
    assert caller.get("/2.11/audiences/list", **query).status_code == 400


def test_a_view_needs_a_name(caller: Caller) -> None:
    assert caller.get("/2.11/audiences/view").status_code == 400

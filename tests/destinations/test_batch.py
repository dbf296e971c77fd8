"""Batch over the wire, against the stand-in."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.destinations import make_destination
from core.destinations._base import Action, AttributeValue, Change, Destination
from core.destinations.batch import Batch
from core.errors import (
    AudienceMissing,
    CallRefused,
    KeysRefused,
    NetworkFault,
    PlatformFault,
    TooManyCalls,
)
from core.settings import Settings
from tests.stand_in import StandInServer


@pytest.fixture
def batch(stand_in: StandInServer) -> Iterator[Batch]:
    destination = make_destination("batch", stand_in.config, Settings())
    assert isinstance(destination, Batch)
    yield destination
    destination.close()


def add(*ids: str, **attributes: AttributeValue) -> list[Change]:
    return [Change(Action.ADD, id, attributes or None) for id in ids]


def remove(*ids: str) -> list[Change]:
    return [Change(Action.REMOVE, id) for id in ids]


def test_adds_and_removes_share_a_call(batch: Batch, stand_in: StandInServer) -> None:
    batch.create("vip", "VIP")
    batch.apply("vip", add("a", "b"), "1")
    batch.apply("vip", [*remove("a"), *add("c")], "2")
    assert stand_in.members("vip") == {"b", "c"}
    assert [call.ids for call in stand_in.calls("update")] == [2, 2]


def test_ids_are_sent_exactly_as_they_are(batch: Batch, stand_in: StandInServer) -> None:
    ids = ["00077", " lead", "Été", 'q"uote', "日本", "a\nb", "MiXed"]
    batch.create("vip", "VIP")
    batch.apply("vip", add(*ids), "1")
    assert stand_in.members("vip") == set(ids)


def test_each_type_of_attribute_arrives_under_its_typed_name(
    batch: Batch, stand_in: StandInServer
) -> None:
    batch.create("vip", "VIP")
    values: dict[str, AttributeValue] = {
        "tier": "gold",
        "points": 420,
        "spent": Decimal("12.30"),
        "share": 0.1,
        "active": True,
        "since": date(2024, 2, 1),
        "seen": datetime(2024, 2, 1, 13, 30, tzinfo=UTC),
        "url(shop)": "https://example.com/a",
    }
    batch.apply("vip", add("a", **values), "1")
    assert stand_in.attributes("vip")["a"] == {
        "tier": "gold",
        "points": 420,
        "spent": 12.30,
        "share": 0.1,
        "active": "true",
        "date(since)": "2024-02-01T00:00:00Z",
        "date(seen)": "2024-02-01T13:30:00Z",
        "url(shop)": "https://example.com/a",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("url(shop)", "no address"),
        ("date(since)", "some day"),
        ("date(since)", 5),
        ("share", float("nan")),
        ("spent", Decimal("Infinity")),
    ],
)
def test_a_value_that_batch_would_refuse_does_not_cost_the_others_their_call(
    batch: Batch, stand_in: StandInServer, name: str, value: AttributeValue
) -> None:
    batch.create("vip", "VIP")
    batch.apply("vip", [*add("a", **{name: value, "tier": "gold"}), *add("b")], "1")
    assert stand_in.attributes("vip") == {"a": {"tier": "gold"}, "b": None}


def test_the_size_of_a_call_is_the_sum_of_its_changes_and_a_fixed_rest(
    batch: Batch, stand_in: StandInServer
) -> None:
    batch.create("vip", "VIP")
    changes = [*add("a", tier="gold", points=Decimal("1.50")), *remove("é"), *add('"')]
    batch.apply("vip", changes, "1")
    (call,) = stand_in.calls("update")
    counted = sum(batch.body_size(change) for change in changes)
    assert call.body_bytes == counted + len(b'{"name":"vip","ids":[]}') - 1


@pytest.mark.parametrize("changes", [[], add(*(str(number) for number in range(10_001)))])
def test_a_call_with_no_or_too_many_ids_is_refused_before_it_is_sent(
    batch: Batch, stand_in: StandInServer, changes: list[Change]
) -> None:
    with pytest.raises(CallRefused, match="takes 1 to 10000 ids"):
        batch.apply("vip", changes, "1")
    assert stand_in.calls() == []


def test_a_call_over_five_megabytes_is_refused_before_it_is_sent(
    batch: Batch, stand_in: StandInServer
) -> None:
    with pytest.raises(CallRefused, match="takes 5000000 bytes"):
        batch.apply("vip", add("a", tier="x" * 5_000_000), "1")
    assert stand_in.calls() == []


def test_a_write_is_applied_when_its_indexing_is_done(
    batch: Batch, stand_in: StandInServer
) -> None:
    batch.create("vip", "VIP")
    stand_in.settings(indexing_s=60)
    slow = batch.apply("vip", add("a"), "1")
    stand_in.settings(indexing_s=0)
    fast = batch.apply("vip", add("b"), "1")
    applied = [getattr(batch.view("vip", token), "applied", None) for token in (slow, fast, None)]
    assert applied == [False, True, True]


def test_a_replaced_write_is_applied_for_good(batch: Batch, stand_in: StandInServer) -> None:
    batch.create("vip", "VIP")
    stand_in.settings(indexing_s=60)
    token = batch.apply("vip", add("a"), "1")
    batch.replace("vip", add("b"))
    view = batch.view("vip", token)
    assert view is not None and view.applied
    assert stand_in.members("vip") == {"b"}


def test_a_removed_audience_is_gone(batch: Batch) -> None:
    batch.create("vip", "VIP")
    batch.remove("vip")
    assert batch.view("vip") is None


def test_a_second_create_and_a_write_to_a_stranger_are_refused(batch: Batch) -> None:
    batch.create("vip", "VIP")
    with pytest.raises(CallRefused, match="exists already"):
        batch.create("vip", "VIP")
    with pytest.raises(CallRefused, match="no audience"):
        batch.apply("other", add("a"), "1")


def test_the_connection_test_reads_one_page_and_writes_nothing(
    batch: Batch, stand_in: StandInServer
) -> None:
    assert batch.test().sentence.startswith("The stand-in accepts both keys.")
    assert [call.route for call in stand_in.calls()] == ["list"]


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("400", CallRefused),
        ("401", KeysRefused),
        ("403", KeysRefused),
        ("404", AudienceMissing),
        ("429", TooManyCalls),
        ("500", PlatformFault),
        ("502", PlatformFault),
        ("503", PlatformFault),
        ("504", PlatformFault),
        ("reset_before", NetworkFault),
        ("reset_after", NetworkFault),
        ("truncated", NetworkFault),
    ],
)
def test_each_fault_of_the_stand_in_is_translated(
    batch: Batch, stand_in: StandInServer, kind: str, error: type[Exception]
) -> None:
    batch.create("vip", "VIP")
    stand_in.faults(f"{kind}@update:1")
    with pytest.raises(error):
        batch.apply("vip", add("a"), "1")
    batch.apply("vip", add("a"), "1")
    assert stand_in.members("vip") == {"a"}


def test_a_slow_answer_is_a_network_fault(stand_in: StandInServer) -> None:
    hasty = make_destination("batch", stand_in.config, Settings(http_timeout_s=0.1))
    stand_in.faults("slow:100%:0.5s")
    with pytest.raises(NetworkFault, match="did not answer within"):
        hasty.view("vip")
    hasty.close()


def test_retry_after_is_told(batch: Batch, stand_in: StandInServer) -> None:
    stand_in.settings(faults=[{"kind": "429", "requests": [1], "retry_after": "7"}])
    with pytest.raises(TooManyCalls) as caught:
        batch.view("vip")
    assert caught.value.retry_after_s == 7


@pytest.mark.parametrize("codes", ["symbols", "numbers"])
def test_the_error_message_is_shown_as_it_came(
    batch: Batch, stand_in: StandInServer, codes: str
) -> None:
    stand_in.settings(error_codes=codes)
    with pytest.raises(CallRefused, match=r"\(400 (MALFORMED_PARAMETER|31): Practice: no audience"):
        batch.apply("vip", add("a"), "1")


def test_wrong_keys_are_refused_with_the_key_to_look_at(stand_in: StandInServer) -> None:
    wrong = make_destination("batch", stand_in.config | {"rest_api_key": "another-key"}, Settings())
    with pytest.raises(KeysRefused, match="REST API key first") as caught:
        wrong.test()
    assert "another-key" not in str(caught.value)
    wrong.close()


def test_an_origin_that_nothing_listens_on_is_a_network_fault() -> None:
    config = {"origin": "http://127.0.0.1:1", "rest_api_key": "k", "project_key": "project_k"}
    nobody: Destination = make_destination("batch", config, Settings())
    with pytest.raises(NetworkFault, match=r"127.0.0.1:1 could not be reached"):
        nobody.test()
    nobody.close()

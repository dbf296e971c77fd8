"""What every destination does, whichever the registry finds."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from core.destinations import (
    destination_types,
    make_destination,
    read_config,
    split_config,
    suggest_audience_name,
)
from core.destinations._base import Action, AttributeValue, Change, Destination, gated
from core.errors import DestinationError, UnknownName, UsageError
from core.settings import Settings
from tests.contract.account import Account, open_account

SECRET_WORDS = ("key", "secret", "token", "password")
BAD_NAMES = ["", " ", "a b", "../vip", "a/b", "a\x00b", "été", ".", "x" * 300, "vip\n"]
VALUES: dict[str, AttributeValue] = {
    "text": "gold",
    "empty": "",
    "whole": 12,
    "exact": Decimal("12.50"),
    "rough": 0.1,
    "flag": False,
    "day": date(2026, 1, 31),
    "instant": datetime(2026, 1, 31, 23, 59, tzinfo=UTC),
}
ids = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20)
changes = st.lists(st.builds(Change, st.sampled_from(Action), ids), min_size=1, max_size=20)

pytestmark = pytest.mark.parametrize("platform", destination_types())


@pytest.fixture
def account(platform: str, request: pytest.FixtureRequest) -> Account:
    return open_account(platform, request)


@pytest.fixture
def destination(platform: str, account: Account) -> Iterator[Destination]:
    made = make_destination(platform, account.config, Settings())
    yield made
    made.close()


def add(*ids: str) -> list[Change]:
    return [Change(Action.ADD, id) for id in ids]


def remove(*ids: str) -> list[Change]:
    return [Change(Action.REMOVE, id) for id in ids]


def test_a_working_account_passes_its_test(destination: Destination) -> None:
    assert destination.test().sentence.endswith(".")


def test_a_created_audience_can_be_viewed_and_is_empty(
    destination: Destination, account: Account
) -> None:
    assert destination.view("vip") is None
    token = destination.create("vip", "VIP")
    view = destination.view("vip", token)
    assert view is not None and (view.name, view.count) == ("vip", 0)
    assert account.read_members("vip") == set()


def test_a_second_create_is_refused_and_harms_nobody(
    destination: Destination, account: Account
) -> None:
    destination.create("vip", "VIP")
    destination.apply("vip", add("a"), "1")
    with pytest.raises(DestinationError):
        destination.create("vip", "VIP")
    assert account.read_members("vip") == {"a"}


def test_adds_and_removes_are_applied(destination: Destination, account: Account) -> None:
    destination.create("vip", "VIP")
    destination.apply("vip", add("a", "b", "00077"), "1")
    token = destination.apply("vip", [*remove("a", "stranger"), *add("c")], "2")
    view = destination.view("vip", token)
    assert account.read_members("vip") == {"b", "c", "00077"}
    assert view is not None and view.applied and view.count in (None, 3)


def test_a_call_that_is_sent_again_changes_nothing(
    destination: Destination, account: Account
) -> None:
    destination.create("vip", "VIP")
    destination.apply("vip", add("a", "b"), "1")
    for _ in range(2):
        destination.apply("vip", [*remove("a"), *add("c")], "2")
    assert account.read_members("vip") == {"b", "c"}


def test_names_that_differ_in_case_are_two_audiences(
    destination: Destination, account: Account
) -> None:
    for name in ("vip", "VIP"):
        destination.create(name, name)
        destination.apply(name, add(name), "1")
    assert account.read_members("VIP") == {"VIP"}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(calls=st.lists(changes, min_size=1, max_size=4))
def test_any_calls_end_with_exactly_the_ids_last_added(
    destination: Destination, account: Account, calls: list[list[Change]]
) -> None:
    if destination.view("vip") is None:
        destination.create("vip", "VIP")
    held = account.read_members("vip")
    for place, call in enumerate(calls):
        destination.apply("vip", call, f"run{place}")
        for change in call:
            held = held | {change.id} if change.action is Action.ADD else held - {change.id}
    assert account.read_members("vip") == held


def test_every_type_of_attribute_is_taken(destination: Destination, account: Account) -> None:
    destination.create("vip", "VIP")
    destination.apply("vip", [Change(Action.ADD, "a", dict(VALUES))], "1")
    assert account.read_members("vip") == {"a"}


def test_as_many_attributes_as_the_limit_says_are_taken(
    destination: Destination, account: Account
) -> None:
    destination.create("vip", "VIP")
    many: dict[str, AttributeValue] = {f"a{n}": n for n in range(destination.limits.attributes)}
    destination.apply("vip", [Change(Action.ADD, "a", many)], "1")
    assert account.read_members("vip") == {"a"}


def test_an_id_as_long_as_the_limit_says_is_taken(
    destination: Destination, account: Account
) -> None:
    longest = "é" * destination.limits.id_characters
    destination.create("vip", "VIP")
    destination.apply("vip", add(longest), "1")
    assert account.read_members("vip") == {longest}


def test_a_write_to_an_unknown_audience_is_refused(destination: Destination) -> None:
    with pytest.raises(DestinationError):
        destination.apply("nobody", add("a"), "1")


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_the_platform_does_not_take_is_refused_in_words(
    destination: Destination, name: str
) -> None:
    assert (destination.check_audience_name(name) or "").endswith(".")
    for attempt in (
        lambda: destination.create(name, "VIP"),
        lambda: destination.apply(name, add("a"), "1"),
    ):
        with pytest.raises(DestinationError):
            attempt()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(display_name=st.text(max_size=200))
def test_a_suggested_name_is_taken(destination: Destination, display_name: str) -> None:
    assert destination.check_audience_name(suggest_audience_name(display_name)) is None


@given(id=ids)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_a_change_counts_at_least_its_own_bytes(destination: Destination, id: str) -> None:
    plain = destination.body_size(Change(Action.ADD, id))
    rich = destination.body_size(Change(Action.ADD, id, {"tier": "gold"}))
    assert len(id.encode()) <= plain < rich


def test_two_configs_of_one_account_agree_on_it(platform: str, account: Account) -> None:
    made = [make_destination(platform, account.config, Settings()) for _ in range(2)]
    assert made[0].account == made[1].account != ""
    assert not any(secret in made[0].account for secret in secrets_of(platform, account))
    for destination in made:
        destination.close()


def test_a_stored_config_is_read_back(platform: str, account: Account) -> None:
    config = read_config(platform, account.config, Settings())
    parts = split_config(config)
    assert read_config(platform, {**parts.open, **parts.secrets}, Settings()) == config
    assert not any(secret in str(parts.open) for secret in parts.secrets.values())


def test_every_field_says_what_it_is_and_where_it_is_found(platform: str) -> None:
    for field in destination_types()[platform].config_model.model_fields.values():
        assert field.title and field.description and field.description.endswith(".")


def test_what_is_named_like_a_secret_is_kept_like_one(platform: str) -> None:
    fields = destination_types()[platform].config_model.model_fields
    named = [field for name, field in fields.items() if name.endswith(SECRET_WORDS)]
    assert all(field.annotation is SecretStr for field in named)


def test_secrets_are_in_no_repr_and_no_error(platform: str, account: Account) -> None:
    config = read_config(platform, account.config, Settings())
    with pytest.raises(UsageError) as caught:
        read_config(platform, account.config | {"no_such_field": "x"}, Settings())
    shown = f"{config!r} {config} {caught.value} {caught.value.__context__!r}"
    assert not any(secret in shown for secret in secrets_of(platform, account))


def test_a_missing_field_is_named(platform: str) -> None:
    required = {
        name
        for name, field in destination_types()[platform].config_model.model_fields.items()
        if field.is_required() and name not in destination_types()[platform].defaults(Settings())
    }
    with pytest.raises(UsageError) as caught:
        read_config(platform, {}, Settings())
    assert all(name in str(caught.value) for name in required)


def test_limits_can_be_kept(platform: str) -> None:
    limits = destination_types()[platform].limits
    assert min(limits.ids_per_call, limits.body_bytes, limits.id_characters) > 0
    assert min(limits.attributes, limits.interval_s, limits.pause_after_429_s) >= 0


def test_a_platform_misspelt_is_refused_with_what_there_is(platform: str) -> None:
    with pytest.raises(UnknownName, match=f"Did you mean '{platform}'"):
        make_destination(platform + "x", {}, Settings())


def secrets_of(platform: str, account: Account) -> list[str]:
    return list(split_config(read_config(platform, account.config, Settings())).secrets.values())


class Shut(Exception):
    """What a gate raises that lets nothing pass."""


def shut() -> None:
    raise Shut


@pytest.mark.parametrize("call", ["view", "create", "apply"])
def test_nothing_leaves_before_its_turn(destination: Destination, call: str) -> None:
    destination.create("vip", "VIP")
    destination.apply("vip", add("a"), "1")
    calls = {
        "view": lambda: destination.view("vip"),
        "create": lambda: destination.create("other", "Other"),
        "apply": lambda: destination.apply("vip", remove("a"), "2"),
    }
    with gated(shut), pytest.raises(Shut):
        calls[call]()
    seen = destination.view("vip")
    assert seen is not None and seen.count == 1
    assert destination.view("other") is None


@pytest.mark.parametrize("call", ["view", "create", "apply"])
def test_each_call_passes_the_gate(destination: Destination, call: str) -> None:
    destination.create("vip", "VIP")
    passed: list[str] = []
    calls = {
        "view": lambda: destination.view("vip"),
        "create": lambda: destination.create("other", "Other"),
        "apply": lambda: destination.apply("vip", add("a"), "1"),
    }
    with gated(lambda: passed.append(call)):
        calls[call]()
    assert set(passed) == {call}

"""What a Batch destination is set up with."""

import pytest

from core.destinations import make_destination, read_config
from core.destinations.batch import Config
from core.errors import UsageError
from core.settings import Settings

KEYS = {"rest_api_key": "rest", "project_key": "project_1"}


def account_of(**changed: str) -> str:
    destination = make_destination("batch", KEYS | changed, Settings())
    destination.close()
    return destination.account


def test_the_origin_comes_from_the_settings_when_it_is_left_out() -> None:
    config = read_config("batch", KEYS, Settings(batch_url="http://127.0.0.1:8100/"))
    assert isinstance(config, Config)
    assert config.origin == "http://127.0.0.1:8100"


@pytest.mark.parametrize(
    "origin", ["https://api.batch.com", "https://API.batch.com:443/", " https://api.batch.com "]
)
def test_one_account_has_one_identity_however_its_address_is_written(origin: str) -> None:
    assert account_of(origin=origin) == account_of(origin="https://api.batch.com")


def test_another_project_or_address_is_another_account_and_another_rest_key_is_not() -> None:
    assert account_of(project_key="project_2") != account_of()
    assert account_of(origin="https://other.example") != account_of()
    assert account_of(rest_api_key="renewed") == account_of()


@pytest.mark.parametrize(
    ("origin", "reason"),
    [
        ("api.batch.com", "http"),
        ("ftp://api.batch.com", "http"),
        ("https://", "host"),
        ("https://me:pw@api.batch.com", "without a user"),
        ("https://api.batch.com/2.11", "end after the host"),
        ("https://api.batch.com?x=1", "end after the host"),
        ("http://api.batch.com", "in clear"),
        ("http://[", "must be http"),
        ("http://a..b", "must be http"),
        ("https://exa mple", "address"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(origin: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as caught:
        read_config("batch", KEYS | {"origin": origin}, Settings())
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize("origin", ["http://sandbox:8100", "http://localhost:8100"])
def test_plain_http_is_taken_on_the_own_network(origin: str) -> None:
    assert account_of(origin=origin).startswith(origin + "|")


@pytest.mark.parametrize(
    ("origin", "practice"),
    [
        ("http://127.0.0.1:8100", True),
        ("http://localhost:8100", True),
        ("http://[::1]:8100", True),
        ("https://api.batch.com", False),
        ("http://sandbox:8100", False),
    ],
)
def test_only_this_machine_is_practice(origin: str, practice: bool) -> None:
    destination = make_destination("batch", KEYS | {"origin": origin}, Settings())
    destination.close()
    assert destination.practice is practice


def test_blanks_around_a_pasted_key_are_dropped() -> None:
    assert account_of(project_key=" project_1\n") == account_of()


@pytest.mark.parametrize("key", ["", "two words", "clé", "a\nb"])
def test_a_key_that_no_header_can_hold_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(UsageError, match="rest_api_key: a key is") as caught:
        read_config("batch", KEYS | {"rest_api_key": key}, Settings())
    assert key == "" or key not in str(caught.value)


def test_swapped_keys_are_noticed() -> None:
    swapped = {"rest_api_key": KEYS["project_key"], "project_key": KEYS["rest_api_key"]}
    with pytest.raises(UsageError, match="project_key: the two keys are swapped"):
        read_config("batch", swapped, Settings())


def test_a_project_key_is_told_by_its_beginning() -> None:
    with pytest.raises(UsageError, match="project_key: a project key starts with project_"):
        read_config("batch", KEYS | {"project_key": "rest"}, Settings())

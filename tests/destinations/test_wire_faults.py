"""Whatever the wire brings is translated, and keys stay out of it."""

import json
import logging
from base64 import b64encode
from collections.abc import Callable, Iterator

import httpx
import pytest

from core.destinations import make_destination
from core.destinations._base import Action, Change
from core.destinations.batch import Batch
from core.errors import (
    CallRefused,
    DestinationError,
    KeysRefused,
    NetworkFault,
    PlatformFault,
    TooManyCalls,
    UsageError,
)
from core.settings import Settings

REST_KEY, PROJECT_KEY = "rest-SENTINEL-1", "project_SENTINEL2"
CONFIG = {
    "origin": "https://api.batch.example",
    "rest_api_key": REST_KEY,
    "project_key": PROJECT_KEY,
}
FAILURE = b'{"error_code":"SOME_CODE","error_message":"what Batch says"}'

Respond = Callable[[httpx.Request], httpx.Response]
Wire = Callable[[Respond], None]


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Answer every request of httpx by the function given."""

    def answer_by(respond: Respond) -> None:
        def handle(_: object, request: httpx.Request) -> httpx.Response:
            return respond(request)

        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", handle)

    return answer_by


@pytest.fixture
def batch() -> Iterator[Batch]:
    destination = make_destination("batch", CONFIG, Settings())
    assert isinstance(destination, Batch)
    yield destination
    destination.close()


def answer(status: int, body: bytes = FAILURE, **headers: str) -> Respond:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, content=body, headers=named)


def apply_one(batch: Batch) -> str | None:
    return batch.apply("vip", [Change(Action.ADD, "a")], "1")


def all_kinds(kind: type[Exception]) -> list[type[Exception]]:
    return [kind, *(lower for child in kind.__subclasses__() for lower in all_kinds(child))]


HTTPX_ERRORS = sorted(
    {*all_kinds(httpx.HTTPError), *all_kinds(httpx.StreamError), httpx.InvalidURL},
    key=lambda kind: kind.__name__,
)


def raised(kind: type[Exception]) -> Exception:
    request = httpx.Request("GET", "https://api.batch.example/?name=vip")
    if issubclass(kind, httpx.HTTPStatusError):
        return kind("broken", request=request, response=httpx.Response(500))
    if kind in (httpx.StreamConsumed, httpx.ResponseNotRead, httpx.RequestNotRead):
        return kind()
    return httpx.StreamClosed() if kind is httpx.StreamClosed else kind("broken")


@pytest.mark.parametrize("kind", HTTPX_ERRORS)
def test_every_error_of_httpx_is_a_network_fault(
    wire: Wire, batch: Batch, kind: type[Exception]
) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise raised(kind)

    wire(fail)
    never_left = kind in (httpx.ConnectError, httpx.ConnectTimeout)
    said = "so nothing was sent" if never_left else "may have been applied"
    with pytest.raises(NetworkFault, match=said):
        apply_one(batch)


@pytest.mark.parametrize("body", [FAILURE, b"", b"<html>", b"[]", b"{}", b"\xff"])
def test_every_status_is_an_answer_or_an_error_of_ours(
    wire: Wire, batch: Batch, body: bytes
) -> None:
    for status in range(200, 600):
        wire(answer(status, body))
        for call in (lambda: apply_one(batch), lambda: batch.create("vip", "VIP"), batch.test):
            with pytest.raises(DestinationError):
                call()


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (202, PlatformFault),
        (302, PlatformFault),
        (400, CallRefused),
        (401, KeysRefused),
        (403, KeysRefused),
        (408, PlatformFault),
        (409, CallRefused),
        (413, CallRefused),
        (418, CallRefused),
        (429, TooManyCalls),
        (500, PlatformFault),
        (503, PlatformFault),
        (599, PlatformFault),
    ],
)
def test_a_status_means_the_same_wherever_it_comes_from(
    wire: Wire, batch: Batch, status: int, error: type[DestinationError]
) -> None:
    wire(answer(status))
    with pytest.raises(error) as caught:
        apply_one(batch)
    assert type(caught.value) is error


def test_a_gateway_that_knows_no_address_does_not_make_an_audience_missing(
    wire: Wire, batch: Batch
) -> None:
    wire(answer(404, b"<html>nothing here</html>"))
    with pytest.raises(PlatformFault, match="the address of Batch's API"):
        batch.view("vip")
    wire(answer(404))
    assert batch.view("vip") is None


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ({"retry_after": "12"}, 12),
        ({"retry_after": "0"}, 0),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "-5"}, None),
        ({}, None),
        (
            {
                "retry_after": "Tue, 24 Nov 2026 10:00:30 GMT",
                "date": "Tue, 24 Nov 2026 10:00:00 GMT",
            },
            30,
        ),
        (
            {
                "retry_after": "Tue, 24 Nov 2026 09:00:00 GMT",
                "date": "Tue, 24 Nov 2026 10:00:00 GMT",
            },
            0,
        ),
    ],
)
@pytest.mark.parametrize(("status", "error"), [(429, TooManyCalls), (503, PlatformFault)])
def test_retry_after_is_seconds_or_a_date(
    wire: Wire,
    batch: Batch,
    status: int,
    error: type[TooManyCalls] | type[PlatformFault],
    written: dict[str, str],
    seconds: float | None,
) -> None:
    wire(answer(status, **written))
    with pytest.raises(error) as caught:
        apply_one(batch)
    assert caught.value.retry_after_s == seconds


@pytest.mark.parametrize("code", [b'"SOME_CODE"', b"31"])
def test_code_and_message_are_shown_as_they_came(wire: Wire, batch: Batch, code: bytes) -> None:
    wire(answer(400, b'{"error_code":%s,"error_message":"what Batch says"}' % code))
    with pytest.raises(CallRefused, match=r"\(400 (SOME_CODE|31): what Batch says\)"):
        apply_one(batch)


def test_an_answer_without_end_is_given_up(wire: Wire, batch: Batch) -> None:
    wire(answer(202, b"x" * 10_000_001))
    with pytest.raises(NetworkFault, match="too long"):
        apply_one(batch)


@pytest.mark.parametrize("status", [200, 400, 401, 404, 429, 500])
def test_keys_are_in_no_error_and_no_log(
    wire: Wire, batch: Batch, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    echo = f'{{"error_code":1,"error_message":"no {REST_KEY} in {PROJECT_KEY}"}}'.encode()
    wire(answer(status, echo))
    with caplog.at_level(logging.DEBUG), pytest.raises(DestinationError) as caught:
        apply_one(batch)
    assert "SENTINEL" not in f"{caught.value} {caplog.text}"


def test_keys_that_a_platform_writes_otherwise_are_in_no_error(wire: Wire, batch: Batch) -> None:
    written = (
        b64encode(f"Bearer {REST_KEY}".encode()).decode(),
        REST_KEY.upper(),
        REST_KEY.replace("-", "%2D"),
        PROJECT_KEY[:-1],
    )
    for echo in written:
        wire(answer(400, json.dumps({"error_code": 1, "error_message": f"no {echo}"}).encode()))
        with pytest.raises(CallRefused, match="…") as caught:
            apply_one(batch)
        assert echo[-12:-3] not in str(caught.value)


def test_words_that_keys_begin_with_stay_readable(wire: Wire, batch: Batch) -> None:
    wire(answer(400, b'{"error_code":1,"error_message":"project_key is missing"}'))
    with pytest.raises(CallRefused, match="1: project_key is missing"):
        apply_one(batch)


def test_a_key_in_what_the_wire_broke_on_is_in_no_error(wire: Wire, batch: Batch) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.RemoteProtocolError(f"illegal header line: {REST_KEY}")

    wire(fail)
    with pytest.raises(NetworkFault, match="illegal header line: …"):
        apply_one(batch)


def test_a_secret_that_the_http_library_logs_is_taken_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logging.getLogger("httpx").warning("GET %s Bearer %s", "https://x/v?name=vip", REST_KEY)
    logging.getLogger("httpcore.http11").warning("sent %r", {"X-Batch-Project": PROJECT_KEY})
    assert "SENTINEL" not in caplog.text and "vip" not in caplog.text


def test_the_keys_travel_in_their_headers(wire: Wire, batch: Batch) -> None:
    seen: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(202, json={"indexing_token": "t"})

    wire(note)
    assert apply_one(batch) == "t"
    assert str(seen[0].url) == "https://api.batch.example/2.11/audiences/update"
    assert seen[0].headers["authorization"] == f"Bearer {REST_KEY}"
    assert seen[0].headers["x-batch-project"] == PROJECT_KEY
    assert seen[0].content == b'{"name":"vip","ids":[{"action":"add","id":"a"}]}'


@pytest.mark.parametrize(
    ("state", "applied"),
    [
        ("APPLIED", True),
        ("REPLACED", True),
        ("IN_PROGRESS", False),
        ("OTHER", False),
        (None, False),
    ],
)
def test_only_a_terminal_state_is_applied(
    wire: Wire, batch: Batch, state: str | None, applied: bool
) -> None:
    wire(lambda _: httpx.Response(200, json={"name": "vip", "indexing_state": state}))
    view = batch.view("vip")
    assert view is not None and view.applied is applied


def test_a_wrong_proxy_is_refused_without_its_password() -> None:
    with pytest.raises(UsageError, match="ROLLCALL_PROXY") as caught:
        make_destination("batch", CONFIG, Settings(proxy="ftp://me:hidden@proxy"))
    assert "hidden" not in str(caught.value)

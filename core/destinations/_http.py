"""How destinations speak HTTP: one request, one whole answer, or a NetworkFault."""

import ipaddress
import logging
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import httpx

from core.destinations._base import pass_gate
from core.destinations._redaction import HIDDEN, hide_secrets
from core.errors import NetworkFault, UsageError
from core.settings import Settings

_ANSWER_BYTES = 10_000_000
_SECRET = re.compile(r"Bearer\s+\S+|\bproject_\w+|(?<=\?)[^\s\"']+")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, whatever its status."""

    status: int
    headers: httpx.Headers
    body: bytes

    def retry_after_s(self) -> float | None:
        """Return what Retry-After asks for, given in seconds or as a date."""
        text = self.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdigit():
            return float(text)
        until = _http_date(text)
        if until is None:
            return None
        now = _http_date(self.headers.get("date", "")) or datetime.now(UTC)
        return max(0.0, (until - now).total_seconds())


class HttpAccount:
    """One origin with the headers of one account; connections are kept and shared by threads."""

    def __init__(
        self, origin: str, headers: Mapping[str, str], settings: Settings, secrets: Sequence[str]
    ) -> None:
        """Open the account; `secrets` stand in no error of it."""
        self._origin = origin
        self._secrets = secrets
        self._timeout_s = settings.http_timeout_s
        self._client = _open_client(origin, headers, settings)

    def call(
        self,
        method: Literal["GET", "POST"],
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Make one request; a body is JSON.

        Raises: NetworkFault.
        """
        kind = {"Content-Type": "application/json"} if body is not None else {}
        with self._faults_told():
            request = self._client.build_request(
                method, path, params=query, content=body, headers=kind
            )
        request.extensions["trace"] = _pass_gate_again
        pass_gate()
        with (
            self._faults_told(),
            closing(self._client.send(request, stream=True)) as response,
        ):
            content = _read_whole(response, time.monotonic() + self._timeout_s)
            return Answer(response.status_code, response.headers, content)

    def close(self) -> None:
        self._client.close()

    def _faults_told(self) -> AbstractContextManager[None]:
        return _network_faults(self._origin, self._timeout_s, self._secrets)


def normal_origin(origin: str) -> str:
    """Return scheme and host as every config of the same account has them.

    Raises: ValueError.

    >>> normal_origin("https://API.batch.com:443/")
    'https://api.batch.com'
    """
    try:
        url = httpx.URL(origin.strip())
    except httpx.InvalidURL:
        raise ValueError("this is no address; one looks like https://api.example.com") from None
    if url.scheme not in ("http", "https") or not _is_host(url) or url.userinfo:
        raise ValueError("the address must be http(s)://host, without a user or password")
    if url.path != "/" or url.query or url.fragment:
        raise ValueError("the address must end after the host; the rest is added to it")
    # A host without a dot is a name on this network, such as a container's.
    if url.scheme == "http" and "." in url.host and not is_loopback(url.host):
        raise ValueError("the keys must not travel in clear: use https://")
    return f"{url.scheme}://{url.netloc.decode()}"


def is_loopback(host: str) -> bool:
    """Whether the host, a name or an address, is this machine."""
    address = _as_address(host)
    if address is not None:
        return address.is_loopback
    return host == "localhost" or host.endswith(".localhost")


def _is_host(url: httpx.URL) -> bool:
    named = re.fullmatch(rb"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", url.raw_host)
    return named is not None or _as_address(url.host) is not None


def _as_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _pass_gate_again(event: str, info: Mapping[str, Any]) -> None:
    """Ask again when the connection stands: opening it may have outlived the turn."""
    if event == "http11.send_request_headers.started" and info["request"].method != b"CONNECT":
        pass_gate()


def _open_client(origin: str, headers: Mapping[str, str], settings: Settings) -> httpx.Client:
    trusted = httpx.create_ssl_context(trust_env=False)
    if settings.ca_file is not None:
        try:
            trusted.load_verify_locations(settings.ca_file)
        except OSError as error:
            raise UsageError(
                f"ROLLCALL_CA_FILE names {settings.ca_file}, which cannot be read as PEM."
            ) from error
    # A proxy could not reach this machine's own addresses.
    proxy = None if is_loopback(httpx.URL(origin).host) else settings.proxy
    try:
        return httpx.Client(
            base_url=origin,
            headers={"Accept": "application/json", "User-Agent": "Rollcall", **headers},
            timeout=settings.http_timeout_s,
            verify=trusted,
            proxy=proxy,
            trust_env=False,
            follow_redirects=False,
        )
    except (ValueError, ImportError, httpx.InvalidURL):
        # The URL may hold a password, in the error too.
        raise UsageError(
            "ROLLCALL_PROXY is no proxy's URL; one looks like http://proxy.example:3128."
        ) from None


@contextmanager
def _network_faults(origin: str, timeout_s: float, secrets: Sequence[str]) -> Iterator[None]:
    """Translate every way of getting no answer."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        reason = _reason(error, secrets)
        raise NetworkFault(
            f"{origin} could not be reached, so nothing was sent ({reason}). Look at the network, "
            "the proxy and the certificates if this goes on."
        ) from error
    except httpx.TimeoutException as error:
        raise NetworkFault(
            f"{origin} did not answer within {timeout_s:g} s; what was sent may have been applied."
        ) from error
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
        reason = _reason(error, secrets)
        raise NetworkFault(
            f"{origin} gave no whole answer ({reason}); what was sent may have been applied. "
            "Look at the network, the proxy and the certificates if this goes on."
        ) from error


def _reason(error: Exception, secrets: Sequence[str]) -> str:
    return hide_secrets(_SECRET.sub(HIDDEN, str(error)), secrets) or type(error).__name__


def _read_whole(response: httpx.Response, deadline: float) -> bytes:
    content = bytearray()
    for part in response.iter_bytes():
        content += part
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the answer came too slowly", request=response.request)
        if len(content) > _ANSWER_BYTES:
            raise httpx.ReadError("the answer is too long", request=response.request)
    return bytes(content)


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class _Redaction(logging.Filter):
    """Takes keys and queries, which name audiences, out of what the HTTP library logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _SECRET.sub(HIDDEN, record.getMessage()), ()
        return True


# A filter acts on its own logger only, not on those below it.
for _name in ("httpx", "httpcore", "httpcore.connection", "httpcore.http11", "httpcore.proxy"):
    logging.getLogger(_name).setLevel(logging.WARNING)
    logging.getLogger(_name).addFilter(_Redaction())

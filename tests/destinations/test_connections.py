"""Which way requests take: proxy, certificates, and nothing else of the environment."""

import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from core.destinations import make_destination
from core.destinations._base import gated
from core.errors import KeysRefused, NetworkFault, UsageError
from core.settings import Settings
from tests.stand_in import StandInServer

PAGE = b'{"audiences":[],"count":0}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(PAGE), PAGE)
KEYS = {"rest_api_key": "rest", "project_key": "project_1"}


@contextmanager
def one_answer(
    tls: ssl.SSLContext | None = None, handshake_s: float = 0.0
) -> Iterator[tuple[int, "Future[bytes]"]]:
    """Listen for one request, answer a page; yields the port and what was asked."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:

        def serve_one() -> bytes:
            plain, _ = listener.accept()
            time.sleep(handshake_s)
            try:
                connection = tls.wrap_socket(plain, server_side=True) if tls else plain
            except OSError:
                plain.close()
                return b""
            with connection:
                asked = connection.recv(65536)
                connection.sendall(ANSWER)
            return asked

        yield listener.getsockname()[1], pool.submit(serve_one)


def run_test(origin: str, settings: Settings) -> None:
    destination = make_destination("batch", {"origin": origin, **KEYS}, settings)
    try:
        destination.test()
    finally:
        destination.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate of 127.0.0.1 with its key in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "own")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "own.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_calls_go_through_the_proxy_of_the_settings() -> None:
    with one_answer() as (port, asked):
        run_test("http://elsewhere:8100", Settings(proxy=f"http://127.0.0.1:{port}"))
        assert asked.result().startswith(b"GET http://elsewhere:8100/2.11/audiences/list")


def test_this_machine_is_called_directly(stand_in: StandInServer) -> None:
    with pytest.raises(KeysRefused, match="Practice"):
        run_test(stand_in.origin, Settings(proxy="http://127.0.0.1:1"))


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with one_answer() as (port, asked):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        with pytest.raises(NetworkFault):
            run_test("http://no-such-host-here:8100", Settings(http_timeout_s=2))
        socket.create_connection(("127.0.0.1", port)).close()
        assert asked.result() == b""


def test_an_unknown_certificate_is_not_trusted(tls: ssl.SSLContext) -> None:
    with one_answer(tls) as (port, _), pytest.raises(NetworkFault, match="certificate"):
        run_test(f"https://127.0.0.1:{port}", Settings())


def test_a_certificate_of_the_settings_is_trusted(tls: ssl.SSLContext, certificate: Path) -> None:
    with one_answer(tls) as (port, asked):
        run_test(f"https://127.0.0.1:{port}", Settings(ca_file=certificate))
        assert asked.result().startswith(b"GET /2.11/audiences/list")


def test_opening_a_connection_does_not_come_between_a_turn_and_its_request(
    tls: ssl.SSLContext, certificate: Path
) -> None:
    turns: list[float] = []
    with one_answer(tls, handshake_s=0.5) as (port, asked):
        with gated(lambda: turns.append(time.monotonic())):
            run_test(f"https://127.0.0.1:{port}", Settings(ca_file=certificate))
        assert asked.result()
        assert turns[-1] - turns[0] > 0.4


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_cannot_be_read_are_refused(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "own.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UsageError, match="ROLLCALL_CA_FILE"):
        run_test("https://127.0.0.1:1", Settings(ca_file=path))


def test_one_connection_carries_one_call_after_the_other(stand_in: StandInServer) -> None:
    destination = make_destination("batch", stand_in.config, Settings())
    for _ in range(5):
        destination.test()
    destination.close()
    assert len({call.peer_port for call in stand_in.calls()}) == 1

"""Somebody elsewhere is told that the scheduler lives; whatever they answer, it goes on."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from pydantic import SecretStr

from core.settings import Settings
from core.worker.ping import Ping

SECRET = "/watch/s3cret"


class Watcher(HTTPServer):
    """Counts requests, and answers them with `status`."""

    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.paths: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{SECRET}"


class Handler(BaseHTTPRequestHandler):
    server: Watcher

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    server = Watcher()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def send(url: str | None) -> None:
    ping = Ping(Settings(ping_url=SecretStr(url) if url else None))
    ping.send()
    ping.close()


def test_the_address_is_requested(watcher: Watcher) -> None:
    send(watcher.url)
    assert watcher.paths == [SECRET]


def test_without_an_address_nothing_is_requested(watcher: Watcher) -> None:
    send(None)
    assert watcher.paths == []


def test_a_refusal_is_logged_without_the_address(watcher: Watcher, caplog) -> None:
    watcher.status = 500
    send(watcher.url)
    assert "ping refused" in caplog.text and "s3cret" not in caplog.text


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/s3cret", "nonsense s3cret", "ftp://s3cret"])
def test_no_answer_is_logged_without_the_address(url: str, caplog) -> None:
    send(url)
    assert "ping not answered" in caplog.text and "s3cret" not in caplog.text

"""Tells a watcher elsewhere that the scheduler lives: a request a minute to its address."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor

import httpx

from core.settings import Settings

log = logging.getLogger(__name__)

_TIMEOUT_S = 10.0


class Ping:
    """Requests ROLLCALL_PING_URL, which may hold a secret and is never logged."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.ping_url
        self._proxy = settings.proxy
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="ping")
        self._last: Future[None] | None = None

    def send(self) -> None:
        """Request the address in a thread, unless the last request still waits."""
        if self._url is not None and (self._last is None or self._last.done()):
            self._last = self._pool.submit(self._send, self._url.get_secret_value())

    def close(self) -> None:
        """Return when the last request has ended."""
        self._pool.shutdown(wait=True)

    def _send(self, url: str) -> None:
        try:
            with httpx.Client(trust_env=False, timeout=_TIMEOUT_S, proxy=self._proxy) as client:
                answer = client.get(url)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            log.warning("ping not answered", extra={"error": type(error).__name__})
            return
        if answer.is_error:
            log.warning("ping refused", extra={"status": answer.status_code})

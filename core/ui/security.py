"""What keeps browsers from being tricked into using the app."""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import UsageError
from core.settings import read_settings

_HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_UNKNOWN_HOST = (
    "Rollcall does not answer to this name. Whoever runs it can add the name to "
    "ROLLCALL_ALLOWED_HOSTS and start the app again."
)


class SecurityHeaders:
    """Adds the headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class KnownHosts:
    """Answers only those who call the app by a name that it has.

    Else a web page that gives its own name the address of this machine could use the app as
    whoever has that page open.
    """

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self._app = app
        self._names = frozenset(name.casefold() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or self._is_known(Headers(scope=scope)):
            await self._app(scope, receive, send)
        else:
            await PlainTextResponse(_UNKNOWN_HOST, 421)(scope, receive, send)

    def _is_known(self, headers: Headers) -> bool:
        host = urlsplit(f"//{headers.get('host', '')}").hostname
        return host is not None and host.casefold() in self._names


def known_hosts() -> set[str]:
    """Return the names by which browsers may reach the app."""
    try:
        given = read_settings().allowed_hosts.split(",")
    except UsageError:
        given = []  # every page says what is wrong with the settings
    return {"localhost", "127.0.0.1", "::1", *(name.strip() for name in given if name.strip())}

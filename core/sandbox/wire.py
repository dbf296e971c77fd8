"""Answers that break the connection: a reset, and one that stops half way."""

import socket
import struct
from asyncio import Transport
from contextlib import suppress
from typing import Any, Self, cast

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_TRANSPORT = "stand_in.transport"
# linger on, for 0 seconds: closing sends RST instead of FIN.
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class WireProtocol(H11Protocol):
    """HTTP/1.1 that hands the application its connection."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        # asyncio leaves this out for a socket that it did not make; answers then wait 40 ms.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.app = cast(Any, _WithTransport(cast(ASGIApp, self.app), transport))


class _WithTransport:
    def __init__(self, app: ASGIApp, transport: Transport) -> None:
        self._app = app
        self._transport = transport

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[_TRANSPORT] = self._transport
        await self._app(scope, receive, send)


class ConnectionReset(Response):
    """No answer: the caller's connection is reset."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport: Transport = scope[_TRANSPORT]
        with suppress(OSError):  # the caller may have gone meanwhile
            transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE
            )
        transport.abort()
        await _disconnected(receive)


class TruncatedAnswer(Response):
    """The head of an answer, half of its body, and the end of the connection."""

    @classmethod
    def of(cls, answer: Response) -> Self:
        """Return the answer as it breaks off."""
        cut = cls(bytes(answer.body), answer.status_code)
        cut.raw_headers = answer.raw_headers
        return cut

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport: Transport = scope[_TRANSPORT]
        head = b"".join(name + b": " + value + b"\r\n" for name, value in self.raw_headers)
        body = bytes(self.body)[: len(self.body) // 2]
        transport.write(b"HTTP/1.1 %d Cut\r\n%s\r\n%s" % (self.status_code, head, body))
        transport.close()
        await _disconnected(receive)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

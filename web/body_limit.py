"""No request body is larger than its address may take, announced or not."""

import re
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archive.errors import Invalid

SCANS_COME_HERE = re.compile(
    r"/volumes/\d+/(scans|uploads)/?"
    r"|/filing/(uploads|deliveries)/[^/]+/?$"
    r"|/stations/[^/]+/deliveries/?$"
    r"|/imports/?$"
    r"|/batches/\d+/photos(/uploads)?/?$"
)
"""The end of the addresses that take files, piece by piece; everything else is held whole."""

A_FORM = 2_000_000
"""Bytes that any form or JSON of ours fits into many times over."""

_DRAINED = 4
"""So many times the limit is thrown away before the line is cut."""


class BodyTooLarge(Invalid):
    """More came, or was announced, than may come at once."""


class BodyLimit:
    """Refuses a body over its limit: at once when announced, else as soon as it is over.

    Whatever is answered, the rest of the body is received and thrown away first: a client that is
    still sending when its line is closed never reads the answer.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        takes_files = SCANS_COME_HERE.search(scope["path"])
        body = _Body(scope, receive, self._limit if takes_files else A_FORM)
        await self._app(scope, body.receive, body.drained_before(send))


class _Body:
    """What comes of one request's body."""

    def __init__(self, scope: Scope, receive: Receive, limit: int) -> None:
        headers = dict(scope["headers"])
        announced = headers.get(b"content-length", b"")
        self._receive = receive
        self._limit = limit
        self._announced = int(announced) if announced.isdigit() else 0
        self._awaits_leave = b"expect" in headers
        self._came = 0
        self._over = not (self._announced or b"transfer-encoding" in headers)

    async def receive(self) -> Message:
        """The next piece.

        Raises:
            BodyTooLarge: it is over the limit, or is going to be.
        """
        if self._announced > self._limit:
            raise BodyTooLarge(limit=self._limit)
        message = await self._next()
        if self._came > self._limit:
            raise BodyTooLarge(limit=self._limit)
        return message

    def drained_before(self, send: Send) -> Callable[[Message], Awaitable[None]]:
        """``send``, but the answer waits until the client has stopped sending."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self._drain()
            await send(message)

        return sent

    async def _drain(self) -> None:
        if self._awaits_leave and not self._came:
            return
        while not self._over and self._came <= _DRAINED * self._limit:
            await self._next()

    async def _next(self) -> Message:
        message = await self._receive()
        self._awaits_leave = False
        self._came += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False):
            self._over = True
        return message

"""No request body is larger than the installation allows, announced or not."""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class _TooMuch(Exception):
    """More came than is allowed."""


class BodyLimit:
    """Refuses a body over ``limit`` bytes: at once when announced, else as soon as it is over."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > self._limit:
            await self._refuse(scope, receive, send)
            return
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > self._limit:
                raise _TooMuch
            return message

        try:
            await self._app(scope, counted, send)
        except _TooMuch:
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        megabytes = self._limit // 1_000_000
        text = (
            f"文件太大：一次最多 {megabytes} MB。\nToo large: at most {megabytes} MB at a time.\n"
        )
        await PlainTextResponse(text, 413)(scope, receive, send)

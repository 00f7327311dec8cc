"""What goes with every answer: the headers that keep a browser in its bounds, and the language."""

from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.assets import ADDRESS
from web.deps import LANGUAGE_COOKIE

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}
_A_YEAR = 31_536_000


class Frame:
    """Sets the headers, and remembers a language that was chosen in the address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def framed(message: Message) -> None:
            if message["type"] == "http.response.start":
                _set(MutableHeaders(scope=message), scope)
            await send(message)

        await self._app(scope, receive, framed)


def _set(headers: MutableHeaders, scope: Scope) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if not scope["path"].startswith(ADDRESS):
        headers.setdefault("cache-control", "private, no-cache")
    chosen = parse_qs(scope["query_string"].decode("latin-1")).get("language", [""])[-1]
    if chosen in {"zh", "en"}:
        kept = f"Max-Age={_A_YEAR}; Path=/; HttpOnly; SameSite=lax"
        headers.append("set-cookie", f"{LANGUAGE_COOKIE}={chosen}; {kept}")

"""The web: pages and API over one running archive."""

from collections.abc import Awaitable, Callable

import structlog
from fastapi import FastAPI, Request
from sqlalchemy import text
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse, Response

from archive.access import SYSTEM
from archive.settings import Settings
from archive.system import System
from archive.wiring import configure_logging, create_system
from web import api, errors
from web.assets import ADDRESS
from web.body_limit import BodyLimit
from web.deps import LANGUAGE_COOKIE
from web.pages import (
    books,
    desk,
    home,
    invoices,
    people,
    plans,
    requests,
    scans,
    session,
    trail,
    volumes,
)
from web.static_files import BuiltFiles

_log = structlog.get_logger(__name__)

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

PAGES = (
    session.router,
    home.router,
    invoices.router,
    plans.router,
    requests.router,
    books.router,
    volumes.router,
    scans.router,
    desk.router,
    people.router,
    trail.router,
)


def create_app(system: System) -> FastAPI:
    """The pages and the API of ``system``."""
    app = FastAPI(
        title="供电所档案 · Station archive",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.system = system
    app.middleware("http")(_outermost)
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(BodyLimit, limit=system.settings.max_upload_mb * 1_000_000)
    errors.install(app)
    app.mount(ADDRESS, BuiltFiles(), name="static")
    app.include_router(api.router)
    app.add_api_route("/healthz", _health, include_in_schema=False)
    for router in PAGES:
        app.include_router(router, include_in_schema=False)
    return app


def _health(request: Request) -> Response:
    """Whether database and object store answer; for whoever watches the process."""
    system: System = request.app.state.system
    with system.transaction(SYSTEM, writes=False) as tx:
        tx.session.execute(text("SELECT 1"))
    system.objects.check()
    return PlainTextResponse("ok\n")


async def _outermost(
    request: Request, answer: Callable[[Request], Awaitable[Response]]
) -> Response:
    response = await answer(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.url.path.startswith(ADDRESS):
        response.headers.setdefault("cache-control", "private, no-cache")
    chosen = request.query_params.get("language")
    if chosen in {"zh", "en"}:
        response.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=31_536_000, httponly=True, samesite="lax"
        )
    return response


def create_app_from_environment() -> FastAPI:
    """The application of this installation, for an ASGI server."""
    settings = Settings()
    configure_logging(settings)
    return create_app(create_system(settings))

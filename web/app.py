"""The web: pages and API over one running archive."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import Depends, FastAPI, Request
from sqlalchemy import text
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse, Response

from archive.access import SYSTEM
from archive.ingest.keeping import inspector
from archive.logs import configure_logging
from archive.settings import Settings
from archive.system import System
from archive.wiring import create_system
from web import errors
from web.api_door import ApiDoor
from web.assets import ADDRESS
from web.body_limit import BodyLimit
from web.deps import closed_form
from web.frame import Frame
from web.pages import (
    appraisal_section,
    books,
    customer_page,
    customers,
    desk,
    destruction_section,
    expected,
    expected_settle,
    filing,
    filing_desk,
    holdings,
    home,
    imports,
    invoices,
    opened,
    people,
    plan_draft,
    plans,
    printed,
    record_page,
    records,
    registers,
    requests,
    retention,
    retention_record,
    scans,
    search,
    separators,
    session,
    special,
    special_page,
    statistics,
    store_section,
    trail,
    volume_filing,
    volume_items,
    volumes,
)
from web.static_files import BuiltFiles

_log = structlog.get_logger(__name__)

MOMENT = 2.0
"""Seconds in which the first pages are asked for, and nothing else should take the processor."""

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
    printed.router,
    holdings.router,
    plan_draft.router,
    expected_settle.router,
    expected.router,
    separators.router,
    filing_desk.router,
    filing.router,
    records.router,
    registers.router,
    statistics.router,
    volume_filing.router,
    volume_items.router,
    record_page.router,
    retention.router,
    retention_record.router,
    imports.router,
    search.router,
    customers.router,
    customer_page.router,
    special.router,
    special_page.router,
    store_section.router,
    destruction_section.router,
    people.router,
    appraisal_section.router,
    opened.router,
    trail.router,
)


def create_app(system: System) -> FastAPI:
    """The pages and the API of ``system``."""
    app = FastAPI(
        title="供电所档案 · Station archive",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(closed_form)],
        lifespan=_ready_for_scans,
    )
    app.state.system = system
    app.add_middleware(Frame)
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(BodyLimit, limit=system.settings.max_upload_mb * 1_000_000)
    errors.install(app)
    app.mount(ADDRESS, BuiltFiles(), name="static")
    app.state.api = ApiDoor(app)
    app.router.routes.append(app.state.api)
    app.add_api_route("/healthz", _health, include_in_schema=False)
    for router in PAGES:
        app.include_router(router, include_in_schema=False)
    return app


@asynccontextmanager
async def _ready_for_scans(app: FastAPI) -> AsyncIterator[None]:
    """A moment after the pages are up, start what the first who asks need not wait for."""
    system: System = app.state.system

    def start() -> None:
        inspector(system.settings).warm()
        app.state.api.open()

    later = threading.Timer(MOMENT, start)
    later.daemon = True
    later.start()
    yield
    later.cancel()


def _health(request: Request) -> Response:
    """Whether database and object store answer; for whoever watches the process."""
    system: System = request.app.state.system
    with system.transaction(SYSTEM, writes=False) as tx:
        tx.session.execute(text("SELECT 1"))
    system.objects.check()
    return PlainTextResponse("ok\n")


def create_app_from_environment() -> FastAPI:
    """The application of this installation, for an ASGI server."""
    settings = Settings()
    configure_logging(settings)
    return create_app(create_system(settings))

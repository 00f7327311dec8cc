"""The door to ``/api``: what stands behind it is built when it is first asked for.

Half of all routes are the API's, and making them takes as long as everything else a page needs to
be up. So the pages come first; a moment later, or with the first question, the API is there.
"""

import threading
from typing import Any

from fastapi import Depends, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from web import errors
from web.deps import closed_form

PREFIX = "/api/"


class ApiDoor(BaseRoute):
    """Answers everything under ``/api/``, for the archive the pages ``app`` is about."""

    def __init__(self, app: FastAPI) -> None:
        self._pages = app
        self._behind: FastAPI | None = None
        self._building = threading.Lock()

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            return Match.FULL, {}
        return Match.NONE, {}

    def url_path_for(self, name: str, /, **_path_params: Any) -> URLPath:
        raise NoMatchFound(name, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        behind = self._behind
        if behind is None:
            behind = await run_in_threadpool(self.open)
        await behind(scope, receive, send)

    def open(self) -> FastAPI:
        """The API, built if it is not yet."""
        with self._building:
            behind = self._behind = self._behind or self._built()
        return behind

    def _built(self) -> FastAPI:
        from web import api  # noqa: PLC0415 - the pages need not wait for it

        app = FastAPI(
            title=self._pages.title,
            version=self._pages.version,
            docs_url=None,
            redoc_url=None,
            openapi_url=f"{PREFIX}openapi.json",
            dependencies=[Depends(closed_form)],
        )
        app.state = self._pages.state
        errors.install(app)
        app.include_router(api.router)
        return app

"""Kind of error → HTTP status, and the page or JSON that tells it."""

import secrets
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from archive.errors import ArchiveError, Conflict, Invalid, NotFound, Refused, Unavailable
from archive.messages import Language, sentence
from archive.people.actions import AccountWaits, PasswordMustChange, WrongSignIn
from web.body_limit import BodyTooLarge
from web.deps import NotSignedIn, Visit, get_visit, told
from web.frame import HEADERS
from web.page import shell_for, stranger_shell
from web.rendering import render

_log = structlog.get_logger(__name__)

STATUS: tuple[tuple[type[ArchiveError], int], ...] = (
    (NotSignedIn, 401),
    (WrongSignIn, 401),
    (AccountWaits, 429),
    (BodyTooLarge, 413),
    (NotFound, 404),
    (Refused, 403),
    (Conflict, 409),
    (Invalid, 422),
    (Unavailable, 503),
)
PAGES_FOR = frozenset({403, 404, 409, 422, 500, 503})


def status_of(error: ArchiveError) -> int:
    """The HTTP status an expected error is answered with."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


def is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def install(app: FastAPI) -> None:
    """Let every error come out as a page or, under ``/api``, as JSON."""
    app.add_exception_handler(ArchiveError, _expected)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _malformed)  # type: ignore[arg-type]
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _unexpected)


async def _expected(request: Request, error: ArchiveError) -> Response:
    if not is_api(request):
        if isinstance(error, NotSignedIn):
            return RedirectResponse(f"/sign-in?next={quote(_here(request))}", 303)
        if isinstance(error, PasswordMustChange):
            return RedirectResponse("/password", 303)
    status = status_of(error)
    visit = await _visit(request)
    language = visit.language if visit else "zh"
    if is_api(request):
        return JSONResponse(problem(error, language), status)
    return _page(request, visit, status, told(error, language))


def problem(error: ArchiveError, language: Language) -> dict[str, object]:
    """An expected error as the API tells it."""
    return {
        "error": type(error).__name__,
        "kind": error.kind,
        "message": told(error, language),
        "field": getattr(error, "field", None),
        "facts": error.facts,
    }


async def _http(request: Request, error: HTTPException) -> Response:
    if isinstance(error.__cause__, ArchiveError):  # while FastAPI read the body
        return await _expected(request, error.__cause__)
    status = error.status_code
    if is_api(request):
        return JSONResponse({"error": "Http", "kind": "http", "message": error.detail}, status)
    visit = await _visit(request)
    return _page(request, visit, status if status in PAGES_FOR else 404, "")


async def _malformed(request: Request, error: RequestValidationError) -> Response:
    if is_api(request):
        places = [
            {"field": ".".join(str(part) for part in item["loc"][1:]), "message": item["msg"]}
            for item in error.errors()
        ]
        visit = await _visit(request)
        message = sentence("error.Malformed", visit.language if visit else "zh")
        return JSONResponse(
            {"error": "Malformed", "kind": "invalid", "message": message, "places": places}, 422
        )
    return _page(request, await _visit(request), 404, "")


async def _gone(_request: Request, _error: Exception) -> Response:
    """Whoever was sending has gone; nobody reads the answer, and nothing was kept."""
    return Response(status_code=400)


async def _unexpected(request: Request, error: Exception) -> Response:
    reference = secrets.token_hex(4)
    _log.error("unexpected error", reference=reference, path=request.url.path, exc_info=error)
    if is_api(request):
        body = {"error": "Unexpected", "kind": "error", "reference": reference}
        return JSONResponse(body, 500, HEADERS)
    response = _page(request, await _visit(request), 500, "", reference)
    response.headers.update(HEADERS)  # made outside of what frames the other answers
    return response


async def _visit(request: Request) -> Visit | None:
    try:
        return await get_visit(request)
    except Exception:  # noqa: BLE001 - an error page must come whatever else is broken
        return None


def _page(
    request: Request, visit: Visit | None, status: int, sentence_told: str, reference: str = ""
) -> Response:
    language = visit.language if visit else "zh"
    page = render(
        "error.html",
        language,
        shell=shell_for(visit) if visit and visit.signed_in else stranger_shell(request, language),
        status=status,
        told=sentence_told,
        reference=reference,
        back_href=_back(request),
    )
    return HTMLResponse(page, status)


def _here(request: Request) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return request.url.path + query if request.method == "GET" else "/"


def _back(request: Request) -> str:
    """The page one came from, when it is one of ours."""
    referer = request.headers.get("referer", "")
    base = str(request.base_url)
    return "/" + referer.removeprefix(base) if referer.startswith(base) else ""

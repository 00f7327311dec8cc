"""Images out of the store: piece by piece, and not at all when the browser has them."""

from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from archive.digest import CHUNK
from web.deps import Visit

KEPT_BY_BROWSERS = "private, max-age=3600"
"""A page image never changes; after an hour its browser asks whether one may still see it."""


def image(
    visit: Visit, key: str, digest: str, media_type: str = "image/jpeg", shown_as: str = ""
) -> Response:
    """An image out of the store, piece by piece; nothing at all when the browser has it."""
    headers = {"etag": f'"{digest}"', "cache-control": KEPT_BY_BROWSERS}
    if has_it(visit.request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    with ExitStack() as opening:
        file = opening.enter_context(visit.system.objects.open(key))
        ending = opening.pop_all()

    def pieces() -> Iterator[bytes]:
        with ending:
            while piece := file.read(CHUNK):
                yield piece

    if shown_as:
        headers["content-disposition"] = disposed(media_type, shown_as)
    return StreamingResponse(pieces(), media_type=media_type, headers=headers)


def shown_inline(name: str) -> str:
    """How a browser is told to show a file and, if it is kept, under which name."""
    return f"inline; filename*=UTF-8''{quote(name)}"


def disposed(media_type: str, name: str) -> str:
    """Pages are shown; any other file is only ever kept, for an XML could hold a page of its own."""
    if media_type.startswith("image/") or media_type == "application/pdf":
        return shown_inline(name)
    return f"attachment; filename*=UTF-8''{quote(name)}"


def pdf_answer(pdf: bytes, name: str) -> Response:
    """A printed form, shown in the browser; ``name`` is what it is called when it is kept."""
    return Response(
        pdf,
        media_type="application/pdf",
        headers={"content-disposition": shown_inline(f"{name}.pdf")},
    )


def has_it(request: Request, tag: str) -> bool:
    given = request.headers.get("if-none-match", "")
    return tag in {each.strip().removeprefix("W/") for each in given.split(",")}

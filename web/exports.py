"""A list as a file to keep: the rows of the whole list, made under the visitor's own eyes."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import IO
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse

from archive.reports.lists import note_export
from archive.reports.spreadsheet import MEDIA_TYPES, Form, Heading, Row, write
from archive.transaction import Transaction
from web.deps import Visit
from web.listing import Listing

IN_MEMORY = 4 << 20
CHUNK = 1 << 16


def headings(visit: Visit, what: str, **kinds: str) -> list[Heading]:
    """The columns of the file: keys with their kinds, named as on the page of the list."""
    return [Heading(key, visit.t(f"{what}.{key}"), kind) for key, kind in kinds.items()]


def form_asked(visit: Visit) -> Form | None:
    """What the list is asked for as; None where it is asked for as a page."""
    asked = visit.request.query_params.get("file", "")
    return Form(asked) if asked in set(Form) else None


def download(
    visit: Visit,
    listing: Listing,
    *,
    what: str,
    form: Form,
    columns: Sequence[Heading],
    rows: Callable[[Transaction], Iterable[Row]],
) -> StreamingResponse:
    """The list as a file, once it is whole; that it was taken out is on the trail."""
    title = visit.t(f"{what}.title")
    with ExitStack() as ending:
        kept: IO[bytes] = ending.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY))
        with visit.reading() as tx:
            count = write(kept, form, title, columns, rows(tx))
        with visit.transaction() as tx:  # a short one: making the file may take its time
            note_export(tx, what, form, count, listing.filters)
            today = tx.today
        kept.seek(0)
        sent = ending.pop_all()
    shown = quote(f"{title}-{today.isoformat()}.{form}")
    return StreamingResponse(
        _pieces(kept),
        media_type=MEDIA_TYPES[form],
        headers={
            "content-disposition": f'attachment; filename="{what}-{today.isoformat()}.{form}"; '
            f"filename*=UTF-8''{shown}"
        },
        background=BackgroundTask(sent.close),
    )


def _pieces(kept: IO[bytes]) -> Iterator[bytes]:
    while piece := kept.read(CHUNK):
        yield piece

"""Taking the pages of a destroyed record out of a file in which others live on.

The other pages keep their place: where a page was stands an empty one of its size. Runs in the
sandbox. What cannot be taken out for certain is left to a person.
"""

import hashlib
import io
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageSequence
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    ContentStream,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
)

from archive.retention.erasure import PagesNotSeparable

_PIECE = 1 << 20
_KEPT_OF_A_PAGE = ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit")


def without_pages(path: str, media_type: str, gone: Collection[int]) -> Iterator[bytes]:
    """The file with empty pages in place of the ``gone`` ones (from 1), in pieces.

    Raises:
        PagesNotSeparable: it is no PDF or TIFF, is damaged, or would keep something of them.
    """
    try:
        if media_type == "application/pdf":
            content = _pdf(Path(path), set(gone))
        elif media_type == "image/tiff":
            content = _tiff(Path(path), set(gone))
        else:
            raise PagesNotSeparable(media_type=media_type)
    except (PyPdfError, OSError, ValueError, KeyError, RecursionError) as failure:
        raise PagesNotSeparable(media_type=media_type) from failure
    for start in range(0, len(content), _PIECE):
        yield content[start : start + _PIECE]


def _pdf(path: Path, gone: set[int]) -> bytes:
    reader, writer = PdfReader(path), PdfWriter()
    for number, page in enumerate(reader.pages, start=1):
        if number in gone:
            box = page.mediabox
            writer.add_blank_page(float(box.width), float(box.height))
        else:
            writer.add_page(_alone(page))
    told = io.BytesIO()
    writer.write(told)
    content = told.getvalue()
    _check_nothing_left(reader, gone, content)
    return content


def _alone(page: PageObject) -> PageObject:
    """The page with nothing it does not draw: producers let all pages share one dictionary."""
    alone = PageObject(pdf=page.pdf)
    alone[NameObject("/Type")] = NameObject("/Page")
    for name in _KEPT_OF_A_PAGE:
        if (value := page.get(name)) is not None:
            alone[NameObject(name)] = value
    if "/Contents" in page:
        alone[NameObject("/Contents")] = page.raw_get("/Contents")
    drawn = _names(page)
    resources = DictionaryObject()
    for section, held in page.get("/Resources", DictionaryObject()).get_object().items():
        inside = held.get_object()
        if isinstance(inside, DictionaryObject) and not isinstance(inside, StreamObject):
            inside = DictionaryObject(
                {name: inside.raw_get(name) for name in inside if name in drawn}
            )
        resources[NameObject(section)] = inside
    alone[NameObject("/Resources")] = resources
    return alone


def _names(page: PageObject) -> set[str]:
    """Every name the page's content speaks of."""
    contents = page.get_contents()
    operations: list[Any] = contents.operations if isinstance(contents, ContentStream) else []
    return {
        str(operand)
        for operands, _ in operations
        if isinstance(operands, list)
        for operand in operands
        if isinstance(operand, NameObject)
    }


def _check_nothing_left(reader: PdfReader, gone: set[int], content: bytes) -> None:
    """Refuse a result in which a stream of a destroyed page still stands.

    Raises:
        PagesNotSeparable: a stream that only destroyed pages had is there.
    """
    theirs: set[str] = set()
    others: set[str] = set()
    for number, page in enumerate(reader.pages, start=1):
        (theirs if number in gone else others).update(_streams(_alone(page)))
    kept = PdfReader(io.BytesIO(content))
    left = {
        _digest(found)
        for number in range(1, int(str(kept.trailer["/Size"])))
        if isinstance(found := kept.get_object(number), StreamObject)
    }
    if (theirs - others) & left:
        raise PagesNotSeparable(media_type="application/pdf")


def _streams(page: PageObject) -> set[str]:
    """Digests of the streams a page reaches."""
    found: set[str] = set()
    waiting: list[Any] = [page.get("/Contents"), page.get("/Resources")]
    seen: set[int] = set()
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, IndirectObject):
            thing = thing.get_object()
        if thing is None or id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, StreamObject):
            found.add(_digest(thing))
        if isinstance(thing, DictionaryObject):
            waiting += [value for name, value in thing.items() if name not in {"/Parent", "/P"}]
        elif isinstance(thing, ArrayObject):
            waiting += list(thing)
    return found


def _digest(stream: StreamObject) -> str:
    return hashlib.sha256(stream.get_data()).hexdigest()


def _tiff(path: Path, gone: set[int]) -> bytes:
    with Image.open(path) as image:
        frames = []
        for number, frame in enumerate(ImageSequence.Iterator(image), start=1):
            kept = frame.copy()
            if number in gone:
                kept = Image.new("1", frame.size, 1)
                kept.info.clear()
            frames.append(kept)
        dpi = image.info.get("dpi", (200, 200))
    told = io.BytesIO()
    frames[0].save(
        told, "TIFF", save_all=True, append_images=frames[1:], compression="tiff_lzw", dpi=dpi
    )
    return told.getvalue()

"""Looking into a PDF for what no scan holds, before PDFium touches it. Pure Python (pypdf).

Everything that can be reached from the catalogue is looked at, except what only draws (resources,
contents, appearances): programs, embedded files, and actions that run something, send something
or open another file. Links and bookmarks that merely go somewhere when clicked are left alone –
scanning apps put their address on every page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from pypdf import PdfReader, apply_configuration
from pypdf.errors import LimitReachedError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from archive.ingest.limits import ScanLimits
from archive.ingest.refusals import (
    BadScan,
    ContentBomb,
    Damaged,
    DamagedPage,
    EncryptedPdf,
    NoPages,
    PdfTooTangled,
    PdfWithActions,
    PdfWithEmbeddedFiles,
    PdfWithJavaScript,
    TooManyPages,
    Truncated,
)

_TAIL = 64 << 10
_END_WITHIN = 2048
_DEEPEST_TREE = 60
_FORGETS_AFTER = 500

_ONLY_DRAWS = frozenset(
    {"/Resources", "/Contents", "/AP", "/Metadata", "/Thumb", "/StructTreeRoot", "/DR"}
)
_OF_THE_TREE = frozenset({"/Parent", "/Kids"})
_MERELY_GOES = frozenset({"/GoTo", "/Named"})
_RUNS = frozenset(
    {
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/GoToR",
        "/GoToE",
        "/Rendition",
        "/Movie",
        "/Sound",
        "/RichMediaExecute",
        "/GoTo3DView",
    }
)
_PLAYS = frozenset({"/RichMedia", "/3D", "/Screen", "/Movie", "/Sound"})
_BY_ITSELF = "/OpenAction"  # stands for every action that nobody clicks on


@dataclass(frozen=True, slots=True)
class Looked:
    """How many pages a PDF has, and how often it is signed; no signature is verified."""

    pages: int
    signatures: int


def look(file: BinaryIO, limits: ScanLimits) -> Looked:
    """What the PDF has, if it holds nothing but pages.

    Raises:
        BadScan: one of its kinds, ``Damaged`` for whatever else the parser stumbles over.
    """
    _check_end(file)
    try:
        with apply_configuration(
            zlib_maximum_output_length=limits.content_bytes,
            lzw_maximum_output_length=limits.content_bytes,
            run_length_maximum_output_length=limits.content_bytes,
        ):
            looking = _Look(file, limits)
            return Looked(looking.pages(), looking.signatures)
    except (BadScan, MemoryError):
        raise
    except (LimitReachedError, RecursionError) as error:
        raise PdfTooTangled from error
    except Exception as error:
        raise Damaged from error


def _check_end(file: BinaryIO) -> None:
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL))
    end = file.read().rstrip(b"\0\t\n\r ")
    if b"%%EOF" not in end[-_END_WITHIN:]:
        raise Truncated


class _Look:
    """One look through one PDF; nothing it has passed is kept in memory."""

    def __init__(self, file: BinaryIO, limits: ScanLimits) -> None:
        self._limits = limits
        self._left = limits.objects
        self.signatures = 0
        self._seen: set[tuple[int, int]] = set()
        self._reader = PdfReader(file)
        if self._reader.is_encrypted:
            raise EncryptedPdf

    def pages(self) -> int:
        catalogue = self._reader.root_object
        tree = self._resolved(catalogue.raw_get("/Pages")) if "/Pages" in catalogue else None
        said = tree.get("/Count") if isinstance(tree, DictionaryObject) else None
        self._check_count(said)
        count = 0
        for page in self._leaves(tree, ()):
            count += 1
            self._check_count(count)
            self._check_content(page, count)
            self._walk(page)
        if not count:
            raise NoPages
        if isinstance(said, int) and said != count:  # a page was lost on the way
            raise Damaged
        self._walk(catalogue)
        return count

    def _check_count(self, count: object) -> None:
        if isinstance(count, int) and count > self._limits.pages:
            raise TooManyPages(limit=self._limits.pages)

    def _leaves(self, node: Any, above: tuple[int, ...]) -> Iterator[DictionaryObject]:
        """The pages in order; a tree that bites its own tail, or only branches, is refused."""
        node = self._resolved(node)
        if not isinstance(node, DictionaryObject):
            return
        kids = self._resolved(node.raw_get("/Kids")) if "/Kids" in node else None
        if not isinstance(kids, ArrayObject):
            yield node
            return
        if len(above) >= _DEEPEST_TREE:
            raise PdfTooTangled
        for kid in list.__iter__(kids):
            name = kid.idnum if isinstance(kid, IndirectObject) else -1
            if name in above:
                raise PdfTooTangled
            yield from self._leaves(kid, (*above, name))

    def _check_content(self, page: DictionaryObject, number: int) -> None:
        content = page.raw_get("/Contents") if "/Contents" in page else None
        if self._was_seen(content):
            return
        content = self._resolved(content)
        streams = list.__iter__(content) if isinstance(content, ArrayObject) else iter([content])
        size = 0
        for stream in map(self._resolved, streams):
            if not isinstance(stream, StreamObject):
                continue
            try:
                size += len(stream.get_data())
            except LimitReachedError as error:
                raise ContentBomb(page=number) from error
            except Exception as error:
                raise DamagedPage(page=number) from error
            stream.decoded_self = None
            if size > self._limits.content_bytes:
                raise ContentBomb(page=number)

    def _walk(self, start: DictionaryObject) -> None:
        """Judge everything that can be reached from ``start`` and was not reached before."""
        todo: list[tuple[str, Any]] = [("", start)]
        while todo:
            key, value = todo.pop()
            if self._was_seen(value):
                continue
            value = self._resolved(value)
            if isinstance(value, DictionaryObject):
                self._judge(key, value)
                todo.extend(self._next(key, value))
            elif isinstance(value, ArrayObject):
                todo.extend((key, item) for item in list.__iter__(value))

    def _next(self, key: str, value: DictionaryObject) -> Iterator[tuple[str, Any]]:
        of_the_tree = value.get("/Type") in {"/Page", "/Pages"}
        for name, below in dict.items(value):
            if name in _ONLY_DRAWS or (of_the_tree and name in _OF_THE_TREE):
                continue
            by_itself = key == "/AA" or (key == _BY_ITSELF and name == "/Next")
            yield (_BY_ITSELF if by_itself else str(name)), below

    def _judge(self, key: str, value: DictionaryObject) -> None:
        self.signatures += "/ByteRange" in value
        what = str(self._resolved(value.raw_get("/S"))) if "/S" in value else ""
        if "/JS" in value or what == "/JavaScript":
            raise PdfWithJavaScript
        if "/EF" in value:
            raise PdfWithEmbeddedFiles
        if what in _RUNS:
            raise PdfWithActions(action=what[1:])
        if key == _BY_ITSELF and what and what not in _MERELY_GOES:
            raise PdfWithActions(action=what[1:])
        if "/XFA" in value:
            raise PdfWithActions(action="XFA")
        kind = str(self._resolved(value.raw_get("/Subtype"))) if "/Subtype" in value else ""
        if kind in _PLAYS and "/Rect" in value:
            raise PdfWithActions(action=kind[1:])

    def _was_seen(self, value: Any) -> bool:
        """Whether a reference was followed before; from now on it was."""
        if not isinstance(value, IndirectObject):
            return False
        name = (value.idnum, value.generation)
        if name in self._seen:
            return True
        self._seen.add(name)
        return False

    def _resolved(self, value: Any) -> Any:
        """What a reference stands for; a reference to nothing is nothing.

        pypdf would search the whole file for a missing object, once for every reference to it.
        """
        self._left -= 1
        if self._left < 0:
            raise PdfTooTangled
        if not isinstance(value, IndirectObject):
            return value
        if len(self._reader.resolved_objects) > _FORGETS_AFTER:
            self._reader.resolved_objects.clear()
        table = self._reader.xref.get(value.generation, {})
        if value.idnum not in table and value.idnum not in self._reader.xref_objStm:
            return None
        return self._reader.get_object(value)

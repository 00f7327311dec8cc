"""What a file is by its first bytes, never by its name.

Pure Python on a few kilobytes: safe to run before anything else touches the file.
"""

import re
from collections.abc import Callable
from enum import StrEnum

from archive.ingest.refusals import EmptyFile, NotAScan, UnknownFile

HEAD = 2048
"""How many first bytes are enough."""

_PDF_WITHIN = 1024  # readers accept %PDF- anywhere in here


class Kind(StrEnum):
    """The kinds of file that may come in."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"
    OFD = "ofd"
    XML = "xml"
    ZIP = "zip"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES.get(self.value, f"image/{self.value}")


_MEDIA_TYPES = {
    "pdf": "application/pdf",
    "ofd": "application/ofd",
    "xml": "application/xml",
    "zip": "application/zip",
}
INVOICES = frozenset({Kind.XML, Kind.ZIP})
"""Kinds a 数电票 comes as when it comes as data."""

_SCANS = frozenset({Kind.PDF, Kind.JPEG, Kind.PNG, Kind.TIFF})


_KINDS: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"II*\0", Kind.TIFF),
    (b"MM\0*", Kind.TIFF),
    (b"II+\0", Kind.TIFF),  # BigTIFF
    (b"MM\0+", Kind.TIFF),
)

# Names of formats are the same in every language.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "EXE (Windows)"),
    (b"\x7fELF", "ELF (Linux)"),
    (b"\xcf\xfa\xed\xfe", "Mach-O (macOS)"),
    (b"\xce\xfa\xed\xfe", "Mach-O (macOS)"),
    (b"\xca\xfe\xba\xbe", "Mach-O / Java"),
    (b"#!", "script"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x1f\x8b", "GZIP"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "DOC / XLS / PPT (Office 97-2003)"),
    (b"{\\rtf", "RTF"),
    (b"%!PS", "PostScript"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"8BPS", "PSD"),
    (b"AT&TFORM", "DjVu"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\0asm", "WebAssembly"),
    (b"SQLite format 3\0", "SQLite"),
)

_ZIPS: tuple[tuple[bytes, str], ...] = ((b"word/", "DOCX"), (b"xl/", "XLSX"), (b"ppt/", "PPTX"))

_IN_OFD = re.compile(
    rb"OFD\.xml|Document\.xml|(?:Public|Document)Res\.xml|Doc_\d|Pages?/", re.IGNORECASE
)
"""Names of parts, one of which stands among the first of every OFD."""

_MEDIA_BRANDS = {b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIC", b"avif": "AVIF"}


def recognise(head: bytes) -> Kind:
    """The kind of scan that begins with ``head``: page images, nothing that was never paper.

    Raises:
        EmptyFile: nothing is there.
        NotAScan: it is something else, named in ``looks_like``.
        UnknownFile: it is nothing we know.
    """
    kind = recognise_document(head)
    if kind not in _SCANS:
        raise NotAScan(looks_like=kind.value.upper())
    return kind


def recognise_document(head: bytes) -> Kind:
    """The kind of scan, or of electronic document, that begins with ``head``: its first bytes.

    An OFD, or a 数电票 as XML or ZIP, only seems one by them; whether it is one is seen when it
    is looked into.

    Raises:
        EmptyFile, NotAScan, UnknownFile: as ``recognise``.
    """
    if not head:
        raise EmptyFile
    for magic, kind in _KINDS:
        if head.startswith(magic):
            return kind
    if _is_ofd(head):
        return Kind.OFD
    if _is_packed_xml(head):
        return Kind.ZIP
    if other := _binary(head):
        raise NotAScan(looks_like=other)
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return Kind.PDF
    if (other := _text(head)) == "XML":
        return Kind.XML
    if other:
        raise NotAScan(looks_like=other)
    raise UnknownFile


def _binary(head: bytes) -> str:
    for magic, name in _OTHERS:
        if head.startswith(magic):
            return name
    return next(filter(None, (look(head) for look in _LOOKS)), "")


def _zip(head: bytes) -> str:
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return ""
    return next((name for inside, name in _ZIPS if inside in head), "ZIP")


def _is_ofd(head: bytes) -> bool:
    is_zip = head.startswith(b"PK\x03\x04") and _zip(head) == "ZIP"
    return is_zip and _IN_OFD.search(head) is not None


def _is_packed_xml(head: bytes) -> bool:
    """Whether the name of its first part, in the header that begins it, ends in ``.xml``."""
    name = head[30 : 30 + int.from_bytes(head[26:28], "little")].lower()
    is_zip = head.startswith(b"PK\x03\x04") and _zip(head) == "ZIP"
    return is_zip and name.endswith(b".xml") and not name.startswith(b"[content_types]")


def _riff(head: bytes) -> str:
    if not head.startswith(b"RIFF"):
        return ""
    return {b"WEBP": "WebP", b"WAVE": "WAV"}.get(head[8:12], "AVI")


def _media(head: bytes) -> str:
    return _MEDIA_BRANDS.get(head[8:12], "MP4 / MOV") if head[4:8] == b"ftyp" else ""


_LOOKS: tuple[Callable[[bytes], str], ...] = (_zip, _riff, _media)


def _text(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "HTML"
    if start.startswith(b"<svg"):
        return "SVG"
    if start.startswith((b"<?xml", b"<einvoice")):
        return "XML"
    return "TXT" if _is_readable(head) else ""


def _is_readable(head: bytes) -> bool:
    """Plain text in one of the encodings met at a station; control bytes speak against it."""
    if any(byte < 32 and byte not in b"\t\r\n\f" for byte in head):
        return False
    return any(_decodes(head, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(head: bytes, encoding: str) -> bool:
    for cut in range(4):  # the last character may be cut in two
        try:
            head[: len(head) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False

"""Makes files that no honest scanner makes, and a few honest ones to spoil.

Every maker returns bytes, small ones: a bomb is small until it goes off. PDFs are written by hand,
because libraries that write PDFs refuse to write these.
"""

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image
from pypdf import PdfReader, PdfWriter

# honest files


@cache
def page_pixels(width: int = 413, height: int = 585) -> np.ndarray:
    """A page that looks a little like print: A4 at 50 dpi unless told otherwise."""
    paper = np.random.default_rng(7).normal(235, 6, (height, width, 3)).clip(0, 255)
    for top in range(height // 12, height - height // 12, 18):
        paper[top : top + 6, width // 8 : -width // 8 : 2] = 30
    return paper.astype(np.uint8)


@cache
def jpeg(width: int = 413, height: int = 585, quality: int = 70) -> bytes:
    return picture("JPEG", width, height, quality=quality)


def picture(form: str, width: int = 413, height: int = 585, **options: object) -> bytes:
    data = io.BytesIO()
    Image.fromarray(page_pixels(width, height)).save(data, form, **options)
    return data.getvalue()


def tiff(pages: int, width: int = 60, height: int = 80) -> bytes:
    data = io.BytesIO()
    first = Image.fromarray(page_pixels(width, height))
    rest = [first] * (pages - 1)
    first.save(data, "TIFF", save_all=True, append_images=rest, compression="tiff_lzw")
    return data.getvalue()


class Pdf:
    """A PDF being written: objects by number, whatever they hold."""

    def __init__(
        self,
        *,
        catalog: str = "",
        page: str = "",
        pages: int = 1,
        size: tuple[int, int] = (413, 585),
    ) -> None:
        self.objects: dict[int, bytes] = {}
        self.trailer = ""
        width, height = size
        self[3] = self.page(f"/Contents 4 0 R /Resources <</XObject <</I 5 0 R>>>> {page}")
        self[4] = stream(b"q 595 0 0 842 0 0 cm /I Do Q")
        self[5] = stream(
            jpeg(width, height),
            f"/Type /XObject /Subtype /Image /Width {width} /Height {height} "
            "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode",
        )
        for number in range(10, 9 + pages):
            self[number] = self.page("/Contents 4 0 R /Resources <</XObject <</I 5 0 R>>>>")
        kids = " ".join(f"{number} 0 R" for number in (3, *range(10, 9 + pages)))
        self[1] = f"<</Type /Catalog /Pages 2 0 R {catalog}>>"
        self[2] = f"<</Type /Pages /Count {pages} /Kids [{kids}]>>"

    @staticmethod
    def page(more: str, box: str = "0 0 595 842") -> str:
        return f"<</Type /Page /Parent 2 0 R /MediaBox [{box}] {more}>>"

    def __setitem__(self, number: int, value: str | bytes) -> None:
        self.objects[number] = value.encode() if isinstance(value, str) else value

    def __bytes__(self) -> bytes:
        out = io.BytesIO()
        out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        places = {}
        for number, value in sorted(self.objects.items()):
            places[number] = out.tell()
            out.write(b"%d 0 obj\n%b\nendobj\n" % (number, value))
        start, size = out.tell(), max(places) + 1
        out.write(b"xref\n0 %d\n" % size)
        for number in range(size):
            at = places.get(number)
            out.write(b"0000000000 65535 f \n" if at is None else b"%010d 00000 n \n" % at)
        out.write(b"trailer\n<</Size %d /Root 1 0 R %b>>\n" % (size, self.trailer.encode()))
        out.write(b"startxref\n%d\n%%%%EOF\n" % start)
        return out.getvalue()


def write_heavy_pdf(path: Path, pages: int, bytes_a_page: int) -> None:
    """An honest PDF with an image of its own on every page, written page by page."""
    image = jpeg()
    image += bytes(max(0, bytes_a_page - len(image)))
    kind = "/Type /XObject /Subtype /Image /Width 413 /Height 585 /ColorSpace /DeviceRGB"
    kids = " ".join(f"{10 + 2 * page} 0 R" for page in range(pages))
    places = {}
    with path.open("wb") as out:

        def write(number: int, value: bytes) -> None:
            places[number] = out.tell()
            out.write(b"%d 0 obj\n%b\nendobj\n" % (number, value))

        out.write(b"%PDF-1.7\n")
        write(1, b"<</Type /Catalog /Pages 2 0 R>>")
        write(2, f"<</Type /Pages /Count {pages} /Kids [{kids}]>>".encode())
        write(4, stream(b"q 595 0 0 842 0 0 cm /I Do Q"))
        for number in range(10, 10 + 2 * pages, 2):
            resources = f"/Resources <</XObject <</I {number + 1} 0 R>>>>"
            write(number, Pdf.page(f"/Contents 4 0 R {resources}").encode())
            write(number + 1, stream(image, f"{kind} /BitsPerComponent 8 /Filter /DCTDecode"))
        start, size = out.tell(), 10 + 2 * pages
        rows = (places.get(number) for number in range(size))
        table = (b"%010d 00000 n \n" % at if at else b"0000000000 65535 f \n" for at in rows)
        out.write(b"xref\n0 %d\n%b" % (size, b"".join(table)))
        out.write(b"trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start))


def stream(data: bytes, entries: str = "", length: str | None = None) -> bytes:
    length = length or str(len(data))
    return b"<<%b /Length %b>>\nstream\n%b\nendstream" % (entries.encode(), length.encode(), data)


def pdf(pages: int = 1, size: tuple[int, int] = (413, 585), **changes: str | bytes) -> bytes:
    """An honest PDF; ``o4=…`` replaces object 4, ``catalog=…`` and ``page=…`` add entries."""
    made = Pdf(
        catalog=str(changes.pop("catalog", "")),
        page=str(changes.pop("page", "")),
        pages=pages,
        size=size,
    )
    made.trailer = str(changes.pop("trailer", ""))
    for name, value in changes.items():
        made[int(name[1:])] = value
    return bytes(made)


def rewritten(data: bytes, *, password: str = "", owner: str | None = None) -> bytes:
    """The same PDF through pypdf, encrypted."""
    writer = PdfWriter(PdfReader(io.BytesIO(data)))
    writer.encrypt(password, owner, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def in_object_stream(size: tuple[int, int] = (413, 585), **hidden: str) -> bytes:
    """A PDF whose catalogue sits in a compressed object stream, with an xref stream."""
    plain = Pdf(size=size)
    objects = {1: plain.objects.pop(1).decode(), **{int(k[1:]): v for k, v in hidden.items()}}
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = {}
    for number, value in sorted(plain.objects.items()):
        places[number] = (1, out.tell(), 0)
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, value))
    index, body = "", ""
    for place, (number, value) in enumerate(objects.items()):
        index += f"{number} {len(body)} "
        body += value + " "
        places[number] = (2, 90, place)
    packed = zlib.compress((index + body).encode())
    places[90] = (1, out.tell(), 0)
    kind = f"/Type /ObjStm /N {len(objects)} /First {len(index)} /Filter /FlateDecode"
    out.write(b"90 0 obj\n%b\nendobj\n" % stream(packed, kind))
    start = out.tell()
    places[91] = (1, start, 0)
    rows = b"".join(struct.pack(">BIH", *places.get(n, (0, 0, 65535))) for n in range(92))
    entries = "/Type /XRef /Size 92 /W [1 4 2] /Root 1 0 R /Filter /FlateDecode"
    out.write(b"91 0 obj\n%b\nendobj\n" % stream(zlib.compress(rows), entries))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


# bombs


def blanks_packed(size: int, start: bytes = b"") -> bytes:
    """``start`` and then ``size`` blanks (whole megabytes), packed without packing them all."""
    packer = zlib.compressobj(9, wbits=-15)
    head = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(_BLANKS) + packer.flush(zlib.Z_FULL_FLUSH)
    check = zlib.adler32(start)
    for _ in range(size >> 20):
        check = zlib.adler32(_BLANKS, check)
    body = head + block * (size >> 20) + packer.flush()
    return b"\x78\x9c" + body + struct.pack(">I", check)


_BLANKS = b" " * (1 << 20)


@cache
def _gigabytes() -> bytes:
    return blanks_packed(3 << 30)


def content_bomb() -> bytes:
    return pdf(o4=stream(_gigabytes(), "/Filter /FlateDecode"))


def content_bomb_in_two_layers() -> bytes:
    packed = zlib.compress(_gigabytes(), 9)
    return pdf(o4=stream(packed, "/Filter [/FlateDecode /FlateDecode]"))


def content_bomb_in_many_parts() -> bytes:
    part = stream(blanks_packed(40 << 20), "/Filter /FlateDecode")
    parts = {f"o{number}": part for number in range(20, 60)}
    array = "[" + " ".join(f"{number} 0 R" for number in range(20, 60)) + "]"
    return pdf(o4=array, **parts)


def form_bomb() -> bytes:
    form = stream(
        _gigabytes(), "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Filter /FlateDecode"
    )
    return pdf(o5=form)


def image_data_bomb() -> bytes:
    """A small image whose data go on for gigabytes."""
    kind = "/Type /XObject /Subtype /Image /Width 9 /Height 9 /ColorSpace /DeviceGray"
    return pdf(o5=stream(_gigabytes(), f"{kind} /BitsPerComponent 8 /Filter /FlateDecode"))


def object_stream_bomb() -> bytes:
    plain = in_object_stream()
    start = plain.index(b"90 0 obj")
    end = plain.index(b"91 0 obj")
    kind = "/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode"
    bomb = b"90 0 obj\n%b\nendobj\n" % stream(
        blanks_packed(1 << 30, start=b"1 0 <</Type /Catalog /Pages 2 0 R>>"), kind
    )
    moved = plain[:start] + bomb + plain[end:]
    at = moved.index(b"91 0 obj")
    return moved[: moved.rindex(b"startxref")] + b"startxref\n%d\n%%%%EOF\n" % at


def many_objects() -> bytes:
    """A content of millions of strokes: small to unpack, large to understand."""
    strokes = zlib.compress(b"0 0 m 9 9 l S\n" * 4_000_000, 9)
    return pdf(o4=stream(strokes, "/Filter /FlateDecode"))


def huge_image(width: int = 100_000, height: int = 100_000, extra: str = "") -> bytes:
    kind = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} {extra}"
    packed = blanks_packed(8 << 20)
    return pdf(
        o5=stream(packed, f"{kind} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode")
    )


def huge_soft_mask() -> bytes:
    mask = "/Type /XObject /Subtype /Image /Width 90000 /Height 90000 /ColorSpace /DeviceGray"
    return pdf(
        o5=stream(
            b"\x80" * 27,
            "/Type /XObject /Subtype /Image /Width 3 /Height 3 /ColorSpace /DeviceRGB "
            "/BitsPerComponent 8 /SMask 6 0 R",
        ),
        o6=stream(blanks_packed(8 << 20), f"{mask} /BitsPerComponent 8 /Filter /FlateDecode"),
    )


def png_bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG whose header promises gigapixels, with data that keep the promise for a while."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", blanks_packed(64 << 20)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(*chunk) for chunk in chunks)


def png_text_bomb() -> bytes:
    """A small PNG with a comment of gigabytes."""
    plain = picture("PNG", 40, 40)
    text = _png_chunk(b"zTXt", b"c\0\0" + _gigabytes())
    return plain[:33] + text + plain[33:]


def _png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def jpeg_bomb(width: int = 65_500, height: int = 65_500) -> bytes:
    """A small JPEG whose frame header says otherwise."""
    data = bytearray(picture("JPEG", 64, 64))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def tiff_bomb() -> bytes:
    data = bytearray(picture("TIFF", 40, 40))
    (place,) = struct.unpack("<I", data[4:8])
    (count,) = struct.unpack("<H", data[place : place + 2])
    for entry in range(place + 2, place + 2 + 12 * count, 12):
        if struct.unpack("<H", data[entry : entry + 2])[0] in {256, 257}:
            data[entry : entry + 12] = struct.pack(
                "<HHII", *struct.unpack("<H", data[entry : entry + 2]), 4, 1, 60_000
            )
    return bytes(data)


def tiff_chain(frames: int, *, is_ring: bool = False) -> bytes:
    """A TIFF of so many tiny pages that share one pixel; a ring has no last page."""
    entries = [(256, 3, 1, 1), (257, 3, 1, 1), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)]
    entries += [(273, 4, 1, 8), (277, 3, 1, 1), (278, 3, 1, 1), (279, 4, 1, 1)]
    size = 2 + 12 * len(entries) + 4
    out = [b"II*\0", struct.pack("<I", 12), b"\x80\0\0\0"]
    body = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHII", *entry) for entry in entries
    )
    for frame in range(frames):
        following = 12 + size * (frame + 1)
        if frame == frames - 1:
            following = 12 if is_ring else 0
        out.append(body + struct.pack("<I", following))
    return b"".join(out)


def tiff_with_endless_tag() -> bytes:
    data = bytearray(picture("TIFF", 40, 40))
    (place,) = struct.unpack("<I", data[4:8])
    data[place + 2 : place + 14] = struct.pack("<HHII", 254, 2, 0xFFFFFFF0, 8)
    return bytes(data)


# knots


def tree(kids_of_2: str, **more: str) -> bytes:
    return pdf(o2=f"<</Type /Pages /Count 1 /Kids [{kids_of_2}]>>", **more)


def laughing_tree(depth: int = 40) -> bytes:
    """Every node has ten kids, all the same one: 10^40 pages, or none."""
    more = {
        f"o{n}": f"<</Type /Pages /Count 1 /Kids [{f'{n + 1} 0 R ' * 10}]>>"
        for n in range(20, 20 + depth)
    }
    return tree("20 0 R", **more)


def deep_tree(depth: int = 5000) -> bytes:
    more = {
        f"o{n}": f"<</Type /Pages /Count 1 /Kids [{n + 1} 0 R]>>" for n in range(20, 20 + depth)
    }
    return tree("20 0 R", **more, **{f"o{20 + depth}": Pdf.page("/Contents 4 0 R")})


def same_page_many_times(times: int) -> bytes:
    return pdf(o2=f"<</Type /Pages /Count {times} /Kids [{'3 0 R ' * times}]>>")


def form_that_draws_itself() -> bytes:
    form = stream(
        b"/I Do /I Do",
        "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources <</XObject <</I 5 0 R>>>>",
    )
    return pdf(o5=form)


def forms_that_multiply(depth: int = 40) -> bytes:
    """Each form draws the next ten times."""
    more = {
        f"o{n}": stream(
            b"/F Do " * 10,
            "/Type /XObject /Subtype /Form /BBox [0 0 595 842] "
            f"/Resources <</XObject <</F {n + 1} 0 R>>>>",
        )
        for n in range(20, 20 + depth)
    }
    last = stream(b"0 0 9 9 re f", "/Type /XObject /Subtype /Form /BBox [0 0 595 842]")
    page = "/Contents 4 0 R /Resources <</XObject <</I 20 0 R>>>>"
    return pdf(o3=Pdf.page(page), **more, **{f"o{20 + depth}": last})


def xref_ring() -> bytes:
    data = pdf()
    place = data.rindex(b"startxref\n") + 10
    start = data[place : data.index(b"\n", place)]
    return pdf(trailer="/Prev " + start.decode())


def deep_arrays(depth: int = 200_000) -> bytes:
    return pdf(catalog=f"/X {'[' * depth}{']' * depth}")


# programs, files, actions

_JS = "<</S /JavaScript /JS (app.alert\\(1\\))>>"

JAVASCRIPT: dict[str, Callable[[], bytes]] = {
    "on opening": lambda: pdf(catalog=f"/OpenAction {_JS}"),
    "by name": lambda: pdf(catalog=f"/Names <</JavaScript <</Names [(a) {_JS}]>>>>"),
    "on turning to the page": lambda: pdf(page=f"/AA <</O {_JS}>>"),
    "on closing": lambda: pdf(catalog=f"/AA <</WC {_JS}>>"),
    "behind a link": lambda: pdf(
        page=f"/Annots [<</Type /Annot /Subtype /Link /Rect [0 0 9 9] /A {_JS}>>]"
    ),
    "after a link": lambda: pdf(
        page="/Annots [<</Type /Annot /Subtype /Link /Rect [0 0 9 9] "
        f"/A <</S /GoTo /D [3 0 R /Fit] /Next [{_JS}]>>>>]"
    ),
    "in a form field": lambda: pdf(
        catalog="/AcroForm <</Fields [7 0 R]>>", o7=f"<</FT /Tx /T (a) /AA <</C {_JS}>>>>"
    ),
    "in a bookmark": lambda: pdf(
        catalog="/Outlines 7 0 R",
        o7="<</First 8 0 R /Last 8 0 R /Count 1>>",
        o8=f"<</Title (a) /Parent 7 0 R /A {_JS}>>",
    ),
    "in a stream": lambda: pdf(
        catalog="/OpenAction 7 0 R", o7="<</S /JavaScript /JS 8 0 R>>", o8=stream(b"app.alert(1)")
    ),
    "spelled in hexadecimal": lambda: pdf(
        catalog="/OpenAction <</S /J#61vaScript /J#53 (app.alert\\(1\\))>>"
    ),
    "in an object stream": lambda: in_object_stream(
        o1="<</Type /Catalog /Pages 2 0 R /OpenAction 7 0 R>>", o7=_JS
    ),
}

_FILE = "<</Type /Filespec /F (a.exe) /EF <</F 8 0 R>>>>"
_FILE_DATA = stream(b"MZ" + bytes(100), "/Type /EmbeddedFile")

EMBEDDED: dict[str, Callable[[], bytes]] = {
    "by name": lambda: pdf(
        catalog="/Names <</EmbeddedFiles <</Names [(a) 7 0 R]>>>>", o7=_FILE, o8=_FILE_DATA
    ),
    "as a note": lambda: pdf(
        page="/Annots [<</Subtype /FileAttachment /Rect [0 0 9 9] /FS 7 0 R>>]",
        o7=_FILE,
        o8=_FILE_DATA,
    ),
    "associated": lambda: pdf(catalog="/AF [7 0 R]", o7=_FILE, o8=_FILE_DATA),
    "with a page": lambda: pdf(page="/AF [7 0 R]", o7=_FILE, o8=_FILE_DATA),
}

ACTIONS: dict[str, Callable[[], bytes]] = {
    "Launch": lambda: pdf(catalog="/OpenAction <</S /Launch /F (calc.exe)>>"),
    "URI": lambda: pdf(catalog="/OpenAction <</S /URI /URI (http://a.invalid)>>"),
    "SubmitForm": lambda: pdf(page="/AA <</O <</S /SubmitForm /F (http://a.invalid)>>>>"),
    "GoToR": lambda: pdf(
        page="/Annots [<</Subtype /Link /Rect [0 0 9 9] /A <</S /GoToR /F (b.pdf) /D [0 /Fit]>>>>]"
    ),
    "RichMedia": lambda: pdf(page="/Annots [<</Subtype /RichMedia /Rect [0 0 9 9]>>]"),
    "XFA": lambda: pdf(catalog="/AcroForm <</Fields [] /XFA 7 0 R>>", o7=stream(b"<xdp/>")),
}

HARMLESS: dict[str, Callable[[], bytes]] = {
    "plain": pdf,
    "opens at its first page": lambda: pdf(catalog="/OpenAction [3 0 R /Fit]"),
    "goes to its first page": lambda: pdf(catalog="/OpenAction <</S /GoTo /D [3 0 R /Fit]>>"),
    "a scanning app's address": lambda: pdf(
        page="/Annots [<</Type /Annot /Subtype /Link /Rect [0 0 99 9] "
        "/A <</S /URI /URI (http://scan.invalid)>>>>]"
    ),
    "empty lists of files and programs": lambda: pdf(
        catalog="/Names <</EmbeddedFiles <</Names []>> /JavaScript <</Names []>>>>"
    ),
    "a bookmark": lambda: pdf(
        catalog="/Outlines 7 0 R",
        o7="<</First 8 0 R /Last 8 0 R /Count 1>>",
        o8="<</Title (a) /Parent 7 0 R /Dest [3 0 R /Fit]>>",
    ),
    "objects in a stream": in_object_stream,
    "a reference to nothing": lambda: pdf(catalog="/PieceInfo 77 0 R"),
    "junk before it begins": lambda: b"\r\n\r\n" + pdf(),
    "zeros after it ends": lambda: pdf() + bytes(4000),
}

STRANGERS: dict[str, tuple[bytes, str]] = {
    "存根.PDF": (b"\x7fELF\x02\x01\x01" + bytes(3000), "ELF (Linux)"),
    "发票.PDF": (b"MZ\x90\0" + bytes(3000), "EXE (Windows)"),
    "polyglot.pdf": (b"MZ\x90\0" + b"%PDF-1.4\n" + pdf(), "EXE (Windows)"),
    "存根.jpg": (b"PK\x03\x04" + bytes(26) + b"word/document.xml" + bytes(99), "DOCX"),
    "电子发票.pdf": (b"PK\x03\x04" + bytes(26) + b"OFD.xml" + bytes(99), "OFD"),
    "打包.pdf": (b"PK\x03\x04" + bytes(200), "ZIP"),
    "照片.jpg": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), "HEIC"),
    "网页.pdf": ("\ufeff<!DOCTYPE html><p>请登录".encode(), "HTML"),
    "说明.pdf": ("这是说明\r\n".encode("gb18030"), "TXT"),
    "动图.png": (b"GIF89a" + bytes(99), "GIF"),
}

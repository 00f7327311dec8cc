"""A collection of broken and odd PDFs, made anew each time: a name and its bytes.

Public collections cannot be had from a package that is kept up, so this one is built by rule. An
honest PDF is cut at every joint of its structure, each value in it is exchanged for each of a
dozen that do not belong there, each joint is left out or written twice, and then come the odd
things real programs and attackers write into pages.
"""

import io
import random
import re
import zlib
from collections.abc import Iterator
from functools import cache

from pypdf import PdfReader, PdfWriter

from tests.integration.ingest.evil import Pdf, in_object_stream, pdf, picture, stream

SMALL = (40, 56)
Odd = Iterator[tuple[str, bytes]]

_JOINTS = re.compile(
    rb"\b(?:obj|endobj|stream|endstream|xref|trailer|startxref)\b|%%EOF|<<|>>|\[|\]"
)
_VALUE = re.compile(rb"/(\w+) (\[[^\[\]<>]*\]|\d+ 0 R|-?[\d.]+|/\w+)")
_VALUES = {
    "nothing": b"null",
    "a negative": b"-1",
    "a huge number": b"99999999999999999999",
    "a fraction": b"0.0000001",
    "a word": b"(word)",
    "a broken word": b"(word",
    "a name": b"/Odd#00Name",
    "an empty list": b"[]",
    "an empty book": b"<<>>",
    "the catalogue": b"1 0 R",
    "the tree": b"2 0 R",
    "the page": b"3 0 R",
    "the content": b"4 0 R",
    "nowhere": b"77 0 R",
    "a list of itself": b"[3 0 R [3 0 R [3 0 R]]]",
}


def bases() -> dict[str, bytes]:
    """Honest PDFs, each built in another way."""
    plain = pdf(2, size=SMALL)
    again = io.BytesIO()
    PdfWriter(PdfReader(io.BytesIO(plain))).write(again)
    grown = PdfWriter(io.BytesIO(plain), incremental=True)
    grown.add_metadata({"/Title": "grown"})
    added = io.BytesIO()
    grown.write(added)
    return {
        "plain": plain,
        "packed": in_object_stream(SMALL),
        "rewritten": again.getvalue(),
        "grown": added.getvalue(),
    }


def cut() -> Odd:
    """Cut at every joint, as it is and with an end put behind the cut."""
    for name, data in bases().items():
        for at in sorted({match.start() for match in _JOINTS.finditer(data)}):
            yield f"{name} cut at {at}", data[:at]
            yield f"{name} cut at {at} and closed", data[:at] + b"\n%%EOF\n"


def exchanged() -> Odd:
    """Every value for every other, one at a time; the table of objects stays right."""
    objects = Pdf(pages=2, size=SMALL).objects
    for number, whole in objects.items():
        head = whole.partition(b"stream\n")[0]
        for match in _VALUE.finditer(head):
            for odd, value in _VALUES.items():
                made = Pdf(pages=2, size=SMALL)
                made[number] = whole[: match.start(2)] + value + whole[match.end(2) :]
                yield f"{number} /{match[1].decode()} is {odd}", bytes(made)


def joints() -> Odd:
    """Each joint left out, and each written twice."""
    data = bases()["plain"]
    for match in _JOINTS.finditer(data):
        yield f"no {match[0]!r} at {match.start()}", data[: match.start()] + data[match.end() :]
        yield (
            f"twice {match[0]!r} at {match.start()}",
            data[: match.end()] + b" " + data[match.start() :],
        )


def tables() -> Odd:
    """What the table of objects and the trailer may say wrong."""
    plain = bases()["plain"]
    start = plain.index(b"xref\n0")
    for name, value in {
        "points at 0": b"0000000000",
        "points behind the end": b"9999999999",
        "points at itself": b"%010d" % start,
        "is no number": b"00000x0000",
    }.items():
        for nth in range(1, 6):
            at = start + len(b"xref\n0 11\n") + 20 * nth
            yield f"entry {nth} {name}", plain[:at] + value + plain[at + 10 :]
    for size in (b"0 0", b"0 1", b"5 11", b"0 99999999", b"-1 11", b"0 11 0"):
        yield f"table of {size!r}", plain.replace(b"xref\n0 11", b"xref\n" + size)
    for where in (0, 1, start - 1, start + 3, len(plain), 10**12, -5):
        end = plain.rindex(b"startxref\n")
        yield f"table said to be at {where}", plain[:end] + b"startxref\n%d\n%%%%EOF\n" % where
    for more in (
        "/Prev 0",
        f"/Prev {start}",
        "/XRefStm 15",
        "/Root 4 0 R",
        "/Root null",
        "/Size 1",
    ):
        yield f"trailer with {more}", pdf(2, size=SMALL, trailer=more)
    packed = bases()["packed"]
    for widths in (
        b"[0 0 0]",
        b"[1 9 1]",
        b"[1 4]",
        b"[-1 4 2]",
        b"[1 4 2 1 1 1]",
        b"[99999999 4 2]",
    ):
        yield f"widths {widths!r}", packed.replace(b"/W [1 4 2]", b"/W " + widths)
    for said in (b"/N 0", b"/N 99999999", b"/N -1"):
        yield f"packed objects {said!r}", packed.replace(b"/N 1", said)
    yield "only carriage returns", plain.replace(b"\n", b"\r")
    yield "no table at all", plain[:start] + b"%%EOF\n"
    yield "two PDFs in one", plain + plain
    yield "a head without a version", plain.replace(b"%PDF-1.7", b"%PDF-")
    yield "junk between all objects", plain.replace(b"endobj", b"endobj\n\xff\xfe junk obj endobj")


_DRAWS = {
    "nothing": b"",
    "20,000 states": b"q " * 20_000,
    "states that were never kept": b"Q " * 5_000,
    "a path without end": b"0 0 m " + b"1e38 -1e38 l " * 2_000 + b"S",
    "numbers that are none": b"--1 +-.. 1e999 NaN cm /I Do",
    "a matrix of zeros": b"0 0 0 0 0 0 cm /I Do",
    "a matrix of giants": b"1e30 0 0 1e30 0 0 cm /I Do",
    "a picture that breaks off": b"BI /W 9 /H 9 /BPC 8 /CS /G ID \x00\x01",
    "a picture of nothing": b"BI /W 0 /H 0 /BPC 8 /CS /G ID EI",
    "a giant picture within": b"BI /W 99999 /H 99999 /BPC 1 /CS /G /F /Fl ID x EI",
    "letters without a font": b"BT /Nope 12 Tf (hello) Tj ET",
    "letters of no size": b"BT /F 0 Tf (hello) Tj ET",
    "letters of any size": b"BT /F 1e20 Tf (hello) Tj ET",
    "marks that never end": b"/P BMC " * 3_000,
    "a word that never ends": b"BT (" + b"(" * 5_000,
    "a clip of nothing": b"0 0 0 0 re W n /I Do",
    "operators nobody knows": b"xyzzy plugh 1 2 3 foo",
    "bytes": bytes(range(256)) * 8,
}

_FILTERS = (
    "/Nope",
    "[/FlateDecode /FlateDecode /FlateDecode /FlateDecode /FlateDecode]",
    "[" + "/ASCIIHexDecode " * 60 + "]",
    "/JBIG2Decode",
    "/JPXDecode",
    "/CCITTFaxDecode /DecodeParms <</K -1 /Columns 99999999>>",
    "/LZWDecode",
    "/RunLengthDecode",
    "/ASCII85Decode",
    "/Crypt",
    "/FlateDecode /DecodeParms <</Predictor 15 /Columns 999999999>>",
    "/FlateDecode /DecodeParms <</Predictor 2 /Colors -1>>",
)


def pages() -> Odd:
    """What pages may hold."""
    for name, drawn in _DRAWS.items():
        yield f"draws {name}", pdf(size=SMALL, o4=stream(drawn))
    for filters in _FILTERS:
        packed = zlib.compress(b"q Q " * 50)
        yield f"content by {filters[:40]}", pdf(size=SMALL, o4=stream(packed, f"/Filter {filters}"))
        kind = "/Type /XObject /Subtype /Image /Width 40 /Height 56 /ColorSpace /DeviceRGB"
        yield (
            f"picture by {filters[:40]}",
            pdf(size=SMALL, o5=stream(packed, f"{kind} /BitsPerComponent 8 /Filter {filters}")),
        )
    for box in (
        "0 0 0 0",
        "595 842 0 0",
        "0 0 -1 -1",
        "0 0 1e9 1e9",
        "1e9 1e9 1000000595 1000000842",
        "0 0 0.1 0.1",
        "a b c d",
        "0 0 595",
        "4 0 R",
    ):
        yield f"a page of {box}", pdf(size=SMALL, o3=Pdf.page("/Contents 4 0 R", box))
    for more in (
        "/Rotate 45",
        "/Rotate 99999999999",
        "/UserUnit 75000",
        "/UserUnit -1",
        "/CropBox [0 0 0 0]",
        "/CropBox [900 900 999 999]",
        "/Group <</S /Transparency /CS [/ICCBased 4 0 R] /K true>>",
        "/Annots 3 0 R",
        "/Annots [<</Subtype /Widget /Rect [0 0 9 9] /AP <</N 3 0 R>> /Parent 3 0 R>>]",
        "/B [3 0 R] /Trans <</S /Fly>> /Dur -1",
        "/Metadata 3 0 R /Thumb 4 0 R /PieceInfo 3 0 R",
        "/Parent 3 0 R",
    ):
        yield f"a page with {more[:50]}", pdf(size=SMALL, page=more)


_FONTS = (
    "<</Type /Font /Subtype /Type1 /BaseFont /Nowhere>>",
    "<</Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [7 0 R]>>",
    (
        "<</Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /FontMatrix [0 0 0 0 0 0] "
        "/CharProcs <</a 4 0 R>> /Encoding <</Differences [97 /a]>> /FirstChar 0 /LastChar 99999>>"
    ),
    "<</Type /Font /Subtype /TrueType /BaseFont /X /FontDescriptor <</FontFile2 5 0 R>>>>",
    "<</Type /Font /Subtype /Type1 /ToUnicode 7 0 R /Encoding 7 0 R /Widths [7 0 R 7 0 R]>>",
    "null",
)


def insides() -> Odd:
    """Fonts, forms, patterns and trees that lead nowhere or back to themselves."""
    for at, font in enumerate(_FONTS):
        page = Pdf.page("/Contents 4 0 R /Resources <</Font <</F 7 0 R>>>>")
        yield (
            f"font {at}",
            pdf(size=SMALL, o3=page, o7=font, o4=stream(b"BT /F 12 Tf 9 9 Td (abc \\377) Tj ET")),
        )
    for at, pattern in enumerate(
        (
            "<</PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0 /YStep 0",
            "<</PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 1e-9 /YStep 1e-9",
            "<</PatternType 2 /Shading <</ShadingType 9>>",
            "<</PatternType 2 /Shading <</ShadingType 1 /Function 7 0 R /ColorSpace /DeviceRGB>>",
        )
    ):
        page = Pdf.page("/Contents 4 0 R /Resources <</Pattern <</P 7 0 R>>>>")
        yield (
            f"pattern {at}",
            pdf(
                size=SMALL,
                o3=page,
                o7=stream(b"0 0 1 1 re f", pattern.removeprefix("<<")),
                o4=stream(b"/Pattern cs /P scn 0 0 595 842 re f"),
            ),
        )
    for space in (
        "[/Indexed 7 0 R 255 (x)]",
        "[/Separation /X 7 0 R 7 0 R]",
        "[/ICCBased 5 0 R]",
        "[/DeviceN [] 7 0 R 7 0 R]",
        "7 0 R",
    ):
        kind = f"/Type /XObject /Subtype /Image /Width 40 /Height 56 /ColorSpace {space}"
        yield (
            f"colours {space}",
            pdf(
                size=SMALL,
                o5=stream(bytes(40 * 56 * 3), f"{kind} /BitsPerComponent 8"),
                o7="[7 0 R]",
            ),
        )
    for catalog in (
        "/Outlines 7 0 R",
        "/Names <</Dests 7 0 R>>",
        "/AcroForm <</Fields [7 0 R]>>",
        "/StructTreeRoot 7 0 R /MarkInfo <</Marked true>>",
        "/PageLabels <</Nums [0 7 0 R]>>",
        "/OCProperties <</OCGs [7 0 R] /D <</Order [7 0 R]>>>>",
        "/Threads [7 0 R]",
        "/Version /9.9 /Extensions 7 0 R /Lang 7 0 R",
    ):
        yield (
            f"catalogue with {catalog}",
            pdf(
                size=SMALL,
                catalog=catalog,
                o7="<</Kids [7 0 R] /First 7 0 R /Next 7 0 R /Last 7 0 R /Parent 7 0 R>>",
            ),
        )
    kind = "/Type /XObject /Subtype /Image /Width 40 /Height 56 /ColorSpace /DeviceRGB"
    for mask in ("5 0 R", "[0 0]", "7 0 R", "[-1 99999999]"):
        data = picture("JPEG", *SMALL)
        more = f"{kind} /BitsPerComponent 8 /Filter /DCTDecode /Mask {mask} /SMask {mask}"
        yield f"mask {mask}", pdf(size=SMALL, o5=stream(data, more))


def shuffled(count: int = 150, seed: int = 20_260) -> Odd:
    """Pieces of honest PDFs put together again in any order."""
    chance = random.Random(seed)
    for at in range(count):
        data = chance.choice(list(bases_kept().values()))
        cuts = sorted(chance.sample(range(len(data)), chance.randint(1, 6)))
        parts = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
        keep = parts[0] if chance.random() < 0.7 else b"%PDF-1.4\n"
        chance.shuffle(parts)
        yield f"shuffled {at}", keep + b"".join(parts) + b"\n%%EOF\n"


bases_kept = cache(bases)

CORPUS = {
    "cut": cut,
    "exchanged": exchanged,
    "joints": joints,
    "tables": tables,
    "pages": pages,
    "insides": insides,
    "shuffled": shuffled,
}

"""A collection of broken and odd PDFs, made anew each time: a name and its bytes.

Public collections cannot be had from a package that is kept up: the wheels of pypdf and pypdfium2
carry no PDF, nor does the source package of pdfminer.six. So this one is built by rule. An
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

from tests.integration.ingest.evil import (
    Pdf,
    in_object_stream,
    pdf,
    picture,
    rewritten,
    stream,
)

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


def _incremental(times: int) -> bytes:
    """Written on and on: each time a new catalogue behind the end, and a table that names the last."""
    data = pdf(size=SMALL)
    for _ in range(times):
        before = int(data.rpartition(b"startxref\n")[2].split()[0])
        at = len(data)
        data += b"1 0 obj\n<</Type /Catalog /Pages 2 0 R>>\nendobj\n"
        table = len(data)
        data += b"xref\n1 1\n%010d 00000 n \ntrailer\n<</Size 6 /Root 1 0 R /Prev %d>>\n" % (
            at,
            before,
        )
        data += b"startxref\n%d\n%%%%EOF\n" % table
    return data


def _linearised(said: str) -> bytes:
    """Its first object says how it is laid out for a slow line, and does not tell the truth."""
    plain = pdf(size=SMALL)
    return plain.replace(
        b"%\xe2", f"9 0 obj\n<</Linearized 1 {said}>>\nendobj\n%".encode() + b"\xe2"
    )


_PICTURES = {
    "JBIG2 with nothing in it": ("/JBIG2Decode", b""),
    "JBIG2 of a segment without end": ("/JBIG2Decode", b"\0\0\0\0\x30\0\x01\xff\xff\xff\xff" * 9),
    "JBIG2 with its words elsewhere": (
        "/JBIG2Decode /DecodeParms <</JBIG2Globals 5 0 R>>",
        b"\0" * 99,
    ),
    "JPX of a head alone": ("/JPXDecode", b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 "),
    "JPX of a giant": (
        "/JPXDecode",
        b"\xff\x4f\xff\x51\0\x2f\0\0" + b"\x7f\xff\xff\xff" * 2 + bytes(36),
    ),
    "a fax of nothing": ("/CCITTFaxDecode /DecodeParms <</K -1 /Columns 40 /Rows 56>>", b""),
    "a fax of noise": ("/CCITTFaxDecode /DecodeParms <</K 0 /Columns 40>>", bytes(range(256)) * 4),
    "a fax of minus one column": (
        "/CCITTFaxDecode /DecodeParms <</Columns -1 /Rows -1>>",
        b"\0" * 40,
    ),
    "a JPEG that breaks off": ("/DCTDecode", picture("JPEG", *SMALL)[:300]),
    "a JPEG of other measures": ("/DCTDecode", picture("JPEG", 7, 9)),
    "a JPEG within a JPEG": ("[/DCTDecode /DCTDecode]", picture("JPEG", *SMALL)),
}

_CATALOGUES = {
    "an XFA form": "/AcroForm <</Fields [] /XFA [(template) 7 0 R (datasets) 7 0 R]>>",
    "an XFA that is itself": "/AcroForm <</XFA 1 0 R /NeedAppearances true>>",
    "a signature field": "/AcroForm <</SigFlags 3 /Fields [<</FT /Sig /T (s) /V 7 0 R>>]>>",
    "labels that run backwards": "/PageLabels <</Nums [9 <</S /D /St -5>> 0 <</S /Z>> 0 null]>>",
    "labels of a giant": "/PageLabels <</Nums [0 <</S /r /St 2147483647>>]>>",
    "a portfolio of nothing": "/Collection <</View /T /D (nothing)>>",
    "names that go round": "/Names <</Dests <</Kids [7 0 R 7 0 R] /Limits [(z) (a)]>>>>",
    "an outline of itself": "/Outlines <</First 7 0 R /Last 1 0 R /Count -99999999>>",
    "a page mode nobody knows": "/PageMode /Fly /PageLayout 7 0 R /ViewerPreferences 1 0 R",
    "layers that are all off": "/OCProperties <</OCGs [7 0 R] /D <</BaseState /OFF /OFF [7 0 R]>>>>",
    "an output intent of nothing": "/OutputIntents [<</S /GTS_PDFA1 /DestOutputProfile 7 0 R>>]",
    "requirements": "/Requirements [<</S /EnableJavaScripts>>] /Legal 7 0 R /NeedsRendering true",
}


def programs() -> Odd:
    """What programs are known to write: pictures, forms, notes, layers, later additions."""
    kind = "/Type /XObject /Subtype /Image /Width 40 /Height 56 /ColorSpace /DeviceGray"
    for name, (filters, data) in _PICTURES.items():
        more = f"{kind} /BitsPerComponent 1 /Filter {filters}"
        yield name, pdf(size=SMALL, o5=stream(data, more))
    round_it = "<</Kids [7 0 R] /Names [(a) 7 0 R] /First 7 0 R /Next 7 0 R /Prev 7 0 R>>"
    for name, catalog in _CATALOGUES.items():
        yield name, pdf(size=SMALL, catalog=catalog, o7=round_it)
    note = "<</Type /Annot /Subtype /Square /Rect [9 9 99 99]>> "
    for count in (1_000, 100_000):
        yield (
            f"{count} notes",
            pdf(size=SMALL, o3=Pdf.page(f"/Contents 4 0 R /Annots [{note * count}]")),
        )
    yield (
        "a note that is its own answer",
        pdf(
            size=SMALL,
            page="/Annots [7 0 R]",
            o7="<</Type /Annot /Subtype /Text /Rect [0 0 9 9] /IRT 7 0 R /Popup 7 0 R /AP <</N 7 0 R>>>>",
        ),
    )
    for times in (1, 40, 400):
        yield f"written on {times} times", _incremental(times)
    for said in ("/L 1 /O 3 /E 1 /N 1 /T 1 /H [1 1]", "/L 99999999999 /N -1", "/O 77 /H 9 0 R"):
        yield f"laid out by {said}", _linearised(said)
    yield "a password of nothing", rewritten(pdf(size=SMALL), owner="owner")
    yield "a password", rewritten(pdf(size=SMALL), password="secret")
    font = "/Resources <</Font <</F <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>>>"
    for mode in (3, 7, 99, -1):
        unseen = stream(b"BT /F 12 Tf %d Tr 9 9 Td (unseen) Tj ET" % mode)
        yield (
            f"letters in mode {mode}",
            pdf(size=SMALL, o3=Pdf.page(f"/Contents 4 0 R {font}"), o4=unseen),
        )
    yield "no page", pdf(size=SMALL, o2="<</Type /Pages /Count 0 /Kids []>>")
    yield (
        "a tree that is its own branch",
        pdf(size=SMALL, o2="<</Type /Pages /Count 1 /Kids [2 0 R]>>"),
    )
    yield (
        "pages that say they are trees",
        pdf(size=SMALL, o3="<</Type /Pages /Kids [3 0 R] /Count 9>>"),
    )
    yield (
        "resources of itself",
        pdf(
            size=SMALL,
            o3=Pdf.page("/Contents 4 0 R /Resources 7 0 R"),
            o7="<</XObject 7 0 R /Font 7 0 R>>",
        ),
    )
    yield "content in 5,000 parts", pdf(size=SMALL, o3=Pdf.page(f"/Contents [{'4 0 R ' * 5_000}]"))
    yield "200 inches and more", pdf(size=SMALL, o3=Pdf.page("/Contents 4 0 R", "0 0 14401 14401"))
    yield "a mail and its PDF", b"From: a@b\r\n\r\n" + pdf(size=SMALL)
    yield "a page of a website behind it", pdf(size=SMALL) + b"<html>" + b"x" * 5_000
    yield "nothing but a head", b"%PDF-1.7\n"
    yield "nothing but an end", b"%PDF-1.7\nstartxref\n0\n%%EOF\n"


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
    "programs": programs,
    "shuffled": shuffled,
}

"""Pages of a destroyed record leave a file in which others live on."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from archive.retention.erasure import PagesNotSeparable
from archive.retention.separating import without_pages


def page_text(number: int) -> bytes:
    return f"BT /F1 12 Tf 20 20 Td (the secret of page {number}) Tj ET".encode()


def a_pdf(pages: int, *, shared_resources: bool) -> bytes:
    """A PDF whose every page draws an image of its own and says a sentence of its own."""
    writer = PdfWriter()
    images = {}
    for number in range(1, pages + 1):
        image = DecodedStreamObject()
        image.set_data(f"pixels of page {number};".encode() * 20)
        image.update(
            {
                NameObject("/Type"): NameObject("/XObject"),
                NameObject("/Subtype"): NameObject("/Form"),
            }
        )
        images[f"/Im{number}"] = writer._add_object(image)
    for number in range(1, pages + 1):
        page = writer.add_blank_page(200 + number, 300)
        content = DecodedStreamObject()
        content.set_data(page_text(number) + f" /Im{number} Do".encode())
        page[NameObject("/Contents")] = writer._add_object(content)
        named = images if shared_resources else {f"/Im{number}": images[f"/Im{number}"]}
        page[NameObject("/Resources")] = DictionaryObject(
            {
                NameObject("/XObject"): DictionaryObject(
                    {NameObject(name): image for name, image in named.items()}
                )
            }
        )
    told = io.BytesIO()
    writer.write(told)
    return told.getvalue()


def everything_in(pdf: bytes) -> bytes:
    """Every stream of a PDF, decoded, and the raw bytes."""
    reader = PdfReader(io.BytesIO(pdf))
    found = [pdf]
    for number in range(1, reader.trailer["/Size"]):
        thing = reader.get_object(number)
        if hasattr(thing, "get_data"):
            found.append(thing.get_data())
    return b"\n".join(found)


@settings(max_examples=25, deadline=None)
@given(st.data(), st.booleans())
def test_what_the_pages_said_and_showed_is_gone_and_the_others_keep_their_place(
    tmp_path_factory, data, shared_resources
):
    pages = data.draw(st.integers(2, 7))
    gone = data.draw(st.sets(st.integers(1, pages), min_size=1, max_size=pages - 1))
    path = tmp_path_factory.mktemp("file") / "pile.pdf"
    path.write_bytes(a_pdf(pages, shared_resources=shared_resources))
    kept = b"".join(without_pages(str(path), "application/pdf", gone))
    left, reader = everything_in(kept), PdfReader(io.BytesIO(kept))
    assert len(reader.pages) == pages
    for number in range(1, pages + 1):
        said, shown = f"secret of page {number})".encode(), f"pixels of page {number};".encode()
        assert (said in left) == (shown in left) == (number not in gone)
        assert float(reader.pages[number - 1].mediabox.width) == 200 + number


def test_a_frame_of_a_tiff_becomes_white(tmp_path):
    frames = [Image.new("L", (40, 30), shade) for shade in (10, 120, 200)]
    path = tmp_path / "pile.tiff"
    frames[0].save(path, save_all=True, append_images=frames[1:], dpi=(200, 200))
    kept = Image.open(io.BytesIO(b"".join(without_pages(str(path), "image/tiff", {2}))))
    seen = []
    for number in range(3):
        kept.seek(number)
        seen.append(kept.convert("L").getpixel((5, 5)))
    assert seen == [10, 255, 200]


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(b"PK\x03\x04", "application/ofd"), (b"%PDF-1.4 broken", "application/pdf")],
)
def test_what_cannot_be_taken_apart_for_certain_is_left_to_a_person(tmp_path, content, media_type):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(PagesNotSeparable):
        b"".join(without_pages(str(path), media_type, {1}))

"""Pages come out as they were scanned: upright, right-sized, in order, one at a time."""

import io
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from archive.ingest import pictures
from archive.ingest.inspect import inspect
from archive.ingest.raster import NotOpened, PageUnreadable, page_count, pages, to_jpeg
from archive.ocr import PageImage
from tests.integration.ingest import evil

RED, GREEN, BLUE, WHITE = (220, 20, 30), (10, 200, 40), (20, 30, 210), (255, 255, 255)
CORNERS = np.array([[RED, GREEN], [BLUE, WHITE]], np.uint8)


def quarters(width=200, height=300):
    """Red and green above, blue and white below: shows every turn and mirroring."""
    return np.repeat(np.repeat(CORNERS, height // 2, axis=0), width // 2, axis=1)


def corners(pixels):
    """The four colours of a page, whatever its size."""
    height, width = pixels.shape[:2]
    return pixels[height // 4 :: height // 2, width // 4 :: width // 2][:2, :2].astype(int)


def looks_like(pixels, expected, within=12):
    return np.abs(corners(pixels) - np.asarray(expected, int)).max() <= within


def saved(image, form, **options):
    data = io.BytesIO()
    image.save(data, form, **options)
    return data.getvalue()


def a_pdf(pixels, dpi, *, page="", content=None, form="JPEG", box=None):
    """One page of paper, filled by one image of that resolution."""
    height, width = pixels.shape[:2]
    across, down = width * 72 / dpi, height * 72 / dpi
    box = box or f"0 0 {across} {down}"
    return evil.pdf(
        o3=evil.Pdf.page(f"/Contents 4 0 R /Resources <</XObject <</I 5 0 R>>>> {page}", box),
        o4=evil.stream(content or f"q {across} 0 0 {down} 0 0 cm /I Do Q".encode()),
        o5=evil.stream(
            saved(Image.fromarray(pixels), form, quality=95),
            f"/Type /XObject /Subtype /Image /Width {width} /Height {height} "
            "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode",
        ),
    )


@pytest.fixture
def scan(tmp_path):
    def write(*contents):
        paths = []
        for number, content in enumerate(contents):
            path = tmp_path / f"{number}"
            path.write_bytes(content)
            paths.append(path)
        return paths

    return write


def the_page(paths):
    (page,) = pages(paths)
    return page


@pytest.mark.parametrize("dpi", [150, 200, 240, 300])
def test_a_scanned_page_has_exactly_the_pixels_of_its_scan(scan, dpi):
    drawn = quarters(dpi * 8, dpi * 11)
    page = the_page(scan(a_pdf(drawn, dpi)))
    assert page.pixels.shape == drawn.shape
    assert page.dpi == pytest.approx(dpi, rel=0.01)
    assert looks_like(page.pixels, CORNERS)


def test_a_scan_finer_than_needed_is_worked_on_at_the_usual_resolution(scan):
    page = the_page(scan(a_pdf(quarters(2400, 3600), 600)))
    assert page.pixels.shape == (1200, 800, 3)
    assert page.dpi == 200


def test_a_coarse_scan_is_never_blown_up(scan):
    page = the_page(scan(a_pdf(quarters(600, 800), 100)))
    assert page.pixels.shape == (800, 600, 3)


def test_a_photograph_on_a_page_of_a_point_a_pixel_keeps_its_pixels(scan):
    page = the_page(scan(a_pdf(quarters(3000, 4000), 72)))
    assert page.pixels.shape == (4000, 3000, 3)
    assert page.dpi == 0


def test_a_scanning_apps_mark_does_not_change_the_resolution(scan):
    marked = b"q 576 0 0 792 0 0 cm /I Do Q 0 0 40 4 re f"
    page = the_page(scan(a_pdf(quarters(2400, 3300), 300, content=marked)))
    assert page.pixels.shape == (3300, 2400, 3)


def test_a_drawn_page_is_rendered_at_the_usual_resolution(scan):
    drawn = b"1 0 0 rg 0 396 288 396 re f"
    page = the_page(scan(a_pdf(quarters(), 72, content=drawn, box="0 0 576 792")))
    assert page.pixels.shape == (2200, 1600, 3)
    assert page.dpi == 200
    assert looks_like(page.pixels, [[(255, 0, 0), WHITE], [WHITE, WHITE]])


def test_writing_over_a_coarse_background_is_rendered_to_be_read(scan):
    content = b"q 576 0 0 792 0 0 cm /I Do Q 0 0 40 4 re f"
    page = the_page(scan(a_pdf(quarters(576, 792), 72, content=content)))
    assert page.pixels.shape == (2200, 1600, 3)


def test_an_invisible_layer_of_text_does_not_make_a_scan_a_drawing(scan):
    content = b"q 576 0 0 792 0 0 cm /I Do Q BT 3 Tr /F 9 Tf (04210051) Tj ET"
    font = "/Resources <</XObject <</I 5 0 R>> /Font <</F <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>>>"
    page = the_page(scan(a_pdf(quarters(1200, 1650), 150, content=content, page=font)))
    assert page.pixels.shape == (1650, 1200, 3)


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (90, [[BLUE, RED], [WHITE, GREEN]]),
        (180, [[WHITE, BLUE], [GREEN, RED]]),
        (270, [[GREEN, WHITE], [RED, BLUE]]),
    ],
)
def test_a_page_turned_in_the_pdf_comes_as_it_is_shown(scan, turn, expected):
    page = the_page(scan(a_pdf(quarters(1600, 2200), 200, page=f"/Rotate {turn}")))
    assert page.pixels.shape == ((1600, 2200, 3) if turn % 180 else (2200, 1600, 3))
    assert looks_like(page.pixels, expected)


def test_a_page_wider_than_any_paper_is_made_smaller(scan):
    content = b"0 0 14000 14000 re f"
    page = the_page(scan(a_pdf(quarters(), 72, content=content, box="0 0 14000 14000")))
    assert page.pixels.shape[0] * page.pixels.shape[1] <= 36_100_000


# how each of EXIF's eight orientations stores an upright picture
STORED = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.transpose(1, 0, 2),
    6: np.rot90,
    7: lambda upright: upright[::-1, ::-1].transpose(1, 0, 2),
    8: lambda upright: np.rot90(upright, -1),
}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("orientation", STORED)
def test_a_photograph_comes_upright_however_the_camera_was_held(scan, form, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.ascontiguousarray(STORED[orientation](quarters()))
    page = the_page(scan(saved(Image.fromarray(stored), form, exif=exif)))
    assert page.pixels.shape == (300, 200, 3)
    assert looks_like(page.pixels, CORNERS)


@pytest.mark.parametrize(
    ("mode", "form", "expected"),
    [
        ("L", "JPEG", None),
        ("L", "TIFF", None),
        ("1", "TIFF", [[0, 0], [0, 255]]),
        ("1", "PNG", [[0, 0], [0, 255]]),
        ("P", "PNG", CORNERS),
        ("CMYK", "JPEG", CORNERS),
        ("CMYK", "TIFF", CORNERS),
        ("YCbCr", "TIFF", CORNERS),
        ("RGBA", "PNG", CORNERS),
        ("LA", "PNG", None),
        ("I;16", "PNG", None),
        ("I;16", "TIFF", None),
    ],
)
def test_every_kind_of_pixel_becomes_rgb(scan, mode, form, expected):
    image = Image.fromarray(quarters())
    grey = np.asarray(image.convert("L"))
    if mode == "I;16":
        changed = Image.fromarray(grey.astype(np.uint16) * 257)
    elif mode == "1":
        changed = image.convert("L").point(lambda value: 255 if value > 200 else 0).convert("1")
    elif mode == "P":
        changed = image.quantize(8)
    else:
        changed = image.convert(mode)
    page = the_page(scan(saved(changed, form)))
    wanted = corners(np.repeat(grey[:, :, None], 3, axis=2)) if expected is None else expected
    if mode == "1":
        wanted = np.repeat(np.asarray(expected)[:, :, None], 3, axis=2)
    assert page.pixels.dtype == np.uint8
    assert looks_like(page.pixels, wanted, within=25)


def test_a_telephones_two_pictures_in_one_file_are_one_page(scan):
    first, second = Image.fromarray(quarters()), Image.fromarray(quarters(20, 30))
    both = saved(first, "MPO", save_all=True, append_images=[second])
    (path,) = scan(both)
    assert inspect(path).pages == 1
    assert page_count([path]) == 1
    assert the_page([path]).pixels.shape == (300, 200, 3)


def test_what_is_transparent_is_paper(scan):
    seen_through = np.dstack([quarters(), np.zeros((300, 200), np.uint8)])
    page = the_page(scan(saved(Image.fromarray(seen_through), "PNG")))
    assert page.pixels.min() == 255


@pytest.mark.parametrize(
    ("said", "size", "expected", "dpi"),
    [
        ((300, 300), (900, 1200), (1200, 900), 300),
        ((600, 600), (900, 1200), (400, 300), 200),
        ((72, 72), (900, 1200), (1200, 900), 0),
        ((204, 98), (816, 540), (1124, 816), 204),
        ((0, 0), (900, 1200), (1200, 900), 0),
        ((9999, 9999), (900, 1200), (1200, 900), 0),
    ],
)
def test_the_resolution_a_picture_states_is_believed_if_it_can_be(scan, said, size, expected, dpi):
    page = the_page(scan(saved(Image.fromarray(quarters(*size)), "TIFF", dpi=said)))
    assert page.pixels.shape[:2] == expected
    assert page.dpi == pytest.approx(dpi, abs=0.5)


def test_a_photograph_of_too_many_pixels_is_made_smaller(scan, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 360_000)
    page = the_page(scan(saved(Image.fromarray(quarters(1600, 1200)), "JPEG", quality=60)))
    assert page.pixels.shape[0] * page.pixels.shape[1] == pytest.approx(360_000, rel=0.01)
    assert page.pixels.shape[1] / page.pixels.shape[0] == pytest.approx(8 / 6, rel=0.01)
    assert looks_like(page.pixels, CORNERS)


def test_the_pages_of_several_files_are_numbered_through(scan):
    paths = scan(evil.pdf(2), evil.tiff(3), evil.jpeg())
    assert page_count(paths) == 6
    assert [page.number for page in pages(paths)] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("start", range(1, 9))
def test_reading_can_begin_at_any_page(scan, start):
    paths = scan(evil.pdf(2), evil.tiff(3), evil.jpeg(), evil.pdf(1))
    whole = {page.number: page.pixels for page in pages(paths)}
    rest = list(pages(paths, start))
    assert [page.number for page in rest] == list(range(start, 8))
    for page in rest:
        assert np.array_equal(page.pixels, whole[page.number])


def test_a_pdf_of_many_pages_is_opened_anew_now_and_then_and_no_page_is_lost(scan):
    paths = scan(evil.pdf(120))
    assert [page.number for page in pages(paths, 45)] == list(range(45, 121))


def test_a_damaged_page_is_named_and_the_ones_after_it_can_still_be_had(scan):
    data = bytearray(evil.tiff(3, 300, 400))
    with Image.open(io.BytesIO(data)) as image:
        image.seek(1)
        start, length = image.tag_v2[273][0], image.tag_v2[279][0]
    data[start : start + length] = b"\xff" * length
    (path,) = scan(b"")
    path.write_bytes(data)
    before = pages([path])
    assert next(before).number == 1
    with pytest.raises(PageUnreadable) as caught:
        next(before)
    assert caught.value.facts == {"page": 2}
    assert [page.number for page in pages([path], 3)] == [3]


def a_pdf_with_image_data(data, form="/DCTDecode"):
    kind = "/Type /XObject /Subtype /Image /Width 413 /Height 585 /ColorSpace /DeviceRGB"
    return evil.pdf(o5=evil.stream(data, f"{kind} /BitsPerComponent 8 /Filter {form}"))


@pytest.mark.parametrize("data", [b"", b"no JPEG", evil.jpeg()[40:]])
def test_a_pdf_page_whose_image_is_broken_is_not_taken_for_a_blank_page(scan, data):
    with pytest.raises(PageUnreadable) as caught:
        the_page(scan(a_pdf_with_image_data(data)))
    assert caught.value.facts == {"page": 1}


def test_a_perfectly_white_page_is_a_page(scan):
    white = zlib.compress(b"\xff" * 413 * 585 * 3)
    assert the_page(scan(a_pdf_with_image_data(white, "/FlateDecode"))).pixels.min() == 255


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 nothing", b"\x7fELF", evil.picture("PNG")[:30]])
def test_a_stored_file_that_is_no_longer_a_scan_is_said_to_be_so(scan, data):
    with pytest.raises(NotOpened):
        list(pages(scan(data)))


def test_a_page_becomes_a_jpeg_no_larger_than_asked():
    page = PageImage(1, quarters(1000, 1500))
    whole = cv2.imdecode(np.frombuffer(to_jpeg(page, quality=95), np.uint8), cv2.IMREAD_COLOR)
    assert whole.shape == (1500, 1000, 3)
    assert looks_like(whole[:, :, ::-1], CORNERS)
    small = to_jpeg(page, quality=60, max_side=300)
    assert cv2.imdecode(np.frombuffer(small, np.uint8), cv2.IMREAD_COLOR).shape == (300, 200, 3)
    assert cv2.imdecode(
        np.frombuffer(to_jpeg(PageImage(1, quarters(4, 6)), max_side=300), np.uint8),
        cv2.IMREAD_COLOR,
    ).shape == (6, 4, 3)


def test_a_long_thin_page_becomes_a_jpeg_too():
    page = PageImage(1, np.zeros((70_000, 2, 3), np.uint8))
    made = cv2.imdecode(np.frombuffer(to_jpeg(page, max_side=1000), np.uint8), cv2.IMREAD_COLOR)
    assert made.shape == (1000, 1, 3)

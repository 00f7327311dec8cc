"""A drawn volume read with the real engine: every number, every mark, nothing wrong."""

import io

import numpy as np
import pytest
from PIL import Image

from archive.custody.reading import Expected, PageProblem, StubReader
from archive.demo.drawing import (
    DEVELOPMENT,
    Disorder,
    Look,
    VoidStyle,
    draw_pages,
    number_run,
    volume_of,
)
from archive.ocr import PageImage
from archive.ocr.rapid import RapidTextReader

CODE = "012345678901"
MARK = VoidStyle(words="作废", hand="stamp", colour="red", height=14.0, slant=12.0, over="table")


@pytest.fixture(scope="module")
def engine():
    return RapidTextReader(threads=2)


def image_of(page):
    pixels = np.asarray(Image.open(io.BytesIO(page.jpeg)).convert("RGB"), np.uint8)
    return PageImage(page.number, pixels, page.dpi)


def read(engine, spec, **how):
    reader = StubReader(engine, **how)
    pages = list(draw_pages(spec))
    return pages, [reader.read(image_of(page)) for page in pages]


def look(**how):
    form = next(form for form in DEVELOPMENT if not form.electronic)
    return Look(form=form, dpi=150, **how)


@pytest.fixture(scope="module")
def volume(engine):
    spec = volume_of(
        "04210051",
        6,
        look(stubs_a_page=2),
        code=CODE,
        voids={"04210054": MARK},
        seed=5,
        disorder=Disorder(upside_down=frozenset({2}), blank_backs=True),
    )
    return read(engine, spec)


def test_every_number_of_a_clean_volume_is_read_and_certain(volume):
    pages, readings = volume
    told = [(stub.number, stub.certain) for reading in readings for stub in reading.stubs]
    truth = [(stub.number, True) for page in pages for stub in page.stubs]
    assert sorted(told) == sorted(truth)
    assert sorted(number for number, _ in told) == number_run("04210051", 6)


def test_every_stub_carries_its_code_with_the_leading_zero(volume):
    _, readings = volume
    assert {stub.code for reading in readings for stub in reading.stubs} == {CODE}


def test_the_void_mark_is_certain_on_its_stub_and_on_no_other(volume):
    _pages, readings = volume
    void = {s.number for r in readings for s in r.stubs if s.void is not None and s.void.certain}
    assert void == {"04210054"}


def test_a_page_scanned_upside_down_is_said_to_be_and_its_boxes_are_where_the_print_is(volume):
    pages, readings = volume
    turned = [n for n, reading in enumerate(readings) if reading.turned == 180]
    assert [readings[n].problems for n in turned] == [(PageProblem.UPSIDE_DOWN,)]
    for n in turned:
        for truth in pages[n].stubs:
            left, top, right, bottom = truth.number_box
            middles = [
                ((s.box[0] + s.box[2]) / 2, (s.box[1] + s.box[3]) / 2)
                for s in readings[n].stubs
                if s.number == truth.number
            ]
            assert any(left < x < right and top < y < bottom for x, y in middles)


def test_blank_backs_hold_nothing_and_are_said_to_be_blank(volume):
    pages, readings = volume
    blank = [reading for page, reading in zip(pages, readings, strict=True) if page.blank]
    assert blank
    assert all(r.problems == (PageProblem.BLANK,) and r.stubs == () for r in blank)


def test_a_reader_started_afresh_reads_the_same_numbers(volume, engine):
    pages, readings = volume
    last = max(n for n, page in enumerate(pages) if page.stubs)
    again = StubReader(engine).read(image_of(pages[last]))
    assert [s.number for s in again.stubs] == [s.number for s in readings[last].stubs]


def test_a_number_outside_what_the_volume_should_hold_is_left_to_a_person(engine):
    spec = volume_of("04210051", 1, look(), code=CODE, seed=6)
    _, (reading,) = read(engine, spec, expected=Expected(first="04210060", last="04210099"))
    (stub,) = reading.stubs
    assert (stub.number, stub.certain, stub.doubt) == ("04210051", False, "out-of-range")


def test_a_number_nobody_can_read_is_never_certain(engine):
    page = next(iter(draw_pages(volume_of("04210051", 1, look(), code=CODE, seed=7))))
    pixels = np.array(image_of(page).pixels)
    left, top, right, bottom = page.stubs[0].number_box
    middle = (left + right) // 2
    pixels[top - 6 : bottom + 6, middle - 40 : middle + 40] = 20
    reading = StubReader(engine).read(PageImage(1, pixels, page.dpi))
    assert not any(stub.certain for stub in reading.stubs)


def test_a_stub_whose_number_is_covered_on_the_first_page_is_not_overlooked(engine):
    page = next(iter(draw_pages(volume_of("04210051", 2, look(stubs_a_page=2), code=CODE, seed=9))))
    pixels = np.array(image_of(page).pixels)
    left, top, right, bottom = page.stubs[0].number_box
    pixels[top - 4 : bottom + 4, left - 30 : right + 6] = 60
    reading = StubReader(engine).read(PageImage(1, pixels, page.dpi))
    assert len(reading.stubs) == 2
    assert not reading.stubs[0].certain
    assert (reading.stubs[1].number, reading.stubs[1].certain) == ("04210052", True)


def test_a_page_on_its_side_is_turned_and_read(engine):
    page = next(iter(draw_pages(volume_of("04210051", 1, look(), code=CODE, seed=8))))
    pixels = np.ascontiguousarray(np.rot90(image_of(page).pixels))
    reading = StubReader(engine).read(PageImage(1, pixels, page.dpi))
    assert PageProblem.SIDEWAYS in reading.problems
    assert [(s.number, s.certain) for s in reading.stubs] == [("04210051", True)]


def test_a_page_without_any_stub_is_said_to_have_none(engine):
    pixels = np.full((900, 1200, 3), 245, np.uint8)
    pixels[200:204, 100:1100] = 30
    pixels[300:320, 100:700] = 30
    reading = StubReader(engine).read(PageImage(1, pixels))
    assert reading.stubs == ()
    assert reading.problems in {(PageProblem.NO_STUB_FOUND,), (PageProblem.BLANK,)}

"""Where one stub of a page ends and the next begins."""

import numpy as np

from archive.custody.reading.fields import Field
from archive.custody.reading.looks import Print
from archive.custody.reading.stubs import Stub, form_from, in_reading_order, labelled_stub
from archive.ocr.sheet import Sheet, Strip, corners_of

PAGE = Sheet(np.full((1200, 1600, 3), 255, np.uint8), 200)


def field(x, y, digits="04210051"):
    strip = Strip((x, y), 200.0, 40.0, 0.0)
    return Field(digits, "number", Print(strip, strip), 0.99)


def lines_of(x, y):
    """A title above the number, and what stands below it."""
    return [Strip((x, y + down), 400.0, 30.0, 0.0) for down in (-100.0, 0.0, 80.0, 300.0)]


def codes_of(numbers, codes, strips):
    made = [form_from(PAGE, strips, numbers, codes, n) for n in range(len(numbers))]
    return [form.code and form.code.digits.centre for form in made]


def test_of_stubs_beside_each_other_each_has_its_own_code_and_lines():
    numbers = [field(1200.0, 292.0), field(400.0, 300.0)]
    codes = [field(1200.0, 372.0, "5937208142"), field(400.0, 380.0, "5937208142")]
    strips = lines_of(1200.0, 292.0) + lines_of(400.0, 300.0)
    assert codes_of(numbers, codes, strips) == [(0.0, 80.0), (0.0, 80.0)]
    left, right = (labelled_stub(PAGE, strips, numbers, codes, n).corners for n in (1, 0))
    assert left[:, 0].max() <= right[:, 0].min() < 1000
    assert right[:, 1].max() == PAGE.height


def test_of_stubs_below_each_other_each_has_its_own_code():
    numbers = [field(800.0, 200.0), field(800.0, 800.0)]
    codes = [field(800.0, 280.0, "5937208142"), field(800.0, 880.0, "5937208142")]
    strips = lines_of(800.0, 200.0) + lines_of(800.0, 800.0)
    assert codes_of(numbers, codes, strips) == [(0.0, 80.0), (0.0, 80.0)]


def test_a_stub_without_a_code_does_not_borrow_its_neighbours():
    numbers = [field(400.0, 300.0), field(1200.0, 300.0)]
    strips = lines_of(400.0, 300.0) + lines_of(1200.0, 300.0)
    codes = [field(1200.0, 380.0, "5937208142")]
    assert codes_of(numbers, codes, strips) == [None, (0.0, 80.0)]


def stub_at(left, top):
    return Stub(None, None, corners_of((left, top, left + 95.0, top + 140.0)), None)


def test_stubs_are_in_order_row_by_row_however_the_page_lies():
    aslant = [stub_at(100, 0), stub_at(0, 4), stub_at(101, 144), stub_at(1, 148)]
    ordered = in_reading_order(aslant)
    assert [(stub.middle[0] > 95, stub.middle[1] > 140) for stub in ordered] == [
        (False, False),
        (True, False),
        (False, True),
        (True, True),
    ]

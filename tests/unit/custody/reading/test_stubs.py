"""Where one stub of a page ends and the next begins."""

import numpy as np

from archive.custody.reading.fields import Field
from archive.custody.reading.looks import Print
from archive.custody.reading.stubs import form_from, labelled_stub
from archive.ocr.sheet import Sheet, Strip

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

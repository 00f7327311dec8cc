"""Digits of one volume look alike; one that lost a piece does not pass for another."""

import cv2
import numpy as np
import pytest

from archive.custody.reading import shapes as shapes_module
from archive.custody.reading.shapes import Shapes
from archive.custody.reading.shapes import _comb as comb
from archive.ocr.sheet import Sheet, Strip

PITCH = 20
NUMBERS = ["04210837", "04210956", "04211348", "04215679", "04218233"]


def printed(number, ink=(30, 30, 30), noise=0):
    pixels = np.full((120, 400, 3), 245, np.uint8)
    for n, digit in enumerate(number):
        cv2.putText(
            pixels, digit, (100 + n * PITCH, 70), cv2.FONT_HERSHEY_COMPLEX, 0.9, ink, 2, cv2.LINE_AA
        )
    if noise:
        grain = np.random.default_rng(noise).normal(0, noise, pixels.shape)
        pixels = np.clip(pixels + grain, 0, 255).astype(np.uint8)
    return Sheet(pixels)


def place(number):
    return Strip((99 + len(number) * PITCH / 2, 60.0), len(number) * PITCH + 4.0, 32.0, 0.0)


def learned(numbers=NUMBERS, **how):
    shapes = Shapes()
    for number in numbers:
        shapes.learn(printed(number, **how), place(number), number)
    return shapes


def fit(shapes, sheet, number):
    return shapes.fit(sheet, place(number), number)


def test_shapes_are_not_trusted_before_several_numbers_agreed():
    assert not learned(NUMBERS[:2]).trusted
    assert learned(NUMBERS[:3]).trusted


@pytest.mark.parametrize(
    "how", [{}, {"noise": 9}, {"ink": (200, 60, 70)}, {"ink": (150, 150, 150)}]
)
def test_a_sound_number_fits_its_own_digits_and_no_others(how):
    told = fit(learned(**how), printed("04219058", **how), "04219058")
    assert told.unseen == 0
    assert told.weakest > -0.14
    assert told.lead > 0.3


def test_a_number_read_wrong_fits_another_digit_better():
    told = fit(learned(), printed("04210856"), "04210356")
    assert told.lead < 0


def test_an_eight_that_lost_its_left_side_does_not_pass_for_a_three():
    sheet = printed("04210856")
    sheet.pixels[40:80, 100 + 5 * PITCH : 108 + 5 * PITCH] = 245
    told = fit(learned(), sheet, "04210356")
    assert told.weakest < -0.14 or told.lead < 0.3


def test_a_digit_half_washed_out_stands_out_from_its_neighbours():
    sheet = printed("04210856")
    sheet.pixels[40:58, 100 + 6 * PITCH : 100 + 7 * PITCH] = 245
    assert fit(learned(), sheet, "04210856").weakest < -0.14


def test_digits_told_a_little_too_far_apart_at_first_are_measured_by_equal_ones(monkeypatch):
    told = comb

    def too_wide(row, count, pitch):
        wide, start, drop = told(row, count, pitch)
        return wide * 1.035, start - count / 2 * wide * 0.035, drop

    monkeypatch.setattr(shapes_module, "_comb", too_wide)
    numbers = ["08169764", "08169765", "08169766", "08169767", "08169796", "08169779"]
    shapes = learned(numbers)
    assert shapes.trusted
    for number in ("08169768", "08169770", "08169781"):
        sound = fit(shapes, printed(number), number)
        assert sound.weakest > -0.14
        assert sound.lead > 0.3


def test_a_digit_never_met_is_said_to_be_unseen():
    shapes = learned(["04210001", "04210012", "04210021"])
    assert fit(shapes, printed("04210013"), "04210013").unseen == 1


def test_a_first_number_laid_wrongly_is_forgotten_again():
    shapes = Shapes()
    number = NUMBERS[0]
    aside = Strip((place(number).centre[0] + 9, 60.0), place(number).width, 32.0, 0.0)
    shapes.learn(printed(number), aside, number)
    for other in NUMBERS[1:] * 2:
        shapes.learn(printed(other), place(other), other)
    assert shapes.trusted
    told = fit(shapes, printed("04218659"), "04218659")
    assert told.lead > 0.3

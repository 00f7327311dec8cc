"""A number is certain only when every look at it tells the same."""

import numpy as np
import pytest

from archive.custody.reading.certainty import borne_out, judged, weighed
from archive.custody.reading.found import Doubt
from archive.custody.reading.looks import Look, Print, look_at
from archive.ocr import Glyph, LineText
from archive.ocr.sheet import Sheet, Strip


def look(text, weakest=0.99):
    glyphs = tuple(
        Glyph(char, weakest if n == len(text) - 1 else 0.99, (n + 0.5) / len(text))
        for n, char in enumerate(text)
    )
    return LineText(text, 0.99, glyphs)


def test_looks_that_agree_make_a_number_certain():
    verdict = judged(
        [look("№ 04210051"), look("No04210051"), look("04210051"), look("04210051")], 8
    )
    assert (verdict.number, verdict.doubt) == ("04210051", None)


def test_one_look_that_differs_is_a_doubt():
    verdict = judged([look("04210051")] * 3 + [look("04210057")], 8)
    assert (verdict.number, verdict.doubt) == ("04210051", Doubt.READINGS_DIFFER)


def test_one_hesitant_digit_is_a_doubt():
    verdict = judged([look("04210051")] * 3 + [look("04210051", weakest=0.6)], 8)
    assert verdict.doubt is Doubt.FAINT


def test_nothing_read_is_said_to_be_unreadable():
    verdict = judged([look("电费"), look("发票")], 8)
    assert (verdict.number, verdict.doubt) == (None, Doubt.UNREADABLE)


def test_two_looks_that_lost_a_digit_do_not_outweigh_seven_that_agree():
    looks = [look("04210051")] * 7 + [look("0421005"), look("4210051")]
    assert weighed(looks, 8).doubt is None


def test_a_rival_number_of_the_same_width_is_a_doubt_however_outnumbered():
    looks = [look("04210051")] * 8 + [look("04210057")]
    assert weighed(looks, 8).doubt is Doubt.READINGS_DIFFER


def test_a_speck_between_two_digits_is_no_digit_and_parts_no_number():
    verdict = judged([look("04210.051"), look("04210051"), look("0421·0051"), look("04210051")], 8)
    assert (verdict.number, verdict.doubt) == ("04210051", None)


def test_among_many_looks_a_number_of_the_usual_width_is_the_likelier_but_doubted():
    looks = [look("0421005")] * 5 + [look("04210051")] * 4
    verdict = weighed(looks, 8)
    assert (verdict.number, verdict.doubt) == ("04210051", Doubt.READINGS_DIFFER)
    assert verdict.confidence < 0.5


def test_looks_that_hesitate_often_are_faint():
    looks = [look("04210051", weakest=0.7)] * 4 + [look("04210051")] * 5
    assert weighed(looks, 8).doubt is Doubt.FAINT


def test_long_numbers_are_looked_at_without_their_label_and_with_little_air():
    strip = Strip((400.0, 100.0), 600.0, 40.0, 0.0)
    line = Strip((300.0, 100.0), 800.0, 40.0, 0.0)
    sheet = Sheet(np.full((200, 1000, 3), 255, np.uint8))
    roomy = Look(whole=True, sideways=0.2, updown=0.32, height=72, ink="colour")
    high, wide, _ = look_at(sheet, Print(line, strip), roomy).shape
    assert high == 72
    assert wide == pytest.approx(72 * (600 + 0.4 * 40) / (40 * 1.36), abs=2)
    short = Strip((400.0, 100.0), 200.0, 40.0, 0.0)
    _, wide, _ = look_at(sheet, Print(line, short), roomy).shape
    assert wide == pytest.approx(72 * (800 + 0.4 * 40) / (40 * 1.64), abs=2)


@pytest.mark.parametrize("told", ["012345678901", "0123456789", "345678901", "01234578901"])
def test_a_code_half_hidden_is_the_usual_one_where_nothing_speaks_against_it(told):
    assert borne_out(told, "012345678901")


@pytest.mark.parametrize("told", [None, "", "01234", "012345678902", "987654321", "0123456789012"])
def test_another_code_or_too_little_of_one_is_not_the_usual(told):
    assert not borne_out(told, "012345678901")


def test_no_code_is_usual_before_one_was_read():
    assert not borne_out("012345678901", None)

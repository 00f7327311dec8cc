"""What the rest of the volume says about a number: due here, unlike its digits, out of range."""

from types import SimpleNamespace

import numpy as np
import pytest

from archive.custody.reading import certainty
from archive.custody.reading.certainty import Verdict
from archive.custody.reading.found import Doubt, Expected
from archive.custody.reading.layout import Layout
from archive.custody.reading.settling import Settler
from archive.custody.reading.shapes import Fit
from archive.ocr.sheet import Sheet, Strip

DUE = "04210053"
PLACE = Strip((200.0, 50.0), 120.0, 20.0, 0.0)
SHEET = Sheet(np.full((100, 400, 3), 255, np.uint8), 200)


def fit(own=0.9, rival=0.6, weakest=0.0, unseen=0):
    """The fit of eight digits, one of them ``weakest`` worse than the others."""
    fits = [own] * 7 + [own + weakest]
    return Fit((*fits[unseen:], *[None] * unseen), (rival,) * 8)


class ShapesThatTell:
    """Shapes learned before, which say how the number fits."""

    trusted = True

    def __init__(self, told):
        self.told, self.learned = told, []

    def fit(self, _sheet, _digits, _number):
        return self.told

    def learn(self, _sheet, _digits, number):
        self.learned.append(number)


def settled(verdict, told, *, before=("04210051", "04210052"), expected=None):
    layout = Layout()
    for number in before:
        layout.hear(number)
        layout.pass_on(number)
    layout.widths.update({8: 5})
    stub = SimpleNamespace(
        number=SimpleNamespace(digits=PLACE, line=PLACE),
        laying=SimpleNamespace(form=SimpleNamespace(shapes=ShapesThatTell(told))),
    )
    return Settler(None, layout, expected or Expected()).settle(SHEET, stub, verdict)


@pytest.fixture
def careful_looks_agree(monkeypatch):
    monkeypatch.setattr(certainty, "confirmed", lambda _reader, _sheet, _place, told: told)


@pytest.mark.usefixtures("careful_looks_agree")
def test_a_number_under_a_seal_stands_where_every_look_tells_the_very_one_due():
    under_a_seal = fit(rival=0.7, weakest=-0.19)
    assert settled(Verdict(DUE, 0.99, None), under_a_seal).doubt is None


@pytest.mark.usefixtures("careful_looks_agree")
@pytest.mark.parametrize("number", ["04210058", "04210054", "04210052"])
def test_the_same_print_is_doubted_where_another_number_is_due(number):
    under_a_seal = fit(rival=0.7, weakest=-0.19)
    assert settled(Verdict(number, 0.99, None), under_a_seal).doubt is Doubt.SHAPE_DIFFERS


@pytest.mark.usefixtures("careful_looks_agree")
def test_a_number_due_is_doubted_where_its_digits_speak_plainly_against_it():
    another_digit = fit(weakest=-0.4)
    assert settled(Verdict(DUE, 0.99, None), another_digit).doubt is Doubt.SHAPE_DIFFERS


def test_a_number_due_that_one_look_denies_stands_on_its_shapes():
    assert settled(Verdict(DUE, 0.88, Doubt.READINGS_DIFFER), fit()).doubt is None


def test_a_number_due_that_one_look_denies_is_doubted_without_its_shapes():
    vague = fit(rival=0.885)
    told = settled(Verdict(DUE, 0.7, Doubt.READINGS_DIFFER), vague)
    assert told.doubt is Doubt.READINGS_DIFFER


def test_a_number_not_due_that_one_look_denies_goes_to_a_person():
    told = settled(Verdict("04210083", 0.88, Doubt.READINGS_DIFFER), fit(weakest=-0.1))
    assert told.doubt is Doubt.READINGS_DIFFER


def test_a_number_a_single_look_of_nine_tells_is_never_certain():
    assert settled(Verdict(DUE, 0.11, Doubt.READINGS_DIFFER), fit()).doubt is not None


def test_a_number_due_outside_the_book_is_doubted():
    book = Expected(first="04210001", last="04210052")
    for verdict in (Verdict(DUE, 0.88, Doubt.READINGS_DIFFER), Verdict(DUE, 0.99, None)):
        assert settled(verdict, fit(), expected=book).doubt is Doubt.OUT_OF_RANGE


def test_a_doubtful_number_counts_as_a_stub_passed():
    layout = Layout()
    layout.pass_on("04210051")
    layout.widths.update({8: 5})
    stub = SimpleNamespace(number=SimpleNamespace(digits=PLACE, line=PLACE), laying=None)
    Settler(None, layout, Expected()).settle(SHEET, stub, Verdict(None, 0.0, Doubt.UNREADABLE))
    assert layout.follows("04210053")

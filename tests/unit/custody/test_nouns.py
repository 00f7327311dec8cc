"""What books, volumes, plans, kinds and check-lists refuse by themselves."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.access import Actor
from archive.clock import Clock, day_at_station
from archive.custody.book import (
    Book,
    BookState,
    KwhNotExact,
    NegativeKwh,
    NotOfThisBook,
    NotWritten,
    OutOfOrder,
    TotalTooLarge,
    check_totals,
)
from archive.custody.kind import InvoiceKind, KindImpossible, NotWholeBooks, WrongShapeForKind
from archive.custody.numbers import NumberRun
from archive.custody.plan import UsagePlan, quarter_of
from archive.custody.verification import (
    MAY_BE_INAPPLICABLE,
    CheckItem,
    CheckListIncomplete,
    CheckListSaysNo,
    Verification,
    check_answers,
)
from archive.custody.volume import (
    CoverDoesNotAdd,
    MonthNotOver,
    NotAMonth,
    NotTheCollector,
    ScannedAlready,
    SignedAlready,
    VoidListedTwice,
    VoidNotInVolume,
    Volume,
    VolumeState,
    check_cover,
    parse_month,
)

CODE = "012345678901"
NOON = datetime(2026, 10, 19, 4, tzinfo=UTC)


def a_book(used_through: str | None = None) -> Book:
    run = NumberRun(CODE, "04210051", "04210060")
    return Book(
        station_id=1,
        kind_id=1,
        request_id=1,
        code=CODE,
        first=run.first,
        last=run.last,
        first_key=run.first_key,
        last_key=run.last_key,
        used_through=used_through,
        issued_by_id=1,
        issued_at=NOON,
    )


def a_volume(state: VolumeState = VolumeState.DRAFT) -> Volume:
    return Volume(
        code="QS-202610-01",
        station_id=1,
        month="2026-10",
        sequence=1,
        collector_id=7,
        state=state,
        collected_from=date(2026, 10, 2),
        collected_to=date(2026, 10, 30),
        sets=10,
        void_sets=0,
        void_numbers=[],
        kwh=Decimal("10.5"),
        amount_fen=990,
        bound_by_id=1,
        bound_at=NOON,
    )


# ------------------------------------------------------------------ books


def test_a_new_book_is_issued_and_in_nobodys_hands():
    book = a_book()
    assert (book.state, book.holder_id, book.written) == (BookState.ISSUED, None, None)
    assert book.blank == book.run


@given(st.integers(0, 9))
def test_written_and_blank_numbers_make_up_the_book(written: int):
    book = a_book(f"{4_210_050 + written:08d}" if written else None)
    parts = [run for run in (book.written, book.blank) if run is not None]
    assert [number for part in parts for number in part] == list(book.run)


def test_a_written_up_book_has_no_blank_numbers():
    assert a_book("04210060").blank is None


def test_a_use_begins_after_the_number_written_last():
    assert a_book().next_run("04210053") == NumberRun(CODE, "04210051", "04210053")
    assert a_book("04210053").next_run("04210054") == NumberRun(CODE, "04210054", "04210054")


@pytest.mark.parametrize("number", ["04210050", "04210061", "4210051", "004210051"])
def test_a_number_of_another_book_is_not_used_in_this_one(number: str):
    with pytest.raises(NotOfThisBook):
        a_book().next_run(number)
    with pytest.raises(NotOfThisBook):
        a_book("04210060").check_written(number)


@pytest.mark.parametrize("number", ["04210051", "04210053"])
def test_a_number_is_not_used_twice(number: str):
    with pytest.raises(OutOfOrder):
        a_book("04210053").next_run(number)


def test_a_number_not_written_yet_cannot_be_void():
    with pytest.raises(NotWritten):
        a_book().check_written("04210051")
    with pytest.raises(NotWritten):
        a_book("04210053").check_written("04210054")
    a_book("04210053").check_written("04210053")


@pytest.mark.parametrize(
    ("kwh", "amount_fen", "refusal"),
    [
        ("-0.01", 0, NegativeKwh),
        ("1.005", 0, KwhNotExact),
        ("NaN", 0, KwhNotExact),
        ("Infinity", 0, KwhNotExact),
        ("1E+30", 0, TotalTooLarge),
        ("1000000000000", 0, TotalTooLarge),
        ("1", 10**13, TotalTooLarge),
        ("1", -(10**13), TotalTooLarge),
    ],
)
def test_totals_that_cannot_be_kept_exactly_are_refused(
    kwh: str, amount_fen: int, refusal: type[Exception]
):
    with pytest.raises(refusal):
        check_totals(Decimal(kwh), amount_fen)


@pytest.mark.parametrize(("kwh", "amount_fen"), [("0", -5_000), ("1E+3", 0), ("12.50", 1)])
def test_a_refund_and_whole_kilowatt_hours_are_totals(kwh: str, amount_fen: int):
    check_totals(Decimal(kwh), amount_fen)


# ------------------------------------------------------------------ kinds

ND3 = InvoiceKind(code="ND3", name="三联", code_digits=12, number_digits=8, book_size=50)


def test_a_run_of_whole_books_suits_its_kind():
    ND3.check_run(NumberRun(CODE, "04210051", "04210150"))


@pytest.mark.parametrize(("code", "digits"), [("", 8), ("0123456789", 8), (CODE, 9)])
def test_code_and_number_are_as_long_as_the_kind_has_them(code: str, digits: int):
    with pytest.raises(WrongShapeForKind):
        ND3.check_run(NumberRun(code, "1".zfill(digits), "50".zfill(digits)))


@pytest.mark.parametrize("last", ["04210099", "04210101", "04210051"])
def test_a_book_is_never_split(last: str):
    with pytest.raises(NotWholeBooks):
        ND3.check_run(NumberRun(CODE, "04210051", last))


@pytest.mark.parametrize(
    "shape",
    [
        {"book_size": 0},
        {"code_digits": 11},
        {"number_digits": 5},
        {"number_digits": 21},
        {"copies": 0},
    ],
)
def test_a_kind_no_invoice_could_be_of_is_refused(shape: dict[str, int]):
    with pytest.raises(KindImpossible) as refused:
        InvoiceKind(code="X", name="X", **shape).check_possible()
    assert [refused.value.field] == list(shape)


# ------------------------------------------------------------------ plans and months


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 1, 1), (2026, 1)),
        (date(2026, 3, 31), (2026, 1)),
        (date(2026, 4, 1), (2026, 2)),
        (date(2026, 12, 31), (2026, 4)),
        (date(2027, 1, 1), (2027, 1)),
    ],
)
def test_a_day_lies_in_its_quarter(day: date, quarter: tuple[int, int]):
    assert quarter_of(day) == quarter


@given(st.integers(2000, 2200), st.integers(1, 4))
def test_a_quarter_begins_on_the_first_day_that_lies_in_it(year: int, quarter: int):
    plan = UsagePlan(
        station_id=1, kind_id=1, year=year, quarter=quarter, books=1, author_id=1, proposed_at=NOON
    )
    assert quarter_of(plan.begins_on) == (year, quarter)
    assert plan.begins_on.day == 1
    assert plan.decided_late(plan.begins_on)
    assert not plan.decided_late(date.fromordinal(plan.begins_on.toordinal() - 1))


def test_half_past_midnight_on_the_first_belongs_to_the_new_month():
    in_shanghai = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)
    assert day_at_station(in_shanghai) == date(2026, 11, 1)
    assert Clock(lambda: in_shanghai).today() == date(2026, 11, 1)
    assert quarter_of(day_at_station(datetime(2026, 9, 30, 16, 30, tzinfo=UTC))) == (2026, 4)


def test_summer_time_of_the_eighties_still_decides_the_day():
    assert day_at_station(datetime(1988, 7, 31, 15, 30, tzinfo=UTC)) == date(1988, 8, 1)


def test_a_month_is_typed_with_four_and_two_digits():
    assert parse_month(" 2026-10 ", date(2026, 10, 19)) == "2026-10"


@pytest.mark.parametrize("text", ["2026-1", "202610", "2026-13", "2026-00", "", "二〇二六-10"])
def test_what_is_no_month_is_refused(text: str):
    with pytest.raises(NotAMonth):
        parse_month(text, date(2026, 10, 19))


def test_a_month_that_has_not_come_is_refused():
    with pytest.raises(MonthNotOver):
        parse_month("2026-11", date(2026, 10, 31))


# ------------------------------------------------------------------ volumes

RUNS = [NumberRun(CODE, "04210051", "04210060"), NumberRun(CODE, "04210071", "04210075")]


def test_a_cover_counts_void_and_valid_together_and_names_every_void_one():
    check_cover(RUNS, 15, 2, ["04210055", "04210071"])


@pytest.mark.parametrize(
    ("sets", "void_sets", "voids", "refusal"),
    [
        (14, 0, [], CoverDoesNotAdd),
        (16, 0, [], CoverDoesNotAdd),
        (15, 1, [], CoverDoesNotAdd),
        (13, 2, ["04210055", "04210071"], CoverDoesNotAdd),
        (15, 2, ["04210055", "04210055"], VoidListedTwice),
        (15, 1, ["04210061"], VoidNotInVolume),
        (15, 1, ["3"], VoidNotInVolume),
        (15, 1, ["4210055"], VoidNotInVolume),
    ],
)
def test_a_cover_that_does_not_agree_with_itself_is_refused(
    sets: int, void_sets: int, voids: list[str], refusal: type[Exception]
):
    with pytest.raises(refusal):
        check_cover(RUNS, sets, void_sets, voids)


def test_a_number_void_under_two_codes_is_named_twice_and_no_more():
    twins = [RUNS[0], NumberRun("0123456789", "04210051", "04210060")]
    check_cover(twins, 20, 2, ["04210055", "04210055"])
    with pytest.raises(VoidListedTwice):
        check_cover(twins, 20, 3, ["04210055"] * 3)


@pytest.mark.parametrize("state", [state for state in VolumeState if state != VolumeState.DRAFT])
def test_what_is_signed_is_not_changed(state: VolumeState):
    with pytest.raises(SignedAlready):
        a_volume(state).check_open()
    a_volume().check_open()


def test_a_binding_somebody_scanned_is_not_undone():
    with pytest.raises(ScannedAlready):
        a_volume().check_unscanned(object())
    a_volume().check_unscanned(None)


def test_only_the_collector_signs_the_cover():
    a_volume().check_collector(Actor("zhang", 7))
    for other in (Actor("liu", 8), Actor("system")):
        with pytest.raises(NotTheCollector):
            a_volume().check_collector(other)


def test_reopening_takes_every_later_step_back():
    volume = a_volume(VolumeState.SUBMITTED)
    volume.signed_by_id = volume.sealed_by_id = volume.submitted_by_id = 7
    volume.signed_at = volume.sealed_at = volume.submitted_at = NOON
    volume.signed_digest = "ab"
    volume.unsign()
    later = ("signed_by_id", "signed_at", "sealed_by_id", "sealed_at", "submitted_at")
    assert {getattr(volume, name) for name in later} == {None}
    assert volume.signed_digest == ""


# ------------------------------------------------------------------ the check-list and what a signature covers

YES = {str(item): {"answer": "yes"} for item in CheckItem}


def test_finance_answers_every_line_before_signing():
    check_answers(YES)
    for item in CheckItem:
        with pytest.raises(CheckListIncomplete) as refused:
            check_answers({key: value for key, value in YES.items() if key != item})
        assert refused.value.facts["item"] == item
        with pytest.raises(CheckListIncomplete):
            check_answers(YES | {str(item): {"answer": "perhaps"}})


@pytest.mark.parametrize("item", CheckItem)
def test_one_no_is_enough_to_refuse_the_signature(item: CheckItem):
    with pytest.raises(CheckListSaysNo):
        check_answers(YES | {str(item): {"answer": "no"}})


@pytest.mark.parametrize("item", CheckItem)
def test_only_some_lines_may_be_inapplicable(item: CheckItem):
    answers = YES | {str(item): {"answer": "not-applicable"}}
    if item in MAY_BE_INAPPLICABLE:
        check_answers(answers)
    else:
        with pytest.raises(CheckListIncomplete):
            check_answers(answers)


@pytest.mark.parametrize(
    "change",
    [
        {"volume_id": 2},
        {"stub_book_ids": [1]},
        {"check_list": {}},
        {"opinion": "其他意见"},
        {"decided_by_id": 10},
    ],
)
def test_a_signature_stands_for_dossier_stubs_answers_opinion_and_signer(change: dict[str, Any]):
    facts: dict[str, Any] = {
        "volume_id": 1,
        "submitted_by_id": 1,
        "submitted_at": NOON,
        "stub_book_ids": [1, 2],
        "check_list": YES,
        "opinion": "属实",
        "decided_by_id": 9,
    }
    signed = Verification(**facts).signature("d" * 64)
    assert Verification(**facts).signature("d" * 64) == signed
    assert Verification(**facts).signature("e" * 64) != signed
    assert Verification(**facts | change).signature("d" * 64) != signed

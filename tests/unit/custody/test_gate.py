"""The decision table before new books, line by line and in every small combination."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.custody.gate import (
    LINE,
    WAIVED_IN_EMERGENCY,
    BookOwed,
    ClearanceKind,
    GateFacts,
    Reason,
    ReasonCode,
    VolumeOwed,
    closed_months_end,
    decide,
    standing,
)

BOUND_AND_HANDED_IN = BookOwed("04210051–04210060", all_bound=True, stub_handed_in=True)
LOOSE = BookOwed("04210061–04210070", all_bound=False, stub_handed_in=True)
STUB_MISSING = BookOwed("04210071–04210080", all_bound=True, stub_handed_in=False)


def volume(state: str, *, findings: int | None = 0, overdue: bool = False) -> VolumeOwed:
    return VolumeOwed("QS-202610-01", "2026-10", state, findings, overdue)


OPEN = GateFacts(
    books_wanted=2,
    plan_state="approved",
    plan_remaining=2,
    books_owed=(),
    volumes_owed=(),
    unbound_months=(),
    clearance=ClearanceKind.VERIFICATION,
    signature_stands=True,
    applicant_is_custodian=True,
)


def codes(reasons: list[Reason]) -> list[ReasonCode]:
    return [reason.code for reason in reasons]


def test_the_gate_opens_when_every_line_holds():
    assert decide(OPEN) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"plan_state": None}, ReasonCode.NO_PLAN),
        ({"plan_state": "proposed"}, ReasonCode.PLAN_NOT_APPROVED),
        ({"plan_state": "returned"}, ReasonCode.PLAN_NOT_APPROVED),
        ({"plan_remaining": 1}, ReasonCode.PLAN_EXHAUSTED),
        ({"books_owed": (LOOSE,)}, ReasonCode.BOOK_NOT_BOUND),
        ({"books_owed": (STUB_MISSING,)}, ReasonCode.STUB_NOT_HANDED_IN),
        ({"books_owed": (BOUND_AND_HANDED_IN,)}, ReasonCode.BOOK_NOT_ACCEPTED),
        ({"clearance": None}, ReasonCode.NOTHING_CLEARED),
        ({"signature_stands": False}, ReasonCode.SIGNATURE_VOID),
        ({"volumes_owed": (volume("submitted"),)}, ReasonCode.VOLUME_NOT_ACCEPTED),
        ({"volumes_owed": (volume("draft", overdue=True),)}, ReasonCode.VOLUME_NOT_ACCEPTED),
        ({"volumes_owed": (volume("sealed", overdue=True),)}, ReasonCode.VOLUME_NOT_ACCEPTED),
        ({"volumes_owed": (volume("returned"),)}, ReasonCode.VOLUME_RETURNED),
        ({"volumes_owed": (volume("submitted", findings=3),)}, ReasonCode.FINDINGS_OPEN),
        ({"volumes_owed": (volume("draft", findings=3),)}, ReasonCode.FINDINGS_OPEN),
        ({"unbound_months": (("2026-09", 7),)}, ReasonCode.NUMBERS_NOT_BOUND),
        ({"applicant_is_custodian": False}, ReasonCode.NOT_CUSTODIAN),
    ],
)
def test_each_thing_that_fails_closes_the_gate_with_its_reason(
    change: dict[str, object], code: ReasonCode
):
    assert codes(decide(replace(OPEN, **change))) == [code]


@pytest.mark.parametrize("state", ["draft", "signed", "sealed"])
def test_a_volume_of_a_month_still_running_stands_in_nobodys_way(state: str):
    assert decide(replace(OPEN, volumes_owed=(volume(state, findings=None),))) == []


def test_every_reason_is_told_not_only_the_first():
    reasons = decide(
        replace(
            OPEN,
            plan_state=None,
            books_owed=(LOOSE, STUB_MISSING),
            volumes_owed=(volume("returned"),),
            unbound_months=(("2026-08", 1), ("2026-09", 7)),
            clearance=None,
            applicant_is_custodian=False,
        )
    )
    assert codes(reasons) == [
        ReasonCode.NO_PLAN,
        ReasonCode.BOOK_NOT_BOUND,
        ReasonCode.STUB_NOT_HANDED_IN,
        ReasonCode.VOLUME_RETURNED,
        ReasonCode.NUMBERS_NOT_BOUND,
        ReasonCode.NUMBERS_NOT_BOUND,
        ReasonCode.NOTHING_CLEARED,
        ReasonCode.NOT_CUSTODIAN,
    ]
    assert reasons[1].facts == {"book": LOOSE.book}
    assert reasons[4].facts == {"month": "2026-08", "count": 1}


PLANS = [("approved", 2), ("approved", 5), ("approved", 1), ("proposed", 5), (None, 0)]
BOOKS = [(), (BOUND_AND_HANDED_IN,), (LOOSE,), (STUB_MISSING,), (LOOSE, STUB_MISSING)]
VOLUMES = [
    (),
    (volume("sealed"),),
    (volume("sealed", overdue=True),),
    (volume("submitted"),),
    (volume("submitted", findings=1),),
    (volume("returned"), volume("draft", overdue=True)),
]
UNBOUND = [(), (("2026-09", 1),)]
CLEARANCES = [None, *ClearanceKind]


def lines_that_fail(facts: GateFacts) -> set[str]:
    """The table of domain.md §4.6, said line by line."""
    owed = facts.volumes_owed
    in_order = {
        "a": facts.plan_state == "approved" and facts.plan_remaining >= facts.books_wanted,
        "b": all(book.all_bound and book.stub_handed_in for book in facts.books_owed),
        "c": facts.clearance is not None
        and facts.signature_stands
        and not any(book.all_bound and book.stub_handed_in for book in facts.books_owed)
        and not any(
            v.state != "returned" and not v.open_findings and (v.overdue or v.state == "submitted")
            for v in owed
        ),
        "d": not any(v.state == "returned" or v.open_findings for v in owed),
        "e": not facts.unbound_months,
        "f": facts.applicant_is_custodian,
    }
    return {line for line, holds in in_order.items() if not holds}


def test_in_every_combination_exactly_the_lines_that_fail_are_told():
    seen = 0
    for plan, books, volumes, unbound, clearance, stands, custodian in product(
        PLANS, BOOKS, VOLUMES, UNBOUND, CLEARANCES, (True, False), (True, False)
    ):
        facts = GateFacts(2, *plan, books, volumes, unbound, clearance, stands, custodian)
        reasons = decide(facts)
        assert {reason.line for reason in reasons} == lines_that_fail(facts), facts
        kept = {reason.line for reason in standing(reasons, clearance)}
        if clearance == ClearanceKind.EMERGENCY:
            assert kept == lines_that_fail(facts) & {"a", "f"}, facts
        else:
            assert kept == lines_that_fail(facts), facts
        seen += 1
    assert seen == 5 * 5 * 6 * 2 * 4 * 2 * 2


def test_every_reason_belongs_to_a_line_of_the_table():
    assert set(LINE) == set(ReasonCode)
    assert set(LINE.values()) == set("abcdef")


def test_an_emergency_lifts_what_is_owed_but_never_the_plan_or_the_custodian():
    assert frozenset("bcde") == WAIVED_IN_EMERGENCY


@pytest.mark.parametrize(
    ("today", "grace", "first_open"),
    [
        (date(2026, 11, 5), 5, date(2026, 10, 1)),
        (date(2026, 11, 6), 5, date(2026, 11, 1)),
        (date(2026, 11, 1), 0, date(2026, 11, 1)),
        (date(2026, 1, 3), 5, date(2025, 12, 1)),
        (date(2026, 1, 6), 5, date(2026, 1, 1)),
        (date(2028, 2, 29), 5, date(2028, 2, 1)),
    ],
)
def test_a_month_is_closed_once_it_is_over_and_the_days_of_grace_have_passed(
    today: date, grace: int, first_open: date
):
    assert closed_months_end(today, grace) == first_open


@given(st.dates(date(2000, 1, 1), date(2200, 12, 31)), st.integers(0, 28))
def test_the_present_month_is_never_closed_and_the_one_before_last_always_is(
    today: date, grace: int
):
    first_open = closed_months_end(today, grace)
    this_month = today.replace(day=1)
    months = (this_month.year - first_open.year) * 12 + this_month.month - first_open.month
    assert months == (1 if today.day <= grace else 0)

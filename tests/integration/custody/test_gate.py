"""New books come through the gate, or not at all."""

from datetime import datetime

import pytest

from archive.access import NotPermitted, Role, SamePerson
from archive.clock import STATION_ZONE
from archive.custody.actions import books, plans, requests, verifications, volumes
from archive.custody.book import Book, NumbersAlreadyIssued
from archive.custody.gate import (
    BookRequest,
    ClearanceKind,
    ExceptionNeedsReason,
    GateClosed,
    NotTheFirstIssue,
    WrongNumberOfBooks,
)
from archive.custody.kind import NotWholeBooks, WrongShapeForKind
from archive.custody.numbers import RunEndsBeforeItBegins, SpoiledBySpreadsheet, WidthsDiffer
from archive.custody.plan import NotAQuarter, NothingPlanned, PlanExists, PlanState, UsagePlan
from archive.people.actions import WrongPassword
from archive.people.person import Appointment
from archive.workflow import NotPossibleNow
from tests.builders import CODE, PASSWORD, Station, settle_station
from tests.clock import SettableClock


def ask(station: Station, count: int = 1) -> BookRequest:
    return station.custodian.does(
        requests.request_books, station_id=station.id, kind_id=station.kind_id, books=count
    )


def reasons(station: Station, count: int = 1) -> list[tuple[str, str]]:
    """Line and code of everything that closes the gate now."""
    with pytest.raises(GateClosed) as closed:
        ask(station, count)
    return [(reason["line"], reason["code"]) for reason in closed.value.facts["reasons"]]


# ------------------------------------------------------------------ plans


def propose(station: Station, **facts: object) -> UsagePlan:
    told = {
        "station_id": station.id,
        "kind_id": station.kind_id,
        "year": 2026,
        "quarter": 4,
        "books": 2,
    } | facts
    return station.custodian.does(plans.propose_plan, **told)


def test_a_plan_is_proposed_once_a_quarter_and_supplemented_after(station: Station):
    plan = propose(station)
    with pytest.raises(PlanExists):
        propose(station)
    more = propose(station, supplement=True)
    assert (plan.supplement, more.supplement) == (0, 1)
    for wrong in ({"quarter": 0}, {"quarter": 5}, {"year": 26}):
        with pytest.raises(NotAQuarter):
            propose(station, **wrong)
    with pytest.raises(NothingPlanned):
        propose(station, books=0, supplement=True)


def test_a_returned_plan_is_mended_and_proposed_again(station: Station):
    plan = propose(station)
    station.finance.does(plans.return_plan, plan.id, opinion="依据不足")
    assert reasons(station)[0] == ("a", "plan-not-approved")
    with pytest.raises(NotPossibleNow):
        station.finance.does(plans.approve_plan, plan.id)
    station.custodian.does(plans.propose_again, plan.id, books=3, basis="用户 150 户")
    approved = station.finance.does(plans.approve_plan, plan.id)
    assert (approved.state, approved.books) == (PlanState.APPROVED, 3)
    with pytest.raises(NotPossibleNow):
        station.custodian.does(plans.propose_again, plan.id, books=9, basis="")


def test_a_quarter_s_plan_counts_only_in_its_quarter(station: Station, clock: SettableClock):
    station.approved_plan()
    station.excepted()
    clock.set(datetime(2027, 1, 1, 0, 30, tzinfo=STATION_ZONE))
    assert ("a", "no-plan") in reasons(station)


# ------------------------------------------------------------------ the table, line by line


def test_without_plan_and_clearance_both_reasons_are_told(station: Station):
    assert reasons(station) == [("a", "no-plan"), ("c", "nothing-cleared")]


def test_more_books_than_the_plan_has_left_are_refused_until_it_is_supplemented(station: Station):
    station.approved_plan(2)
    station.excepted()
    assert reasons(station, 3) == [("a", "plan-exhausted")]
    station.approved_plan(1)
    assert ask(station, 3).books == 3
    station.excepted(ClearanceKind.EMERGENCY)
    assert reasons(station, 1) == [("a", "plan-exhausted")]


def test_a_cancelled_request_gives_its_books_back_to_the_plan(station: Station):
    station.approved_plan(1)
    station.excepted()
    request = ask(station)
    station.custodian.does(requests.cancel_request, request.id)
    again = ask(station)
    assert again.clearance_id == request.clearance_id
    with pytest.raises(NotPossibleNow):
        station.custodian.does(requests.cancel_request, request.id)


def test_a_book_written_up_before_today_must_be_bound_handed_in_and_signed_for(
    station: Station, clock: SettableClock
):
    station.approved_plan(8)
    first = station.book_in_use()
    station.used(first, last="04210004")
    station.accepted_volume(station.bound_volume())
    station.used(first)
    assert ask(station)  # written up only today
    station.excepted(ClearanceKind.EMERGENCY)
    clock.advance(days=1)
    station.used(station.book_in_use(), last="04210011")
    station.accepted_volume(
        station.bound_volume(runs=[volumes.BoundRun(2, "04210011", "04210011")])
    )
    assert reasons(station) == [("b", "book-not-bound"), ("b", "stub-not-handed-in")]
    volume = station.bound_volume()
    assert reasons(station) == [("b", "stub-not-handed-in")]
    station.custodian.does(books.hand_in_stub, first.id)
    assert reasons(station) == [("c", "book-not-accepted")]
    verification = station.submitted_volume(volume)
    assert reasons(station) == [("c", "book-not-accepted"), ("c", "volume-not-accepted")]
    station.finance_signs(verification)
    assert ask(station)


def test_a_month_that_is_over_must_be_bound_after_the_days_of_grace(
    station: Station, clock: SettableClock
):
    station.approved_plan(8)
    book = station.book_in_use()
    station.used(book, last="04210004")
    station.accepted_volume(station.bound_volume())
    station.used(book, last="04210007")
    clock.set(datetime(2026, 11, 5, 23, 59, tzinfo=STATION_ZONE))
    request = ask(station)
    station.custodian.does(requests.cancel_request, request.id)
    clock.set(datetime(2026, 11, 6, 0, 0, tzinfo=STATION_ZONE))
    assert reasons(station) == [("e", "numbers-not-bound")]
    volume = station.bound_volume(month="2026-10")
    assert reasons(station) == [("c", "volume-not-accepted")]
    station.accepted_volume(volume)
    assert ask(station)


def test_open_findings_and_returned_volumes_close_the_gate_whatever_the_month(station: Station):
    station.approved_plan(8)
    book = station.book_in_use()
    station.used(book, last="04210004")
    station.accepted_volume(station.bound_volume())
    station.used(book, last="04210007")
    volume = station.bound_volume()
    station.scan(volume, station.shown(volume)[:-1])
    assert reasons(station) == [("d", "findings-open")]
    station.scan(volume)
    verification = station.submitted_volume(volume)
    station.finance.does(verifications.return_volume, verification.id, reasons=["封面无公章"])
    assert reasons(station) == [("d", "volume-returned")]


def test_only_the_named_custodian_asks(station: Station):
    station.approved_plan()
    station.excepted()
    for other in (station.collector, station.head, station.finance, station.leader):
        with pytest.raises(NotPermitted):
            other.does(
                requests.request_books, station_id=station.id, kind_id=station.kind_id, books=1
            )
    with pytest.raises(WrongNumberOfBooks):
        ask(station, 0)


# ------------------------------------------------------------------ clearances and exceptions


def test_one_clearance_releases_one_request(station: Station):
    station.approved_plan(8)
    station.excepted()
    ask(station)
    assert reasons(station) == [("c", "nothing-cleared")]


def test_an_older_clearance_is_spent_together_with_a_younger_one(station: Station):
    station.approved_plan(8)
    station.accepted_volume()
    station.accepted_volume(station.bound_volume())
    ask(station)
    assert reasons(station) == [("c", "nothing-cleared")]


def test_an_exception_is_the_leader_s_with_reason_and_password(station: Station):
    def allow(who, **facts):
        told = {"kind": ClearanceKind.FIRST_ISSUE, "reason": "新所开业", "password": PASSWORD}
        return who.does(requests.allow_exception, station.id, **told | facts)

    for other in (station.custodian, station.finance, station.head, station.administrator):
        with pytest.raises(NotPermitted):
            allow(other)
    with pytest.raises(ExceptionNeedsReason):
        allow(station.leader, reason=" 急 ")
    with pytest.raises(ExceptionNeedsReason):
        allow(station.leader, kind=ClearanceKind.VERIFICATION)
    with pytest.raises(WrongPassword):
        allow(station.leader, password="guessed-it")
    assert allow(station.leader).reason == "新所开业"


def test_a_first_issue_happens_once(station: Station):
    station.issued_books()
    with pytest.raises(NotTheFirstIssue):
        station.excepted(ClearanceKind.FIRST_ISSUE)


def test_an_emergency_lifts_what_is_owed_and_says_what_it_lifted(
    station: Station, clock: SettableClock
):
    station.used_up_book()
    clock.set(datetime(2026, 11, 9, 10, tzinfo=STATION_ZONE))
    assert ("e", "numbers-not-bound") in reasons(station)
    station.excepted(ClearanceKind.EMERGENCY)
    request = ask(station)
    assert request.waived == ["b:book-not-bound", "b:stub-not-handed-in", "e:numbers-not-bound"]
    station.issued_books(request=request)


def test_an_emergency_never_lifts_the_plan(station: Station):
    station.excepted(ClearanceKind.EMERGENCY)
    assert reasons(station) == [("a", "no-plan")]


# ------------------------------------------------------------------ issuing


def test_finance_issues_as_many_whole_books_as_were_granted(station: Station):
    request = station.granted_request(2)

    def issue(*runs: tuple[str, str, str]) -> list[Book]:
        return station.finance.does(requests.issue_books, request.id, runs=runs)

    for wrong, refusal in [
        ((CODE, "04210001", "04210010"), WrongNumberOfBooks),
        ((CODE, "04210001", "04210030"), WrongNumberOfBooks),
        ((CODE, "04210001", "04210019"), NotWholeBooks),
        ((CODE, "04210020", "04210001"), RunEndsBeforeItBegins),
        ((CODE, "04210001", "4210020"), WidthsDiffer),
        (("", "04210001", "04210020"), WrongShapeForKind),
        (("0123456789", "04210001", "04210020"), WrongShapeForKind),
        ((CODE, "4.21E+06", "04210020"), SpoiledBySpreadsheet),
    ]:
        with pytest.raises(refusal):
            issue(wrong)
    issued = issue((CODE, "04210001", "04210010"), (CODE, "04210031", "04210040"))
    assert [(book.first, book.last) for book in issued] == [
        ("04210001", "04210010"),
        ("04210031", "04210040"),
    ]
    with pytest.raises(NotPossibleNow):
        issue((CODE, "04210041", "04210060"))


def test_numbers_are_issued_once(station: Station):
    station.next_number = 4_210_011
    station.issued_books()
    request = station.granted_request()
    for first, last in [
        ("04210011", "04210020"),
        ("04210006", "04210015"),
        ("04210016", "04210025"),
    ]:
        with pytest.raises(NumbersAlreadyIssued):
            station.finance.does(requests.issue_books, request.id, runs=[(CODE, first, last)])
    station.finance.does(requests.issue_books, request.id, runs=[(CODE, "04210021", "04210030")])


def test_what_closed_the_gate_after_the_grant_stops_the_issue(
    station: Station, clock: SettableClock
):
    station.used(last="04210004")
    station.accepted_volume(station.bound_volume())
    station.used(station.sees(Book, 1), last="04210006")
    request = station.granted_request()
    clock.set(datetime(2026, 11, 9, 10, tzinfo=STATION_ZONE))
    with pytest.raises(GateClosed) as closed:
        station.issued_books(request=request)
    assert [reason["code"] for reason in closed.value.facts["reasons"]] == ["numbers-not-bound"]
    station.accepted_volume(station.bound_volume(month="2026-10"))
    assert station.issued_books(request=request)


def test_a_request_granted_at_the_end_of_a_quarter_is_issued_in_the_next(
    station: Station, clock: SettableClock
):
    request = station.granted_request()
    clock.set(datetime(2027, 1, 4, 10, tzinfo=STATION_ZONE))
    assert station.issued_books(request=request)


def test_another_station_s_clearance_and_people_open_nothing_here(station: Station):
    other = settle_station(station.system, code="BH", name="白河供电所")
    station.approved_plan()
    station.excepted()
    other.approved_plan()
    assert reasons(other) == [("c", "nothing-cleared")]
    with pytest.raises(NotPermitted):
        other.custodian.does(
            requests.request_books, station_id=station.id, kind_id=station.kind_id, books=1
        )
    request = ask(station)
    with pytest.raises(NotPermitted):
        other.custodian.does(requests.cancel_request, request.id)
    book = station.issued_books(request=request)[0]
    with pytest.raises(NotPermitted):
        other.custodian.does(books.receive_book, book.id)


def test_whoever_made_the_exception_or_asked_does_not_take_the_other_side(station: Station):
    """One person with both offices, appointed past the rule that forbids it."""
    station.approved_plan()
    with station.system.transaction(station.administrator.actor()) as tx:
        for person, role, at in (
            (station.leader, Role.CUSTODIAN, station.id),
            (station.custodian, Role.FINANCE, None),
        ):
            tx.session.add(
                Appointment(person_id=person.id, role=role, station_id=at, from_on=tx.today)
            )
    station.excepted()
    with pytest.raises(SamePerson):
        station.leader.does(
            requests.request_books, station_id=station.id, kind_id=station.kind_id, books=1
        )
    request = ask(station)
    with pytest.raises(SamePerson):
        station.custodian.does(
            requests.issue_books, request.id, runs=[(CODE, "04210001", "04210010")]
        )

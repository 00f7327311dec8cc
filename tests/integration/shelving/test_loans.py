"""Loans and the climate of the storeroom, on each database."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from archive.access import NotPermitted, SamePerson
from archive.db import error_for
from archive.holdings.pair import Pair, PairState
from archive.shelving.actions import loans as verbs
from archive.shelving.actions.boxes import bring_back
from archive.shelving.actions.climate import act_on_climate, read_climate
from archive.shelving.climate import ActionNotNeeded, ReadingImpossible
from archive.shelving.loan import (
    AccountingNotLent,
    ApprovedByBorrower,
    DueImpossible,
    LentAlready,
    Loan,
    LoanOverdue,
    LoanState,
    NotPlacedYet,
    OnLoan,
    RenewedAlready,
    RenewedByBorrower,
)
from archive.shelving.place import Storeroom
from archive.workflow import NotPossibleNow
from tests.builders import Colleague, Station
from tests.shelving import boxed, ready, with_store


@pytest.fixture
def station(station: Station) -> Station:
    return with_store(station)


def asked(station: Station, record, by: Colleague | None = None, days: int = 7, **said) -> Loan:
    facts = {"purpose": "答复客户", "due_on": station.today + timedelta(days=days)} | said
    return (by or station.clerk).does(verbs.request_loan, record.id, **facts)


def lent(station: Station, record, **said) -> Loan:
    loan = asked(station, record, **said)
    station.head.does(verbs.approve_loan, loan.id)
    return station.archivist.does(verbs.hand_out, loan.id)


def test_a_loan_is_asked_for_approved_handed_out_and_checked_on_return(station: Station):
    record = ready(station)
    boxed(station, record)
    loan = lent(station, record)
    assert station.sees(Pair, record.id).state == PairState.PAPER_OUT
    with pytest.raises(OnLoan):
        station.archivist.does(bring_back, record.id, pages=2)
    back = station.archivist.does(verbs.take_back, loan.id, pages=2, seal_intact=True)
    assert (back.state, back.incident) == (LoanState.RETURNED, "")
    assert station.sees(Pair, record.id).state == PairState.PAIRED


@pytest.mark.parametrize(
    "found", [{"pages": 1, "seal_intact": True}, {"pages": 2, "seal_intact": False}]
)
def test_what_comes_back_otherwise_is_an_incident(station: Station, found):
    record = ready(station)
    boxed(station, record)
    loan = lent(station, record)
    back = station.archivist.does(verbs.take_back, loan.id, **found, note="少一页")
    assert "少一页" in back.incident
    assert station.sees(Pair, record.id).state == PairState.UNCOMPARED
    settled = station.head.does(verbs.settle_incident, loan.id, how="已补齐")
    assert settled.incident_settled == "已补齐"


def test_nobody_allows_or_checks_their_own_loan(station: Station):
    record = ready(station)
    boxed(station, record)
    loan = asked(station, record, by=station.head)
    with pytest.raises(SamePerson):
        station.head.does(verbs.approve_loan, loan.id)
    with pytest.raises(NotPermitted):
        station.clerk.does(verbs.approve_loan, loan.id)
    station.head.does(verbs.withdraw_loan, loan.id)
    own = asked(station, record, by=station.archivist)
    station.head.does(verbs.approve_loan, own.id)
    station.archivist.does(verbs.hand_out, own.id)
    with pytest.raises(SamePerson):
        station.archivist.does(verbs.take_back, own.id, pages=2, seal_intact=True)


def test_a_record_is_lent_once_at_a_time(station: Station):
    record = ready(station)
    boxed(station, record)
    asked(station, record)
    with pytest.raises(LentAlready):
        asked(station, record, by=station.head)


def test_only_what_stands_in_its_box_is_lent(station: Station):
    with pytest.raises(NotPlacedYet):
        asked(station, ready(station))


def test_accounting_files_are_seen_on_the_spot_and_not_lent(station: Station):
    record = ready(station, kind="bank-pay-in-slip")
    boxed(station, record)
    with pytest.raises(AccountingNotLent):
        asked(station, record)
    loan = asked(station, record, days=0, on_site=True)
    assert loan.on_site
    with station.system.engine.connect() as connection, pytest.raises(IntegrityError) as violation:
        connection.execute(text("UPDATE loan SET on_site = (1 = 0)"))
    assert isinstance(error_for(violation.value), AccountingNotLent)


@pytest.mark.parametrize(("days", "said"), [(-1, {}), (31, {}), (1, {"on_site": True})])
def test_a_loan_is_due_within_its_time(station: Station, days, said):
    record = ready(station)
    boxed(station, record)
    with pytest.raises(DueImpossible):
        asked(station, record, days=days, **said)


def test_who_keeps_something_beyond_its_day_gets_nothing_new(station: Station, clock):
    first, second = ready(station), ready(station)
    boxed(station, first, second)
    loan = lent(station, first)
    assert not loan.overdue(loan.due_on)
    clock.advance(days=8)
    assert loan.overdue(station.today)
    with pytest.raises(LoanOverdue):
        asked(station, second)
    station.archivist.does(verbs.take_back, loan.id, pages=2, seal_intact=True)
    asked(station, second)


def test_a_loan_runs_only_along_its_steps(station: Station):
    record = ready(station)
    boxed(station, record)
    loan = asked(station, record)
    with pytest.raises(NotPossibleNow):
        station.archivist.does(verbs.hand_out, loan.id)
    station.head.does(verbs.decline_loan, loan.id, opinion="原件在修补")
    with pytest.raises(NotPossibleNow):
        station.head.does(verbs.approve_loan, loan.id)
    assert asked(station, record).state == LoanState.REQUESTED


def test_the_database_itself_lets_nobody_approve_their_own_loan(station: Station):
    record = ready(station)
    boxed(station, record)
    asked(station, record)
    with station.system.engine.connect() as connection, pytest.raises(IntegrityError) as violation:
        connection.execute(text("UPDATE loan SET approved_by_id = borrower_id"))
    assert isinstance(error_for(violation.value), ApprovedByBorrower)


def room_of(station: Station) -> Storeroom:
    return station.asks(lambda tx: tx.session.query(Storeroom).one())


def test_a_reading_out_of_range_stays_open_until_acted_on(station: Station):
    room = room_of(station)
    archivist = station.archivist
    fine = archivist.does(read_climate, room.id, celsius=Decimal("18.5"), humidity=52)
    assert fine.in_range
    with pytest.raises(ActionNotNeeded):
        archivist.does(act_on_climate, fine.id, action="开空调")
    hot = archivist.does(read_climate, room.id, celsius=Decimal("26.0"), humidity=52)
    assert hot.open_finding
    assert not archivist.does(act_on_climate, hot.id, action="开空调，一小时后 22 度").open_finding
    with pytest.raises(ReadingImpossible):
        archivist.does(read_climate, room.id, celsius=Decimal(20), humidity=101)
    with pytest.raises(ReadingImpossible):
        archivist.does(read_climate, room.id, celsius=Decimal("20.55"), humidity=50)
    with pytest.raises(NotPermitted):
        station.clerk.does(read_climate, room.id, celsius=Decimal(20), humidity=50)


def test_a_loan_is_renewed_once_by_another_person_before_it_is_overdue(station: Station, clock):
    loan = out(station)
    later = station.today + timedelta(days=30)
    with pytest.raises(NotPermitted):
        station.clerk.does(verbs.renew_loan, loan.id, due_on=later)
    for wrong in (loan.due_on, station.today + timedelta(days=31)):
        with pytest.raises(DueImpossible):
            station.head.does(verbs.renew_loan, loan.id, due_on=wrong)
    renewed = station.head.does(verbs.renew_loan, loan.id, due_on=later)
    assert (renewed.first_due_on, renewed.due_on) == (loan.due_on, later)
    with pytest.raises(RenewedAlready):
        station.head.does(verbs.renew_loan, loan.id, due_on=later + timedelta(days=1))


def test_what_is_overdue_comes_back_first(station: Station, clock):
    loan = out(station)
    clock.advance(days=20)
    with pytest.raises(LoanOverdue):
        station.head.does(verbs.renew_loan, loan.id, due_on=clock.now().date() + timedelta(days=5))


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        (
            (
                "UPDATE loan SET renewed_at = out_at, renewed_by_id = borrower_id,"
                " first_due_on = due_on"
            ),
            RenewedByBorrower,
        ),
        ("UPDATE loan SET due_on = '2027-01-01'", RenewedAlready),
    ],
)
def test_the_database_renews_no_loan_by_itself(station: Station, statement, refusal):
    out(station)
    with station.system.engine.connect() as connection, pytest.raises(IntegrityError) as violation:
        connection.execute(text(statement))
    assert isinstance(error_for(violation.value), refusal)


def out(station: Station) -> Loan:
    """A loan handed out for a week."""
    record = ready(station)
    boxed(station, record)
    return lent(station, record)

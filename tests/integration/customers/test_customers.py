"""Customer dossiers on both databases: one to a number, opened, added to, closed, reopened."""

import json
from datetime import date

import pytest
from sqlalchemy import select, text

from archive.access import NotPermitted
from archive.audit import TrailEntry
from archive.customers.actions.customers import (
    CustomerFacts,
    close_account,
    correct_customer,
    open_dossier,
    reopen_account,
    reveal,
)
from archive.customers.customer import (
    ClosedBeforeOpened,
    ClosingContradictory,
    ClosingPaperMissing,
    Customer,
    CustomerKeptForEver,
    CustomerNumberTaken,
    CustomerState,
    NotACustomerNumber,
    Reopening,
)
from archive.customers.purpose import PurposeNamesPerson
from archive.customers.queries.customers import CustomerFilter, customers, dossier
from archive.transaction import NoSuchThing
from archive.workflow import NotPossibleNow
from tests.builders import Station, settle_station
from tests.holdings import filed, with_file_plan

WANG = CustomerFacts("0000012345", "王秀兰", "青石村三组", "17 号", "13800005678")


def opened(station: Station, facts: CustomerFacts = WANG) -> Customer:
    return station.archivist.does(open_dossier, station.id, facts)


def trail(station: Station) -> list[TrailEntry]:
    return station.asks(lambda tx: list(tx.session.scalars(select(TrailEntry))))


def test_a_number_has_one_dossier_at_a_station_and_keeps_its_leading_zeros(station: Station):
    assert opened(station).number == "0000012345"
    with pytest.raises(CustomerNumberTaken):
        opened(station, CustomerFacts(" ００００ 012345 ", "李四", "河西村"))
    other = settle_station(station.system, code="HX", name="河西供电所")
    assert opened(other).number == "0000012345"


@pytest.mark.parametrize("number", ["", "123", "1.2E+11", "12-34", "一二三四"])
def test_what_is_no_customer_number_opens_no_dossier(station: Station, number: str):
    with pytest.raises(NotACustomerNumber):
        opened(station, CustomerFacts(number, "李四", "河西村"))


def test_only_the_archivist_opens_dossiers_and_only_at_home(station: Station):
    with pytest.raises(NotPermitted):
        station.clerk.does(open_dossier, station.id, WANG)
    other = settle_station(station.system, code="HX", name="河西供电所")
    with pytest.raises(NotPermitted):
        station.archivist.does(open_dossier, other.id, WANG)
    customer = opened(station)
    with pytest.raises(NoSuchThing):
        other.archivist.does(dossier, customer.id)
    with pytest.raises(NoSuchThing):
        other.archivist.does(reveal, customer.id, fields=["name"], purpose="核对")


def test_records_come_into_the_dossier_by_their_number_in_its_order(station: Station):
    with_file_plan(station)
    customer = opened(station)
    test = filed(station, "meter-test", "校试", date(2026, 1, 3), customer_number=WANG.number)
    contract = filed(
        station, "supply-contract", "合同", date(2026, 2, 1), customer_number=WANG.number
    )
    filed(station, "supply-contract", "别家的", date(2026, 2, 1), customer_number="0000099999")
    filed(station, "special-customer-file", "特殊", date(2026, 2, 1), customer_number=WANG.number)
    seen = station.archivist.does(dossier, customer.id)
    assert [line.record.id for line in seen.records] == [contract.id, test.id]
    assert seen.standing.lacks == ("supply-application",)
    (line,), total = station.clerk.does(customers, CustomerFilter())
    assert (line.records, line.lacks, total) == (2, ("supply-application",), 1)


def test_a_list_is_masked_and_found_by_number_name_or_village(station: Station):
    opened(station)
    opened(station, CustomerFacts("0000099999", "欧阳建国", "河西村", telephone="0351-1234567"))
    for text_, found in [("00000123", 1), ("秀兰", 1), ("村", 2), ("欧阳 河西", 1), ("%", 0)]:
        lines, total = station.clerk.does(customers, CustomerFilter(text=text_))
        assert (len(lines), total) == (found, found), text_
    lines, _ = station.clerk.does(customers, CustomerFilter())
    assert [(line.name, line.telephone) for line in lines] == [
        ("王*", "138****5678"),
        ("欧阳*", "035*****4567"),
    ]


def test_opening_a_fact_is_on_the_trail_with_its_purpose_and_without_the_fact(station: Station):
    customer = opened(station)
    shown = station.clerk.does(
        reveal, customer.id, fields=["name", "telephone"], purpose="联系客户约装表时间"
    )
    assert shown == {"name": "王秀兰", "telephone": "13800005678"}
    entry = trail(station)[-1]
    assert (entry.event, entry.actor) == ("customer.revealed", station.clerk.code)
    assert entry.told == {"fields": ["name", "telephone"], "purpose": "联系客户约装表时间"}
    with pytest.raises(PurposeNamesPerson):
        station.clerk.does(reveal, customer.id, fields=["name"], purpose="给王秀兰打电话")
    whole = json.dumps(
        [entry.facts + entry.subject for entry in trail(station)], ensure_ascii=False
    )
    assert [
        fact for fact in ("王秀兰", "13800005678", "17 号", "0000012345") if fact in whole
    ] == []


def test_a_correction_keeps_the_number_and_says_which_fields_and_why(station: Station):
    customer = opened(station)
    mended = CustomerFacts("9999", "王秀岚", "青石村三组", "17 号", "13800005678")
    corrected = station.archivist.does(
        correct_customer, customer.id, mended, reason="与身份证核对，字写错了"
    )
    assert (corrected.name, corrected.number) == ("王秀岚", WANG.number)
    assert trail(station)[-1].told == {"fields": ["name"], "reason": "与身份证核对，字写错了"}


def test_an_account_is_closed_once_by_a_paper_on_a_possible_day(station: Station):
    customer = opened(
        station, CustomerFacts("0012345", "李四", "河西村", opened_on=date(2020, 5, 1))
    )
    for day in (date(2020, 4, 30), date(2026, 10, 20)):
        with pytest.raises(ClosedBeforeOpened):
            station.archivist.does(close_account, customer.id, closed_on=day, closing_paper="申请")
    with pytest.raises(ClosingPaperMissing):
        station.archivist.does(
            close_account, customer.id, closed_on=date(2026, 10, 1), closing_paper=" "
        )
    closed = station.archivist.does(
        close_account, customer.id, closed_on=date(2026, 10, 1), closing_paper="销户申请 15 号"
    )
    assert (closed.state, closed.closed_on) == (CustomerState.CLOSED, date(2026, 10, 1))
    with pytest.raises(NotPossibleNow):
        station.archivist.does(
            close_account, customer.id, closed_on=date(2026, 10, 2), closing_paper="再来一次"
        )


def test_reopening_keeps_what_the_account_had_been_closed_by(station: Station):
    customer = opened(station)
    with pytest.raises(NotPossibleNow):
        station.archivist.does(reopen_account, customer.id, reason="没销过")
    station.archivist.does(
        close_account, customer.id, closed_on=date(2026, 10, 1), closing_paper="销户申请 15 号"
    )
    again = station.archivist.does(reopen_account, customer.id, reason="过户后恢复用电")
    assert (again.state, again.closed_on, again.closing_paper) == (CustomerState.OPEN, None, "")
    kept = station.asks(lambda tx: list(tx.session.scalars(select(Reopening))))
    assert [(one.closed_on, one.closing_paper) for one in kept] == [
        (date(2026, 10, 1), "销户申请 15 号")
    ]


def sql(station: Station, statement: str) -> None:
    station.asks(lambda tx: tx.session.execute(text(statement)))


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE customer SET state = 'closed'", ClosingContradictory),
        ("UPDATE customer SET closed_on = '2026-01-01'", ClosingContradictory),
        ("UPDATE customer SET number = '9999999'", CustomerKeptForEver),
        ("DELETE FROM customer", CustomerKeptForEver),
    ],
)
def test_the_database_itself_keeps_dossiers_whole(
    station: Station, statement: str, refusal: type[Exception]
):
    opened(station)
    with pytest.raises(refusal):
        sql(station, statement)

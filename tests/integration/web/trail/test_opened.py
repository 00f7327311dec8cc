"""谁打开过什么: every act that showed facts about people, for the auditor; of a record, its head."""

import csv
import io
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from archive.clock import STATION_ZONE
from archive.customers.actions.customers import CustomerFacts, open_dossier, reveal
from archive.customers.customer import Customer
from archive.holdings.record import Record
from archive.reports.personal import reveal_record
from tests.builders import Colleague, Station
from tests.clock import SettableClock
from tests.company import open_company
from tests.holdings import filed, with_file_plan
from tests.integration.web.visiting import Seen, Visits
from tests.special import GAO, appointed, consent_code, on_register

HERE = "/trail/opened"
API = "/api/v1/trail/opened"
NAME, NUMBER = "胡玉莲", "0418002555"


@pytest.fixture
def station(station: Station) -> Station:
    return with_file_plan(station)


@pytest.fixture
def record(station: Station) -> Record:
    return filed(station, "supply-application", "用电申请", parties=NAME, customer_number=NUMBER)


@pytest.fixture
def customer(station: Station) -> Customer:
    facts = CustomerFacts(NUMBER, NAME, "青石村", "南街 9 号", "13800005678")
    return station.archivist.does(open_dossier, station.id, facts)


def opens(who: Colleague, record: Record, purpose: str = "核对报装申请") -> None:
    who.does(reveal_record, record.id, fields=["parties"], purpose=purpose)


def lines(answer: Seen) -> list[dict[str, str]]:
    assert answer.status == 200, answer.words
    text = answer.response.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_way_of_opening_stands_with_who_when_what_and_why(
    station: Station, record: Record, customer: Customer, visits: Visits, clock: SettableClock
):
    opens(station.clerk, record)
    clock.set(datetime(2026, 10, 20, 8, 15, tzinfo=STATION_ZONE))
    station.head.does(reveal, customer.id, fields=["name", "telephone"], purpose="约装表时间")
    visits(station.archivist).get("/customers?file=csv")
    care = appointed(station)
    entry = on_register(station, care, replace(GAO, number=NUMBER), code=consent_code(station))
    visits(care).post(f"/special/{entry.id}/look", purpose="安排上门")
    visits(care).post("/special/list", purpose="安排复核")

    page = visits(station.auditor).get(HERE)

    newest, look, *_, first = page.rows()
    assert "查看特殊客户登记册 特殊客户登记册 青石供电所 — 安排复核" in newest
    assert f"查看特殊客户 特殊客户登记 {str(entry.id)[:8]} — 安排上门" in look
    assert first.split(maxsplit=1)[1] == (
        f"2026-10-19 09:30 赵小燕 打开档案上的个人信息 {record.code} 责任者 核对报装申请"
    )
    assert any(
        "2026-10-20 08:15" in row and "客户档案 ****2555 户名、电话 约装表时间" in row
        for row in page.rows()
    )
    assert any(
        "导出列表" in row and "客户档案" in row and "CSV，1 行" in row for row in page.rows()
    )
    assert NAME not in page.response.text
    assert NUMBER not in page.response.text


def test_other_events_are_not_in_it(station: Station, record: Record, visits: Visits):
    page = visits(station.auditor).get(HERE)
    assert page.rows() == []
    assert page.says("没有符合条件的记录")


def test_it_is_narrowed_by_person_event_subject_and_day(
    station: Station, record: Record, customer: Customer, visits: Visits, clock: SettableClock
):
    other = filed(station, "supply-application", "另一份", parties="周桂芳")
    opens(station.clerk, record)
    opens(station.head, other)
    clock.set(datetime(2026, 10, 21, 0, 30, tzinfo=STATION_ZONE))  # still the 20th in UTC
    station.head.does(reveal, customer.id, fields=["name"], purpose="约装表时间")
    auditor = visits(station.auditor)

    def found(query: str) -> int:
        return len(auditor.get(f"{HERE}?{query}").rows())

    assert found("") == 3
    assert found(f"person={station.head.code}") == 2
    assert found("event=customer.revealed") == 1
    assert found(f"subject={record.code}") == 1
    assert found(f"subject={record.code.partition('QS')[0]}") == 2
    assert found(f"subject={record.code.replace('·', '.')}") == 1
    assert found(f"subject=customer:{customer.id}") == 1
    assert found("subject=customer:") == 1
    assert found("from=2026-10-21") == 1
    assert found("to=2026-10-20") == 2
    assert found("event=book.used") == 3  # no kind of opening; the list is not another's trail


def test_one_subject_is_not_another_that_begins_like_it(
    station: Station, customer: Customer, visits: Visits
):
    for number in range(2, 12):
        facts = CustomerFacts(f"04180026{number:02}", "周桂芳", "青石村")
        station.archivist.does(open_dossier, station.id, facts)
    for one in (1, 11):
        station.head.does(reveal, one, fields=["name"], purpose="约装表时间")
    page = visits(station.auditor).get(f"{HERE}?subject=customer:1")
    assert len(page.rows()) == 1


def test_a_day_that_is_none_is_said_beside_its_field(station: Station, visits: Visits):
    page = visits(station.auditor).get(f"{HERE}?from=昨天")
    assert page.status == 422
    assert page.beside("from")


def test_it_is_added_up_by_person_and_leads_to_the_acts(
    station: Station, record: Record, visits: Visits
):
    other = filed(station, "supply-application", "另一份", parties="周桂芳")
    opens(station.clerk, record)
    opens(station.clerk, record)
    opens(station.clerk, other)
    opens(station.head, other)
    auditor = visits(station.auditor)

    page = auditor.get(f"{HERE}?by=person")
    assert page.rows() == [
        f"{station.clerk.name} 3 2 2026-10-19 09:30",
        f"{station.head.name} 1 1 2026-10-19 09:30",
    ]
    assert len(auditor.get(page.link(station.clerk.name) or "").rows()) == 3

    page = auditor.get(f"{HERE}?by=subject")
    assert page.rows() == [
        f"{record.code} 2 1 2026-10-19 09:30",
        f"{other.code} 2 2 2026-10-19 09:30",
    ]
    assert len(auditor.get(page.link(record.code) or "").rows()) == 2


def test_it_is_leafed_through(station: Station, record: Record, visits: Visits):
    for number in range(53):
        opens(station.clerk, record, f"第 {number} 次核对")
    auditor = visits(station.auditor)
    page = auditor.get(HERE)
    assert len(page.rows()) == 50
    assert "第 52 次核对" in page.rows()[0]
    rest = auditor.get(f"{HERE}?page=2").rows()
    assert [row.rpartition("责任者 ")[2] for row in rest] == [
        "第 2 次核对",
        "第 1 次核对",
        "第 0 次核对",
    ]


def test_it_is_taken_out_as_a_file_which_is_an_act_itself(
    station: Station, record: Record, visits: Visits
):
    opens(station.clerk, record)
    auditor = visits(station.auditor)
    page = auditor.get(HERE)
    (line,) = lines(auditor.get(page.link("导出 CSV") or ""))
    assert (line["谁"], line["工号"]) == (station.clerk.name, station.clerk.code)
    assert (line["对象"], line["打开的内容"]) == (record.code, "责任者")
    assert (line["时间"], line["用途"]) == ("2026-10-19 09:30", "核对报装申请")
    assert auditor.get(page.link("导出 XLSX") or "").status == 200
    taken = auditor.get(f"{HERE}?event=list.exported").rows()
    assert len(taken) == 2
    assert "谁打开过什么 XLSX，2 行" in taken[0]


OTHERS = ["archivist", "clerk", "head", "finance", "leader", "administrator", "archives"]


@pytest.mark.parametrize("office", OTHERS)
def test_nobody_else_reads_it(office: str, station: Station, record: Record, visits: Visits):
    visitor = visits(getattr(station, office, None) or getattr(open_company(station), office))
    for address in (
        HERE,
        f"{HERE}?by=person",
        f"{HERE}?by=subject",
        f"{HERE}?file=csv",
        API,
        f"{API}/sums?by=person",
    ):
        page = visitor.get(address)
        assert page.status == 403
        assert "赵小燕" not in page.response.text or office == "clerk"


def test_a_stranger_is_sent_to_sign_in(station: Station, visits: Visits):
    assert visits(None).get(HERE).status == 303


def test_it_reads_in_english(station: Station, record: Record, visits: Visits):
    opens(station.clerk, record)
    auditor = visits(station.auditor, "en")
    assert auditor.get(HERE).says("Who opened what", "facts about people in a record opened")
    assert auditor.get(f"{HERE}?by=person").says("Different things")
    assert auditor.get("/trail").link("Who opened what") == HERE


def test_a_program_reads_the_same(
    station: Station, record: Record, customer: Customer, visits: Visits
):
    opens(station.clerk, record)
    station.head.does(reveal, customer.id, fields=["name"], purpose="约装表时间")
    auditor = visits(station.auditor)

    def told(query: str) -> Any:
        return auditor.get(f"{API}?{query}").response.json()

    assert told("")["total"] == 2
    (one,) = told("event=record.revealed")["opened"]
    assert one | {"seq": 0} == {
        "seq": 0,
        "at": "2026-10-19T01:30:00Z",
        "by_code": station.clerk.code,
        "by_name": station.clerk.name,
        "event": "record.revealed",
        "subject": f"record:{record.code}",
        "about": record.code,
        "fields": ["parties"],
        "purpose": "核对报装申请",
        "rows": None,
        "form": "",
    }
    (late,) = told("limit=1&offset=1")["opened"]
    assert late["subject"] == f"record:{record.code}"
    assert told("person=nobody") == {"total": 0, "opened": []}
    assert told("from=2026-10-20")["total"] == 0
    summed = auditor.get(f"{API}/sums?by=person").response.json()
    assert summed["total"] == 2
    assert {one["key"]: (one["name"], one["acts"]) for one in summed["sums"]} == {
        station.clerk.code: (station.clerk.name, 1),
        station.head.code: (station.head.name, 1),
    }


def test_the_head_sees_on_a_record_who_opened_it_and_what_for(
    station: Station, record: Record, visits: Visits
):
    other = filed(station, "supply-application", "另一份", parties="周桂芳")
    opens(station.clerk, record, "核对报装申请")
    opens(station.clerk, other, "别的事情")
    head = visits(station.head)

    page = head.get(f"/holdings/records/{record.id}")
    assert page.says("谁打开过这份档案的个人信息", "核对报装申请")
    assert not page.says("别的事情")
    assert page.link("在审计里查看全部") is None
    (told,) = head.get(f"/api/v1/records/{record.id}/opened").response.json()
    assert (told["by_code"], told["purpose"]) == (station.clerk.code, "核对报装申请")

    bare = filed(station, "complaint")
    assert head.get(f"/holdings/records/{bare.id}").says("还没有人打开过")


def test_from_a_record_the_auditor_goes_on_to_all_of_it(
    station: Station, record: Record, visits: Visits
):
    opens(station.clerk, record)
    auditor = visits(station.auditor)
    page = auditor.get(f"/holdings/records/{record.id}")
    assert len(auditor.get(page.link("在审计里查看全部") or "").rows()) == 1


@pytest.mark.parametrize("office", ["archivist", "clerk", "finance", "leader"])
def test_nobody_else_sees_on_a_record_who_opened_it(
    office: str, station: Station, record: Record, visits: Visits
):
    opens(station.clerk, record, "核对报装申请")
    visitor = visits(getattr(station, office))
    page = visitor.get(f"/holdings/records/{record.id}")
    assert page.status == 200
    assert not page.says("谁打开过这份档案的个人信息")
    assert "核对报装申请" not in page.response.text
    assert visitor.get(f"/api/v1/records/{record.id}/opened").status == 403


def test_the_head_of_another_station_sees_nothing_of_it(
    station: Station, neighbour: Station, record: Record, visits: Visits
):
    opens(station.clerk, record)
    head = visits(neighbour.head)
    assert head.get(f"/holdings/records/{record.id}").status == 404
    assert head.get(f"/api/v1/records/{record.id}/opened").status == 404

"""The calendar, what is due, and why a record has its date – on pages and over the API."""

from datetime import date

from archive.holdings.queries.plans import plan_in_force
from tests.builders import Station
from tests.holdings import with_file_plan
from tests.integration.web.registers.test_registers import sheet
from tests.integration.web.visiting import Visits
from tests.retention import due_records

CALENDAR, DUE = "/retention", "/retention/due"


def content_id(station: Station, code: str) -> int:
    lines = station.archivist.does(plan_in_force).contents
    return next(line.id for line in lines if line.code == code)


def test_the_calendar_counts_what_is_due_what_is_held_and_what_waits(
    station: Station, visits: Visits
):
    due_records(station)
    page = visits(station.archivist).get(CALENDAR)
    assert page.says(
        "保管期满 2", "其中可以提出鉴定 1", "其中处于冻结之中 1", "尚未起算 1", "永久保管 1"
    )
    assert page.says("至 2026 年底 2 0 0.00", "2054 1 0 0.00")
    assert page.says("审计或检查 青石供电所，涉及 1 件", "审计未结束")
    assert page.response.text.count("<svg") == 1
    assert "style=" not in page.response.text
    assert visits(station.clerk).get(CALENDAR).status == 403


def test_an_empty_archive_says_what_to_do_first(station: Station, visits: Visits):
    with_file_plan(station)
    page = visits(station.archivist).get(CALENDAR)
    assert page.says("还没有档案，也就没有到期的", "现在没有冻结")


def test_what_is_due_is_listed_narrowed_and_taken_out_as_a_file(station: Station, visits: Visits):
    old = due_records(station)
    archivist = visits(station.archivist)
    page = archivist.get(DUE)
    assert page.says(old.complaint.code, old.held.code, "审计或检查")
    assert not page.says(old.young.code)
    free = archivist.get(f"{DUE}?held=free")
    assert free.says(old.complaint.code)
    assert not free.says(old.held.code)
    assert len(archivist.get(f"{DUE}?year=2015").rows()) == 1
    assert archivist.get(f"{DUE}?kind=supply-contract").says("今天没有符合条件的到期档案")
    rows = sheet(archivist.get(f"{DUE}?file=xlsx"))
    assert rows[0][0] == "档号"
    assert {row[0] for row in rows[1:]} == {old.complaint.code, old.held.code}


def test_a_record_says_why_rule_by_rule_with_its_clause(station: Station, visits: Visits):
    old = due_records(station)
    page = visits(station.archivist).get(f"/retention/records/{old.young.id}")
    assert page.says(
        "30 年，自 2023 年度终了后的第一天（2024年1月1日）起算，保管至2053年12月31日",
        "《会计档案管理办法》附表一第1项",
        "2054年1月1日起可以鉴定",
        "第 1 版第 35 项",
    )
    never = visits(station.archivist, "en").get(f"/retention/records/{old.for_ever.id}")
    assert never.says("Kept for ever; it does not expire.")


def test_entering_the_event_starts_the_clock_and_a_later_entry_corrects_it(
    station: Station, visits: Visits
):
    old = due_records(station)
    archivist, here = visits(station.archivist), f"/retention/records/{old.contract.id}"
    assert archivist.get(here).says("保管期限尚未起算，不会到期")
    typed = {"starts": "contract-end", "happened_on": "2026-10-20", "document": "终止协议 7 号"}
    refused = archivist.post(f"{here}/event", typed)
    assert refused.status == 422
    assert "还没有到" in refused.beside("happened_on")
    assert refused.holds("document") == "终止协议 7 号"
    for day in ("2018-06-30", "2017-06-30"):
        page = archivist.goes(archivist.post(f"{here}/event", typed | {"happened_on": day}))
        assert page.says("已登记起算事件")
    assert page.says("按日计至2047年6月30日，按年末计至2047年12月31日", "已由后来的登记更正")
    reader = visits(station.finance)
    assert reader.get(here).button("登记事件") == "missing"
    assert reader.post(f"{here}/event", typed | {"happened_on": "2018-06-30"}).status == 403


def test_contents_prolong_and_are_taken_back_by_another_person(station: Station, visits: Visits):
    old = due_records(station)
    archivist, here = visits(station.archivist), f"/retention/records/{old.complaint.id}"
    stub = content_id(station, "original-voucher")
    page = archivist.goes(archivist.post(f"{here}/content", content_id=str(stub)))
    assert page.says("已登记内含材料", "原始凭证", "保管至2042年12月31日")
    assert not archivist.get(DUE).says(old.complaint.code)
    own = archivist.post(f"{here}/withdraw", held_id=str(stub), withdraw_reason="登记错了")
    assert own.status == 403
    from tests.company import open_company

    other = visits(open_company(station).archives)
    assert other.post(f"{here}/withdraw", held_id=str(stub), withdraw_reason=" — ").status == 422
    page = other.goes(other.post(f"{here}/withdraw", held_id=str(stub), withdraw_reason="误登"))
    assert page.says("已撤回", "没有登记内含材料")
    assert archivist.get(DUE).says(old.complaint.code)


def test_the_api_tells_the_same(station: Station, visits: Visits):
    old = due_records(station)
    archivist = visits(station.archivist)
    due = archivist.get("/api/v1/retention/due").response.json()
    assert {one["code"]: one["held_by"] for one in due["records"]} == {
        old.complaint.code: [],
        old.held.code: ["audit"],
    }
    assert archivist.get("/api/v1/retention/due?held=false").response.json()["total"] == 1
    later = archivist.get("/api/v1/retention/due?on=2054-01-01").response.json()
    assert later["total"] == 3
    why = archivist.get(f"/api/v1/retention/records/{old.young.id}").response.json()
    assert (why["protected_through"], why["eligible_from"]) == ("2053-12-31", "2054-01-01")
    ahead = archivist.get("/api/v1/retention/foresight").response.json()
    assert ahead["years"]["2026"] == 2
    assert ahead["years"]["2054"] == 1
    assert (ahead["not_started"], ahead["never"], ahead["later"]) == (1, 1, 0)
    assert station.today == date(2026, 10, 19)

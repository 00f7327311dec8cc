"""The pages of the register of special customers."""

import logging

import pytest

from archive.customers.actions.customers import CustomerFacts, open_dossier
from tests.builders import Station
from tests.holdings import with_file_plan
from tests.integration.web.visiting import Visits
from tests.special import GAO, PLANTED, appointed, consent_code, on_register

TYPED = {
    "category": "disabled",
    "number": GAO.number,
    "name": GAO.name,
    "village": GAO.village,
    "house": GAO.house,
    "telephone": GAO.telephone,
    "evidence": GAO.evidence,
    "evidence_number": GAO.evidence_number,
    "seen_on": "2026-09-01",
    "need": GAO.need,
    "guardian": GAO.guardian,
    "consent_on": "2026-09-01",
    "notice_version": "2026-1",
    "review_on": "2027-09-01",
}


def shown(text: str) -> list[str]:
    return [word for word in PLANTED if word in text and word not in {"disabled", "残疾"}]


def test_a_special_customer_is_registered_looked_at_visited_and_withdraws(
    station: Station, visits: Visits
):
    care = visits(appointed(station))
    with_file_plan(station)
    assert care.get("/special").says("没有到期的上门服务和复核。")
    refused = care.post("/special/new", TYPED, consent_code="Z109-X")
    assert "没有找到这份同意书" in refused.beside("consent_code")
    assert refused.holds("name") == GAO.name
    made = care.post("/special/new", TYPED, consent_code=consent_code(station))
    place = made.place.partition("?")[0]
    page = care.goes(made)
    assert page.says("已登记。", "第 1 号", "免费上门服务", "单独同意")
    assert shown(page.response.text) == []

    unsaid = care.post(f"{place}/look", purpose="")
    assert unsaid.beside("purpose")
    assert shown(unsaid.response.text) == []
    opened = care.post(f"{place}/look", purpose="安排本月上门服务")
    assert opened.says(GAO.name, GAO.telephone, GAO.house, "残疾人", GAO.evidence_number)

    assert care.goes(care.post(f"{place}/visits", due_on="2026-10-19")).says("已安排上门。")
    assert care.get("/special").says("第 1 号", "上门服务")
    assert care.get("/").link("特殊客户有 1 件事到期（上门服务或复核）。") == "/special"
    opened = care.post(f"{place}/look", purpose="登记上门")
    visit = opened.response.text.partition('name="visit"')[2].partition('value="')[2][:32]
    done = care.post(f"{place}/visited", visit=visit, made_on="2026-10-19", note="换了灯泡")
    assert care.goes(done).says("已登记上门。")

    listed = care.post("/special/list", purpose="安排本月上门服务")
    assert listed.says("高*", GAO.village, "残疾人")
    assert shown(listed.response.text) == []

    unsure = care.post(f"{place}/withdraw")
    assert "请先勾选" in unsure.beside("sure")
    gone = care.goes(care.post(f"{place}/withdraw", sure="yes"))
    assert gone.says("已撤回同意，封存", "只保存到依法处置")
    assert gone.button("查看") == "missing"
    frozen = care.post(f"{place}/look", purpose="看看")
    assert frozen.status == 409
    assert shown(frozen.response.text) == []


def test_the_head_sees_numbers_and_others_no_page(
    station: Station, neighbour: Station, visits: Visits
):
    care = appointed(station)
    entry = on_register(station, care)
    head = visits(station.head)
    page = head.get("/special")
    assert page.says("这里只有户数", "青石供电所")
    assert page.link("登记") is None
    assert visits(station.head).get(f"/special/{entry.id}").status == 404
    for person in (station.archivist, station.finance, station.auditor, neighbour.head):
        visitor = visits(person)
        assert visitor.get(f"/special/{entry.id}").status == 404
        assert visitor.post(f"/special/{entry.id}/look", purpose="看看").status == 404
        assert visitor.post("/special/list", purpose="看看").status == 404
        assert visitor.get("/special/new").status == 404
    for person in (station.archivist, station.finance, station.auditor):
        assert visits(person).get("/special").status == 404
        assert visits(person).get("/").link("特殊客户") is None


def test_an_ordinary_dossier_and_its_lists_say_nothing(station: Station, visits: Visits):
    care = appointed(station)
    on_register(station, care)
    facts = CustomerFacts(GAO.number, "高凤岐", GAO.village)
    customer = station.archivist.does(open_dossier, station.id, facts)
    archivist = visits(station.archivist)
    for path in ("/customers", f"/customers/{customer.id}", "/customers?file=csv"):
        text = archivist.get(path).response.content.decode("utf-8-sig")
        for word in ("残疾", "特殊", "同意书", "special"):
            assert word not in text, (path, word)


def test_no_log_line_and_no_address_names_anybody(
    station: Station, visits: Visits, caplog: pytest.LogCaptureFixture, capfd
):
    caplog.set_level(logging.DEBUG)
    care = visits(appointed(station))
    with_file_plan(station)
    seen = [
        care.post("/special/new", TYPED, consent_code="Z109-X"),
        care.post("/special/new", TYPED, consent_code=consent_code(station)),
        care.post("/special/new", TYPED, consent_code=consent_code(station)),
    ]
    place = seen[1].place.partition("?")[0]
    seen += [
        care.post(f"{place}/look", purpose=f"看{GAO.name}"),
        care.post(f"{place}/look", purpose="安排上门"),
        care.post("/special/list", purpose="安排上门"),
    ]
    told = "".join(capfd.readouterr()) + caplog.text
    told += "".join(f"{one.response.url} {one.response.headers}" for one in seen)
    assert [word for word in PLANTED if word in told] == []
    assert len(place.removeprefix("/special/")) == 32

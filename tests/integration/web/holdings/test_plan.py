"""档案门类: the page adopts the default plan, shows all 53 kinds, and finds one by a word."""

import asyncio

from httpx import ASGITransport, AsyncClient, Response

from tests.builders import Colleague, Station
from tests.integration.web.visiting import Seen, Visitor, Visits

PLAN = "/holdings/plan"
ADOPT = "启用默认档案门类"


def adopts(visitor: Visitor, **fields: str) -> Seen:
    return visitor.post(PLAN, {"fonds_name": "青石县供电公司", "fonds_code": "Z109", **fields})


def rows(seen: Seen) -> int:
    return seen.response.text.count('<td role="cell" class="k-text" data-label="材料名称">')


def test_where_no_plan_is_adopted_one_button_adopts_the_default(station: Station, visits: Visits):
    archivist = visits(station.archivist)
    page = archivist.get(PLAN)
    assert page.status == 200
    assert page.says("还没有启用档案门类", "53 种材料")
    assert page.button(ADOPT) == "ready"

    answer = adopts(archivist)
    assert answer.leads_to(f"{PLAN}?done=adopted")
    page = archivist.goes(answer)
    assert page.says("档案门类已启用", "青石县供电公司（Z109）：第 1 版", station.archivist.name)
    assert page.button(ADOPT) == "missing"
    assert rows(page) == 53


def test_the_kinds_stand_by_category_with_clause_arrangement_retention_and_cycle(
    station: Station, visits: Visits
):
    adopts(visits(station.archivist))
    page = visits(station.custodian).get(PLAN)
    order = [page.words.index(title) for title in ("会计档案·凭证", "专业档案·营销", "文书档案")]
    assert order == sorted(order)
    assert page.says("KU·PZ · 11 种", "不归档 2 种")
    assert page.says(
        "记账联按月装订册及封面 19 3.4 按卷 30 年（D30） 《会计档案管理办法》附表一第1项（原始凭证） 每月 个人信息"
    )
    assert page.says(
        "供用电合同 3 1.1, 6.7–6.8, 6.16（隐含） 按卷 30 年（D30），合同终止后起 公司自定；《民法典》第一百八十八条（诉讼时效三年，最长二十年）"
    )
    assert page.says(
        "销毁登记册、批准及监销记录 45 5.4 按件 永久（Y） 《会计档案管理办法》附表一第15项（会计档案销毁清册） 随时形成 无"
    )
    assert page.says("系统故障预约联系电话 50 6.12 不归档 —")


def test_a_word_narrows_the_list_and_stays_in_the_box(station: Station, visits: Visits):
    adopts(visits(station.archivist))
    page = visits(station.archivist).get(f"{PLAN}?text=废票")
    assert (rows(page), page.holds("text")) == (1, "废票")
    page = visits(station.archivist).get(f"{PLAN}?text=没有这种")
    assert rows(page) == 0
    assert page.says("没有符合条件的材料")


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    station: Station, visits: Visits
):
    archivist = visits(station.archivist)
    page = adopts(archivist, fonds_code="ｚ109", fonds_name="青石公司")
    assert page.status == 422
    assert "Z109" in page.beside("fonds_code")
    assert (page.holds("fonds_code"), page.holds("fonds_name")) == ("ｚ109", "青石公司")
    assert "全称" in adopts(archivist, fonds_name=" ").beside("fonds_name")
    assert archivist.get(PLAN).button(ADOPT) == "ready"


def test_a_second_adoption_says_there_is_one(station: Station, visits: Visits):
    adopts(visits(station.archivist))
    page = adopts(visits(station.leader))
    assert page.status == 409
    assert page.says("没有重复启用")
    assert rows(page) == 53


def test_a_fonds_without_a_number_says_so(station: Station, visits: Visits):
    adopts(visits(station.archivist), fonds_code="")
    assert visits(station.auditor).get(PLAN).says("青石县供电公司（全宗号待定）")


def test_of_two_fonds_one_is_chosen(station: Station, visits: Visits):
    archivist = visits(station.archivist)
    adopts(archivist)
    adopts(archivist, fonds_code="Z200", fonds_name="白河县供电公司")
    assert archivist.get(PLAN).says("青石县供电公司（Z109）：第 1 版")
    assert archivist.get(f"{PLAN}?fonds=Z200").says("白河县供电公司（Z200）：第 1 版")


def test_who_may_not_adopt_sees_no_button_and_is_refused(station: Station, visits: Visits):
    custodian = visits(station.custodian)
    page = custodian.get(PLAN)
    assert page.button(ADOPT) == "missing"
    assert page.says("请档案员或公司领导启用")
    assert adopts(custodian).status == 403


def test_the_section_is_shown_to_those_who_may_enter(station: Station, visits: Visits):
    archivist = visits(station.archivist)
    assert archivist.get("/").link("档案") == "/holdings"
    assert archivist.get("/holdings").leads_to("/holdings/records")
    assert visits(station.custodian).get("/holdings").leads_to(PLAN)
    administrator = visits(station.administrator)
    assert administrator.get("/").link("档案") is None
    assert administrator.get(PLAN).status == 403
    assert visits(None).get(PLAN).status in {303, 401}


def test_the_page_is_to_be_had_in_english(station: Station, visits: Visits):
    adopts(visits(station.archivist))
    page = visits(station.archivist, "en").get(f"{PLAN}?text=stub")
    assert page.says(
        "Accounting · vouchers", "Stub books of electricity invoices", "30 years (D30)"
    )


# ---------------------------------------------------------------- the same by the API


def asks(visits: Visits, person: Colleague, method: str, **given: object) -> Response:
    """A request to the API with the person's token."""
    visitor = visits(person)

    async def asking() -> Response:
        transport = ASGITransport(visitor.app)
        async with AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            bearer = {"Authorization": f"Bearer {visitor.token}"}
            return await client.request(method, "/api/v1/holdings/plan", headers=bearer, **given)

    return asyncio.run(asking())


def test_the_api_adopts_and_tells_the_same_plan(station: Station, visits: Visits):
    missing = asks(visits, station.auditor, "GET")
    assert (missing.status_code, missing.json()["error"]) == (404, "NoPlanInForce")

    fonds = {"fonds_name": "青石县供电公司", "fonds_code": "Z109"}
    assert asks(visits, station.custodian, "POST", json=fonds).status_code == 403
    made = asks(visits, station.archivist, "POST", json=fonds)
    assert made.status_code == 201
    assert asks(visits, station.archivist, "POST", json=fonds).status_code == 409

    told = asks(visits, station.auditor, "GET").json()
    assert told == made.json()
    assert (told["fonds"]["code"], told["edition"], len(told["kinds"])) == ("Z109", 1, 53)
    assert told["kinds"][18] | {"id": 0} == {
        "id": 0,
        "number": 19,
        "code": "bookkeeping-volume",
        "name_zh": "记账联按月装订册及封面",
        "name_en": "Bookkeeping copies of a month, bound, with cover",
        "clause": "3.4",
        "implied": False,
        "category": "KU·PZ",
        "arrangement": "volume",
        "cycle": "month",
        "personal": "personal",
        "retention": "D30",
        "starts": "year-end",
        "basis": "law",
        "legal_basis": "《会计档案管理办法》附表一第1项（原始凭证）",
    }
    other = asks(visits, station.auditor, "GET", params={"fonds": "Z999"})
    assert other.status_code == 404

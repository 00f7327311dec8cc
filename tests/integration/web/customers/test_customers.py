"""The pages of customer dossiers."""

from datetime import date

from archive.customers.actions.customers import CustomerFacts, open_dossier
from tests.builders import Station
from tests.holdings import filed, with_file_plan
from tests.integration.web.visiting import Visits

WANG = CustomerFacts("0000012345", "王秀兰", "青石村三组", "东巷 17 号", "13800005678")
SECRET = ("王秀兰", "13800005678", "东巷")


def dossier(station: Station) -> str:
    return f"/customers/{station.archivist.does(open_dossier, station.id, WANG).id}"


def test_a_dossier_is_opened_from_the_list(station: Station, visits: Visits):
    archivist = visits(station.archivist)
    assert archivist.get("/customers").says("还没有客户档案")
    typed = {
        "station": station.code,
        "number": "0000012345",
        "name": "王秀兰",
        "type": "resident",
        "village": "青石村三组",
        "telephone": "1380000567八",
    }
    page = archivist.post("/customers/new", typed)
    assert "电话应是数字" in page.beside("telephone")
    assert page.holds("name") == "王秀兰"
    made = archivist.post("/customers/new", typed | {"telephone": "13800005678"})
    page = archivist.goes(made)
    assert page.says("已建档。", "王*", "138****5678", "缺 2 种")
    assert not any(fact in page.response.text for fact in SECRET)
    taken = archivist.post("/customers/new", typed | {"telephone": ""})
    assert taken.says("这个户号已经建过档")


def test_facts_are_masked_until_opened_with_a_purpose(station: Station, visits: Visits):
    place = dossier(station)
    clerk = visits(station.clerk)
    for page in (clerk.get(place), clerk.get("/customers"), clerk.get(f"{place}?open=1")):
        assert not any(fact in page.response.text for fact in SECRET)
    refused = clerk.post(f"{place}/open", fields="name", purpose="")
    assert "请写明用途" in refused.beside("purpose")
    assert "王秀兰" not in refused.response.text
    unchosen = clerk.post(f"{place}/open", purpose="联系客户")
    assert "请至少选一项" in unchosen.beside("fields")
    page = clerk.post(f"{place}/open", fields=["name", "house"], purpose="联系客户约装表时间")
    assert page.status == 200
    assert page.says("王秀兰", "东巷 17 号", "用途：联系客户约装表时间")
    assert "13800005678" not in page.response.text
    assert page.button("保存更正") == "missing"


def test_a_search_by_name_leaves_no_name_in_the_address(station: Station, visits: Visits):
    dossier(station)
    clerk = visits(station.clerk)
    page = clerk.post("/customers/find", text="秀兰")
    assert page.status == 200
    assert [row.split()[:2] for row in page.rows()] == [["0000012345", "王*"]]
    assert clerk.post("/customers/find", text="没有这个人").says("没有找到")
    assert clerk.post("/customers/find", text=" ").leads_to("/customers")


def test_the_archivist_corrects_closes_and_reopens(station: Station, visits: Visits):
    place = dossier(station)
    archivist = visits(station.archivist)
    page = archivist.post(
        f"{place}/open", fields=["name", "telephone", "house"], purpose="更正户名"
    )
    assert page.holds("name") == "王秀兰"
    given = {
        "name": "王秀岚",
        "type": "resident",
        "village": "青石村三组",
        "house": "东巷 17 号",
        "telephone": "13800005678",
    }
    unsaid = archivist.post(f"{place}/correct", given, reason="")
    assert unsaid.beside("reason")
    assert unsaid.holds("name") == "王秀岚"
    done = archivist.post(f"{place}/correct", given, reason="与合同核对，字写错了")
    assert archivist.goes(done).says("资料已更正。")
    unclosed = archivist.post(f"{place}/close", closed_on="2026-10-30", closing_paper="申请")
    assert unclosed.beside("closed_on")
    closed = archivist.post(f"{place}/close", closed_on="2026-10-01", closing_paper="申请 15 号")
    assert archivist.goes(closed).says("已销户", "申请 15 号")
    back = archivist.post(f"{place}/reopen", reason="过户后恢复用电")
    assert archivist.goes(back).says(
        "已恢复用电。", "凭“申请 15 号”销户，后恢复用电：过户后恢复用电"
    )


def test_the_dossier_lists_its_records_and_what_it_lacks(station: Station, visits: Visits):
    with_file_plan(station)
    place = dossier(station)
    filed(station, "supply-contract", "供用电合同", date(2026, 2, 1), customer_number=WANG.number)
    page = visits(station.clerk).get(place)
    assert page.says("供用电合同", "缺 1 种", "必须有", "应当有", "待扫描")
    assert visits(station.clerk, "en").get(place).says("must be there", "Supply contract")


def test_what_leaves_the_program_is_masked_and_no_formula(station: Station, visits: Visits):
    evil = CustomerFacts("0000054321", "=cmd|' /C calc'!A0", "＝村", "x", "")
    station.archivist.does(open_dossier, station.id, evil)
    dossier(station)
    clerk = visits(station.clerk)
    told = clerk.get("/customers?file=csv").response.content.decode("utf-8-sig")
    assert not any(fact in told for fact in (*SECRET, "0000012345", "cmd"))
    assert "****2345" in told
    assert "'=*" in told
    assert "'＝村" in told
    assert clerk.get("/customers?file=xlsx").response.content[:2] == b"PK"


def test_whoever_has_nothing_to_do_with_customers_sees_none(
    station: Station, neighbour: Station, visits: Visits
):
    place = dossier(station)
    assert visits(station.collector).get("/customers").status == 403
    assert visits(neighbour.archivist).get(place).status == 404
    assert (
        visits(neighbour.archivist).post(f"{place}/open", fields="name", purpose="看").status == 404
    )
    assert visits(neighbour.archivist).get("/customers").says("还没有客户档案")

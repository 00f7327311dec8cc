"""The pages and the API of holds and appraisals: what each person sees there and may do."""

import asyncio

import pytest
from httpx import ASGITransport, AsyncClient

from archive.retention.actions.appraisals import propose_appraisal
from archive.retention.actions.holds import Covers, place_hold
from archive.retention.appraisal import Appraisal, PanelMember
from archive.retention.hold import Hold, HoldKind
from archive.retention.opinion_paper import print_appraisal
from tests.builders import PASSWORD, Station
from tests.company import Company, open_company
from tests.holdings import archived, with_file_plan
from tests.integration.web.visiting import Visits
from tests.panels import concluded, convened, due_record, judged, proposed, signed, signs

HOLDS, APPRAISALS = "/retention/holds", "/retention/appraisals"


@pytest.fixture
def station(station: Station) -> Station:
    return with_file_plan(station)


@pytest.fixture
def company(station: Station) -> Company:
    return open_company(station)


def debt(station: Station, record) -> Hold:
    return station.archivist.does(
        place_hold,
        station.id,
        Covers((record.id,)),
        kind=HoldKind.DEBT,
        reason="2019 年欠费未结清",
    )


# ── holds ───────────────────────────────────────────────────────────────────────────────────


def test_an_empty_list_says_what_a_hold_is_for(station: Station, visits: Visits):
    assert visits(station.head).get(HOLDS).says("还没有设置过冻结")


def test_a_hold_is_placed_from_the_records_page_and_seen_there(station: Station, visits: Visits):
    record = archived(station)
    archivist = visits(station.archivist)
    page = archivist.get(f"/holdings/records/{record.id}")
    assert page.says("没有冻结，也不在借阅中，双套相符。")
    page = archivist.get(page.link("冻结这件档案"))
    assert record.code in page.response.text
    page = archivist.post(
        f"{HOLDS}/new", kind="litigation", records=record.code, reason="县法院已受理"
    )
    assert archivist.goes(page).says("已冻结", "诉讼或仲裁", record.code)
    page = archivist.get(f"/holdings/records/{record.id}")
    assert page.says("诉讼或仲裁", "县法院已受理")


def test_who_may_not_read_about_retention_sees_that_it_is_held_and_not_why(
    station: Station, visits: Visits
):
    record = archived(station)
    debt(station, record)
    page = visits(station.clerk).get(f"/holdings/records/{record.id}")
    assert page.says("未结清欠费")
    assert not page.says("2019 年欠费未结清")
    assert visits(station.clerk).get(HOLDS).status == 403


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"reason": "某事", "kind": "other"}, "covers", "没有说明冻结哪些档案"),
        ({"reason": "", "kind": "other", "year_from": "2011"}, "reason", ""),
        ({"reason": "某事", "kind": "other", "records": "Z109-没有"}, "records", ""),
        (
            {"reason": "某事", "kind": "other", "year_from": "2012", "year_to": "2011"},
            "year_to",
            "截止年度早于起始年度",
        ),
        (
            {"reason": "某事", "kind": "other", "year_from": "2012", "customer_number": "0312"},
            "covers",
            "请只填一种",
        ),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    station: Station, visits: Visits, typed, field, sentence
):
    page = visits(station.archivist).post(f"{HOLDS}/new", typed)
    assert page.status == 422
    assert page.beside(field)
    assert sentence in page.beside(field)
    assert page.holds("year_from") == typed.get("year_from", "")


def test_arrears_are_lifted_with_day_and_receipt_by_another_person(
    station: Station, visits: Visits
):
    hold = debt(station, archived(station))
    assert visits(station.archivist).get(f"{HOLDS}/{hold.id}").button("解除冻结") == "missing"
    head = visits(station.head)
    page = head.get(f"{HOLDS}/{hold.id}")
    assert page.says("核销不算结清")
    assert page.button("解除冻结") == "ready"
    page = head.post(f"{HOLDS}/{hold.id}/lift", reason="已收清", settled_on="2026-10-01")
    assert page.beside("document")
    page = head.post(
        f"{HOLDS}/{hold.id}/lift",
        reason="已收清",
        settled_on="2026-10-01",
        document="收据 00123456",
    )
    assert head.goes(page).says("已解除", "收据 00123456", "欠费已结清")


def test_who_placed_a_hold_the_law_knows_sees_why_the_button_is_grey(
    station: Station, visits: Visits
):
    hold = station.head.does(
        place_hold, station.id, Covers(year_from=2011), kind=HoldKind.AUDIT, reason="专项审计"
    )
    head = visits(station.head)
    page = head.get(f"{HOLDS}/{hold.id}")
    assert page.button("解除冻结") == "grey"
    assert page.says("要由另一位有权的同事解除", "2011至今后年度")
    assert head.post(f"{HOLDS}/{hold.id}/lift", ground="closed", reason="完毕").status == 403


# ── appraisals ──────────────────────────────────────────────────────────────────────────────


def test_an_empty_list_says_who_proposes(station: Station, visits: Visits):
    assert visits(station.head).get(APPRAISALS).says("还没有做过鉴定")
    assert visits(station.head).get(APPRAISALS).link("提出鉴定") is None


def test_the_whole_way_over_the_pages(station: Station, company: Company, visits: Visits):
    first, second = due_record(station), due_record(station)
    archivist = visits(station.archivist)
    page = archivist.post(f"{APPRAISALS}/new", title="2011 年度到期档案鉴定")
    here = page.place.partition("?")[0]
    assert archivist.goes(page).says("名单还是空的")
    assert archivist.goes(archivist.post(f"{here}/add-due")).says(first.code, second.code)
    assert archivist.post(f"{here}/remove").status == 422
    archivist.post(f"{here}/remove", item=str(second.id))
    page = archivist.goes(archivist.post(f"{here}/add", code=second.code))
    assert page.says(second.code, "这份名单须有：档案部门、业务部门")
    panel = {
        "member-archives": str(company.archives.id),
        "member-business": str(station.head.id),
        "chair": str(company.archives.id),
    }
    assert archivist.goes(archivist.post(f"{here}/panel", panel)).says("小组已保存")
    assert archivist.goes(archivist.post(f"{here}/convene")).says("已提交鉴定小组")
    chair, head = visits(company.archives), visits(station.head)
    assert chair.get("/").says("等您提出鉴定意见")
    page = chair.post(f"{here}/judge", opinion="destroy", reason="无价值")
    assert page.beside("item") or page.says("请")
    page = chair.post(f"{here}/judge", opinion="keep", reason="有用", item=str(first.id))
    assert page.beside("new_due_on")
    page = chair.post(
        f"{here}/judge",
        opinion="keep",
        reason="有用",
        item=str(first.id),
        new_due_on="2036-12-31",
    )
    assert chair.goes(page).says("意见已记下", "续存到 2036-12-31")
    assert chair.get(here).button("作出结论") == "grey"
    chair.post(f"{here}/judge", opinion="destroy", reason="无价值", to_all="yes")
    head.post(f"{here}/dissent", said="整体同意，另有说明")
    assert head.get(here).says("由组长作出结论", "整体同意，另有说明")
    assert chair.goes(chair.post(f"{here}/conclude")).says("请全体成员签字")
    appraisal = station.sees(Appraisal, int(here.rpartition("/")[2]))
    for person in (chair, head):
        page = person.get(f"{here}/sign")
        assert page.says("鉴定为销毁 1 件、2 页", "续存 1 件", "保留意见 1 条")
        wrong = person.post(f"{here}/sign", digest=appraisal.digest, password="no-such-word")
        assert wrong.beside("password")
        page = person.post(f"{here}/sign", digest=appraisal.digest, password=PASSWORD)
        assert person.goes(page).says("已签字")
    assert station.sees(Appraisal, appraisal.id).state == "signed"


def test_several_of_one_department_judge_together(
    station: Station, company: Company, visits: Visits
):
    due_record(station)
    archivist = visits(station.archivist)
    here = archivist.post(f"{APPRAISALS}/new", title="到期档案").place.partition("?")[0]
    archivist.post(f"{here}/add-due")
    both = [str(company.archives.id), str(company.archives_head.id)]
    panel = {"member-archives": both, "chair": both[1]}
    page = archivist.post(f"{here}/panel", panel | {"chair": str(station.head.id)})
    assert page.status == 422
    assert page.beside("chair")
    assert [page.ticked("member-archives", one) for one in both] == [True, True]
    assert archivist.goes(archivist.post(f"{here}/panel", panel)).says("小组已保存")
    lacking = archivist.post(f"{here}/convene")
    assert lacking.status == 409
    assert lacking.says("鉴定小组还缺", "业务部门")
    panel["member-business"] = [str(station.head.id)]
    page = archivist.goes(archivist.post(f"{here}/panel", panel))
    assert [page.ticked("member-archives", one) for one in both] == [True, True]
    assert archivist.goes(archivist.post(f"{here}/convene")).says("已提交鉴定小组")
    visits(company.archives).post(f"{here}/judge", opinion="destroy", reason="无价值", to_all="yes")
    assert visits(company.archives).get(here).says("由组长作出结论")
    visits(company.archives_head).post(f"{here}/conclude")
    appraisal = station.sees(Appraisal, int(here.rpartition("/")[2]))
    for person in (company.archives, station.head):
        signs(person, appraisal)
    assert station.sees(Appraisal, appraisal.id).state == "concluded"
    signs(company.archives_head, appraisal)
    assert station.sees(Appraisal, appraisal.id).state == "signed"


def test_nobody_sits_on_a_panel_twice(station: Station, company: Company, visits: Visits):
    appraisal = proposed(station, company)
    twice = {
        "member-archives": [str(company.archives.id)] * 2,
        "member-business": str(station.head.id),
        "chair": str(company.archives.id),
    }
    page = visits(station.archivist).post(f"{APPRAISALS}/{appraisal.id}/panel", twice)
    assert page.status == 422
    assert page.says("同一个人在鉴定小组里只能列一次")
    seated = station.asks(lambda tx: {one.person_id for one in tx.session.query(PanelMember)})
    assert seated == {company.archives.id, station.head.id}


def test_what_may_not_be_done_has_no_button_and_is_refused(
    station: Station, company: Company, visits: Visits
):
    appraisal = convened(station, company)
    here = f"{APPRAISALS}/{appraisal.id}"
    outsider = visits(company.audit)
    page = outsider.get(here)
    assert [page.button(one) for one in ("提出意见", "作出结论", "撤回")] == ["missing"] * 3
    assert (
        outsider.post(f"{here}/judge", opinion="destroy", reason="无", to_all="yes").status == 403
    )
    assert outsider.get(f"{here}/sign").says("您不在鉴定小组里")
    clerk = visits(station.clerk)
    assert (clerk.get(here).status, clerk.get(APPRAISALS).status) == (403, 403)
    neighbours = visits(company.information).get(here)
    assert neighbours.status == 200
    assert not neighbours.says("2011 年 5 月月报")
    assert visits(company.information).get(f"{here}/opinion.pdf").status == 403


def test_a_hold_is_named_when_it_stands_against_an_opinion(
    station: Station, company: Company, visits: Visits
):
    record = due_record(station)
    appraisal = convened(station, company, record)
    debt(station, record)
    chair = visits(company.archives)
    here = f"{APPRAISALS}/{appraisal.id}"
    assert chair.get(here).says("未结清欠费")
    page = chair.post(f"{here}/judge", opinion="destroy", reason="无", to_all="yes")
    assert page.status == 409
    assert page.says("不能鉴定为销毁", record.code)


def test_what_changed_after_it_was_shown_is_not_signed(
    station: Station, company: Company, visits: Visits
):
    appraisal = concluded(station, company)
    here = f"{APPRAISALS}/{appraisal.id}"
    head = visits(station.head)
    page = head.post(f"{here}/sign", digest="0" * 64, password=PASSWORD)
    assert page.status == 409
    assert page.says("没有签字")
    head.post(f"{here}/reopen", reopen_reason="再看一遍")
    assert head.get(here).says("上次退回重议：再看一遍")
    assert head.get(f"{here}/sign").button("签字") == "grey"


def test_the_report_is_a_draft_first_and_kept_once_signed(
    station: Station, company: Company, visits: Visits
):
    appraisal = concluded(station, company)
    head = visits(station.head)
    here = f"{APPRAISALS}/{appraisal.id}"
    assert head.get(f"{here}/opinion.pdf").response.content.startswith(b"%PDF")
    signed(station, company, appraisal=appraisal)
    assert head.get(here).says("正在打印")
    print_appraisal(station.system, appraisal.id)
    assert head.get(here).link("鉴定意见书（PDF）") == f"{here}/opinion.pdf"
    kept = head.get(f"{here}/opinion.pdf").response
    assert kept.headers["etag"]
    assert kept.content.startswith(b"%PDF")


def test_a_withdrawn_one_says_why(station: Station, company: Company, visits: Visits):
    appraisal = proposed(station, company)
    here = f"{APPRAISALS}/{appraisal.id}"
    archivist = visits(station.archivist)
    assert archivist.post(f"{here}/withdraw").beside("withdraw_reason")
    page = archivist.post(f"{here}/withdraw", withdraw_reason="材料不齐")
    assert archivist.goes(page).says("已撤回：材料不齐")


def test_a_list_is_narrowed_to_what_is_open(station: Station, company: Company, visits: Visits):
    concluded(station, company)
    gone = station.archivist.does(propose_appraisal, station.id, title="另一次")
    visits(station.archivist).post(f"{APPRAISALS}/{gone.id}/withdraw", withdraw_reason="不办了")
    assert len(visits(station.head).get(APPRAISALS).rows()) == 2
    (line,) = visits(station.head).get(f"{APPRAISALS}?state=open").rows()
    assert "待签字" in line
    assert "0 / 2 人" in line


# ── the API ─────────────────────────────────────────────────────────────────────────────────


def api(visits: Visits, person, path: str, body: object = None):
    visitor = visits(person)

    async def asking():
        async with AsyncClient(
            transport=ASGITransport(visitor.app), base_url="http://127.0.0.1"
        ) as client:
            headers = {"authorization": f"Bearer {visitor.token}"}
            where = f"/api/v1/retention{path}"
            if body is None:
                return await client.get(where, headers=headers)
            return await client.post(where, json=body, headers=headers)

    return asyncio.run(asking())


def test_holds_over_the_api(station: Station, visits: Visits):
    record = archived(station)
    placed = api(
        visits,
        station.archivist,
        "/holds",
        {"station_id": station.id, "kind": "tax", "reason": "检查", "record_ids": [record.id]},
    )
    assert placed.status_code == 201
    on = api(visits, station.head, f"/records/{record.id}/holds").json()
    assert [one["kind"] for one in on] == ["tax"]
    here = f"/holds/{placed.json()['id']}"
    lifting = {"ground": "written-off", "reason": "核销"}
    assert api(visits, station.head, f"{here}/lift", lifting).json()["error"] == "NotSettled"
    lifting = {"ground": "closed", "reason": "检查完毕"}
    assert api(visits, station.archivist, f"{here}/lift", lifting).status_code == 403
    assert api(visits, station.head, f"{here}/lift", lifting).json()["lift_ground"] == "closed"
    assert len(api(visits, station.head, "/holds?state=lifted").json()) == 1


def test_an_appraisal_over_the_api(station: Station, company: Company, visits: Visits):
    record = due_record(station)
    made = api(
        visits, station.archivist, "/appraisals", {"station_id": station.id, "title": "到期档案"}
    )
    assert made.status_code == 201
    here = f"/appraisals/{made.json()['id']}"
    assert api(visits, station.archivist, f"{here}/add-due", {}).json() == {"count": 1}
    assert api(visits, station.archivist, f"{here}/remove", {"record_ids": [record.id]}).json() == {
        "count": 1
    }
    added = api(visits, station.archivist, f"{here}/add", {"record_ids": [record.id]})
    assert added.json() == {"count": 1}
    members = [
        {"person_id": company.archives.id, "department": "archives", "chair": True},
        {"person_id": company.archives_head.id, "department": "archives"},
        {"person_id": station.head.id, "department": "business"},
    ]
    named = api(visits, station.archivist, f"{here}/panel", {"members": members}).json()
    departments = [seat["department"] for seat in named["panel"]]
    assert departments == ["archives", "archives", "business"]
    assert api(visits, station.archivist, f"{here}/convene", {}).json()["state"] == "convened"
    judgement = {"opinion": "destroy", "reason": "无价值", "content_seen": True}
    assert api(visits, company.archives, f"{here}/judge", judgement).json() == {"count": 1}
    said = api(visits, station.head, f"{here}/dissent", {"said": "另有说明"}).json()
    assert [one["said"] for one in said["dissents"]] == ["另有说明"]
    (line,) = api(visits, station.head, f"{here}/items?opinion=destroy").json()
    assert (line["code"], line["opinion"]) == (record.code, "destroy")
    digest = api(visits, company.archives, f"{here}/conclude", {}).json()["digest"]
    assert api(visits, station.head, f"{here}/reopen", {"reason": "再看"}).json()["digest"] == ""
    digest = api(visits, company.archives, f"{here}/conclude", {}).json()["digest"]
    for person in (company.archives, company.archives_head, station.head):
        done = api(visits, person, f"{here}/sign", {"digest": digest, "password": PASSWORD})
        assert done.status_code == 200
    assert done.json()["state"] == "signed"
    assert api(visits, station.head, "/appraisals?state=signed").json()[0]["digest"] == digest
    late = api(visits, station.archivist, f"{here}/withdraw", {"reason": "不办"})
    assert late.status_code == 409


def test_the_record_says_that_it_was_appraised(station: Station, company: Company, visits: Visits):
    record = due_record(station)
    appraisal = convened(station, company, record)
    judged(company, appraisal)
    visits(company.archives).post(f"{APPRAISALS}/{appraisal.id}/conclude")
    appraisal = station.sees(Appraisal, appraisal.id)
    for person in (company.archives, station.head):
        signs(person, appraisal)
    assert visits(station.archivist).get(f"/holdings/records/{record.id}").says("鉴定")

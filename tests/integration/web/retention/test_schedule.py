"""The schedule on the plan's pages: legal basis of every line, and lines for contents."""

from archive.holdings.queries.plans import contents_of, plan_in_force
from tests.builders import Station
from tests.holdings import with_file_plan
from tests.integration.web.visiting import Visitor, Visits

PLAN = "/holdings/plan"
TYPED = {
    "name_zh": "电子发票打印件",
    "name_en": "Printouts of electronic invoices",
    "retention": "d30",
    "basis": "company",
    "starts": "year-end",
    "legal_basis": "公司自定",
}


def drafting(station: Station, visits: Visits) -> tuple[Visitor, str]:
    archivist = visits(station.archivist)
    fonds = station.archivist.does(plan_in_force).fonds
    return archivist, archivist.post(f"{PLAN}/{fonds.id}/draft").place.split("?")[0]


def test_the_plan_cites_the_law_and_lists_the_accounting_table(station: Station, visits: Visits):
    with_file_plan(station)
    page = visits(station.archivist).get(PLAN)
    assert page.says(
        "《会计档案管理办法》附表一第14项（会计档案保管清册）", "《发票管理办法》第二十八条"
    )
    assert page.says("内含材料", "固定资产卡片 D5", "发票存根联 D5", "纳税申报表 D10")


def test_a_line_for_contents_is_added_changed_and_taken_out_of_a_draft(
    station: Station, visits: Visits
):
    with_file_plan(station)
    archivist, draft = drafting(station, visits)
    empty = archivist.post(f"{draft}/contents/new", TYPED | {"code": "e-print", "legal_basis": ""})
    assert empty.status == 422
    assert "没有填写" in empty.beside("legal_basis")
    assert empty.holds("name_zh") == "电子发票打印件"
    page = archivist.goes(archivist.post(f"{draft}/contents/new", TYPED | {"code": "e-print"}))
    assert page.says("电子发票打印件 D30")
    plan_id = int(draft.rsplit("/", 1)[1])
    lines = {one.code: one.id for one in station.archivist.does(contents_of, plan_id)}
    mine = f"{draft}/contents/{lines['e-print']}"
    page = archivist.goes(archivist.post(mine, TYPED | {"retention": "Y"}))
    assert page.says("电子发票打印件 Y")
    law = archivist.post(
        f"{draft}/contents/{lines['tax-return']}", TYPED | {"retention": "D5", "reason": "太长"}
    )
    assert "法定的最低期限" in law.beside("retention")
    page = archivist.goes(archivist.post(f"{mine}/remove", TYPED | {"reason": "不需要"}))
    assert not page.says("电子发票打印件")
    other = visits(station.leader).post(f"{draft}/contents/new", TYPED | {"code": "e-print"})
    assert other.status == 403


def test_a_line_of_the_draft_needs_its_legal_basis(station: Station, visits: Visits):
    with_file_plan(station)
    archivist, draft = drafting(station, visits)
    kinds = f"{draft}/kinds/new"
    typed = {
        "code": "meter-check", "name_zh": "电能表检定", "name_en": "Meter tests", "clause": "6.9",
        "category": "KJ", "arrangement": "item", "cycle": "year", "personal": "none",
        "retention": "D10", "starts": "year-end", "basis": "company",
    }  # fmt: skip
    assert archivist.post(kinds, typed).beside("legal_basis")
    page = archivist.goes(archivist.post(kinds, typed | {"legal_basis": "公司自定"}))
    assert page.says("电能表检定")

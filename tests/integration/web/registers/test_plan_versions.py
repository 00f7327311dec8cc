"""The next version of the plan on its pages: drafted, changed, adopted by somebody else."""

from archive.holdings.actions.plans import adopt_default_plan
from archive.holdings.queries.plans import categories_of, kinds_of
from tests.builders import Station
from tests.holdings import filed, with_file_plan
from tests.integration.web.visiting import Visits

PLAN = "/holdings/plan"
COMPLAINT = {
    "name_zh": "客户投诉及处理",
    "name_en": "Complaints",
    "clause": "6.18",
    "category": "WS",
    "arrangement": "item",
    "cycle": "event",
    "personal": "personal",
    "starts": "year-end",
    "basis": "company",
    "legal_basis": "公司自定",
}


def test_a_version_goes_from_draft_to_force_on_the_pages(station: Station, visits: Visits):
    with_file_plan(station)
    archivist, leader = visits(station.archivist), visits(station.leader)
    page = archivist.get(PLAN)
    assert page.button("起草下一版") == "ready"
    answer = archivist.post(f"{PLAN}/1/draft")
    draft = answer.place.partition("?")[0]
    page = archivist.goes(answer)
    assert page.says("档案门类第 2 版（草案）", "还没有改动", station.archivist.name)
    assert page.button("启用") == "grey"
    assert archivist.get(PLAN).link("第 2 版正在起草，打开草案") == draft

    plan_id = int(draft.rsplit("/", 1)[1])
    kinds = station.archivist.does(kinds_of, plan_id)
    kind = next(kind for kind in kinds if kind.code == "complaint")
    form = f"{draft}/kinds/{kind.id}"
    assert archivist.get(form).holds("name_zh") == kind.name_zh
    wrong = archivist.post(form, {**COMPLAINT, "retention": "X"})
    assert (wrong.status, wrong.holds("retention")) == (422, "X")
    assert wrong.beside("retention")
    wrong = archivist.post(form, {**COMPLAINT, "retention": "D5"})
    assert wrong.status == 422
    assert wrong.beside("reason")
    answer = archivist.post(form, {**COMPLAINT, "retention": "D5", "reason": "公司文件"})
    page = archivist.goes(answer)
    assert page.says("客户投诉及处理", "D10 → D5", "保管期限缩短", "有 1 种材料")

    answer = archivist.post(
        f"{draft}/kinds/new", {**COMPLAINT, "code": "meter-check", "retention": "D10"}
    )
    assert archivist.goes(answer).says("新增")
    assert leader.post(form, {**COMPLAINT, "retention": "D10"}).status == 403

    page = leader.get(draft)
    assert page.button("启用") == "ready"
    empty = leader.post(f"{draft}/adopt", reason="")
    assert (empty.status, bool(empty.beside("reason"))) == (422, True)
    answer = leader.post(f"{draft}/adopt", reason="调整投诉期限")
    page = leader.goes(answer)
    assert page.says("第 2 版", "调整投诉期限", "程序自带的默认门类", "新版本已启用")
    assert leader.get(f"{PLAN}?edition=1").says("您看的是第 1 版", kind.name_zh)
    assert leader.get(draft).status == 404


def test_a_draft_is_given_up_and_is_nothing_to_those_who_may_not_adopt(
    station: Station, visits: Visits
):
    with_file_plan(station)
    archivist = visits(station.archivist)
    draft = archivist.post(f"{PLAN}/1/draft").place.partition("?")[0]
    clerk = visits(station.clerk)
    assert clerk.get(draft).status == 403
    assert clerk.get(PLAN).button("起草下一版") == "missing"
    assert archivist.post(f"{PLAN}/1/draft").status == 409
    assert archivist.goes(archivist.post(f"{draft}/discard")).says("草案已作废")
    assert archivist.get(draft).status == 404


def test_a_fonds_gets_its_number_on_its_page(station: Station, visits: Visits):
    station.archivist.does(adopt_default_plan, fonds_name="青石县供电公司")
    before = filed(station)
    archivist = visits(station.archivist)
    form = archivist.get(PLAN).link("登记全宗号")
    assert form == f"{PLAN}/1/number"
    wrong = archivist.post(form, fonds_code="ｚ1")
    assert (wrong.status, wrong.holds("fonds_code")) == (422, "ｚ1")
    page = archivist.goes(archivist.post(form, fonds_code="Z109"))
    assert page.says("全宗号已登记", "青石县供电公司（Z109）")
    assert page.link("登记全宗号") is None
    assert filed(station).code.startswith("Z109-")
    assert not before.code.startswith("Z109-")


def test_the_form_of_codes_is_chosen_from_its_parts(station: Station, visits: Visits):
    with_file_plan(station)
    archivist = visits(station.archivist)
    assert archivist.get(PLAN).says("档号格式", "Z109-WS·2026-D10-GDS-0001")
    draft = archivist.post(f"{PLAN}/1/draft").place.partition("?")[0]
    plan_id = int(draft.rsplit("/", 1)[1])
    category = next(
        one for one in station.archivist.does(categories_of, plan_id) if one.code == "WS"
    )
    page = archivist.get(draft)
    form = f"{draft}/styles/{category.id}"
    assert page.link(f"WS {category.name_zh}") == form
    page = archivist.get(form)
    assert page.says("WS 的档号格式", "Z109-WS·2026-D10-GDS-0001", "年度 → 期限 → 机构")
    usual = {"volume-order": "year-retention-unit", "volume-joins": "···", "volume-digits": "3"}
    alike = {"item-order": "year-unit-retention", "item-joins": "···", "item-digits": "3"}
    wrong = archivist.post(form, {**usual, **alike})
    assert (wrong.status, wrong.says("分不清")) == (422, True)
    assert '<option value="year-unit-retention" selected' in wrong.response.text
    assert archivist.post(form, {**usual, "item-order": "x"}).status == 422
    chosen = {"item-order": "unit-year-retention", "item-joins": "-·-", "item-digits": "5"}
    page = archivist.goes(archivist.post(form, {**usual, **chosen}))
    assert page.says("档号格式已改", "Z109-WS-GDS·2026-D10-00001")
    assert visits(station.clerk).get(form).status == 403
    assert visits(station.leader).post(form, {**usual, **chosen}).status == 403
    told = archivist.get(f"/api/v1/holdings/plan/drafts/{plan_id}").response.json()
    (style,) = (one for one in told["code_styles"] if one["category"] == "WS")
    assert style["item"] == "{fonds}-{category}-{unit}·{year}-{retention}-{number:5}"
    assert visits(station.archivist, "en").get(form).says("Form of the codes of WS")

"""设置: persons, offices, stations and kinds [seed 3.2, 5.2]."""

import pytest

from archive.access import Role
from archive.custody.kind import InvoiceKind
from archive.people import actions as people
from archive.people.person import Appointment, Person
from archive.people.person import Station as StationRow
from tests.builders import PASSWORD, Station
from tests.clock import SettableClock
from tests.integration.web.visiting import Visits, visitor

NEW = {"code": "C007", "name": "马丽", "new_password": "spring-tide-3"}


def person_named(station: Station, code: str) -> Person:
    return station.asks(lambda tx: tx.session.query(Person).filter_by(code=code).one())


def offices(station: Station, person_id: int) -> list[Appointment]:
    return station.asks(lambda tx: people.appointments_of(tx, person_id))


def at(person_id: int) -> str:
    return f"/settings/people/{person_id}"


def test_an_administrator_adds_a_person_and_appoints_them(station: Station, visits: Visits, app):
    administrator = visits(station.administrator)

    added = administrator.goes(administrator.post("/settings/people/new", NEW))

    assert added.says("账号已建立", "马丽", "还没改初始密码", "还没有任命过岗位")
    made = person_named(station, "C007")
    appointed = administrator.post(
        f"{at(made.id)}/appoint",
        role="collector",
        station_id="QS",
        from_on="2026-10-19",
        document="青供〔2026〕12号",
    )
    assert administrator.goes(appointed).says("已任命", "收费员", "在任", "青供〔2026〕12号")
    (office,) = offices(station, made.id)
    assert (office.role, office.station_id) == (Role.COLLECTOR, station.id)


def test_the_first_sign_in_must_change_the_password(station: Station, visits: Visits, app):
    visits(station.administrator).post("/settings/people/new", NEW)

    stranger = visitor(app, None)
    answer = stranger.post_bare(
        "/sign-in", {"code": "C007", "password": NEW["new_password"], "next": "/"}
    )

    assert answer.leads_to("/password")


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("code", "", "没有填"),
        ("code", "zhang-collector", "已经有人用了这个工号"),
        ("code", "x" * 21, "最多 20 个字"),
        ("name", " ", "没有填"),
        ("name", "长" * 41, "最多 40 个字"),
        ("new_password", "short", "至少要 8 个字"),
        ("new_password", "", "至少要 8 个字"),
    ],
)
def test_a_slip_stands_beside_its_field_and_no_account_is_made(
    station: Station, visits: Visits, field: str, typed: str, told: str
):
    before = station.asks(lambda tx: tx.session.query(Person).count())

    refused = visits(station.administrator).post("/settings/people/new", NEW | {field: typed})

    assert refused.status == 422
    assert told in refused.beside(field)
    assert station.asks(lambda tx: tx.session.query(Person).count()) == before


def test_a_password_is_never_sent_back(station: Station, visits: Visits):
    refused = visits(station.administrator).post("/settings/people/new", NEW | {"name": ""})

    assert refused.holds("code") == "C007"
    assert NEW["new_password"] not in refused.response.text


def test_offices_that_clash_are_refused_with_the_rule(station: Station, visits: Visits):
    administrator = visits(station.administrator)

    refused = administrator.post(
        f"{at(station.collector.id)}/appoint", role="finance", station_id="", from_on="2026-10-19"
    )

    assert refused.status == 403
    assert "不能既任“公司财务”又任“收费员”" in refused.beside("role")
    assert len(offices(station, station.collector.id)) == 1


def test_a_station_has_one_custodian(station: Station, visits: Visits):
    refused = visits(station.administrator).post(
        f"{at(station.clerk.id)}/appoint", role="custodian", station_id="QS", from_on="2026-10-19"
    )

    assert refused.status == 409
    assert "只能是一个人" in refused.beside("role")


@pytest.mark.parametrize(
    ("form", "field", "told"),
    [
        ({"role": "collector", "station_id": ""}, "station_id", "填错了任职单位"),
        ({"role": "finance", "station_id": "QS"}, "station_id", "填错了任职单位"),
        ({"role": "", "station_id": "QS"}, "role", "没有填"),
        ({"role": "scanner", "station_id": ""}, "role", "没有填"),
        ({"role": "king", "station_id": ""}, "role", "没有填"),
        ({"role": "staff", "station_id": "QS", "from_on": "2026-13-01"}, "from_on", "不是日期"),
    ],
)
def test_an_appointment_that_cannot_be_is_told_beside_its_field(
    station: Station, visits: Visits, form: dict[str, str], field: str, told: str
):
    refused = visits(station.administrator).post(
        f"{at(station.archivist.id)}/appoint", {"from_on": "2026-10-19"} | form
    )

    assert refused.status == 422
    assert told in refused.beside(field)
    assert len(offices(station, station.archivist.id)) == 1


def test_an_office_ends_and_its_record_stays(
    station: Station, visits: Visits, clock: SettableClock
):
    clock.advance(days=3)
    administrator = visits(station.administrator)
    (office,) = offices(station, station.collector.id)

    ended = administrator.post(f"{at(station.collector.id)}/end", appointment=str(office.id))

    page = administrator.goes(ended)
    assert page.says("任职已结束", "收费员", "不在任", "2026-10-19 – 2026-10-21")
    assert visits(station.collector).get("/invoices").status == 403


def test_an_office_is_ended_on_the_page_of_who_holds_it(station: Station, visits: Visits):
    (office,) = offices(station, station.collector.id)

    answer = visits(station.administrator).post(
        f"{at(station.head.id)}/end", appointment=str(office.id)
    )

    assert answer.status == 404
    assert len(offices(station, station.collector.id)) == 1


def test_an_account_is_disabled_with_the_password_again(station: Station, visits: Visits):
    administrator, collector = visits(station.administrator), visits(station.collector)
    path = f"{at(station.collector.id)}/disable"
    assert administrator.get(at(station.collector.id)).says(
        "张大勇（zhang-collector）将马上退出登录"
    )

    refused = administrator.post(path, password="not-mine-at-all")
    assert refused.status == 403
    assert "密码不对" in refused.beside("password")
    assert collector.get("/invoices").status == 200
    done = administrator.post(path, password=PASSWORD)

    assert administrator.goes(done).says("账号已停用", "已停用")
    assert collector.get("/invoices").status == 303  # signed out at once
    assert administrator.get(at(station.collector.id)).button("任命") == "missing"


def test_nobody_shuts_themselves_out(station: Station, visits: Visits):
    page = visits(station.administrator).get(at(station.administrator.id))

    assert page.button("停用罗建国的账号") == "grey"
    assert page.button("结束任职") == "grey"
    assert page.says("请由另一位系统管理员办理")


def test_only_an_administrator_appoints(station: Station, visits: Visits):
    (office,) = offices(station, station.collector.id)
    for who in (station.head, station.leader, station.auditor, station.custodian, station.clerk):
        visitor_ = visits(who)
        assert visitor_.get("/settings/people/new").status == 403
        assert visitor_.post("/settings/people/new", NEW).status == 403
        for task, form in (
            ("appoint", {"role": "staff", "station_id": "QS", "from_on": "2026-10-19"}),
            ("end", {"appointment": str(office.id)}),
            ("disable", {"password": PASSWORD}),
        ):
            answer = visitor_.post(f"{at(station.collector.id)}/{task}", form)
            assert answer.status in {403, 404}
    assert len(offices(station, station.collector.id)) == 1
    assert person_named(station, "zhang-collector").active


def test_a_head_sees_the_people_of_the_station_and_nobody_else(
    station: Station, neighbour: Station, visits: Visits
):
    head = visits(neighbour.head)

    page = head.get("/settings")
    assert len(page.rows()) == 6
    assert page.says("wang-custodian-HX")
    assert '/settings/people/1"' not in page.response.text
    assert head.get(at(station.custodian.id)).status == 404
    assert head.get(at(neighbour.custodian.id)).button("任命") == "missing"
    assert len(visits(station.leader).get("/settings").rows()) == 17


def test_who_has_no_part_in_settings_is_refused(station: Station, visits: Visits):
    for who in (station.custodian, station.finance, station.clerk):
        for path in ("/settings", "/settings/stations", "/settings/kinds", at(station.head.id)):
            assert visits(who).get(path).status == 403


def test_persons_are_found_by_name_number_office_and_account(station: Station, visits: Visits):
    administrator = visits(station.administrator)
    station.administrator.does(people.disable_person, station.clerk.id)

    def listed(query: str) -> list[str]:
        return [row.split()[0] for row in administrator.get(f"/settings?{query}").rows()]

    assert listed("text=王秀") == ["王秀兰"]
    assert listed("text=finance") == ["陈玉华", "何敏"]
    assert listed("text=%25") == []
    assert listed("role=collector") == ["刘喆", "张大勇"]
    assert listed("role=collector&station=HX") == ["刘喆", "张大勇"]
    assert listed("active=no") == ["赵小燕"]
    assert listed("sort=-code")[:2] == ["周志远", "郑明"]
    assert listed("text=nobody") == []


# ------------------------------------------------------------------------ stations, kinds


def test_a_station_is_added(station: Station, visits: Visits):
    administrator = visits(station.administrator)

    added = administrator.post("/settings/stations", code="BY", name="白云供电所")

    page = administrator.goes(added)
    assert page.says("供电所已新增", "白云供电所")
    assert page.rows()[1].startswith("QS 青石供电所 王秀兰 6")


@pytest.mark.parametrize(
    ("form", "field", "told"),
    [
        ({"code": "QS", "name": "又一个"}, "code", "已经有供电所用了这个代码"),
        ({"code": "", "name": "无名"}, "code", "没有填"),
        ({"code": "BY", "name": ""}, "name", "没有填"),
        ({"code": "A" * 13, "name": "长"}, "code", "最多 12 个字"),
    ],
)
def test_a_station_that_cannot_be_is_told_beside_its_field(
    station: Station, visits: Visits, form: dict[str, str], field: str, told: str
):
    refused = visits(station.administrator).post("/settings/stations", form)

    assert refused.status == 422
    assert told in refused.beside(field)
    assert station.asks(lambda tx: tx.session.query(StationRow).count()) == 1


KIND = {
    "code": "SD",
    "name": "数电票",
    "code_digits": "0",
    "number_digits": "20",
    "book_size": "100",
    "copies": "1",
}


def test_a_kind_is_added(station: Station, visits: Visits):
    administrator = visits(station.administrator)

    page = administrator.goes(administrator.post("/settings/kinds", KIND))

    assert page.says("票据种类已新增")
    assert "SD 数电票 0 20 100 1" in page.rows()


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("code", "ND3", "用了"),
        ("name", "", "没有填"),
        ("code_digits", "7", ""),
        ("number_digits", "5", "整数"),
        ("number_digits", "21", "整数"),
        ("book_size", "0", "整数"),
        ("copies", "三", "整数"),
    ],
)
def test_a_kind_that_cannot_be_is_told_beside_its_field(
    station: Station, visits: Visits, field: str, typed: str, told: str
):
    refused = visits(station.administrator).post("/settings/kinds", KIND | {field: typed})

    assert refused.status == 422
    assert refused.beside(field)
    assert told in refused.beside(field)
    assert station.asks(lambda tx: tx.session.query(InvoiceKind).count()) == 1


def test_stations_and_kinds_are_looked_at_by_others_and_changed_by_none(
    station: Station, visits: Visits
):
    leader = visits(station.leader)

    assert leader.get("/settings/stations").button("新增供电所") == "missing"
    assert leader.get("/settings/kinds").button("新增票据种类") == "missing"
    assert leader.post("/settings/stations", code="BY", name="白云供电所").status == 403
    assert leader.post("/settings/kinds", KIND).status == 403


def test_forms_without_their_token_do_nothing(station: Station, visits: Visits):
    administrator = visits(station.administrator)

    assert administrator.post_bare("/settings/people/new", NEW).status == 403
    assert administrator.post_bare("/settings/kinds", KIND).status == 403
    assert (
        administrator.post_bare(
            f"{at(station.collector.id)}/disable", {"password": PASSWORD}
        ).status
        == 403
    )
    assert person_named(station, "zhang-collector").active


def test_settings_stand_in_english_too(station: Station, visits: Visits):
    administrator = visits(station.administrator, "en")

    assert administrator.get("/settings").says("Persons and offices")
    assert administrator.get("/settings/people/new").says("Add a person")
    assert administrator.get(at(station.collector.id)).says("Appoint", "Disable 张大勇's account")
    assert administrator.get("/settings/stations").says("Stations")
    assert administrator.get("/settings/kinds").says("Kinds of invoice")

"""The gate's page: the decision seen before anything is asked [seed 3.5]."""

from datetime import datetime

import pytest

from archive.access import Role
from archive.audit import TrailEntry
from archive.clock import STATION_ZONE
from archive.custody.actions.requests import request_books
from archive.custody.actions.verifications import return_volume
from archive.custody.gate import BookRequest, Clearance, GateClosed
from archive.people import actions as people
from archive.people.person import Appointment
from archive.transaction import Transaction
from tests.builders import PASSWORD, Station
from tests.clock import SettableClock
from tests.integration.web.visiting import Visits

GATE = "/invoices/requests/new"
ONE_BOOK = {"station": "QS", "kind": "ND3", "books": "1"}


def line(page: str, letter: str) -> str:
    """The state of one line of the table: open, closed, waived or others."""
    before = page.partition(f'id="line-{letter}"')[0]
    return before.rpartition('class="gate-line ')[2].partition('"')[0]


def states(page: str) -> str:
    return " ".join(f"{letter}:{line(page, letter)}" for letter in "abcdef")


def granted(station: Station) -> int:
    return station.asks(lambda tx: tx.session.query(BookRequest).count())


def test_a_new_station_sees_what_is_missing_before_it_asks(station: Station, visits: Visits):
    page = visits(station.custodian).get(GATE)

    assert page.status == 200
    assert states(page.response.text) == "a:closed b:open c:closed d:open e:open f:open"
    assert page.says("还不能领用（2 条原因）")
    assert page.says("本季度还没有这种票据的使用计划（第3条）")
    assert page.says("没有可用的财务签字认可")
    assert page.link("上报计划") == "/invoices/plans/new?station=QS"
    assert page.button("领用 1 本") == "grey"
    assert page.says("还有 2 条没有通过：计划、财务认可")


def test_every_line_names_its_clause(station: Station, visits: Visits):
    page = visits(station.custodian).get(GATE)

    assert page.says(
        "电费票据管理制度第3条：供电所每季度应提出农村电费票据的使用计划报供电公司批准",
        "交由公司财务部签字认可，才能办理新票据的领用手续",
        "第4条：记账联（含废票）按月装订成册",
        "第2条：供电所应设专人负责农村电费票据的保管",
    )


def test_everything_owed_is_told_with_where_to_mend_it(
    station: Station, visits: Visits, clock: SettableClock
):
    loose = station.used_up_book()
    clock.set(datetime(2026, 11, 20, 9, 0, tzinfo=STATION_ZONE))
    volume = station.bound_volume(month="2026-10")  # neither signed nor sent
    later = station.used_up_book()
    clock.advance(days=1)

    page = visits(station.custodian).get(GATE)

    text = page.response.text
    assert states(text) == "a:open b:closed c:closed d:open e:open f:open"
    assert page.says(f"用完的票据本 {loose.first}–{loose.last} 的存根还没有上交")
    assert page.says(f"用完的票据本 {later.first}–{later.last} 还有记账联没有装订成册")
    assert page.link("打开这本票据") == f"/invoices/books/{loose.id}"
    assert page.says(f"装订册 {volume.code}（2026年10月）财务还没有签字认可，目前是“草稿”")
    assert page.link(f"打开装订册 {volume.code}") == f"/invoices/volumes/{volume.id}"
    assert page.link("去装订") == f"/invoices/volumes/new?station={station.id}"
    others = visits(station.finance).get(f"{GATE}?station=QS")
    assert others.link("去装订") is None
    assert others.response.text.count(f'href="/invoices/books/{later.id}"') == 2


def test_a_month_not_bound_closes_its_line(station: Station, visits: Visits, clock: SettableClock):
    station.used_up_book()
    clock.set(datetime(2026, 11, 20, 9, 0, tzinfo=STATION_ZONE))

    page = visits(station.custodian).get(GATE)

    assert line(page.response.text, "e") == "closed"
    assert page.says("2026年10月已经结束，还有 10 份记账联没有装订")


def test_a_returned_volume_closes_the_line_of_findings(station: Station, visits: Visits):
    verification = station.submitted_volume()
    station.finance.does(return_volume, verification.id, reasons=["缺一张"])

    page = visits(station.custodian).get(GATE)

    assert line(page.response.text, "d") == "closed"
    assert page.says("被财务退回，还没有改好再送")


def test_the_gate_is_asked_for_a_number_of_books(station: Station, visits: Visits):
    station.approved_plan(2)
    station.excepted()
    custodian = visits(station.custodian)

    assert custodian.get(f"{GATE}?books=2").button("领用 2 本") == "ready"
    too_many = custodian.get(f"{GATE}?books=３")
    assert too_many.says("计划余量只有 2 本，申请 3 本")
    assert too_many.button("领用 3 本") == "grey"


@pytest.mark.parametrize("typed", ["0", "-1", "1.5", "1e2", "许多", "1001"])
def test_a_number_of_books_that_is_none_is_told_beside_the_field(
    station: Station, visits: Visits, typed: str
):
    page = visits(station.custodian).get(f"{GATE}?books={typed}")

    assert page.status == 422
    assert "整数" in page.beside("books")
    assert page.holds("books") == typed


def test_finances_signature_opens_the_gate_and_is_named(station: Station, visits: Visits):
    station.accepted_volume()
    custodian = visits(station.custodian)

    page = custodian.get(GATE)

    assert states(page.response.text) == "a:open b:open c:open d:open e:open f:open"
    assert page.says("可以领用", "公司财务陈玉华于 2026年10月19日 09:30 签字认可，还没有用过")
    answer = custodian.post(GATE, ONE_BOOK)
    assert granted(station) == 2  # the first issue, and this one
    assert custodian.goes(answer).says("已准许领用", "财务签字认可", "陈玉华")


def test_one_signature_gives_books_once(station: Station, visits: Visits):
    station.accepted_volume()
    custodian = visits(station.custodian)
    custodian.post(GATE, ONE_BOOK)

    again = custodian.post(GATE, ONE_BOOK)

    assert again.status == 409
    assert again.says("没有领到：还有条件没有满足")
    assert again.says("上一次的已经用于领用")
    assert granted(station) == 2


def test_a_closed_gate_refuses_with_every_reason_and_changes_nothing(
    station: Station, visits: Visits
):
    refused = visits(station.custodian).post(GATE, ONE_BOOK)

    assert refused.status == 409
    assert refused.says(
        "没有领到：还有条件没有满足",
        "本季度还没有这种票据的使用计划",
        "没有可用的财务签字认可",
        "供电所领用新电费票据时，必须将装订成册的旧电费票据记账联及存根交由公司财务部签字认可",
        "按上面各条办完后，再来领用",
    )
    assert granted(station) == 0
    noted = station.asks(
        lambda tx: tx.session.query(TrailEntry).filter_by(event="attempt.refused").one()
    )
    assert noted.told["rule"] == "GateClosed"


def test_the_gate_holds_whatever_the_page_offered(station: Station, visits: Visits):
    for who in (station.collector, station.finance, station.leader, station.head):
        assert visits(who).post(GATE, ONE_BOOK).status == 403
    assert granted(station) == 0


def test_others_see_whose_task_it_is(station: Station, visits: Visits):
    for who in (station.finance, station.leader, station.head, station.collector):
        page = visits(who).get(f"{GATE}?station=QS")
        assert line(page.response.text, "f") == "others"
        assert page.says("本所指定的票据保管员：王秀兰")
        assert page.button("领用 1 本") == "missing"


def test_without_a_custodian_the_last_line_is_closed(station: Station, visits: Visits):
    office = station.asks(
        lambda tx: tx.session.query(Appointment).filter_by(role=Role.CUSTODIAN).one()
    )
    station.administrator.does(people.end_appointment, office.id)

    page = visits(station.leader).get(f"{GATE}?station=QS")

    assert line(page.response.text, "f") == "closed"
    assert page.says("本所还没有任命票据保管员")


# ------------------------------------------------------------------------ exceptions


EXCEPTION = {**ONE_BOOK, "basis": "first-issue", "reason": "新所开业", "password": PASSWORD}


def test_the_leader_allows_the_first_issue(station: Station, visits: Visits):
    station.approved_plan()
    leader, custodian = visits(station.leader), visits(station.custodian)

    allowed = leader.post("/invoices/requests/exceptions", EXCEPTION)

    assert leader.goes(allowed).says("例外已批准并记录在案", "新所开业", "可以领用")
    assert custodian.get(GATE).button("领用 1 本") == "ready"


def test_an_emergency_lifts_what_is_owed_and_nothing_else(
    station: Station, visits: Visits, clock: SettableClock
):
    station.used_up_book()
    clock.set(datetime(2026, 11, 20, 9, 0, tzinfo=STATION_ZONE))
    leader = visits(station.leader)
    leader.post("/invoices/requests/exceptions", EXCEPTION, basis="emergency", reason="山洪断路")

    page = visits(station.custodian).get(GATE)

    assert states(page.response.text) == "a:open b:waived c:open d:open e:waived f:open"
    assert page.says("例外放行", "公司领导已批准例外，下面的事可以后补")
    answer = visits(station.custodian).post(GATE, ONE_BOOK)
    request = station.sees(BookRequest, int(answer.place.split("/")[-1].split("?")[0]))
    assert sorted({item.split(":")[0] for item in request.waived}) == ["b", "e"]


def test_a_wrong_password_makes_no_exception_and_keeps_the_reason(station: Station, visits: Visits):
    refused = visits(station.leader).post(
        "/invoices/requests/exceptions", EXCEPTION, password="not-mine-at-all"
    )

    assert refused.status == 403
    assert "密码不对" in refused.beside("password")
    assert refused.holds("reason") == "新所开业"
    assert refused.ticked("basis", "first-issue")
    assert "not-mine-at-all" not in refused.response.text
    assert station.asks(lambda tx: tx.session.query(Clearance).count()) == 0


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "急"}, "reason"),
        ({"basis": ""}, "basis"),
        ({"basis": "verification"}, "reason"),
        ({"basis": "friendship"}, "basis"),
    ],
)
def test_an_exception_needs_its_kind_and_a_reason(
    station: Station, visits: Visits, given: dict[str, str], field: str
):
    refused = visits(station.leader).post("/invoices/requests/exceptions", EXCEPTION | given)

    assert refused.status == 422
    assert "写明原因" in refused.beside(field)
    assert station.asks(lambda tx: tx.session.query(Clearance).count()) == 0


def test_a_station_that_had_books_has_no_first_issue(station: Station, visits: Visits):
    station.book_in_stock()
    leader = visits(station.leader)

    assert leader.get(f"{GATE}?station=QS").response.text.count('name="basis"') == 1
    refused = leader.post("/invoices/requests/exceptions", EXCEPTION)

    assert refused.status == 409
    assert refused.says("不能再按“首次领用”办")


def test_nobody_but_the_leader_makes_exceptions(station: Station, visits: Visits):
    for who in (station.custodian, station.finance, station.head, station.administrator):
        visitor = visits(who)
        refused = visitor.post("/invoices/requests/exceptions", EXCEPTION)
        assert refused.status == 403
        assert 'name="basis"' not in visitor.get(f"{GATE}?station=QS").response.text
    assert station.asks(lambda tx: tx.session.query(Clearance).count()) == 0


def test_an_open_gate_needs_no_exception(station: Station, visits: Visits):
    station.accepted_volume()

    page = visits(station.leader).get(f"{GATE}?station=QS")

    assert page.says("关口现在是开着的，不需要例外")
    assert page.button("批准这一次例外") == "grey"


# ------------------------------------------------------------------------ who sees what


def test_a_neighbour_sees_only_its_own_gate(station: Station, neighbour: Station, visits: Visits):
    station.accepted_volume()
    page = visits(neighbour.custodian).get(f"{GATE}?station=QS")

    assert page.says("河西供电所：能不能领用新票据", "还不能领用")
    assert not page.says("青石供电所")
    visits(neighbour.custodian).post(GATE, ONE_BOOK)
    assert granted(station) == 1


def test_the_company_chooses_a_station(station: Station, neighbour: Station, visits: Visits):
    finance = visits(station.finance)

    assert finance.get(GATE).says("请先选择供电所")
    assert finance.get(f"{GATE}?station=HX").says("河西供电所：能不能领用新票据")


def test_staff_without_a_part_in_invoices_are_refused(station: Station, visits: Visits):
    assert visits(station.clerk).get(GATE).status == 403


def test_the_gate_stands_in_english_too(station: Station, visits: Visits, clock: SettableClock):
    station.used_up_book()
    clock.set(datetime(2026, 11, 20, 9, 0, tzinfo=STATION_ZONE))

    page = visits(station.custodian, "en").get(f"{GATE}?books=2")

    assert page.says("can new books be had?", "Not met", "Ask for 2 books")
    assert visits(station.leader, "en").get(f"{GATE}?station=QS").says("Allow it this once")
    refused = visits(station.custodian, "en").post(GATE, ONE_BOOK)
    assert refused.says("Nothing was granted")


def test_without_its_token_nothing_is_granted(station: Station, visits: Visits):
    station.accepted_volume()

    assert visits(station.custodian).post_bare(GATE, ONE_BOOK).status == 403
    assert granted(station) == 1


def test_the_page_decides_as_the_verb_does(station: Station, visits: Visits):
    """What the page shows as open is granted, and what it shows as closed is not."""
    custodian = visits(station.custodian)
    seen = set()
    for step in (station.approved_plan, station.excepted, station.used_up_book, station.excepted):
        shown = custodian.get(GATE).button("领用 1 本")
        assert shown == ("ready" if would_be_granted(station) else "grey")
        seen.add(shown)
        step()
    assert seen == {"ready", "grey"}


def would_be_granted(station: Station) -> bool:
    """Whether the verb grants a book now; the grant is undone."""
    with pytest.raises((Undone, GateClosed)) as outcome:
        station.custodian.does(ask_and_undo, station)
    return outcome.type is Undone


class Undone(Exception):
    """What was done is not to stay."""


def ask_and_undo(tx: Transaction, station: Station) -> None:
    request_books(tx, station_id=station.id, kind_id=station.kind_id, books=1)
    raise Undone

"""The desk where finance issues what was granted, and the list of requests."""

import pytest

from archive.access import Role
from archive.custody.book import Book
from archive.custody.gate import BookRequest, RequestState
from archive.people import actions as people
from archive.people.person import Appointment
from tests.builders import CODE, Station
from tests.integration.web.visiting import Visits

RUN = {"code-0": CODE, "first-0": "04210001", "last-0": "04210020"}


@pytest.fixture
def desk(station: Station) -> str:
    """The page of a request for two books, which waits for finance."""
    return f"/invoices/requests/{station.granted_request(2).id}"


def issued(station: Station) -> list[str]:
    found = station.asks(lambda tx: tx.session.query(Book).order_by(Book.first_key).all())
    return [f"{book.first}–{book.last}" for book in found]


def test_finance_issues_what_was_granted(station: Station, visits: Visits, desk: str):
    finance = visits(station.finance)
    assert finance.get(desk).says("给青石供电所发放“农村电费三联发票”2 本，每本 10 份")

    answer = finance.post(f"{desk}/issue", RUN)

    page = finance.goes(answer)
    assert page.says("已登记发放", "已发放", "04210001–04210010", "04210011–04210020")
    assert issued(station) == ["04210001–04210010", "04210011–04210020"]
    assert "04210001–04210010" in visits(station.custodian).get("/").words


def test_books_that_do_not_follow_each_other_are_two_runs(
    station: Station, visits: Visits, desk: str
):
    finance = visits(station.finance)
    one = RUN | {"last-0": "04210010"}

    more = finance.post(f"{desk}/issue", one, do="more")
    assert more.status == 200
    assert more.holds("last-0") == "04210010"
    assert more.holds("first-1") == ""
    assert issued(station) == []
    two = one | {"code-1": CODE, "first-1": "０４２２０００１", "last-1": "04220010"}
    assert finance.post(f"{desk}/issue", two).leads_to(f"{desk}?done=issued")
    assert issued(station) == ["04210001–04210010", "04220001–04220010"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({}, "还差 2 本（应为 2 本）"),
        ({"last-0": ""}, "共 0 本"),
        ({"last-0": "04210010"}, "04210001–04210010：10 份，1 本 共 1 本，还差 1 本"),
        ({"last-0": "04210020"}, "04210001–04210020：20 份，2 本 正好 2 本"),
        ({"last-0": "04210030"}, "共 3 本，多了 1 本（应为 2 本）"),
        ({"last-0": "04210015"}, "不是整本（每本 10 份）"),
        ({"last-0": "04200020"}, "比起号 04210001 还小"),
        ({"last-0": "4.2E+7"}, "科学计数"),
    ],
)
def test_the_books_are_counted_while_one_types(
    station: Station, visits: Visits, desk: str, typed: dict[str, str], told: str
):
    fields = "&".join(f"{key}={value}" for key, value in (RUN | typed).items()) if typed else ""
    fields = fields.replace("+", "%2B")

    answer = visits(station.finance).get(f"{desk}/count?{fields}", **{"hx-request": "true"})

    assert answer.status == 200
    assert answer.says(told)
    assert "<html" not in answer.response.text


def test_without_scripts_a_button_counts(station: Station, visits: Visits, desk: str):
    page = visits(station.finance).post(f"{desk}/issue", RUN, do="count")

    assert page.status == 200
    assert page.says("正好 2 本")
    assert issued(station) == []


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"last-0": "04210010"}, "last-0", "给出 1 本，应为 2 本"),
        ({"code-0": "0123"}, "code-0", "不是发票代码"),
        ({"code-0": "0123456789"}, "code-0", "发票代码是 12 位、号码是 8 位"),
        ({"first-0": "x"}, "first-0", "不是发票号码"),
        ({"first-0": "1.2E+11"}, "first-0", "科学计数"),
        ({"last-0": "0421002"}, "last-0", "位数不一样"),
        ({"last-0": "04210015"}, "last-0", "不得拆本使用"),
        ({"first-0": "", "last-0": ""}, "first-0", "没有填"),
    ],
)
def test_numbers_that_cannot_be_stand_beside_their_field(
    station: Station,
    visits: Visits,
    desk: str,
    typed: dict[str, str],
    field: str,
    told: str,
):
    refused = visits(station.finance).post(f"{desk}/issue", RUN | typed)

    assert refused.status == 422
    assert told in refused.beside(field)
    for name, value in (RUN | typed).items():
        assert refused.holds(name) == value
    assert issued(station) == []


def test_the_line_with_the_slip_is_the_one_marked(station: Station, visits: Visits, desk: str):
    two = RUN | {"last-0": "04210010", "code-1": CODE, "first-1": "04220010", "last-1": "04220001"}

    refused = visits(station.finance).post(f"{desk}/issue", two)

    assert refused.beside("last-0") == ""
    assert "比起号" in refused.beside("last-1")


def test_a_number_is_issued_once(station: Station, visits: Visits):
    station.issued_books(2)
    station.excepted()
    desk = f"/invoices/requests/{station.granted_request(2).id}"

    refused = visits(station.finance).post(
        f"{desk}/issue", RUN | {"first-0": "04210011", "last-0": "04210030"}
    )

    assert refused.status == 409
    assert refused.says("已经在别的票据本里了")
    assert len(issued(station)) == 2


def test_only_finance_issues(station: Station, visits: Visits, desk: str):
    for who in (station.custodian, station.head, station.leader, station.administrator):
        visitor = visits(who)
        assert visitor.post(f"{desk}/issue", RUN).status in {403, 404}
    assert visits(station.custodian).get(desk).button("登记发放") == "missing"
    assert issued(station) == []


def test_who_asked_for_the_books_cannot_issue_them(station: Station, visits: Visits, desk: str):
    office = station.asks(
        lambda tx: tx.session.query(Appointment).filter_by(role=Role.CUSTODIAN).one()
    )
    station.administrator.does(people.end_appointment, office.id)
    station.administrator.does(people.appoint, station.custodian.id, Role.FINANCE, None)
    moved = visits(station.custodian)

    assert moved.get(desk).button("登记发放") == "grey"
    refused = moved.post(f"{desk}/issue", RUN)

    assert refused.status == 403
    assert refused.says("不能由同一个人办", "申请领用")
    assert issued(station) == []


def test_a_signature_that_fell_meanwhile_stops_the_issue(station: Station, visits: Visits):
    station.accepted_volume()
    request = station.granted_request(1)
    with station.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE scan_page SET image_sha256 = 'other'")
    desk = f"/invoices/requests/{request.id}"
    finance = visits(station.finance)

    assert finance.get(desk).button("登记发放") == "grey"
    assert finance.get(desk).says("这次签字已经不作数")
    first, last = station.next_run()
    refused = finance.post(f"{desk}/issue", {"code-0": CODE, "first-0": first, "last-0": last})

    assert refused.status == 409
    assert refused.says("没有领到", "财务签字之后内容变过")
    assert station.sees(BookRequest, request.id).state == RequestState.GRANTED


def test_a_request_names_what_released_it(station: Station, visits: Visits):
    verification = station.accepted_volume()
    volume = station.asks(lambda tx: tx.get(type(verification), verification.id)).volume_id
    request = station.granted_request(1)

    page = visits(station.auditor).get(f"/invoices/requests/{request.id}")

    assert page.says("财务签字认可", "陈玉华", "2026年10月", verification.digest[:16])
    assert page.link("查看核验") == f"/invoices/volumes/{volume}/desk"
    first = visits(station.auditor).get("/invoices/requests/1")
    assert first.says("首次领用", "周志远", "新所开业，首次领用")


def test_a_request_given_back_frees_the_signature(station: Station, visits: Visits, desk: str):
    custodian = visits(station.custodian)
    assert custodian.get("/invoices/requests/new").says("上一次的已经用于领用")

    answer = custodian.post(f"{desk}/cancel")

    assert custodian.goes(answer).says("申请已撤销")
    assert custodian.get("/invoices/requests/new").button("领用 1 本") == "ready"
    assert custodian.post(f"{desk}/cancel").status == 409


def test_an_issued_request_is_not_given_back(station: Station, visits: Visits, desk: str):
    visits(station.finance).post(f"{desk}/issue", RUN)
    custodian = visits(station.custodian)

    assert custodian.get(desk).button("撤销这份申请") == "missing"
    assert custodian.post(f"{desk}/cancel").status == 409
    assert visits(station.finance).post(f"{desk}/issue", RUN).status == 409


def test_another_stations_request_is_not_there(
    station: Station, neighbour: Station, visits: Visits, desk: str
):
    stranger = visits(neighbour.custodian)

    assert stranger.get(desk).status == 404
    assert stranger.get(f"{desk}/count").status == 404
    assert stranger.post(f"{desk}/cancel").status == 404
    assert stranger.get("/invoices/requests").rows() == []


def test_requests_are_listed_newest_first_with_their_sum(
    station: Station, visits: Visits, desk: str
):
    visits(station.finance).post(f"{desk}/issue", RUN)
    station.excepted()
    station.granted_request(1)

    page = visits(station.custodian).get("/invoices/requests")

    assert [("应急" in row, "首次领用" in row) for row in page.rows()] == [
        (True, False),
        (False, True),
    ]
    assert page.says("合计 3")
    waiting = visits(station.custodian).get("/invoices/requests?state=granted")
    assert len(waiting.rows()) == 1


def test_forms_without_their_token_do_nothing(station: Station, visits: Visits, desk: str):
    assert visits(station.finance).post_bare(f"{desk}/issue", RUN).status == 403
    assert visits(station.custodian).post_bare(f"{desk}/cancel", {}).status == 403
    assert issued(station) == []


def test_the_desk_stands_in_english_too(station: Station, visits: Visits, desk: str):
    finance = visits(station.finance, "en")

    assert finance.get(desk).says("Issue the books", "Run 1: invoice code")
    assert finance.get("/invoices/requests").says("Requests for books")
    assert finance.post(f"{desk}/issue", RUN, do="count").says("Exactly 2 books")
    assert finance.goes(finance.post(f"{desk}/issue", RUN)).says("Books issued")

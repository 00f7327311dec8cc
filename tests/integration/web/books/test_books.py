"""The list of books, and which book holds a number."""

import pytest

from archive.custody.actions import books as verbs
from archive.custody.actions.plans import add_kind, approve_plan, propose_plan
from archive.custody.actions.requests import issue_books, request_books
from tests.builders import Station
from tests.integration.web.visiting import Visits

BOOKS = "/invoices/books"


def test_books_are_listed_with_holder_state_and_sums(station: Station, visits: Visits):
    station.used(last="04210004", voids=["04210002"])
    station.excepted()
    station.issued_books()

    page = visits(station.custodian).get(BOOKS)

    first, second = page.rows()
    assert first.startswith("04210001–04210010 ")
    assert "在用 张大勇 10 6" in first
    assert "领出待收 — 10 10" in second
    assert page.says("合计 20 16", "第 1–2 条，共 2 条")


def test_the_list_is_narrowed_by_state_holder_and_kind(station: Station, visits: Visits):
    station.book_in_use()
    station.excepted()
    station.book_in_use(collector=station.other_collector)
    custodian = visits(station.custodian)

    def listed(query: str) -> list[str]:
        return [row.split()[0] for row in custodian.get(f"{BOOKS}?{query}").rows()]

    assert listed("state=in-use") == ["04210001–04210010", "04210011–04210020"]
    assert listed("state=accepted") == []
    assert listed("state=open&kind=ND3") == ["04210001–04210010", "04210011–04210020"]
    assert listed(f"holder={station.other_collector.id}") == ["04210011–04210020"]
    assert listed("kind=other") == ["04210001–04210010", "04210011–04210020"]
    assert listed("sort=-number") == ["04210011–04210020", "04210001–04210010"]
    assert listed("sort=-issued") == ["04210011–04210020", "04210001–04210010"]


def test_my_books_are_those_i_hold_and_those_coming_to_me(station: Station, visits: Visits):
    station.book_in_use()
    station.excepted()
    offer = station.offered_book(station.other_collector)

    mine = visits(station.other_collector).get(f"{BOOKS}?mine=1")
    assert len(mine.rows()) == 1
    assert "王秀兰 → 刘喆（待确认）" in mine.rows()[0]
    assert f'href="/invoices/books/{offer.book_id}"' in mine.response.text
    assert len(visits(station.collector).get(f"{BOOKS}?mine=1").rows()) == 1
    assert visits(station.head).get(f"{BOOKS}?mine=1").says("您手里没有票据本")


def test_a_settled_book_leaves_ones_hands(station: Station, visits: Visits):
    station.accepted_volume()
    collector = visits(station.collector)

    assert collector.get(f"{BOOKS}?mine=1").rows() == []
    assert len(collector.get(f"{BOOKS}?mine=1&state=accepted").rows()) == 1


def test_a_long_list_is_leafed_through(station: Station, visits: Visits):
    station.issued_books(120)
    custodian = visits(station.custodian)

    first = custodian.get(f"{BOOKS}?state=issued")
    assert len(first.rows()) == 50
    assert first.says("第 1–50 条，共 120 条", "合计 1,200 1,200")
    assert first.link("下一页 ›") == "/invoices/books?state=issued&page=2"
    last = custodian.get(f"{BOOKS}?state=issued&page=3")
    assert len(last.rows()) == 20
    assert last.link("下一页 ›") is None
    assert last.link("‹ 上一页") == "/invoices/books?state=issued&page=2"
    beyond = custodian.get(f"{BOOKS}?page=99")
    assert beyond.status == 200
    assert beyond.rows() == []


def test_the_sums_of_twenty_digit_numbers_are_exact(station: Station, visits: Visits):
    kind = station.administrator.does(
        add_kind, code="SD", name="数电票", code_digits=0, number_digits=20, book_size=100
    )
    plan = station.custodian.does(
        propose_plan, station_id=station.id, kind_id=kind.id, year=2026, quarter=4, books=1
    )
    station.finance.does(approve_plan, plan.id)
    station.excepted()
    request = station.custodian.does(request_books, station_id=station.id, kind_id=kind.id, books=1)
    (book,) = station.finance.does(
        issue_books, request.id, runs=[("", "26377000000999999950", "26377000001000000049")]
    )
    station.book_in_use(book=station.custodian.does(verbs.receive_book, book.id))
    station.used(book, last="26377000001000000009")

    page = visits(station.custodian).get(BOOKS)

    assert "100 40" in page.rows()[0]
    assert page.says("合计 100 40")
    stock = visits(station.custodian).get("/invoices")
    assert "40" in stock.rows()[0].split()[-1]


# ------------------------------------------------------------------------ a number


@pytest.mark.parametrize(
    ("number", "fate"),
    [
        ("04210001", "已开出（2026-10-19）"),
        ("０４２１０００２", "废票（2026-10-19 开出）"),
        ("04210009", "还没有用"),
        (" 0421 0009 ", "还没有用"),
    ],
)
def test_a_number_leads_to_its_book_and_holder(
    station: Station, visits: Visits, number: str, fate: str
):
    entry = station.used(last="04210004", voids=["04210002"])

    page = visits(station.finance).get(f"{BOOKS}?number={number}")

    assert page.says("找到 1 本", fate, "持有人 张大勇", "04210001–04210010（在用）")
    assert f'href="/invoices/books/{entry.book_id}"' in page.response.text


def test_a_bound_number_names_its_volume(station: Station, visits: Visits):
    volume = station.bound_volume()

    page = visits(station.finance).get(f"{BOOKS}?number=04210003")

    assert page.link(volume.code) == f"/invoices/volumes/{volume.id}"


def test_one_number_under_two_codes_is_found_twice(station: Station, visits: Visits):
    station.book_in_stock()
    station.next_number = 4_210_001
    station.excepted()
    station.issued_books(code="012345678902")
    finance = visits(station.finance)

    assert finance.get(f"{BOOKS}?number=04210003").says("找到 2 本")
    one = finance.get(f"{BOOKS}?number=04210003&code=012345678902")
    assert one.says("找到 1 本", "领出待收")


def test_a_number_nobody_has_is_said_so(station: Station, visits: Visits):
    station.book_in_stock()
    finance = visits(station.finance)

    for query in ("number=04210011", "number=004210001", "number=04210001&code=0123456789"):
        assert finance.get(f"{BOOKS}?{query}").says("没有哪一本票据里有这个号码")


@pytest.mark.parametrize(
    ("query", "field", "told"),
    [
        ("number=1.2E%2B11", "number", "科学计数"),
        ("number=abc", "number", "不是发票号码"),
        ("number=04210001&code=12", "code", "不是发票代码"),
    ],
)
def test_a_number_that_is_none_is_told_beside_the_field(
    station: Station, visits: Visits, query: str, field: str, told: str
):
    page = visits(station.finance).get(f"{BOOKS}?{query}")

    assert page.status == 422
    assert told in page.beside(field)


def test_another_stations_books_are_not_listed_nor_found(
    station: Station, neighbour: Station, visits: Visits
):
    station.book_in_use()
    stranger = visits(neighbour.custodian)

    assert stranger.get(BOOKS).rows() == []
    assert stranger.get(f"{BOOKS}?station=QS").rows() == []
    assert stranger.get(f"{BOOKS}?holder={station.collector.id}").rows() == []
    assert stranger.get(f"{BOOKS}?number=04210001").says("没有哪一本票据里有这个号码")
    assert not stranger.get(BOOKS).says("张大勇（")


def test_staff_without_a_part_in_invoices_are_refused(station: Station, visits: Visits):
    assert visits(station.clerk).get(BOOKS).status == 403


def test_the_list_stands_in_english_too(station: Station, visits: Visits):
    station.used(last="04210004", voids=["04210002"])
    finance = visits(station.finance, "en")

    assert finance.get(BOOKS).says("Invoice books", "Total 10 6")
    assert finance.get(f"{BOOKS}?mine=1").says("You hold no book")
    assert finance.get(f"{BOOKS}?number=04210002").says("Found in one book", "void")

"""One book through the pages: receipt, hand-over, use, voids, stub [seed 3.1, 3.2, 3.4]."""

from datetime import datetime
from decimal import Decimal

import pytest

from archive.audit import TrailEntry
from archive.clock import STATION_ZONE
from archive.custody.actions import books
from archive.custody.book import Book, BookState, UseEntry, VoidEntry
from tests.builders import CODE, Station
from tests.clock import SettableClock
from tests.integration.web.visiting import Visits

USED = {"last": "04210004", "used_on": "2026-10-19", "kwh": "1,200.5", "amount": "1,234.50"}
VOID = {
    "number": "04210002",
    "reason": "写错户名",
    "copies_kept": ["stub", "customer", "bookkeeping"],
    "voided_on": "2026-10-19",
}


def entries(station: Station) -> list[UseEntry]:
    return station.asks(lambda tx: tx.session.query(UseEntry).all())


def voids(station: Station) -> list[VoidEntry]:
    return station.asks(lambda tx: tx.session.query(VoidEntry).all())


def at(book: Book) -> str:
    return f"/invoices/books/{book.id}"


def test_a_book_is_received_given_confirmed_used_up_and_its_stub_handed_in(
    station: Station, visits: Visits
):
    book = station.issued_books()[0]
    custodian, collector = visits(station.custodian), visits(station.collector)

    assert custodian.get(at(book)).says("领出待收", "共 10 份", "等票据保管员数过后确认收到")
    received = custodian.goes(custodian.post(f"{at(book)}/receive"))
    assert received.says("已确认收到", "在库，由王秀兰保管")

    given = custodian.post(f"{at(book)}/give", receiver=str(station.collector.id), remark="二台区")
    assert custodian.goes(given).says("已提出交接", "正在交接：王秀兰 → 张大勇")
    page = collector.get(at(book))
    assert page.says("王秀兰把票据本 04210001–04210010（共 10 份）交给您", "整本未用", "二台区")
    confirmed = collector.post(f"{at(book)}/confirm", handover=page.holds("handover"))
    assert collector.goes(confirmed).says("交接完成", "张大勇正在使用", "从 04210001 接着用")

    used = collector.goes(collector.post(f"{at(book)}/use", USED))
    assert used.says("使用已登记", "04210001–04210004", "1,200.5", "1,234.50", "从 04210005 接着用")
    (entry,) = entries(station)
    assert (entry.kwh, entry.amount_fen) == (Decimal("1200.50"), 123450)

    void = collector.goes(collector.post(f"{at(book)}/void", VOID))
    assert void.says("废票已登记", "有效 3 份 04210001、04210003–04210004", "废票 1 份 04210002")
    assert void.says("未用 6 份 04210005–04210010", "3/3")

    collector.post(f"{at(book)}/use", USED | {"last": "04210010", "amount": "-5"})
    assert custodian.get(at(book)).button("存根已交出") == "ready"
    handed_in = custodian.goes(custodian.post(f"{at(book)}/hand-in"))
    assert handed_in.says("存根已登记上交", "等财务核验认可", "合计 10 1 2,401.00 1,229.50")
    assert station.sees(Book, book.id).state == BookState.STUB_HANDED_IN


def test_the_life_of_a_book_names_everybody_in_order(station: Station, visits: Visits):
    verification = station.accepted_volume()
    book = station.sees(Book, verification.stub_book_ids[0])

    words = visits(station.auditor).get(at(book)).words

    told = (
        "发放票据本 陈玉华",
        "接收票据本 王秀兰",
        "提出交接 王秀兰",
        "交接完成 张大勇",
        "上交存根 王秀兰",
        "财务认可 陈玉华",
    )
    places = [words.find(event, words.find("经过")) for event in told]
    assert all(place > 0 for place in places)
    assert places == sorted(places)


def test_a_book_names_the_signature_that_released_it(station: Station, visits: Visits):
    verification = station.accepted_volume()
    book = station.issued_books()[0]

    page = visits(station.auditor).get(at(book))

    assert page.says("财务签字认可 · 陈玉华")
    volume = station.sees(type(verification), verification.id).volume_id
    assert f'href="/invoices/volumes/{volume}"' in page.response.text
    assert f'href="/invoices/requests/{book.request_id}"' in page.response.text


# ------------------------------------------------------------------------ hand-over


def test_only_the_one_it_was_given_to_confirms(station: Station, visits: Visits):
    offer = station.offered_book()
    path = f"/invoices/books/{offer.book_id}"
    for who in (station.custodian, station.other_collector):
        page = visits(who).get(path)
        assert page.button("对过了，确认接收") == "missing"
        refused = visits(who).post(f"{path}/confirm", handover=str(offer.id))
        assert refused.status == 403
        assert refused.says("要由接收人本人确认")
    assert station.sees(Book, offer.book_id).holder_id == station.custodian.id


def test_the_giver_takes_an_offer_back(station: Station, visits: Visits):
    offer = station.offered_book()
    custodian = visits(station.custodian)
    path = f"/invoices/books/{offer.book_id}"

    assert custodian.get(path).button("提出交接") == "missing"
    back = custodian.post(f"{path}/withdraw", handover=str(offer.id))

    assert custodian.goes(back).says("交接已撤回")
    assert custodian.get(path).button("提出交接") == "ready"
    again = custodian.post(f"{path}/withdraw", handover=str(offer.id))
    assert again.status == 409
    assert again.says("已撤回")


def test_a_book_is_declined_with_a_reason_only(station: Station, visits: Visits):
    offer = station.offered_book()
    collector = visits(station.collector)
    path = f"/invoices/books/{offer.book_id}"

    refused = collector.post(f"{path}/decline", handover=str(offer.id), reason=" ")
    assert refused.status == 422
    assert "没有填" in refused.beside("reason")
    declined = collector.post(f"{path}/decline", handover=str(offer.id), reason="缺两份")

    assert collector.goes(declined).says("已退还交出人")
    assert station.sees(Book, offer.book_id).holder_id == station.custodian.id


def test_a_hand_over_is_confirmed_on_the_page_of_its_own_book(station: Station, visits: Visits):
    offer = station.offered_book()
    other = station.book_in_stock()

    answer = visits(station.collector).post(f"{at(other)}/confirm", handover=str(offer.id))

    assert answer.status == 404
    assert station.sees(Book, offer.book_id).holder_id == station.custodian.id


@pytest.mark.parametrize("handover", ["", "x", "0", "99999999999999999999", "12345"])
def test_a_hand_over_that_is_none_changes_nothing(station: Station, visits: Visits, handover: str):
    offer = station.offered_book()

    answer = visits(station.collector).post(
        f"/invoices/books/{offer.book_id}/confirm", handover=handover
    )

    assert answer.status in {404, 422}
    assert station.sees(Book, offer.book_id).holder_id == station.custodian.id


def test_a_book_in_stock_is_offered_to_collectors_of_the_station_only(
    station: Station, neighbour: Station, visits: Visits
):
    book = station.book_in_stock()
    custodian = visits(station.custodian)

    page = custodian.get(at(book))
    assert page.says("张大勇（收费员）", "刘喆（收费员）")
    assert page.response.text.count("（收费员）") == 2
    for stranger in (neighbour.collector, station.finance, station.custodian):
        refused = custodian.post(f"{at(book)}/give", receiver=str(stranger.id))
        assert refused.status == 403
    nobody = custodian.post(f"{at(book)}/give", receiver="")
    assert nobody.status == 422
    assert "没有填" in nobody.beside("receiver")


def test_a_partly_used_book_goes_back_to_the_custodian(station: Station, visits: Visits):
    entry = station.used(last="04210004")
    collector = visits(station.collector)
    path = f"/invoices/books/{entry.book_id}"

    assert collector.get(path).says("王秀兰（票据保管员）")
    collector.post(f"{path}/give", receiver=str(station.custodian.id))
    page = visits(station.custodian).get(path)
    assert page.says("已经用到 04210004")
    visits(station.custodian).post(f"{path}/confirm", handover=page.holds("handover"))

    assert station.sees(Book, entry.book_id).state == BookState.IN_STOCK


def test_who_issued_a_book_does_not_receive_it(station: Station, visits: Visits):
    book = station.issued_books()[0]
    for who in (station.finance, station.collector, station.leader):
        visitor = visits(who)
        assert visitor.get(at(book)).button("数过了，确认收到") == "missing"
        assert visitor.post(f"{at(book)}/receive").status == 403
    assert station.sees(Book, book.id).state == BookState.ISSUED


# ------------------------------------------------------------------------ use


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("amount", "1.2E+3", "不是金额"),
        ("amount", "12.345", "小数超过两位"),
        ("amount", "12,34", "不是金额"),
        ("amount", "1 234,50", "不是金额"),
        ("amount", "一百", "不是金额"),
        ("amount", "NaN", "不是金额"),
        ("amount", "99999999999", "太大"),
        ("amount", "", "没有填"),
        ("kwh", "1.5E2", "不是电量"),
        ("kwh", "-1", "不能是负数"),
        ("kwh", "0.001", "小数超过两位"),
        ("last", "1.2E+11", "科学计数"),
        ("last", "4210004", "没有号码"),
        ("last", "04210011", "没有号码"),
        ("last", "", "不是发票号码"),
        ("used_on", "2026-10-20", "还没有到"),
        ("used_on", "2026-02-30", "不是日期"),
        ("used_on", "昨天", "不是日期"),
        ("used_on", "", "没有填"),
    ],
)
def test_a_slip_stands_beside_its_field_and_everything_typed_stays(
    station: Station, visits: Visits, field: str, typed: str, told: str
):
    book = station.book_in_use()
    form = USED | {field: typed}

    refused = visits(station.collector).post(f"{at(book)}/use", form)

    assert refused.status == 422
    assert told in refused.beside(field)
    for name, value in form.items():
        assert refused.holds(name) == value
    assert entries(station) == []


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("1,234.50", 123450),
        ("１，２３４．５０", 123450),
        ("¥1234.5", 123450),
        ("1234.5元", 123450),
        ("19.99", 1999),
        ("1.15", 115),
        ("0", 0),
        ("-12.00", -1200),
        ("－12", -1200),
    ],
)
def test_an_amount_is_kept_to_the_fen(station: Station, visits: Visits, typed: str, fen: int):
    book = station.book_in_use()

    visits(station.collector).post(f"{at(book)}/use", USED | {"amount": typed})

    assert [entry.amount_fen for entry in entries(station)] == [fen]


def test_numbers_are_used_in_order(station: Station, visits: Visits):
    entry = station.used(last="04210004")
    collector = visits(station.collector)
    path = f"/invoices/books/{entry.book_id}"

    refused = collector.post(f"{path}/use", USED | {"last": "04210003"})

    assert refused.status == 422
    assert "不得错开、漏开" in refused.beside("last")


def test_days_of_use_do_not_run_backwards(station: Station, visits: Visits, clock: SettableClock):
    book = station.book_in_use()
    clock.advance(days=2)
    station.used(book, last="04210004")

    refused = visits(station.collector).post(
        f"{at(book)}/use", USED | {"last": "04210006", "used_on": "2026-10-20"}
    )

    assert "早于前面号码的使用日期" in refused.beside("used_on")


def test_the_day_offered_is_the_stations(station: Station, visits: Visits, clock: SettableClock):
    book = station.book_in_use()
    clock.set(datetime(2026, 11, 1, 0, 30, tzinfo=STATION_ZONE))  # still October in UTC

    assert visits(station.collector).get(at(book)).holds("used_on") == "2026-11-01"


def test_only_the_holder_records_use(station: Station, visits: Visits):
    book = station.book_in_use()
    for who in (station.other_collector, station.custodian, station.finance):
        visitor = visits(who)
        assert visitor.get(at(book)).button("登记使用") == "missing"
        assert visitor.post(f"{at(book)}/use", USED).status == 403
    assert entries(station) == []


def test_a_book_that_is_being_handed_over_is_not_written_in(station: Station, visits: Visits):
    book = station.book_in_use()
    station.collector.does(books.offer_book, book.id, station.custodian.id)

    refused = visits(station.collector).post(f"{at(book)}/use", USED)

    assert refused.status == 409
    assert refused.says("正在交接")


# ------------------------------------------------------------------------ void


@pytest.mark.parametrize(
    "kept",
    [[], ["stub"], ["stub", "bookkeeping"], ["stub", "stub", "stub"]],
)
def test_a_void_needs_every_copy(station: Station, visits: Visits, kept: list[str]):
    entry = station.used(last="04210004")

    refused = visits(station.collector).post(
        f"/invoices/books/{entry.book_id}/void", VOID | {"copies_kept": kept}
    )

    assert refused.status == 422
    assert "作废要收回全部 3 联" in refused.beside("copies_kept")
    assert [refused.ticked("copies_kept", copy) for copy in VOID["copies_kept"]] == [
        copy in kept for copy in VOID["copies_kept"]
    ]
    assert refused.holds("number") == "04210002"
    assert voids(station) == []


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("number", "04210005", "还没有开出"),
        ("number", "04210011", "没有号码"),
        ("number", "1.2E+11", "科学计数"),
        ("reason", " ", "要写明原因"),
        ("voided_on", "2026-10-20", "还没有到"),
        ("voided_on", "x", "不是日期"),
    ],
)
def test_a_void_that_cannot_be_is_told_beside_its_field(
    station: Station, visits: Visits, field: str, typed: str, told: str
):
    entry = station.used(last="04210004")

    refused = visits(station.collector).post(
        f"/invoices/books/{entry.book_id}/void", VOID | {field: typed}
    )

    assert refused.status == 422
    assert told in refused.beside(field)
    assert voids(station) == []


def test_a_number_is_void_once(station: Station, visits: Visits):
    entry = station.used(last="04210004", voids=["04210002"])

    again = visits(station.collector).post(f"/invoices/books/{entry.book_id}/void", VOID)

    assert again.status == 409
    assert again.says("已经登记过废票了")


def test_a_number_under_a_signed_cover_is_not_voided(station: Station, visits: Visits):
    entry = station.used()
    station.signed_volume()

    refused = visits(station.collector).post(f"/invoices/books/{entry.book_id}/void", VOID)

    assert refused.status == 409
    assert refused.says("签过字的内容不能改")
    assert voids(station) == []


# ------------------------------------------------------------------------ stub, persons


def test_a_stub_is_handed_in_only_when_the_book_is_used_up(station: Station, visits: Visits):
    book = station.book_in_use()
    custodian = visits(station.custodian)

    page = custodian.get(at(book))
    assert page.button("存根已交出") == "grey"
    assert page.says("用完的才能上交存根（电费票据管理制度第2条）")
    refused = custodian.post(f"{at(book)}/hand-in")

    assert refused.status == 409
    assert refused.says("用完的才能上交存根")


def test_another_stations_book_is_not_there(station: Station, neighbour: Station, visits: Visits):
    book = station.book_in_use()
    for who in (neighbour.custodian, neighbour.collector, station.clerk):
        stranger = visits(who)
        assert stranger.get(at(book)).status == 404
        for task in ("receive", "give", "confirm", "decline", "withdraw", "use", "void", "hand-in"):
            assert stranger.post(f"{at(book)}/{task}", USED | VOID).status == 404
    assert entries(station) == []


def test_what_nobody_may_do_here_is_not_offered(station: Station, visits: Visits):
    book = station.book_in_use()

    page = visits(station.auditor).get(at(book))

    assert page.says("这本票据现在没有要您办的事")
    assert page.response.text.count("<form") == 2  # signing out, in the bar and in its drawer


def test_forms_without_their_token_do_nothing(station: Station, visits: Visits):
    book = station.book_in_use()

    assert visits(station.collector).post_bare(f"{at(book)}/use", USED).status == 403
    assert entries(station) == []


def test_the_trail_names_staff_numbers_and_no_names(station: Station, visits: Visits):
    offer = station.offered_book()
    visits(station.collector).post(
        f"/invoices/books/{offer.book_id}/decline", handover=str(offer.id), reason="王秀兰数错了"
    )

    entry = station.asks(
        lambda tx: tx.session.query(TrailEntry).filter_by(event="book.declined").one()
    )
    assert entry.subject == f"book:{CODE}:04210001"
    assert "王秀兰" not in entry.facts


def test_the_page_of_a_book_stands_in_english_too(station: Station, visits: Visits):
    issued = station.issued_books()[0]
    assert visits(station.custodian, "en").get(at(issued)).says("Counted; I have received it")
    stocked = station.book_in_stock(issued)
    assert visits(station.custodian, "en").get(at(stocked)).says("Give it to somebody")
    offer = station.custodian.does(books.offer_book, stocked.id, station.collector.id)
    assert visits(station.custodian, "en").get(at(stocked)).says("Take the offer back")
    assert visits(station.collector, "en").get(at(stocked)).says("Checked; I take it")
    station.collector.does(books.confirm_handover, offer.id)
    page = visits(station.collector, "en").get(at(stocked))
    assert page.says("Record use", "Blank", "10 sets")
    refused = visits(station.collector, "en").post(f"{at(stocked)}/use", USED | {"amount": "x"})
    assert "not an amount" in refused.beside("amount")

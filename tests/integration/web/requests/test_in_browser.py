"""The pages of invoices, settings and the trail in a real browser."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from archive.custody.actions import books
from tests.builders import CODE, Colleague, Station
from web import assets
from web.deps import SESSION_COOKIE

DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 740}
Open = Callable[..., Any]


@pytest.fixture
def site(app: FastAPI) -> Iterator[str]:
    """Where the pages are served."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="error", ws="none", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def opens(new_page: Any, site: str) -> Open:
    """Opens a page for somebody signed in, in a browser of their own."""

    def opens(who: Colleague, path: str, **options: Any) -> Any:
        page = new_page(**{"base_url": site, "viewport": DESKTOP, **options})
        cookie = {"name": SESSION_COOKIE, "value": who.signs_in().token, "url": site}
        page.context.add_cookies([cookie])
        page.goto(path)
        return page

    return opens


@pytest.fixture(scope="module")
def axe() -> str:
    if not assets.is_installed(with_test_tools=True):
        assets.install(with_test_tools=True)
    return (assets.ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def places(station: Station) -> dict[str, tuple[Colleague, list[str]]]:
    """Every page, each with somebody who works on it; the station is in the middle of things."""
    station.submitted_volume()
    station.excepted()
    waiting = station.granted_request(1)
    station.used(station.book_in_use(book=station.book_in_stock(station.issued_books(
        request=waiting)[0])), last=f"{station.next_number - 5:08d}")  # fmt: skip
    station.excepted()
    granted = station.granted_request(2)
    plan = "/invoices/plans/1"
    gate = "/invoices/requests/new"
    return {
        "custodian": (
            station.custodian,
            ["/invoices", "/invoices/plans", "/invoices/plans/new", plan, gate,
             "/invoices/requests", "/invoices/books", "/invoices/books/1",
             "/invoices/books?number=04210003", "/invoices/books?number=x"],
        ),
        "collector": (station.collector, ["/invoices/books/2", "/invoices/books?mine=1"]),
        "finance": (station.finance, [f"/invoices/requests/{granted.id}", f"{gate}?station=QS"]),
        "leader": (station.leader, [f"{gate}?station=QS"]),
        "administrator": (
            station.administrator,
            ["/settings", f"/settings/people/{station.collector.id}", "/settings/people/new",
             "/settings/stations", "/settings/kinds"],
        ),
        "auditor": (station.auditor, ["/trail", "/trail/30"]),
    }  # fmt: skip


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_and_nothing_runs_out_of_the_window(
    station: Station, opens: Open, axe: str, viewport: dict[str, int]
):
    for who, paths in places(station).values():
        page = opens(who, paths[0], viewport=viewport, bypass_csp=True)
        for path in paths:
            page.goto(path)
            page.evaluate(axe)
            found = page.evaluate("axe.run().then((result) => result.violations)")
            assert [(path, one["id"], one["nodes"][0]["html"]) for one in found] == []
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert (path, wide <= viewport["width"]) == (path, True)
            assert len(page.content()) < 100_000


def test_books_are_counted_while_finance_types(station: Station, opens: Open):
    desk = f"/invoices/requests/{station.granted_request(2).id}"
    page = opens(station.finance, desk)

    page.fill("#f-code-0", CODE)
    page.fill("#f-first-0", "04210001")
    page.fill("#f-last-0", "04210010")
    page.locator("#count", has_text="还差 1 本（应为 2 本）").wait_for()
    page.fill("#f-last-0", "04210020")
    page.locator("#count", has_text="正好 2 本").wait_for()

    assert page.locator("#f-code-0").input_value() == CODE
    page.get_by_role("button", name="登记发放").click()
    page.get_by_text("已登记发放，等保管员确认收到。").wait_for()


def test_a_collector_records_a_day_on_a_phone_with_the_keyboard_alone(
    station: Station, opens: Open
):
    book = station.book_in_use()
    page = opens(station.collector, f"/invoices/books/{book.id}", viewport=PHONE)

    page.locator("#f-last").focus()
    page.keyboard.type("04210004")
    page.locator("#f-kwh").focus()
    page.keyboard.type("1200.5")
    page.keyboard.press("Tab")
    page.keyboard.type("12.345")
    page.keyboard.press("Enter")
    error = page.locator("#f-amount-error")
    error.wait_for()
    assert "小数超过两位" in error.inner_text()
    assert page.locator("#f-last").input_value() == "04210004"
    page.locator("#f-amount").fill("12.34")
    page.keyboard.press("Enter")

    page.get_by_text("使用已登记。").wait_for()


def test_the_gate_works_without_scripts(station: Station, opens: Open):
    station.approved_plan(2)
    station.excepted()
    page = opens(station.custodian, "/invoices/requests/new", java_script_enabled=False)

    page.fill("#f-books", "3")
    page.get_by_role("button", name="按这个数核对").click()
    assert page.locator(".gate-line.closed").count() == 1
    page.fill("#f-books", "2")
    page.get_by_role("button", name="按这个数核对").click()
    assert page.locator(".gate-line.closed").count() == 0
    page.get_by_role("button", name="领用 2 本").click()

    page.get_by_text("已准许领用，等公司财务发放。").wait_for()


def test_a_greyed_button_says_why_and_does_nothing(station: Station, opens: Open):
    page = opens(station.custodian, "/invoices/requests/new")

    button = page.get_by_role("button", name="领用 1 本")
    assert button.get_attribute("aria-disabled") == "true"
    button.focus()
    page.keyboard.press("Enter")

    assert page.url.endswith("/invoices/requests/new")
    assert "还有 2 条没有通过" in page.locator(".blocked .why").inner_text()


def test_a_hand_over_passes_between_two_people(station: Station, opens: Open):
    book = station.book_in_stock()
    path = f"/invoices/books/{book.id}"
    custodian = opens(station.custodian, path)
    custodian.select_option("#f-receiver", label="张大勇（收费员）")
    custodian.get_by_role("button", name="提出交接").click()
    custodian.get_by_text("已提出交接，等对方确认。").wait_for()

    collector = opens(station.collector, "/", viewport=PHONE)
    collector.get_by_text("确认接收票据本 04210001–04210010").click()
    collector.goto(path)
    collector.get_by_role("button", name="对过了，确认接收").click()
    collector.get_by_text("交接完成，这本票据由您负责。").wait_for()

    assert station.asks(books.open_handover, book.id) is None

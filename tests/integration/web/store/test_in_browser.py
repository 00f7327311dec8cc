"""From a registered paper to its box, its label, a stocktake and a loan, in a real browser."""

from datetime import timedelta
from typing import Any

import pytest

from archive.holdings.actions.items import ItemDescription, add_item
from archive.holdings.pair import Pair, PairState
from archive.holdings.record import Record
from archive.printing.qr import qr_svg
from archive.shelving.actions.stocktakes import open_stocktake
from archive.shelving.box import Box
from archive.shelving.queries.stocktakes import stocktake_seen
from tests.browser import Watched
from tests.builders import PASSWORD, Station
from tests.holdings import filed
from tests.integration.web.requests.test_in_browser import DESKTOP, PHONE, Open, axe, opens, site
from tests.shelving import boxed, label, ready, shelf, with_store

__all__ = ["axe", "opens", "site"]


def check(page: Any, axe: str) -> None:
    """Nothing serious for axe, nothing beyond the window, a page under 100 kB."""
    page.evaluate(axe)
    found = page.evaluate("axe.run().then((result) => result.violations)")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert len(page.content().encode()) < 100_000


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def scan(page: Any, *labels: str) -> None:
    for said in labels:
        page.fill("#f-scanned", said)
        page.press("#f-scanned", "Enter")


def test_a_record_is_shelved_counted_and_lent(
    station: Station, opens: Open, axe: str, new_page: Watched
):
    new_page.expect_complaint("ERR_INTERNET_DISCONNECTED")
    with_store(station)
    record = ready(station)
    misplaced, missing = boxed(station, ready(station)), boxed(station, ready(station))

    page = opens(station.archivist, "/store/put-away", viewport=DESKTOP, bypass_csp=True)
    check(page, axe)
    page.select_option("select[name=box]", "new-40")
    press(page, "放进盒里")
    page.wait_for_url("**done=put")
    with page.expect_response("**/labels.pdf**") as printed:
        page.evaluate("fetch('/store/labels.pdf?boxes=H0003&records=yes')")
    assert printed.value.headers["content-type"] == "application/pdf"
    page.fill("#f-shelf", "KF01-G01-2-3")
    press(page, "放到这一层")
    page.wait_for_url("**done=shelved")
    check(page, axe)
    page.goto("/store/rooms/1")
    assert page.locator("svg a").count() == 3
    check(page, axe)

    page.goto("/store/stocktakes")
    page.select_option("#f-room", f"all-{station.code}")
    press(page, "开始盘点")
    page.wait_for_url("**done=opened")
    address = page.url.partition("?")[0]
    path = "/store" + address.partition("/store")[2]
    second = opens(station.clerk, path, viewport=PHONE, bypass_csp=True)
    press(second, "加入盘点")
    second.wait_for_url("**done=joined")
    check(second, axe)

    scan(page, label(station, misplaced))
    assert "请先扫这一层的层架标签" in page.locator("[data-log]").inner_text()
    scan(page, label(station, shelf(station, "KF01-G01-2-3")), "H0003")
    page.get_by_text("H0003 已记下").wait_for()
    second.context.set_offline(True)
    scan(second, label(station, shelf(station, "KF01-G01-1-2")), label(station, misplaced))
    second.get_by_text("1 次扫码存在这台设备上").wait_for()
    check(second, axe)
    second.context.set_offline(False)
    second.get_by_text(f"{misplaced.name} 已记下").wait_for()
    second.goto(path)
    assert second.evaluate("localStorage.getItem(Object.keys(localStorage)[0])") == "[]"
    second.fill("input[name=password]", PASSWORD)
    press(second, "签字结束")
    second.wait_for_url("**done=closed")
    check(second, axe)
    assert station.sees(Box, missing.id).missing_since is not None

    page.goto(path)
    press(page, "已放回 KF01-G01-1-1")
    page.wait_for_url("**done=settled")
    check(page, axe)

    borrower = opens(station.clerk, f"/store/records/{record.id}", bypass_csp=True)
    borrower.get_by_role("link", name="申请借阅").click()
    borrower.fill("#f-purpose", "答复客户来访")
    borrower.fill("#f-due_on", (station.today + timedelta(days=5)).isoformat())
    check(borrower, axe)
    press(borrower, "申请借阅")
    borrower.wait_for_url("**done=asked")
    loan = "/store" + borrower.url.partition("/store")[2].partition("?")[0]
    head = opens(station.head, loan, viewport=PHONE, bypass_csp=True)
    check(head, axe)
    press(head, "同意借阅")
    head.wait_for_url("**done=approve")
    page.goto(loan)
    press(page, "借出")
    page.wait_for_url("**done=hand-out")
    assert station.sees(Pair, record.id).state == PairState.PAPER_OUT
    page.fill("#f-pages", "2")
    page.check("#f-seal_intact")
    check(page, axe)
    press(page, "接收归还")
    page.wait_for_url("**done=return")
    assert station.sees(Pair, record.id).state == PairState.PAIRED


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_the_store_fits_and_can_be_read(
    station: Station, opens: Open, axe: str, viewport: dict[str, int], language: str
):
    with_store(station)
    record = ready(station)
    box = boxed(station, record, ready(station))
    for number in range(6):
        boxed(station, on=f"KF01-G01-{1 + number % 2}-{1 + number % 3}")
    ready(station, year=2025)
    page = opens(station.archivist, "/store", viewport=viewport, bypass_csp=True)
    for path in (
        "",
        "/rooms/1",
        "/cabinets/1",
        "/boxes",
        f"/boxes/{box.id}",
        "/put-away",
        f"/records/{record.id}",
        "/labels",
        "/climate",
        "/movements",
        "/loans",
        f"/loans/new?record={record.id}",
        "/stocktakes",
        "/find?q=nothing",
    ):
        if path.startswith("/find"):
            page.goto("/store?language=" + language)
            page.fill("#f-q", "nothing")
            press(page, "查找" if language == "zh" else "Find")
        else:
            page.goto(f"/store{path}{'&' if '?' in path else '?'}language={language}")
        check(page, axe)


CAMERA = """([svg]) => {
  const image = new Image();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [640, 480];
  const drawn = canvas.getContext("2d");
  window.showToCamera = (svg) => { image.src = "data:image/svg+xml;base64," + btoa(svg); };
  window.showToCamera(svg);
  setInterval(() => {
    drawn.fillStyle = "#ddd";
    drawn.fillRect(0, 0, 640, 480);
    drawn.save();
    drawn.translate(320, 240);
    drawn.rotate(0.2);
    drawn.drawImage(image, -150, -150, 300, 300);
    drawn.restore();
  }, 50);
  delete window.BarcodeDetector;
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(20);
}"""
"""A camera that sees a printed label a little askew, in a browser that reads no codes itself."""


def test_the_camera_reads_labels_of_shelf_box_and_record(station: Station, opens: Open):
    with_store(station)
    box = boxed(station, ready(station), ready(station))
    stocktake = station.archivist.does(open_stocktake, station.id, with_records=True)
    page = opens(station.archivist, f"/store/stocktakes/{stocktake.id}", viewport=PHONE)
    loaded = "performance.getEntriesByType('resource').filter(e => e.name.includes('qr-')).length"
    assert page.evaluate(loaded) == 0
    page.evaluate(CAMERA, [qr_svg(label(station, shelf(station)))])
    press(page, "用摄像头扫")
    page.get_by_text("现在在").first.wait_for()
    page.evaluate("svg => window.showToCamera(svg)", qr_svg(label(station, box)))
    page.get_by_text(f"{box.name} 已记下").wait_for()
    page.evaluate(
        "svg => window.showToCamera(svg)", qr_svg(label(station, station.sees(Record, 1)))
    )
    page.get_by_text(f"已记在 {box.name}").wait_for()
    assert station.head.does(stocktake_seen, stocktake.id).scans == 2


def test_the_items_of_a_volume_fit_on_a_phone(station: Station, opens: Open, axe: str):
    with_store(station)
    volume = filed(station, kind="bank-pay-in-slip", title="九月进账单")
    item = ItemDescription("上旬进账单", station.today, 2, parties="县农村信用社")
    station.archivist.does(add_item, volume.id, item)
    here = f"/holdings/records/{volume.id}/items"
    page = opens(station.archivist, here, viewport=PHONE, bypass_csp=True)
    check(page, axe)
    page.get_by_role("link", name="上旬进账单").click()
    check(page, axe)

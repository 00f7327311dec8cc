"""The desk and the drop zone in a real browser: keyboard, settling without leaving, uploads."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Page

from archive.custody.scan import Scan, ScanFile
from tests.browser import Watched
from tests.builders import Colleague, Station
from tests.integration.web.scans.sending import ReadVolume, drawn
from web import assets
from web.deps import SESSION_COOKIE

Enter = Callable[[Colleague, str], Page]


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    """The pages, served as they are in life."""
    assets.build()
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def enter(new_page: Watched, address: str) -> Enter:
    """Opens a page for somebody who is signed in."""

    def enter(person: Colleague, path: str) -> Page:
        page = new_page(base_url=address, viewport={"width": 1366, "height": 768})
        token = person.signs_in().token
        page.context.add_cookies([{"name": SESSION_COOKIE, "value": token or "", "url": address}])
        page.goto(path)
        return page

    return enter


def until(page: Page, true: str, *, patience: float = 20.0) -> None:
    """Waits for an expression, which the page's policy does not let Playwright do itself."""
    end = time.monotonic() + patience
    while not page.evaluate(true):
        assert time.monotonic() < end, f"never came true: {true}"
        page.wait_for_timeout(50)


def open_finding(page: Page) -> str:
    return page.locator("details.finding[open]").get_attribute("data-finding-key") or ""


def test_pages_turn_and_numbers_open_their_doubt_by_keyboard(read_volume: ReadVolume, enter: Enter):
    page = enter(
        read_volume.station.finance, f"/invoices/volumes/{read_volume.volume.id}/desk?page=1"
    )
    assert page.locator("[data-where]").inner_text() == "1 / 2"
    page.keyboard.press("j")
    until(page, "document.querySelector('[data-where]').textContent === '2 / 2'")
    page.keyboard.press("k")
    until(page, "document.querySelector('[data-where]').textContent === '1 / 2'")

    page.locator("[data-grid] a.n").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.key") == "04210002"
    page.keyboard.press("Enter")
    until(page, "!!document.querySelector('details.finding[open]')")
    assert page.url.endswith("?number=04210002")
    until(page, "Boolean(station.viewer.osd?.isOpen())")


def test_a_doubt_is_settled_without_leaving_the_page(read_volume: ReadVolume, enter: Enter):
    page = enter(read_volume.station.finance, f"/invoices/volumes/{read_volume.volume.id}/desk")
    page.evaluate("window.stays = true")
    for _ in range(4):
        form = page.locator("details.finding[open] form")
        if not form.count():
            break
        key = open_finding(page)
        _answer(form, key)
        form.locator("button").first.click()
        until(page, f"!document.querySelector('details.finding[open][data-finding-key=\"{key}\"]')")
    assert page.evaluate("window.stays") is True
    assert page.locator("#desk-findings-title").inner_text().endswith("全部看过")
    assert page.locator("a.n-found").count() == 4
    assert read_volume.station.dossier(read_volume.volume).reconciliation.blocking == ()


def test_a_slip_is_told_in_place_and_the_page_stays(
    read_volume: ReadVolume, enter: Enter, new_page: Watched
):
    page = enter(
        read_volume.station.finance,
        f"/invoices/volumes/{read_volume.volume.id}/desk?number=04210002",
    )
    page.evaluate("window.stays = true")
    form = page.locator("details.finding[open] form")
    form.locator("[name=number]").fill("123")
    form.locator("button").first.click()
    until(page, "!!document.querySelector('details.finding[open] .field-error')")
    assert "不是发票号码" in page.locator("details.finding[open] .field-error").inner_text()
    assert page.locator("details.finding[open] [name=number]").input_value() == "123"
    assert page.evaluate("window.stays") is True


def test_a_scan_is_dropped_sent_with_progress_and_handed_in(
    station: Station, enter: Enter, tmp_path: Path
):
    volume = station.bound_volume()
    pdf = drawn(tmp_path / "十月 第一册.pdf", "04210001", 3)
    page = enter(station.custodian, f"/invoices/volumes/{volume.id}")
    page.set_input_files("#f-files", str(pdf))
    until(page, "!!document.querySelector('.upload.done')")
    page.locator("[data-hand-in]").click()
    until(page, "!!document.querySelector('#reading')")
    assert "排队中" in page.locator("#reading").inner_text()
    (scan,) = station.asks(lambda tx: tx.session.query(Scan).all())
    (file,) = station.asks(lambda tx: tx.session.query(ScanFile).all())
    assert (scan.pages, file.name) == (1, "十月 第一册.pdf")


def test_a_file_that_is_no_scan_is_told_beside_it_and_can_be_removed(
    station: Station, enter: Enter, tmp_path: Path
):
    volume = station.bound_volume()
    disguised = tmp_path / "扫描.PDF"
    disguised.write_bytes(b"MZ" + bytes(3_000_000))
    page = enter(station.custodian, f"/invoices/volumes/{volume.id}")
    page.set_input_files("#f-files", str(disguised))
    until(page, "!!document.querySelector('.upload.failed')")
    assert "不是扫描件" in page.locator(".upload.failed").inner_text()
    assert page.locator("[data-hand-in]").get_attribute("aria-disabled") == "true"
    page.locator(".upload.failed button", has_text="移除").click()
    assert page.locator(".upload").count() == 0


def _answer(form: Any, key: str) -> None:
    """What somebody says who reads the paper: the blotted number is 04210002, nothing is void."""
    values = [each.get_attribute("value") for each in form.locator("[name=decision]").all()]
    if "number" in values and (key.startswith("n") or "not-a-stub" in values):
        form.locator("[name=number]").fill("04210002")
        if form.locator("[name=page]").count():
            form.locator("[name=page]").fill("1")
    else:
        decision = "not-void" if "not-void" in values else "page-done"
        form.locator(f"[value={decision}]").check()

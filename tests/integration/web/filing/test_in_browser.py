"""Filing in a real browser, on a desk and on a phone."""

from typing import Any

import pytest

from archive.filing.delivery import DeliveredPage
from archive.holdings.pair import Pair
from tests.builders import Station
from tests.deliveries import COMPLAINT, pdf_of
from tests.holdings import with_file_plan
from tests.integration.web.filing.story import complaint_filed, stack_read
from tests.integration.web.holdings.test_in_browser import check
from tests.integration.web.requests.test_in_browser import DESKTOP, PHONE, Open, axe, opens, site

__all__ = ["axe", "opens", "site"]

VIEWPORTS = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])


@VIEWPORTS
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_filing_fits_and_is_accessible(
    station: Station, opens: Open, axe: str, viewport: dict[str, int], language: str
):
    record = complaint_filed(station)
    asked = f"?language={language}"
    page = opens(station.archivist, f"/filing{asked}", viewport=viewport, bypass_csp=True)
    check(page, axe, viewport["width"])
    for place in (
        "/filing/1",
        "/filing/drafts/2",
        "/filing/separators",
        "/holdings/records",
        f"/holdings/records/{record.id}",
    ):
        page.goto(f"{place}{asked}")
        check(page, axe, viewport["width"])


def test_a_file_is_dropped_and_handed_in(station: Station, opens: Open, tmp_path: Any):
    with_file_plan(station)
    page = opens(station.archivist, "/filing")
    path = tmp_path / "投诉.pdf"
    path.write_bytes(pdf_of(COMPLAINT))
    page.set_input_files("input[name=files]", path)
    page.wait_for_selector(".upload.done")
    page.click("[data-hand-in]")
    page.wait_for_url("**/filing/1?done=received")
    assert "正在识读第 1 批来件" in page.content()


def test_a_stack_is_filed_with_the_keyboard_alone(station: Station, opens: Open):
    stack_read(station)
    page = opens(station.archivist, "/filing/drafts/1")
    page.focus("#f-kind")
    for _ in range(7):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the first button after the fields: file, and the next
    page.wait_for_url("**/filing/drafts/2?done=filed**")
    page.focus("#f-origin")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/filing/1?done=filed**")
    left = station.asks(
        lambda tx: [page.number for page in tx.session.query(DeliveredPage) if page.is_open]
    )
    assert left == []


def test_a_second_person_compares_on_a_phone(station: Station, opens: Open):
    record = complaint_filed(station)
    here = f"/holdings/records/{record.id}"
    page = opens(station.archivist, here)
    page.fill("form[action$='/paper'] [name=pages]", "1")
    page.click("form[action$='/paper'] button")
    page.wait_for_url("**done=paper")
    page = opens(station.head, here, viewport=PHONE)
    page.fill("[name=paper_pages]", "1")
    page.check("[name=verdict][value=match]")
    page.click("#compare button")
    page.wait_for_url("**done=compared")
    assert station.sees(Pair, record.id).state == "paired"


def test_pages_are_set_aside_and_put_back_without_scripts(station: Station, opens: Open):
    stack_read(station)
    page = opens(station.archivist, "/filing/drafts/2", java_script_enabled=False)
    page.click("text=页分错了")
    page.check("form[action$='/set-aside'] [name=page] >> nth=1")
    page.select_option("[name=why]", "double")
    page.click("text=把勾选的页放在一边")
    page.wait_for_url("**done=aside")
    page.goto("/filing/1")
    page.check("form[action$='/put-back'] [value='5']")
    page.click("text=把勾选的页放回")
    page.wait_for_url("**done=put-back")

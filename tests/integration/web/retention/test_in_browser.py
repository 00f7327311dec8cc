"""Calendar, what is due and why, in a real browser: on a desk, on a phone, without scripts."""

import pytest

from tests.builders import Station
from tests.integration.web.holdings.test_in_browser import check
from tests.integration.web.requests.test_in_browser import DESKTOP, PHONE, Open, axe, opens, site
from tests.retention import due_records

__all__ = ["axe", "opens", "site"]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_from_the_calendar_to_the_reason_of_a_date(
    station: Station, opens: Open, axe: str, viewport: dict[str, int], language: str
):
    due_records(station)
    asked = f"/retention?language={language}"
    page = opens(station.archivist, asked, viewport=viewport, bypass_csp=True)
    assert page.locator("svg.bars").count() == 1
    check(page, axe, viewport["width"])
    page.locator(".page-header a.primary, a.button.primary").first.click()
    page.wait_for_url("**/retention/due*")
    assert page.locator("tbody tr").count() == 2
    check(page, axe, viewport["width"])
    page.locator("tbody tr a.button").first.click()
    page.wait_for_url("**/retention/records/**")
    check(page, axe, viewport["width"])


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_event_is_entered_and_the_date_follows(
    station: Station, opens: Open, axe: str, viewport: dict[str, int]
):
    old = due_records(station)
    here = f"/retention/records/{old.contract.id}"
    page = opens(station.archivist, here, viewport=viewport, bypass_csp=True)
    page.fill("#f-happened_on", "2018-06-30")
    page.fill("#f-document", "终止协议 7 号")
    page.get_by_role("button", name="登记事件").click()
    page.wait_for_url("**done=event")
    assert "保管至2048年12月31日" in page.content()
    check(page, axe, viewport["width"])


def test_contents_are_entered_without_scripts(station: Station, opens: Open):
    old = due_records(station)
    here = f"/retention/records/{old.complaint.id}"
    page = opens(station.archivist, here, java_script_enabled=False)
    page.select_option("#f-content_id", label="年度财务会计报告（Y）")
    page.get_by_role("button", name="登记内含材料").click()
    page.wait_for_url("**done=content")
    assert "整件永久保管" in page.content()

"""Searching in a real browser, at a desk and on a phone."""

from typing import Any

import pytest

from archive.finding.jobs import catch_up
from tests.builders import Station
from tests.finding import scanned_in
from tests.holdings import filed, with_file_plan
from tests.integration.web.holdings.test_in_browser import check
from tests.integration.web.requests.test_in_browser import DESKTOP, PHONE, Open, axe, opens, site

__all__ = ["axe", "opens", "site"]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_something_half_remembered_is_typed_found_narrowed_and_opened(
    station: Station, opens: Open, axe: str, viewport: dict[str, int]
):
    with_file_plan(station)
    scanned_in(
        station, "线路检修记录", ["九月二日晚", "变压器三号台区检修"], kind="repair-call",
        formed_on=station.today.replace(year=2025),
    )  # fmt: skip
    filed(station, title="台区检修通知")
    catch_up(station.system)
    page: Any = opens(station.clerk, "/search", viewport=viewport, bypass_csp=True)
    check(page, axe, viewport["width"])
    assert page.evaluate("document.activeElement.id") == "q", "one types at once"
    page.keyboard.type("台区检修")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/*")
    check(page, axe, viewport["width"])
    assert page.locator(".search-hits > li").count() == 2
    assert page.locator(".search-place mark").first.inner_text() == "台区检修"
    if viewport is PHONE:
        page.locator(".search-fold > summary").click()
    page.locator(".search-facets a", has_text="2025").click()
    page.wait_for_url("**year=2025**")
    assert page.locator(".search-hits > li").count() == 1
    page.locator(".search-hits h2 a").click()
    page.wait_for_url("**/holdings/records/*")
    assert "线路检修记录" in page.inner_text("main")


def test_searching_needs_no_scripts(station: Station, opens: Open):
    with_file_plan(station)
    filed(station, title="台区检修通知")
    catch_up(station.system)
    page = opens(station.clerk, "/search", java_script_enabled=False)
    page.fill("#q", "检修")
    page.click(".search-box button")
    assert page.locator(".search-hits > li").count() == 1

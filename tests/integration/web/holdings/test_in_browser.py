"""The file plan in a real browser, on a desk and on a phone."""

from typing import Any

import pytest

from archive.holdings.actions.plans import adopt_default_plan
from tests.builders import Station
from tests.integration.web.requests.test_in_browser import DESKTOP, PHONE, Open, axe, opens, site

__all__ = ["axe", "opens", "site"]

PLAN = "/holdings/plan"


def check(page: Any, axe: str, width: int) -> None:
    """Nothing serious for axe, nothing beyond the window, a page under 100 kB."""
    page.evaluate(axe)
    found = page.evaluate("axe.run().then((result) => result.violations)")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(page.content().encode()) < 100_000


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_plan_is_adopted_read_and_searched(
    station: Station,
    opens: Open,
    axe: str,
    viewport: dict[str, int],
    language: str,
):
    asked = f"{PLAN}?language={language}"
    page = opens(station.archivist, asked, viewport=viewport, bypass_csp=True)
    check(page, axe, viewport["width"])
    page.fill("#f-fonds_name", "青石县供电公司")
    page.locator("form.panel button[type=submit]").click()
    page.goto(asked)
    kinds, styles, contents = 53, 6, 20
    assert page.locator("tbody tr").count() == kinds + styles + contents
    check(page, axe, viewport["width"])

    page.fill("#f-text", "3.4")
    page.locator("form.filters button[type=submit]").click()
    page.wait_for_url("**text=3.4**")
    assert page.locator("tbody tr").count() == 3


def test_the_plan_is_read_without_scripts(station: Station, opens: Open):
    station.leader.does(adopt_default_plan, fonds_name="青石县供电公司", fonds_code="Z109")
    page = opens(station.custodian, f"{PLAN}?text=废票", java_script_enabled=False)
    assert page.locator("tbody tr").count() == 1

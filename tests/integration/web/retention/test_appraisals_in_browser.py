"""Holds and appraisals in a real browser, on a desk and on a phone."""

from datetime import date
from typing import Any

import pytest

from archive.retention.actions.appraisals import Named, name_panel
from archive.retention.appraisal import Appraisal
from archive.retention.department import Department
from tests.builders import PASSWORD, Station
from tests.company import Company, open_company
from tests.holdings import with_file_plan
from tests.integration.web.holdings.test_in_browser import check
from tests.integration.web.requests.test_in_browser import DESKTOP, PHONE, Open, axe, opens, site
from tests.panels import concluded, convened, due_record, proposed

__all__ = ["axe", "opens", "site"]

SIZES = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
Viewport = dict[str, int]


@pytest.fixture
def station(station: Station) -> Station:
    return with_file_plan(station)


@pytest.fixture
def company(station: Station) -> Company:
    return open_company(station)


def send(page: Any, action: str) -> None:
    page.locator(f'form[action$="{action}"] button.button:not([type=button])').first.click()
    page.wait_for_load_state()


@SIZES
def test_a_hold_is_placed_and_lifted_by_another_person(
    station: Station, opens: Open, axe: str, viewport: Viewport
):
    record = due_record(station)
    page = opens(station.archivist, "/retention/holds", viewport=viewport, bypass_csp=True)
    check(page, axe, viewport["width"])
    page.goto(f"/retention/holds/new?records={record.code}")
    check(page, axe, viewport["width"])
    send(page, "/new")
    check(page, axe, viewport["width"])
    assert page.locator("#f-kind-error").is_visible()
    page.select_option("#f-kind", "debt")
    page.fill("#f-reason", "2019 年欠费 1,203.50 元未结清")
    send(page, "/new")
    page.wait_for_url("**done=placed")
    check(page, axe, viewport["width"])
    where = page.url
    head = opens(station.head, where, viewport=viewport, bypass_csp=True)
    check(head, axe, viewport["width"])
    head.fill("#f-settled_on", station.today.isoformat())
    head.fill("#f-reason", "欠费已收清")
    head.fill("#f-document", "收据 00123456")
    send(head, "/lift")
    head.wait_for_url("**done=lifted")
    head.goto("/retention/holds")
    check(head, axe, viewport["width"])


@SIZES
def test_a_draft_is_filled_its_panel_named_and_handed_over(
    station: Station, company: Company, opens: Open, axe: str, viewport: Viewport
):
    due_record(station)
    due_record(station)
    page = opens(station.archivist, "/retention/appraisals", viewport=viewport, bypass_csp=True)
    check(page, axe, viewport["width"])
    page.goto("/retention/appraisals/new")
    check(page, axe, viewport["width"])
    page.fill("#f-title", "2011 年度到期档案鉴定")
    send(page, "/new")
    page.wait_for_url("**done=proposed")
    check(page, axe, viewport["width"])
    send(page, "/add-due")
    assert page.locator("tbody tr").count() == 2
    for department, members in {
        "archives": [company.archives, company.archives_head],
        "business": [station.head],
    }.items():
        for member in members:
            page.check(f"input[name=member-{department}][value='{member.id}']")
    page.select_option("#f-chair", str(company.archives.id))
    send(page, "/panel")
    check(page, axe, viewport["width"])
    send(page, "/convene")
    page.wait_for_url("**done=convened")
    check(page, axe, viewport["width"])


@SIZES
def test_the_panel_judges_and_signs(
    station: Station, company: Company, opens: Open, axe: str, viewport: Viewport
):
    first, second = due_record(station), due_record(station)
    appraisal = convened(station, company, first, second)
    where = f"/retention/appraisals/{appraisal.id}"
    page = opens(company.archives, where, viewport=viewport, bypass_csp=True)
    check(page, axe, viewport["width"])
    page.keyboard.press("j")
    page.keyboard.press(" ")
    page.keyboard.press("2")
    page.fill("#f-reason", "仍有查考价值")
    page.fill("#f-new_due_on", "2036-12-31")
    send(page, "/judge")
    page.wait_for_url("**done=judged")
    page.check("#f-to_all")
    page.keyboard.press("1")
    page.fill("#f-reason", "保管期满，无继续保存价值")
    page.check("#f-content_seen")
    send(page, "/judge")
    check(page, axe, viewport["width"])
    send(page, "/conclude")
    page.wait_for_url("**done=concluded")
    check(page, axe, viewport["width"])
    for person in (company.archives, station.head):
        signer = opens(person, f"{where}/sign", viewport=viewport, bypass_csp=True)
        check(signer, axe, viewport["width"])
        signer.fill("#f-password", "not-the-word")
        send(signer, "/sign")
        assert signer.locator("#f-password-error").is_visible()
        signer.fill("#f-password", PASSWORD)
        send(signer, "/sign")
        signer.wait_for_url("**done=signed")
        check(signer, axe, viewport["width"])
    assert station.sees(Appraisal, appraisal.id).state == "signed"


def test_an_appraisal_is_judged_without_scripts(station: Station, company: Company, opens: Open):
    appraisal = convened(station, company)
    page = opens(
        company.archives, f"/retention/appraisals/{appraisal.id}", java_script_enabled=False
    )
    page.check("input[name=item]")
    page.check("input[name=opinion][value=destroy]")
    page.fill("#f-reason", "保管期满")
    send(page, "/judge")
    page.wait_for_url("**done=judged")


@pytest.mark.parametrize("language", ["en"])
def test_the_pages_speak_english(
    station: Station, company: Company, opens: Open, axe: str, language: str
):
    record = due_record(station, kind="usage-plan", formed_on=date(1990, 3, 1))
    draft = proposed(station, company, record)
    station.archivist.does(
        name_panel, draft.id, [Named(company.archives.id, Department.ARCHIVES, chair=True)]
    )
    waiting = concluded(station, company)
    for person, path in (
        (station.archivist, f"/retention/appraisals/{draft.id}"),
        (station.head, f"/retention/appraisals/{waiting.id}/sign"),
        (station.head, "/retention/holds/new"),
        (station.head, "/"),
    ):
        page = opens(person, f"{path}?language={language}", viewport=PHONE, bypass_csp=True)
        check(page, axe, PHONE["width"])

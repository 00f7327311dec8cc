"""Takes the pictures of README and guide from a running demo station.

make run                                   # in one terminal
.venv/bin/python tools/pictures.py         # in another; PORT= as for make run
"""

import os
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from archive.demo.cast import PEOPLE
from tests.browser import find_browser

HERE = Path(__file__).parent.parent / "docs" / "pictures"
BASE = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
PASSWORDS = {player.code: player.password for player in PEOPLE}
PICTURES = (
    ("desk", "F001", "/invoices/volumes/2/desk", (1440, 900)),
    ("gate", "B001", "/invoices/requests/new", (1366, 900)),
    ("volume", "B001", "/invoices/volumes/2", (1366, 900)),
    ("book", "B001", "/invoices/books/3", (1366, 900)),
    ("overview", "F001", "/", (1366, 500)),
    ("trail", "S001", "/trail", (1366, 900)),
    ("file-plan", "D001", "/holdings/plan", (1366, 900)),
    ("filing", "D001", "/filing/3", (1366, 900)),
    ("filing-desk", "D001", "/filing/drafts/3", (1366, 1000)),
    ("record", "Z001", "/holdings/records?text=营销工作月报 first", (1366, 1000)),
    ("catalogue", "D001", "/holdings/records", (1366, 900)),
    ("search", "D001", "/search 投诉", (1366, 900)),
    ("store", "D001", "/store/cabinets/1", (1366, 900)),
    ("statistics", "D001", "/holdings/statistics", (1366, 900)),
    ("retention", "D001", "/retention", (1366, 1000)),
    ("appraisal", "Z001", "/retention/appraisals/2", (1366, 1000)),
    ("batch", "G002", "/retention/batches/1", (1366, 1100)),
    ("batch-sign-phone", "G002", "/retention/batches/1/sign", (360, 740)),
    ("desk-phone", "F001", "/invoices/volumes/2/desk", (360, 740)),
    ("gate-phone", "B001", "/invoices/requests/new", (360, 740)),
)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def main() -> None:
    """Write every picture."""
    HERE.mkdir(parents=True, exist_ok=True)
    browser_path = find_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(browser_path) if browser_path else None, args=QUIET
        )
        for name, person, path, size in PICTURES:
            _take(browser, name, person, path, size)
        browser.close()


def _take(browser: Browser, name: str, person: str, path: str, size: tuple[int, int]) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="zh-CN", device_scale_factor=1
    )
    page = context.new_page()
    page.goto(f"{BASE}/sign-in")
    page.get_by_label("工号").fill(person)
    page.get_by_label("密码").fill(PASSWORDS[person])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    address, _, follow = path.partition(" ")
    page.goto(BASE + address)
    if address == "/search":
        page.fill("#q", follow)
        page.keyboard.press("Enter")
        page.wait_for_url("**/search/*")
    elif follow:  # the first line of the list
        page.locator("tbody tr a").first.click()
        page.wait_for_selector(".panes")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=HERE / f"{name}.png")
    context.close()


if __name__ == "__main__":
    main()

"""People at browsers of their own, who know the pages by what stands on them."""

import base64
import re
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from archive.messages import sentence
from tests.browser import Watched
from tests.e2e.people import PASSWORD
from tests.e2e.servers import PATIENCE
from web import assets

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, ViewportSize

T = TypeVar("T")

DESKTOP: "ViewportSize" = {"width": 1366, "height": 768}
PHONE: "ViewportSize" = {"width": 360, "height": 740}
STANDSTILL = 2 * PATIENCE
_GRAVE = {"serious", "critical"}
_DROP = """([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type: "application/pdf" }));
  for (const type of ["dragenter", "dragover", "drop"]) {
    const options = { bubbles: true, cancelable: true, dataTransfer: transfer };
    document.body.dispatchEvent(new DragEvent(type, options));
  }
}"""
_STICKS_OUT = """() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const beyond = [...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().right > clientWidth + 1);
  return [`${scrollWidth} > ${clientWidth}`, ...beyond.slice(0, 5).map((one) => one.outerHTML.slice(0, 200))];
}"""


def says(key: str, /, **facts: object) -> str:
    """What stands on a button or beside a box, in Chinese."""
    return sentence(key, "zh", **facts)


@cache
def axe() -> str:
    """The script that judges whether everybody can use a page."""
    if not assets.is_installed(with_test_tools=True):
        assets.install(with_test_tools=True)
    return (assets.ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


class Someone:
    """A person at a browser; ``looked_at`` are the pages that were judged."""

    def __init__(self, new_page: Watched, address: str, code: str, **options: Any) -> None:
        self.code = code
        self.page: Page = new_page(**{"base_url": address, "viewport": DESKTOP, **options})
        self.page.set_default_timeout(PATIENCE * 1000)
        self.looked_at: list[str] = []

    def signs_in(self, password: str = PASSWORD) -> "Someone":
        """From the page of signing in to whichever comes after it."""
        self.page.goto("/sign-in")
        self.fills("account.code", self.code)
        self.fills("account.password", password)
        self.presses("account.sign_in")
        self.page.wait_for_url(lambda address: "/sign-in" not in address)
        return self

    def fills(self, key: str, value: object, *, within: str = "body", **facts: object) -> None:
        """The box that is labelled so; an optional one says so after its label."""
        label = re.compile(rf"^\s*{re.escape(says(key, **facts))}\s*(\S+\s*)?$")
        self.page.locator(within).get_by_label(label).fill(str(value))

    def chooses(self, key: str, option: str) -> None:
        label = re.compile(re.escape(says(key)))
        self.page.get_by_label(label).select_option(label=option)

    def presses(self, key: str, *, within: str = "body", **facts: object) -> None:
        """The button that says so."""
        self.button(key, within=within, **facts).click()

    def button(self, key: str, *, within: str = "body", **facts: object) -> "Locator":
        name = says(key, **facts)
        return self.page.locator(within).get_by_role("button", name=name, exact=True)

    def is_grey(self, key: str, **facts: object) -> bool:
        """Whether the button is there and cannot be used yet."""
        return self.button(key, **facts).get_attribute("aria-disabled") == "true"

    def follows(self, link: "str | Locator") -> None:
        """The first link that says so, to the page it leads to."""
        named = self.page.get_by_role("link", name=link) if isinstance(link, str) else link
        target = named.first.get_attribute("href") or ""
        named.first.click()
        path = target.partition("#")[0]
        self.page.wait_for_url(lambda address: address.partition("#")[0].endswith(path))

    def sees(self, *texts: str) -> None:
        """Waits until all of this stands on the page."""
        for text in texts:
            self.page.get_by_text(text).first.wait_for(state="visible")

    def drops(self, file: Path, name: str) -> None:
        """Drags a file onto the page, as from a folder beside the browser."""
        content = base64.b64encode(file.read_bytes()).decode()
        self.page.evaluate(_DROP, [name, content])

    def tabs_to(self, target: "Locator") -> None:
        """Presses Tab until the target has the focus, which it must get that way."""
        for _ in range(150):
            if target.evaluate("(element) => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        msg = f"Tab does not lead to {target}"
        raise AssertionError(msg)

    def looks(self) -> None:
        """Judges the page: nobody is kept out by it, and it fits into a window and a phone."""
        path = self.page.evaluate("location.pathname + ' ' + document.title")
        self.page.evaluate(axe())
        found = self.page.evaluate("axe.run().then((result) => result.violations)")
        grave = [
            (one["id"], one["impact"], one["nodes"][0]["html"])
            for one in found
            if one["impact"] in _GRAVE
        ]
        assert not grave, (path, grave)
        size = self.page.viewport_size or DESKTOP
        for window in (size, PHONE):
            self.page.set_viewport_size(window)
            sticking_out = self.page.evaluate(_STICKS_OUT)
            assert not sticking_out, (path, window, sticking_out)
        self.page.set_viewport_size(size)
        self.looked_at.append(path)

    def until(self, happened: Callable[[], T], *, moving: Callable[[], object] = str) -> T:
        """What ``happened()`` gives once it is true; patience begins anew while it is ``moving``.

        A browser that waits by itself gives up work that goes on, only slowly.
        """
        stood, deadline = moving(), time.monotonic() + STANDSTILL
        while not (value := happened()):
            if (stands := moving()) != stood:
                stood, deadline = stands, time.monotonic() + STANDSTILL
            assert time.monotonic() < deadline, self.page.inner_text("main")
            self.page.wait_for_timeout(100)
        return value

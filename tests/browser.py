"""A real browser for tests: found, or fetched, or said loudly to be missing.

``python -m tests.browser`` makes sure there is one.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.backends import NotHere

if TYPE_CHECKING:  # half a second at every start, for the few tests that need it
    from playwright.sync_api import (
        Browser,
        BrowserContext,
        ConsoleMessage,
        Page,
        Request,
        Response,
        WebError,
    )

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PACKAGES = ("chromium", "fonts-noto-cjk")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_PARTS_OF_A_PAGE = {"script", "stylesheet", "image", "font"}
_PATIENCE = 900


def find_browser() -> Path | None:
    """A Chromium that starts: on the PATH, or Playwright's own."""
    on_path = (Path(found) for name in _NAMES if (found := shutil.which(name)))
    return next((path for path in on_path if _starts(path)), None) or _playwrights_own()


def make_sure() -> Path | None:
    """Find a browser, or fetch one by whatever way this machine allows."""
    may_install = os.geteuid() == 0 and shutil.which("apt-get") is not None
    if may_install and not (_on_path() and _has_chinese_font()):
        _say("Fetching a browser and Chinese fonts for the tests …")
        _apt_get("update")
        _apt_get("install", "--no-install-recommends", *_PACKAGES)
    if found := find_browser():
        return found
    _say("Fetching Playwright's browser for the tests …")
    with_libraries = ["--with-deps"] if may_install else []
    _run([sys.executable, "-m", "playwright", "install", "--no-shell", *with_libraries, "chromium"])
    return find_browser()


@contextmanager
def started() -> Iterator[Callable[[], "Browser"]]:
    """Starts the browser when first called for, and ends it.

    The call raises NotHere where there is none.
    """
    from playwright.sync_api import Error, sync_playwright

    running: list[Any] = []

    def browser() -> "Browser":
        if running:
            return running[-1]
        path = find_browser()
        if path is None:
            raise NotHere("no Chromium is found; `make browser` tries to fetch one")
        playwright = sync_playwright().start()
        running.append(playwright)
        try:
            running.append(playwright.chromium.launch(executable_path=path, args=_ARGUMENTS))
        except Error as fault:
            running.clear()
            playwright.stop()
            raise NotHere(f"{path} does not start: {fault.message}") from fault
        return running[-1]

    yield browser
    if running:
        playwright, chromium = running
        chromium.close()
        playwright.stop()


class Watched:
    """Opens pages and notes whatever they should not do."""

    def __init__(self, browser: "Browser") -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._expected: list[str] = []
        self._complaints: list[str] = []

    def __call__(self, **options: Any) -> "Page":
        """A page in a context of its own; ``options`` are those of Playwright's new_context."""
        settings = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "service_workers": "block"}
        context = self._browser.new_context(**{**settings, **options})
        self._contexts.append(context)
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("console", self._said)
        context.on("weberror", self._erred)
        return context.new_page()

    def expect_complaint(self, part: str) -> None:
        """What a test brings about on purpose; it must then come."""
        self._expected.append(part)

    def photograph(self, name: str) -> None:
        """What the pages look like now, into ``test-results/``, for a person to look at."""
        from playwright.sync_api import Error

        stem = Path("test-results") / re.sub(r"[^\w-]+", "-", name)[:100]
        pages = [page for context in self._contexts for page in context.pages]
        for number, page in enumerate(pages, start=1):
            with suppress(Error):
                page.screenshot(path=f"{stem}-{number}.png", full_page=True)

    def close(self) -> list[str]:
        """Close the pages; what they did wrong, and what was expected and did not come."""
        for context in self._contexts:
            context.close()
        missed = [
            f"expected, but did not come: {part}"
            for part in self._expected
            if not any(part in complaint for complaint in self._complaints)
        ]
        unexpected = [
            complaint
            for complaint in self._complaints
            if not any(part in complaint for part in self._expected)
        ]
        return unexpected + missed

    def _asked(self, request: "Request") -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname not in _LOOPBACK:
            self._complaints.append(f"leaves this machine: {request.method} {request.url}")

    def _answered(self, response: "Response") -> None:
        part = response.request.resource_type in _PARTS_OF_A_PAGE
        if response.status >= 500 or (response.status >= 400 and part):
            self._complaints.append(f"answered {response.status}: {response.url}")

    def _said(self, message: "ConsoleMessage") -> None:
        known_by_its_answer = message.text.startswith(
            "Failed to load resource: the server responded with a status of"
        )
        if message.type == "error" and not known_by_its_answer:
            self._complaints.append(f"console: {message.text} ({message.location.get('url')})")

    def _erred(self, fault: "WebError") -> None:
        self._complaints.append(f"script: {fault.error}")


def _on_path() -> bool:
    return any(_starts(Path(found)) for name in _NAMES if (found := shutil.which(name)))


def _starts(path: Path) -> bool:
    """Whether it runs at all; some systems put a mere signpost under the name."""
    return _run([str(path), "--version"], quiet=True) == 0


def _playwrights_own() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() and _starts(path) else None


def _has_chinese_font() -> bool:
    if shutil.which("fc-list"):
        listed = subprocess.run(
            ["fc-list", ":lang=zh-cn"], capture_output=True, text=True, check=False
        )
        return bool(listed.stdout.strip())
    return any(Path("/usr/share/fonts").rglob("*CJK*"))


def _apt_get(*arguments: str) -> None:
    options = ["-qq", "-y", "-o", "DPkg::Lock::Timeout=120"]
    _run(["apt-get", *options, *arguments], DEBIAN_FRONTEND="noninteractive")


def _run(argv: list[str], *, quiet: bool = False, **env: str) -> int:
    """How a command ended; its output only if it went wrong."""
    try:
        ended = subprocess.run(
            argv,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        return _say(f"{argv[0]}: {fault}", quiet=quiet)
    if ended.returncode:
        last_words = (ended.stdout + ended.stderr).strip().splitlines()[-6:]
        _say("\n    ".join([" ".join(argv), *last_words]), quiet=quiet)
    return ended.returncode


def _say(text: str, *, quiet: bool = False) -> int:
    if not quiet:
        sys.stderr.write(text + "\n")
    return 1


def main() -> None:
    found = make_sure()
    if found is None:
        _say("!" * 78)
        _say("!!  NO BROWSER: none is here and none could be fetched.")
        _say("!!  The tests in the browser WILL NOT RUN; the test run says so again at its end.")
        _say("!" * 78)
        return
    sys.stdout.write(f"Browser for tests: {found}\n")
    if not _has_chinese_font():
        _say("No Chinese font is installed: the browser will draw Chinese as boxes.")


if __name__ == "__main__":
    main()

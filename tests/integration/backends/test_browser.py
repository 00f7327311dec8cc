"""A test in the browser fails for whatever a page does that it should not."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.browser import Watched
from tests.conftest import here

PAGES = {
    "/": "<h1>你好</h1>",
    "/script": "<script>nope()</script>",
    "/console": "<script>console.error('not well')</script>",
    "/style": "<link rel=stylesheet href=/gone.css>",
    "/image": "<img src=/gone.png>",
    "/fetch": "<script>fetch('/broken')</script>",
    "/name": "<img src=http://pictures.example/x.png>",
    "/address": "<img src=http://192.0.2.9/x.png>",
    "/form": "<script>fetch('/refused')</script>",
}
PHONE = {"width": 360, "height": 800}
STATUSES = {"/gone.css": 404, "/gone.png": 404, "/broken": 500, "/refused": 422}


class Site(BaseHTTPRequestHandler):
    def do_GET(self):
        body = ("<!doctype html><link rel=icon href='data:,'>" + PAGES.get(self.path, "")).encode()
        self.send_response(STATUSES.get(self.path, 200))
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def serving():
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def site():
    with serving() as address:
        yield address


@pytest.fixture
def complaints_about(request, _browser, site):
    browser = here(request, "a browser", _browser)

    def visit(path, expected=()):
        watched = Watched(browser)
        for part in expected:
            watched.expect_complaint(part)
        page = watched()
        page.goto(site + path)
        page.wait_for_timeout(150)
        return watched.close()

    return visit


def test_a_page_speaks_chinese_and_keeps_the_stations_time(page, site):
    page.goto(site)
    assert page.inner_text("h1") == "你好"
    assert page.evaluate("navigator.language") == "zh-CN"
    assert page.evaluate("new Date(0).getHours()") == 8


def test_two_pages_share_no_cookie(new_page, site):
    one, other = new_page(base_url=site), new_page(base_url=site, viewport=PHONE)
    one.goto("/")
    other.goto("/")
    one.evaluate("document.cookie = 'who=custodian'")
    assert other.evaluate("document.cookie") == ""
    assert other.evaluate("innerWidth") == 360


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("/script", "script: nope is not defined"),
        ("/console", "console: not well"),
        ("/style", "answered 404"),
        ("/image", "answered 404"),
        ("/fetch", "answered 500"),
        ("/name", "leaves this machine: GET http://pictures.example/x.png"),
        ("/address", "leaves this machine: GET http://192.0.2.9/x.png"),
    ],
)
def test_what_a_page_should_not_do_is_complained_of(complaints_about, path, complaint):
    assert complaint in "\n".join(complaints_about(path))


@pytest.mark.parametrize("path", ["/", "/form"])
def test_a_page_that_does_well_is_not_complained_of(complaints_about, path):
    assert complaints_about(path) == []


def test_what_a_test_brings_about_on_purpose_is_forgiven_but_must_come(complaints_about):
    assert complaints_about("/console", expected=["not well"]) == []
    assert complaints_about("/", expected=["not well"]) == ["expected, but did not come: not well"]

"""People visiting the pages, each in a browser of their own without scripts.

custodian = visits(station.custodian)
page = custodian.get("/invoices/requests/new")
assert page.says("还不能领用")
page = custodian.post("/invoices/books/1/receive")      # carries the form's token by itself
assert page.leads_to("/invoices/books/1?done=receive")
"""

import asyncio
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from tests.builders import Colleague
from web.deps import LANGUAGE_COOKIE, SESSION_COOKIE, csrf_token

_SILENT = {"script", "style", "title"}
_APART = {"td", "th", "div", "li", "p", "dt", "dd", "option", "h1", "h2", "h3"}


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self._silent += tag in _SILENT
        if tag in _APART:
            self.found.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


@dataclass(frozen=True)
class Seen:
    """An answer as a person sees it."""

    response: Response

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def words(self) -> str:
        """What stands on the page, without its markup."""
        reader = _Words()
        reader.feed(self.response.text)
        return " ".join("".join(reader.found).split())

    def says(self, *sentences: str) -> bool:
        """Whether all of this stands on the page."""
        words = self.words
        return all(sentence in words for sentence in sentences)

    def leads_to(self, path: str) -> bool:
        """Whether it sends on to that page."""
        return self.status == 303 and self.response.headers["location"] == path

    @property
    def place(self) -> str:
        """Where it sends on to."""
        assert self.status == 303, f"{self.status}: {self.words[:400]}"
        return self.response.headers["location"]

    def beside(self, field: str) -> str:
        """The error that stands beside a field; empty when there is none."""
        found = re.search(
            rf'id="f-{re.escape(field)}-error">(.*?)</p>', self.response.text, re.DOTALL
        )
        return re.sub(r"<[^>]*>", "", html.unescape(found[1])) if found else ""

    def holds(self, field: str) -> str | None:
        """What a box of the form is filled with."""
        found = re.search(
            rf'<input[^>]*\bname="{re.escape(field)}"[^>]*\bvalue="([^"]*)"', self.response.text
        ) or re.search(
            rf'<textarea[^>]*\bname="{re.escape(field)}"[^>]*>([^<]*)', self.response.text
        )
        return html.unescape(found[1]) if found else None

    def ticked(self, field: str, value: str) -> bool:
        """Whether that box or that choice is ticked."""
        found = re.search(
            rf'<input[^>]*\bname="{re.escape(field)}"[^>]*\bvalue="{re.escape(value)}"[^>]*>',
            self.response.text,
        )
        return bool(found) and " checked" in found[0]

    def button(self, label: str) -> str:
        """How a button stands: ``ready``, ``grey`` or ``missing``."""
        for found in re.finditer(r"<button\b([^>]*)>([^<]*)", self.response.text):
            if html.unescape(found[2]).strip() == label:
                return "grey" if "aria-disabled" in found[1] else "ready"
        return "missing"

    def link(self, label: str) -> str | None:
        """Where the link of that text leads."""
        for found in re.finditer(r"<a\b([^>]*)>(.*?)</a>", self.response.text, re.DOTALL):
            if re.sub(r"<[^>]*>", "", html.unescape(found[2])).strip() == label:
                address = re.search(r'href="([^"]*)"', found[1])
                return html.unescape(address[1]) if address else None
        return None

    def rows(self) -> list[str]:
        """The lines of the list, in order, each in its words."""
        body = self.response.text.partition("<tbody")[2].partition("</tbody>")[0]
        return [
            " ".join(html.unescape(re.sub(r"<[^>]*>", " ", row)).split())
            for row in re.findall(r"<tr\b.*?</tr>", body, re.DOTALL)
        ]


@dataclass(frozen=True)
class Visitor:
    """Somebody at a browser."""

    app: FastAPI
    token: str
    cookies: Mapping[str, str]

    def get(self, path: str, **headers: str) -> Seen:
        return self._asks("GET", path, headers=headers)

    def post(self, path: str, form: Mapping[str, Any] | None = None, **fields: Any) -> Seen:
        """Send a form, with the token every form of this sign-in carries."""
        given = {**(form or {}), **fields}
        return self.post_bare(path, {"csrf_token": csrf_token(self.token), **given})

    def post_bare(self, path: str, form: Mapping[str, Any]) -> Seen:
        """Send a form that does not prove where it comes from."""
        return self._asks("POST", path, data=dict(form))

    def sends(self, path: str, name: str, content: bytes) -> Seen:
        """A file as a raw body, as the drop zone sends it."""
        headers = {"x-file-name": quote(name), "x-csrf-token": csrf_token(self.token)}
        return self._asks("POST", path, content=content, headers=headers)

    def goes(self, seen: Seen) -> Seen:
        """Where the answer sent on to."""
        return self.get(seen.place)

    def _asks(self, method: str, path: str, **given: Any) -> Seen:
        async def asking() -> Response:
            transport = ASGITransport(self.app)
            async with AsyncClient(
                transport=transport, base_url="http://127.0.0.1", cookies=dict(self.cookies)
            ) as client:
                return await client.request(method, path, **given)

        return Seen(asyncio.run(asking()))


Visits = Callable[..., Visitor]


def visitor(app: FastAPI, person: Colleague | None, language: str = "zh") -> Visitor:
    """A person signed in at a browser of their own; None is a stranger."""
    cookies = {LANGUAGE_COOKIE: language}
    if person is None:
        return Visitor(app, "", cookies)
    token = person.signs_in().token
    assert token is not None
    return Visitor(app, token, {**cookies, SESSION_COOKIE: token})

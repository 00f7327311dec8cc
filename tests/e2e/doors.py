"""The doors a scan can come in by, over HTTP, as the custodian who is signed in."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import httpx

from tests.e2e.deaths import Mortal
from tests.e2e.installation import Installation, eventually
from tests.e2e.servers import PATIENCE
from web.deps import SESSION_COOKIE, csrf_token

Content = bytes | Iterable[bytes]
_PROBLEM = re.compile(r'(?:field-error|problem-told)"[^>]*>([^<]+)<')


class Doors:
    """The pages and the API of an installation, served."""

    def __init__(self, installation: Installation, **how: Any) -> None:
        self.installation = installation
        self.server = Mortal("web", installation.settings, **how)
        address = f"http://127.0.0.1:{installation.settings.port}"
        token = installation.token
        self.pages = httpx.Client(
            base_url=address, cookies={SESSION_COOKIE: token}, timeout=PATIENCE
        )
        self.api = httpx.Client(
            base_url=f"{address}/api/v1",
            headers={"authorization": f"Bearer {token}"},
            timeout=PATIENCE,
        )
        self._csrf = csrf_token(token)
        try:
            eventually(self.answer)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self.pages.close()
        self.api.close()
        self.server.kill()

    def answer(self) -> bool:
        try:
            return self.pages.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def through_the_api(self, content: Content, name: str = "scan.pdf") -> tuple[int, str]:
        """The status, and what it says if it says no."""
        answer = self.api.post(
            f"/volumes/{self.installation.volume_id}/scans",
            content=content,
            headers={"x-file-name": quote(name)},
        )
        return answer.status_code, "" if answer.is_success else answer.json()["message"]

    def through_the_page(self, content: Content, name: str = "scan.pdf") -> tuple[int, str]:
        """As the page's script sends it: the bytes first, then the form with their id."""
        volume = f"/invoices/volumes/{self.installation.volume_id}"
        headers = {"x-file-name": quote(name), "x-csrf-token": self._csrf}
        sent = self.pages.post(f"{volume}/uploads", content=content, headers=headers)
        if not sent.is_success:
            return sent.status_code, sent.json()["told"]
        form = {"csrf_token": self._csrf, "upload": sent.json()["upload"]}
        return _said(self.pages.post(f"{volume}/scans", data=form))

    def through_the_form(self, content: bytes, name: str = "scan.pdf") -> tuple[int, str]:
        """As a browser without scripts sends it."""
        return _said(
            self.pages.post(
                f"/invoices/volumes/{self.installation.volume_id}/scans",
                data={"csrf_token": self._csrf},
                files={"files": (name, content, "application/pdf")},
            )
        )


def _said(answer: httpx.Response) -> tuple[int, str]:
    told = _PROBLEM.search(answer.text)
    return answer.status_code, told[1].strip() if told else ""

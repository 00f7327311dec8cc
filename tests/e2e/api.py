"""Persons at the API, as a client of another program would be one."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from tests.e2e.servers import PATIENCE, Program


class Caller:
    """One person who calls the API; nobody in particular until signed in."""

    def __init__(self, program: Program, code: str = "", password: str = "") -> None:
        self.code = code
        self.password = password
        self.id = 0
        self.http = httpx.Client(base_url=f"{program.url}/api/v1", timeout=PATIENCE)

    def close(self) -> None:
        self.http.close()

    def sign_in(self) -> bool:
        """Whether a password of one's own has to be chosen first."""
        self.http.headers.pop("authorization", None)
        given = {"code": self.code, "password": self.password}
        told = self.post("/sign-in", **given)
        self.http.headers["authorization"] = f"Bearer {told['token']}"
        must_change: bool = told["must_change_password"]
        if not must_change:
            self.id = self.get("/me")["person_id"]
        return must_change

    def choose_password(self, new: str) -> None:
        """What everybody has to do first; it ends the sign-in."""
        self.post("/password", old_password=self.password, new_password=new)
        self.password = new
        assert not self.sign_in()

    def get(self, path: str, **query: Any) -> Any:
        return _told(self.http.get(path, params=query))

    def post(self, path: str, **given: Any) -> Any:
        return _told(self.http.post(path, json=given))

    def put(self, path: str, **given: Any) -> Any:
        return _told(self.http.put(path, json=given))

    def refused(self, path: str, status: int, error: str, **given: Any) -> dict[str, Any]:
        """What the refusal says; ``error`` is its name."""
        return refusal(self.http.post(path, json=given), status, error)

    def refused_to_read(self, path: str, status: int, error: str) -> dict[str, Any]:
        return refusal(self.http.get(path), status, error)

    def refused_to_put(self, path: str, status: int, error: str, **given: Any) -> dict[str, Any]:
        return refusal(self.http.put(path, json=given), status, error)

    def send_scan(self, volume: int, scan: Path | bytes, name: str = "scan.pdf") -> httpx.Response:
        """The raw bytes, streamed from the file."""
        headers = {"x-file-name": quote(name), "content-type": "application/octet-stream"}
        path = f"/volumes/{volume}/scans"
        if isinstance(scan, bytes):
            return self.http.post(path, content=scan, headers=headers)
        with scan.open("rb") as file:
            return self.http.post(path, content=file, headers=headers)


def refusal(response: httpx.Response, status: int, error: str) -> dict[str, Any]:
    """An expected error: right status, its name, and a sentence in Chinese."""
    told: dict[str, Any] = response.json()
    assert (response.status_code, told["error"]) == (status, error), told
    assert any("一" <= character <= "鿿" for character in told["message"]), told
    assert "{" not in told["message"], told
    return told


def _told(response: httpx.Response) -> Any:
    assert response.is_success, f"{response.request.url} {response.status_code} {response.text}"
    return response.json() if response.content else None

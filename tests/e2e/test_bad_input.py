"""What should not be taken in, tried at every door over HTTP.

Each gets a clear sentence in Chinese and the right status; nothing of it stays, the program goes
on, and its memory does not grow with what is sent.
"""

import io
import threading
from collections.abc import Iterator

import psutil
import pypdf
import pytest
from pypdf.actions import JavaScript
from sqlalchemy import select

from archive.access import SYSTEM
from archive.custody.scan import Scan, ScanFile
from tests.e2e.deaths import Mortal
from tests.e2e.doors import Doors
from tests.e2e.installation import Installation, eventually
from tests.e2e.servers import free_port

MEGABYTE = 1_000_000


def pdf(**what: str) -> bytes:
    """A blank page, and what should not be with it."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(595, 842)
    if "password" in what:
        writer.encrypt(what["password"])
    if "script" in what:
        writer.add_open_action(JavaScript(what["script"]))
    if "attachment" in what:
        writer.add_attachment(what["attachment"], b"MZ")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


BAD = {
    "empty": ("scan.pdf", lambda _scan: b"", "是空的"),
    "no PDF at all": ("scan.pdf", lambda _scan: "今天停电两小时。".encode(), "不是扫描件"),
    "a program called .PDF": ("扫描.PDF", lambda _scan: b"MZ\x90\0" + bytes(4000), "EXE"),
    "encrypted": ("scan.pdf", lambda _scan: pdf(password="secret"), "密码"),
    "cut off": ("scan.pdf", lambda scan: scan[: len(scan) // 2], "不完整"),
    "with a program in it": ("scan.pdf", lambda _scan: pdf(script="app.alert(1)"), "程序"),
    "with a file in it": ("scan.pdf", lambda _scan: pdf(attachment="a.exe"), "夹带"),
    "too large": ("scan.pdf", lambda scan: scan + bytes(3 * MEGABYTE), "太大"),
}
DOORS = ["through_the_api", "through_the_page", "through_the_form"]


@pytest.fixture(scope="module")
def doors(sealed: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    folder = tmp_path_factory.mktemp("doors")
    opened = Doors(sealed.copied(folder, port=free_port(), max_upload_mb=2))
    yield opened
    opened.close()


@pytest.fixture
def fresh_doors(sealed: Installation, tmp_path) -> Iterator[Doors]:
    """Doors of an installation that one test has for itself."""
    opened = Doors(sealed.copied(tmp_path, port=free_port(), max_upload_mb=400))
    yield opened
    opened.close()


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("bad", BAD)
def test_what_is_no_scan_is_refused_in_a_sentence_and_leaves_nothing(doors, paper, bad, door):
    name, content, word = BAD[bad]
    status, told = getattr(doors, door)(content(paper.scan.read_bytes()), name)
    assert status in ({413, 422} if bad == "too large" else {422}), told
    assert word in told
    assert "{" not in told
    assert doors.installation.holds_nothing_new()


@pytest.mark.parametrize("door", ["through_the_api", "through_the_page"])
def test_too_much_is_refused_though_nobody_announced_it(doors, door):
    def endless() -> Iterator[bytes]:
        yield b"%PDF-1.7\n"
        for _ in range(60):
            yield bytes(100_000)

    status, told = getattr(doors, door)(endless())
    assert status in {413, 422}
    assert "太大" in told
    assert doors.installation.holds_nothing_new()


def test_a_form_of_megabytes_is_not_even_read(doors):
    stranger = doors.api.post("/sign-in", content=b'{"code": "' + bytes(3 * MEGABYTE))
    assert (stranger.status_code, stranger.json()["error"]) == (413, "BodyTooLarge")
    page = doors.pages.post("/sign-in", data={"code": "x" * 3 * MEGABYTE})
    assert page.status_code == 413
    assert "太大" in page.text


def test_after_all_that_a_good_scan_is_taken_and_the_same_one_only_once(fresh_doors, paper):
    scan = paper.scan.read_bytes()
    for name, content, _ in BAD.values():
        fresh_doors.through_the_api(content(scan)[: 2 * MEGABYTE], name)
    assert fresh_doors.through_the_api(scan) == (201, "")
    for door in DOORS:
        status, told = getattr(fresh_doors, door)(scan, "别的名字.pdf")
        assert status == 409
        assert "收过" in told or "已经收到" in told
    assert fresh_doors.installation.count(Scan) == 1
    objects = [p for p in (fresh_doors.installation.data / "objects").rglob("*") if p.is_file()]
    assert len(objects) == 1


@pytest.mark.parametrize("door", DOORS)
def test_a_name_is_kept_for_people_and_harms_nobody(fresh_doors, paper, door):
    name = "../../etc/\u202egnp.十月\n扫\x00描/..\\QS十月\u200b.PDF"
    status, told = getattr(fresh_doors, door)(paper.scan.read_bytes(), name)
    assert status in {201, 303}, told
    with (
        fresh_doors.installation.system() as running,
        running.transaction(SYSTEM, writes=False) as tx,
    ):
        kept = tx.session.scalars(select(ScanFile.name)).one()
    assert kept == "QS十月.PDF"
    outside = list(fresh_doors.installation.data.parent.rglob("*十月*"))
    assert not outside


def test_a_name_of_ten_thousand_characters_is_shortened(fresh_doors, paper):
    name = "十" * 3000 + ".pdf"
    assert fresh_doors.through_the_api(paper.scan.read_bytes(), name) == (201, "")
    told = fresh_doors.api.get("/scans/1").json()["files"][0]["name"]
    assert len(told.encode()) <= 255
    assert told.endswith("十.pdf")


def test_the_scan_of_another_volume_is_told_by_its_numbers(other_sealed, paper, readings, tmp_path):
    installation = other_sealed.copied(tmp_path, port=free_port())
    doors = Doors(installation)
    worker = Mortal("worker", installation.settings, readings=readings)
    try:
        assert doors.through_the_api(paper.scan.read_bytes()) == (201, "")
        eventually(installation.owes_nothing)
        lying = doors.api.get(f"/volumes/{installation.volume_id}/dossier").json()
    finally:
        worker.kill()
        doors.close()
    found = {finding["code"] for finding in lying["findings"]}
    assert {"foreign", "missing"} <= found
    assert [cell["status"] for cell in lying["numbers"]] == ["missing"] * 10
    foreign = [
        finding["facts"]["number"] for finding in lying["findings"] if finding["code"] == "foreign"
    ]
    assert set(foreign) <= set(paper.numbers)
    assert len(foreign) >= 8


@pytest.mark.parametrize("door", ["through_the_api", "through_the_page"])
def test_the_memory_of_the_server_does_not_grow_with_what_is_sent(fresh_doors, door):
    piece = bytes(range(256)) * 4096
    watch = Watch(fresh_doors.server.pid)

    def large() -> Iterator[bytes]:
        yield b"%PDF-1.7\n"
        for _ in range(300 * MEGABYTE // len(piece)):
            yield piece

    with watch:
        status, told = getattr(fresh_doors, door)(large())
    assert status == 422, told
    assert watch.grown < 80 * MEGABYTE
    assert fresh_doors.installation.holds_nothing_new()


class Watch:
    """How much the resident memory of a process grows meanwhile, at the most."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._before = self._process.memory_info().rss
        self._most = self._before
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    @property
    def grown(self) -> int:
        return self._most - self._before

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.02):
            self._most = max(self._most, self._process.memory_info().rss)

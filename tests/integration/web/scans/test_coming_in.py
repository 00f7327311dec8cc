"""Scans coming in through the page: raw, piece by piece; staged; handed in; or plain multipart."""

import io
import os
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image
from starlette.datastructures import UploadFile

from archive.custody.actions import verifications
from archive.custody.scan import Scan, ScanFile, ScanState
from archive.custody.volume import Volume, VolumeState
from archive.housekeeping import clear_away
from tests.builders import EVERYTHING_IN_ORDER, PASSWORD, Station
from tests.clock import SettableClock
from tests.integration.web.scans.sending import ask, break_off, drawn, send, told
from tests.integration.web.visiting import Visits
from web.deps import csrf_token

PDF_HEAD = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def at(volume: Volume) -> str:
    return f"/invoices/volumes/{volume.id}"


def scans(station: Station) -> list[Scan]:
    return station.asks(lambda tx: tx.session.query(Scan).order_by(Scan.id).all())


def files(station: Station) -> list[ScanFile]:
    return station.asks(lambda tx: tx.session.query(ScanFile).order_by(ScanFile.position).all())


def lying(station: Station) -> list[Path]:
    """Files of uploads on disk, whatever their state."""
    root = station.system.settings.effective_spool_dir
    return sorted(path for path in root.rglob("*") if path.is_file())


def jpeg(colour: str) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (640, 900), colour).save(kept, "JPEG")
    return kept.getvalue()


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return drawn(tmp_path_factory.mktemp("drawn") / "a.pdf", "04210001", 2).read_bytes()


@pytest.fixture
def volume(station: Station) -> Volume:
    return station.bound_volume()


def test_a_file_dropped_on_the_page_is_staged_and_then_handed_in(
    station: Station, visits: Visits, volume: Volume, pdf: bytes
):
    custodian = visits(station.custodian)
    answer = send(custodian, f"{at(volume)}/uploads", pdf, "十月 第一册.PDF")
    assert answer.status_code == 200
    assert not scans(station)
    assert custodian.get(at(volume)).says("有 1 个文件传到了，还没有交", "十月 第一册.PDF")

    page = custodian.goes(custodian.post(f"{at(volume)}/scans", upload=[told(answer)["upload"]]))
    assert page.says("扫描件已经收到", "排队中", "第 1 份扫描件", "十月 第一册.PDF")
    assert not page.says("还没有交")
    (scan,), (file,) = scans(station), files(station)
    assert (scan.source, scan.pages, scan.state) == ("page", 1, ScanState.RECEIVED)
    assert page.says(file.sha256, file.sm3)
    assert not lying(station)
    with station.system.objects.open(file.object_key) as kept:
        assert kept.read() == pdf


def test_several_images_make_one_scan_in_the_order_of_the_form(
    station: Station, visits: Visits, volume: Volume
):
    custodian = visits(station.custodian)
    ids = [
        told(send(custodian, f"{at(volume)}/uploads", jpeg(colour), f"{colour}.jpg"))["upload"]
        for colour in ("red", "green", "blue")
    ]
    custodian.post(f"{at(volume)}/scans", upload=ids[::-1])
    assert [file.name for file in files(station)] == ["blue.jpg", "green.jpg", "red.jpg"]
    assert scans(station)[0].pages == 3


def test_without_scripts_the_form_carries_the_files_itself(
    station: Station, visits: Visits, volume: Volume, pdf: bytes
):
    custodian = visits(station.custodian)
    answer = ask(
        custodian,
        "POST",
        f"{at(volume)}/scans",
        data={"csrf_token": csrf_token(custodian.token)},
        files=[("files", ("../../etc/封面\u202e.pdf", pdf, "application/pdf"))],
    )
    assert answer.headers["location"] == f"{at(volume)}?done=received#scan"
    assert [file.name for file in files(station)] == ["封面.pdf"]
    assert not lying(station)


def test_an_empty_form_says_that_no_file_came(station: Station, visits: Visits, volume: Volume):
    page = visits(station.custodian).post(f"{at(volume)}/scans")
    assert page.status == 422
    assert "一个文件也没有放入" in page.beside("files")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "是空的"),
        (b"MZ" + bytes(4000), "不是扫描件"),
        (b"PK\x03\x04" + bytes(4000), "不是扫描件"),
        (bytes(range(256)) * 20, "认不出来"),
    ],
)
def test_what_is_no_scan_is_refused_with_its_first_bytes_and_nothing_is_kept(
    station: Station, visits: Visits, volume: Volume, content: bytes, sentence: str
):
    answer = send(visits(station.custodian), f"{at(volume)}/uploads", content, "扫描.PDF")
    assert answer.status_code == 422
    assert sentence in told(answer)["told"]
    assert not lying(station)


def test_a_pdf_that_turns_out_unusable_is_told_beside_the_drop_zone_and_thrown_away(
    station: Station, visits: Visits, volume: Volume, pdf: bytes
):
    custodian = visits(station.custodian)
    upload = told(send(custodian, f"{at(volume)}/uploads", pdf[: len(pdf) // 2]))["upload"]
    page = custodian.post(f"{at(volume)}/scans", upload=[upload])
    assert page.status == 422
    assert "scan.pdf" in page.beside("files")
    assert not scans(station)
    assert not lying(station)


def test_the_very_same_scan_is_not_kept_twice(
    station: Station, visits: Visits, volume: Volume, pdf: bytes
):
    custodian = visits(station.custodian)
    for _ in range(2):
        upload = told(send(custodian, f"{at(volume)}/uploads", pdf))["upload"]
        page = custodian.post(f"{at(volume)}/scans", upload=[upload])
    assert page.status == 409
    assert "以前已经收到过" in page.beside("files")
    assert len(scans(station)) == 1
    assert not lying(station)


def test_a_file_is_handed_in_once(station: Station, visits: Visits, volume: Volume, pdf: bytes):
    custodian = visits(station.custodian)
    upload = told(send(custodian, f"{at(volume)}/uploads", pdf))["upload"]
    custodian.post(f"{at(volume)}/scans", upload=[upload])
    again = custodian.post(f"{at(volume)}/scans", upload=[upload])
    assert again.status == 409
    assert "现在不在了" in again.beside("files")


@pytest.mark.parametrize("upload", ["../../../etc/passwd", "x" * 32, "0" * 32, ""])
def test_ids_nobody_was_given_lead_nowhere(
    station: Station, visits: Visits, volume: Volume, upload: str
):
    page = visits(station.custodian).post(f"{at(volume)}/scans", upload=[upload])
    assert page.status == 409
    assert not scans(station)


def test_what_one_person_sent_another_cannot_hand_in(
    station: Station, visits: Visits, volume: Volume, pdf: bytes
):
    upload = told(send(visits(station.custodian), f"{at(volume)}/uploads", pdf))["upload"]
    archivist = visits(station.archivist)
    assert not archivist.get(at(volume)).says("还没有交")
    assert archivist.post(f"{at(volume)}/scans", upload=[upload]).status == 409
    assert not scans(station)
    assert visits(station.custodian).get(at(volume)).says("还没有交")


def test_what_was_sent_for_one_volume_is_not_handed_in_for_another(
    station: Station, visits: Visits, volume: Volume, pdf: bytes
):
    other = station.bound_volume()
    custodian = visits(station.custodian)
    upload = told(send(custodian, f"{at(volume)}/uploads", pdf))["upload"]
    assert custodian.post(f"{at(other)}/scans", upload=[upload]).status == 409


def test_what_nobody_hands_in_is_gone_after_a_day(
    station: Station, visits: Visits, volume: Volume, pdf: bytes, clock: SettableClock
):
    custodian = visits(station.custodian)
    send(custodian, f"{at(volume)}/uploads", pdf)
    clock.advance(hours=9)
    assert custodian.get(at(volume)).says("还没有交")
    clock.advance(hours=15, minutes=1)
    custodian = visits(station.custodian)
    assert not custodian.get(at(volume)).says("还没有交")
    assert not lying(station)


def test_the_housekeeping_clears_it_away_though_nobody_comes_back(
    station: Station, visits: Visits, volume: Volume, pdf: bytes, clock: SettableClock
):
    send(visits(station.custodian), f"{at(volume)}/uploads", pdf)
    clock.advance(hours=23)
    clear_away(station.system)
    assert len(lying(station)) == 2
    clock.advance(hours=1, minutes=1)
    clear_away(station.system)
    assert not lying(station)


def test_what_was_sent_is_thrown_away_when_asked(
    station: Station, visits: Visits, volume: Volume, pdf: bytes
):
    custodian = visits(station.custodian)
    send(custodian, f"{at(volume)}/uploads", pdf)
    page = custodian.goes(custodian.post(f"{at(volume)}/uploads/discard"))
    assert page.says("传到的文件已经丢弃")
    assert not lying(station)


@pytest.mark.parametrize("forged", [False, True], ids=["handled", "forged"])
def test_the_files_of_a_form_are_closed_once_it_is_answered(
    station: Station,
    visits: Visits,
    volume: Volume,
    pdf: bytes,
    monkeypatch: pytest.MonkeyPatch,
    forged: bool,
):
    closed = []
    close = UploadFile.close

    async def watched(file: UploadFile) -> None:
        await close(file)
        closed.append(file.filename)

    monkeypatch.setattr(UploadFile, "close", watched)
    custodian = visits(station.custodian)
    answer = ask(
        custodian,
        "POST",
        f"{at(volume)}/scans",
        data={"csrf_token": "" if forged else csrf_token(custodian.token)},
        files={"files": ("一.pdf", pdf, "application/pdf")},
    )
    assert answer.status_code == (403 if forged else 303)
    assert closed == ["一.pdf"]


def test_a_person_stages_two_scans_worth_and_no_more(
    station: Station, visits: Visits, volume: Volume, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(station.system.settings, "max_upload_mb", 1)
    monkeypatch.setattr("web.uploads.LOOK_EVERY", 100_000)
    custodian = visits(station.custodian)
    most = PDF_HEAD + os.urandom(900_000)
    assert [send(custodian, f"{at(volume)}/uploads", most).status_code for _ in range(2)] == [
        200,
        200,
    ]
    third = send(custodian, f"{at(volume)}/uploads", most)
    assert third.status_code == 422
    assert "太多了（最多 2.0 MB）" in told(third)["told"]
    assert send(visits(station.archivist), f"{at(volume)}/uploads", most).status_code == 200
    custodian.post(f"{at(volume)}/uploads/discard")
    assert send(custodian, f"{at(volume)}/uploads", most).status_code == 200


def test_a_file_over_the_limit_is_told_so(
    station: Station, visits: Visits, volume: Volume, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(station.system.settings, "max_upload_mb", 1)
    answer = send(visits(station.custodian), f"{at(volume)}/uploads", PDF_HEAD + bytes(1_100_000))
    assert answer.status_code == 422
    assert "太大" in told(answer)["told"]
    assert not lying(station)


def test_a_large_file_is_never_held_whole(station: Station, visits: Visits, volume: Volume):
    async def pieces() -> AsyncIterator[bytes]:
        yield PDF_HEAD
        for _ in range(48 * 16):
            yield bytes(1 << 16)

    custodian = visits(station.custodian)
    custodian.get(at(volume))
    tracemalloc.start()
    answer = send(custodian, f"{at(volume)}/uploads", pieces())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 200
    assert sum(path.stat().st_size for path in lying(station)) > 48 << 20
    assert peak < 12 << 20


def test_a_line_that_breaks_leaves_nothing_behind_and_is_no_fault_of_ours(
    station: Station, visits: Visits, volume: Volume
):
    status = break_off(visits(station.custodian), f"{at(volume)}/uploads", PDF_HEAD + bytes(90_000))
    assert status == 400
    assert not lying(station)


def test_who_may_not_receive_sends_nothing(
    station: Station, neighbour: Station, visits: Visits, volume: Volume, pdf: bytes
):
    assert send(visits(station.collector), f"{at(volume)}/uploads", pdf).status_code == 403
    assert send(visits(station.finance), f"{at(volume)}/uploads", pdf).status_code == 403
    assert send(visits(neighbour.custodian), f"{at(volume)}/uploads", pdf).status_code == 404
    assert send(visits(None), f"{at(volume)}/uploads", pdf).status_code == 303
    assert visits(neighbour.custodian).post(f"{at(volume)}/scans", upload=["0" * 32]).status == 404
    assert visits(station.collector).post(f"{at(volume)}/scans", upload=["0" * 32]).status == 403
    assert visits(station.collector).get(at(volume)).button("交给机器读取") == "missing"
    assert not lying(station)


def test_a_raw_body_must_prove_where_it_comes_from(
    station: Station, visits: Visits, volume: Volume, pdf: bytes
):
    custodian = visits(station.custodian)
    answer = send(custodian, f"{at(volume)}/uploads", pdf, **{"x-csrf-token": "wrong"})
    assert answer.status_code == 403
    assert not lying(station)


def test_putting_in_a_new_scan_of_an_accepted_volume_makes_the_signature_fall_as_it_said(
    station: Station, visits: Visits, volume: Volume, pdf: bytes
):
    verification = station.submitted_volume(volume)
    station.finance.does(
        verifications.sign_verification,
        verification.id,
        check_list=EVERYTHING_IN_ORDER,
        seen=station.dossier(volume).digest,
        password=PASSWORD,
    )
    custodian = visits(station.custodian)
    assert custodian.get(at(volume)).says("放入新的扫描件，财务的签字就失效")
    upload = told(send(custodian, f"{at(volume)}/uploads", pdf))["upload"]
    custodian.post(f"{at(volume)}/scans", upload=[upload])
    assert station.sees(Volume, volume.id).state == VolumeState.SUBMITTED


def test_the_refusals_are_told_in_english_too(station: Station, visits: Visits, volume: Volume):
    custodian = visits(station.custodian, "en")
    answer = send(custodian, f"{at(volume)}/uploads", b"MZ" + bytes(4000))
    assert "not a scan" in told(answer)["told"].lower()
    assert custodian.post(f"{at(volume)}/scans").says("No file was put in")


def test_uploads_of_a_process_that_died_are_swept_with_the_next(
    station: Station, visits: Visits, volume: Volume, pdf: bytes
):
    home = station.system.settings.effective_spool_dir / "uploads" / str(station.custodian.id)
    dead = home / "spool-dead"
    dead.mkdir(parents=True)
    (dead / "00001").write_bytes(bytes(1000))
    send(visits(station.custodian), f"{at(volume)}/uploads", pdf)
    assert not dead.exists()

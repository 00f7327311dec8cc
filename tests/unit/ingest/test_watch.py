import os
import re
from itertools import pairwise
from pathlib import Path

import pytest

from archive.errors import Unavailable
from archive.ingest.arrival import GoneMeanwhile, volume_code_in
from archive.ingest.refusals import EmptyFile, EncryptedPdf
from archive.ingest.watch import FolderNotThere, Outcome, WatchedFolder
from tests.clock import SettableClock


class StorageDown(Unavailable):
    pass


class Receiver:
    """Takes what arrives in, as the archive would; knows what it has."""

    def __init__(self):
        self.held = {}
        self.offered = []
        self.raises = None
        self.meanwhile = lambda: None

    def __call__(self, arrival):
        content = []
        for file in arrival.files:
            with file.open() as opened:
                content.append((file.name, opened.read()))
        self.offered.append((arrival.name, arrival.volume_code))
        if self.raises is not None:
            raise self.raises
        self.held[tuple(data for _, data in content)] = [name for name, _ in content]
        self.meanwhile()


@pytest.fixture
def clock():
    return SettableClock()


@pytest.fixture
def receiver():
    return Receiver()


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "watched"
    made.mkdir()
    return made


@pytest.fixture
def watched(folder, receiver, clock):
    return WatchedFolder(folder, receiver, clock=clock)


@pytest.fixture
def settle(watched, clock):
    """Look, wait until everything has settled, look again."""

    def look_twice():
        first = watched.poll()
        clock.advance(seconds=5)
        return [*first, *watched.poll()]

    return look_twice


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_scan_is_taken_once_it_has_not_changed_for_a_while(folder, receiver, watched, clock):
    scan = folder / "QS-202610-01.pdf"
    scan.write_bytes(b"first half")
    assert watched.poll() == []
    clock.advance(seconds=4)
    assert watched.poll() == []
    scan.write_bytes(b"first half, second half")
    clock.advance(seconds=4)
    assert watched.poll() == []
    clock.advance(seconds=4)
    assert watched.poll() == []
    clock.advance(seconds=1)
    assert watched.poll() == [("QS-202610-01.pdf", Outcome.DONE)]
    assert receiver.held == {(b"first half, second half",): ["QS-202610-01.pdf"]}
    assert names(folder) == ["done", "done/2026-10-19 QS-202610-01.pdf", "failed"]


def test_a_file_rewritten_to_the_same_size_has_changed(folder, receiver, watched, clock):
    scan = folder / "a.pdf"
    scan.write_bytes(b"aaaa")
    watched.poll()
    clock.advance(seconds=5)
    scan.write_bytes(b"bbbb")
    os.utime(scan, ns=(1, 1))
    assert watched.poll() == []
    clock.advance(seconds=5)
    assert watched.poll() == [("a.pdf", Outcome.DONE)]


def test_the_images_in_a_sub_folder_are_one_scan_in_the_order_of_its_pages(
    folder, receiver, settle
):
    sub = folder / "QS-202610-02 第一册"
    sub.mkdir()
    for name in ("10.jpg", "２.jpg", "1.jpg", "Thumbs.db", ".hidden"):
        (sub / name).write_bytes(name.encode())
    assert settle() == [("QS-202610-02 第一册", Outcome.DONE)]
    assert list(receiver.held.values()) == [["1.jpg", "２.jpg", "10.jpg"]]
    assert receiver.offered == [("QS-202610-02 第一册", "QS-202610-02")]
    assert (folder / "done/2026-10-19 QS-202610-02 第一册/10.jpg").exists()


def test_a_sub_folder_waits_until_its_last_image_is_there(folder, receiver, watched, clock):
    sub = folder / "v"
    sub.mkdir()
    watched.poll()
    clock.advance(seconds=60)
    assert watched.poll() == []
    (sub / "1.jpg").write_bytes(b"1")
    watched.poll()
    clock.advance(seconds=4)
    (sub / "2.jpg").write_bytes(b"2")
    assert watched.poll() == []
    clock.advance(seconds=4)
    assert watched.poll() == []
    clock.advance(seconds=1)
    assert watched.poll() == [("v", Outcome.DONE)]
    assert list(receiver.held.values()) == [["1.jpg", "2.jpg"]]


@pytest.mark.parametrize(
    "name", [".a.pdf", "~$a.pdf", "a.pdf.part", "A.PDF.TMP", "a.crdownload", "desktop.ini"]
)
def test_what_is_not_finished_or_not_meant_for_us_is_left_alone(folder, settle, name):
    (folder / name).write_bytes(b"x")
    assert settle() == []
    assert (folder / name).exists()


def test_a_refused_scan_lies_in_failed_with_the_reason_in_both_languages(folder, receiver, settle):
    receiver.raises = EncryptedPdf(name="九月.pdf")
    (folder / "九月.pdf").write_bytes(b"x")
    assert settle() == [("九月.pdf", Outcome.FAILED)]
    assert (folder / "failed/2026-10-19 九月.pdf").read_bytes() == b"x"
    why = (folder / "failed/2026-10-19 九月.pdf.txt").read_bytes()
    assert why.startswith(b"\xef\xbb\xbf")
    chinese, english = why.decode("utf-8-sig").split("\r\n")[:2]
    assert "加了密码" in chinese
    assert "protected by a password" in english


def test_a_refused_folder_has_its_reason_beside_it(folder, receiver, settle):
    receiver.raises = EmptyFile(name="1.jpg")
    (folder / "v").mkdir()
    (folder / "v/1.jpg").write_bytes(b"")
    assert settle() == [("v", Outcome.FAILED)]
    assert names(folder / "failed") == ["2026-10-19 v", "2026-10-19 v.txt", "2026-10-19 v/1.jpg"]


def test_nothing_in_done_or_failed_is_ever_overwritten(folder, receiver, settle):
    for turn in range(3):
        (folder / "a.pdf").write_bytes(b"%d" % turn)
        (folder / "v").mkdir()
        (folder / "v/1.jpg").write_bytes(b"%d" % turn)
        settle()
    assert names(folder / "done") == [
        "2026-10-19 a (2).pdf",
        "2026-10-19 a (3).pdf",
        "2026-10-19 a.pdf",
        "2026-10-19 v",
        "2026-10-19 v (2)",
        "2026-10-19 v (2)/1.jpg",
        "2026-10-19 v (3)",
        "2026-10-19 v (3)/1.jpg",
        "2026-10-19 v/1.jpg",
    ]
    receiver.raises = EmptyFile(name="a")
    for turn in range(2):
        (folder / "b.pdf").write_bytes(b"%d" % turn)
        settle()
    assert names(folder / "failed") == [
        "2026-10-19 b (2).pdf",
        "2026-10-19 b (2).pdf.txt",
        "2026-10-19 b.pdf",
        "2026-10-19 b.pdf.txt",
    ]
    assert (folder / "failed/2026-10-19 b.pdf").read_bytes() == b"0"


def test_while_the_storage_is_down_a_scan_waits_longer_and_longer(folder, receiver, watched, clock):
    receiver.raises = StorageDown()
    (folder / "a.pdf").write_bytes(b"x")
    tried = []
    for _ in range(3600):
        tried += [clock.now()] if watched.poll() else []
        clock.advance(seconds=1)
    waits = [(late - early).seconds for early, late in pairwise(tried)]
    assert waits == sorted(waits)
    assert waits[0] == 5
    assert 5 < len(tried) < 15
    receiver.raises = None
    clock.advance(minutes=10)
    assert watched.poll() == [("a.pdf", Outcome.DONE)]


def test_an_error_nobody_expected_leaves_the_scan_where_it_is(folder, receiver, settle, caplog):
    receiver.raises = ZeroDivisionError("a bug")
    (folder / "a.pdf").write_bytes(b"x")
    (folder / "b.pdf").write_bytes(b"y")
    assert settle() == [("a.pdf", Outcome.LATER), ("b.pdf", Outcome.LATER)]
    assert (folder / "a.pdf").exists()
    assert "a bug" in caplog.text


def test_a_scan_put_in_the_place_of_the_one_just_taken_is_taken_too(
    folder, receiver, settle, watched, clock
):
    scan = folder / "scan.pdf"
    scan.write_bytes(b"first")
    receiver.meanwhile = lambda: scan.write_bytes(b"second scan") if len(receiver.held) < 2 else 0
    assert settle() == [("scan.pdf", Outcome.LATER)]
    assert settle() == [("scan.pdf", Outcome.DONE)]
    assert list(receiver.held) == [(b"first",), (b"second scan",)]
    assert (folder / "done/2026-10-19 scan.pdf").read_bytes() == b"second scan"


def test_a_link_is_refused_and_what_it_leads_to_is_not_read(folder, receiver, settle, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (folder / "a.pdf").symlink_to(secret)
    (folder / "v").mkdir()
    (folder / "v/1.jpg").symlink_to(secret)
    (folder / "w").symlink_to(tmp_path)
    assert settle() == [("a.pdf", Outcome.FAILED), ("v", Outcome.FAILED), ("w", Outcome.FAILED)]
    assert receiver.offered == []
    assert secret.read_bytes() == b"secret"
    assert (folder / "failed/2026-10-19 a.pdf").is_symlink()
    assert "链接" in (folder / "failed/2026-10-19 w.txt").read_text("utf-8-sig")


def test_a_pipe_is_refused_and_does_not_stop_the_folder(folder, receiver, settle):
    os.mkfifo(folder / "a.pdf")
    assert settle() == [("a.pdf", Outcome.FAILED)]


def test_a_folder_in_a_folder_is_refused(folder, receiver, settle):
    (folder / "v/w").mkdir(parents=True)
    (folder / "v/1.jpg").write_bytes(b"x")
    assert settle() == [("v", Outcome.FAILED)]
    assert receiver.offered == []


def test_a_file_exchanged_for_a_link_after_it_was_seen_is_not_followed(folder, tmp_path, clock):
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    read = []

    def exchanging(arrival):
        arrival.path.unlink()
        arrival.path.symlink_to(secret)
        with arrival.files[0].open() as file:
            read.append(file.read())

    watched = WatchedFolder(folder, exchanging, clock=clock)
    (folder / "a.pdf").write_bytes(b"scan")
    watched.poll()
    clock.advance(seconds=5)
    assert watched.poll() == [("a.pdf", Outcome.LATER)]
    assert read == []


def test_a_sub_folder_exchanged_for_a_link_is_not_followed(folder, tmp_path, clock):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/1.jpg").write_bytes(b"secret")

    def exchanging(arrival):
        arrival.path.rename(tmp_path / "aside")
        arrival.path.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(GoneMeanwhile):
            arrival.files[0].open()

    watched = WatchedFolder(folder, exchanging, clock=clock)
    (folder / "v").mkdir()
    (folder / "v/1.jpg").write_bytes(b"scan")
    watched.poll()
    clock.advance(seconds=5)
    assert watched.poll() == [("v", Outcome.LATER)]


def test_a_name_nobody_could_read_is_put_away_under_one_they_can(folder, settle):
    (folder / ("长" * 80 + "\u202efdp.\n.pdf")).write_bytes(b"x")
    (folder / os.fsdecode(b"\xff\xfe.pdf")).write_bytes(b"y")
    assert {outcome for _, outcome in settle()} == {Outcome.DONE}
    put_away = names(folder / "done")
    assert len(put_away) == 2
    for name in put_away:
        assert name.encode("utf-8").isascii() or "长" in name
        assert "\n" not in name
        assert "\u202e" not in name


def test_a_missing_folder_is_not_made_up(tmp_path, receiver, clock):
    watched = WatchedFolder(tmp_path / "share", receiver, clock=clock)
    with pytest.raises(FolderNotThere):
        watched.poll()
    assert not (tmp_path / "share").exists()


def test_done_must_not_lead_elsewhere(folder, tmp_path, watched):
    (folder / "done").symlink_to(tmp_path)
    with pytest.raises(FolderNotThere):
        watched.poll()


def test_a_scan_that_cannot_be_moved_stays_and_is_offered_again(
    folder, receiver, settle, monkeypatch, caplog
):
    (folder / "a.pdf").write_bytes(b"x")

    def refuse(self, target):
        raise PermissionError(target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", refuse)
        assert settle() == [("a.pdf", Outcome.LATER)]
    assert names(folder) == ["a.pdf", "done", "failed"]
    assert "cannot be moved" in caplog.text
    assert settle() == [("a.pdf", Outcome.DONE)]
    assert len(receiver.offered) == 2


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("QS-202610-01.pdf", "QS-202610-01"),
        ("qs-202610-01 第二次.pdf", "QS-202610-01"),
        ("ＱＳ－２０２６１０－０１．pdf", "QS-202610-01"),
        ("QS-202610-01_3.jpg", "QS-202610-01"),
        ("QS-202610-0123.pdf", None),
        ("扫描 QS-202610-01.pdf", None),
        ("scan0001.pdf", None),
    ],
)
def test_a_volume_code_is_found_at_the_front_of_a_name(name, code):
    assert volume_code_in(name, re.compile(r"[A-Z]{1,8}-\d{6}-\d{2,3}(?!\d)")) == code

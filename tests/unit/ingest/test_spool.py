import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.digest import digest_of
from archive.ingest.refusals import EmptyFile, NotAScan, ScanTooLarge, UnknownFile
from archive.ingest.spool import Spool, SpoolFull, spool

FULL_DISK = Path("/dev/full")
PDF = b"%PDF-1.7\n" + b"x" * 5000


def is_empty(folder):
    return not list(folder.rglob("*"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.binary(max_size=3000), max_size=6))
def test_what_comes_is_kept_byte_for_byte_and_hashed(tmp_path, pieces):
    with spool([b"%PDF-", *pieces], limit_bytes=1 << 20, folder=tmp_path) as spooled:
        assert spooled.path.read_bytes() == b"%PDF-" + b"".join(pieces)
        assert spooled.digests == digest_of([b"%PDF-", *pieces])
    assert is_empty(tmp_path)


def test_an_open_file_is_read_to_its_end(tmp_path):
    with spool(io.BytesIO(PDF), limit_bytes=len(PDF), folder=tmp_path, name="存根.pdf") as spooled:
        assert spooled.name == "存根.pdf"
        assert spooled.digests.size == len(PDF)


def test_nobody_else_on_the_machine_can_read_it(tmp_path):
    with spool([PDF], limit_bytes=1 << 20, folder=tmp_path) as spooled:
        assert spooled.path.parent.stat().st_mode & 0o077 == 0


def test_one_byte_over_the_limit_is_too_much_and_the_rest_is_not_read(tmp_path):
    def endless():
        yield PDF
        while True:
            asked.append(1000)
            yield b"y" * 1000

    asked = []
    with (
        pytest.raises(ScanTooLarge) as caught,
        spool(endless(), limit_bytes=len(PDF) + 2999, folder=tmp_path, name="大.pdf"),
    ):
        pass
    assert caught.value.facts == {"name": "大.pdf", "limit": len(PDF) + 2999}
    assert len(asked) == 3
    assert is_empty(tmp_path)


@pytest.mark.parametrize(
    ("pieces", "error"),
    [
        ([], EmptyFile),
        ([b""], EmptyFile),
        ([b"MZ\x90\0", bytes(9000)], NotAScan),
        ([b"\1\2\3"], UnknownFile),
    ],
)
def test_what_is_no_scan_is_refused_by_its_first_bytes(tmp_path, pieces, error):
    with pytest.raises(error) as caught, Spool(tmp_path, limit_bytes=1 << 20) as home:
        home.take(pieces, "发票.PDF")
    assert caught.value.facts["name"] == "发票.PDF"
    assert is_empty(tmp_path)


def test_a_program_is_refused_before_the_rest_of_it_has_come(tmp_path):
    def program():
        yield b"\x7fELF" + bytes(4000)
        pytest.fail("the rest was asked for")

    with pytest.raises(NotAScan), Spool(tmp_path, limit_bytes=1 << 30) as home:
        home.take(program(), "存根.PDF")


def test_the_images_of_one_scan_share_a_spool_and_its_limit(tmp_path):
    with Spool(tmp_path, limit_bytes=3 * len(PDF)) as home:
        for number in range(3):
            home.take([PDF], f"{number}.pdf")
        assert [file.name for file in home.files] == ["0.pdf", "1.pdf", "2.pdf"]
        assert len({file.path for file in home.files}) == 3
        with pytest.raises(ScanTooLarge):
            home.take([PDF], "3.pdf")
        assert len(home.files) == 3
    assert is_empty(tmp_path)


def test_bytes_may_be_pushed_as_well_as_pulled(tmp_path):
    with Spool(tmp_path, limit_bytes=1 << 20) as home:
        part = home.begin("存根.pdf")
        for start in range(0, len(PDF), 777):
            part.write(PDF[start : start + 777])
        assert part.finish().digests == digest_of([PDF])
        given_up = home.begin("不要了.pdf")
        given_up.write(PDF)
        given_up.discard()
        assert [file.name for file in home.files] == ["存根.pdf"]


def test_a_spool_takes_nothing_once_it_is_closed(tmp_path):
    with Spool(tmp_path, limit_bytes=9) as home:
        pass
    with pytest.raises(RuntimeError):
        home.begin("x")


def test_whatever_breaks_the_stream_nothing_stays_behind(tmp_path):
    def broken():
        yield PDF
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError), Spool(tmp_path, limit_bytes=1 << 20) as home:
        home.take(broken(), "存根.pdf")
    assert is_empty(tmp_path)


@pytest.mark.skipif(not FULL_DISK.exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_said_to_be_one(tmp_path):
    with Spool(tmp_path, limit_bytes=1 << 20) as home:
        part = home.begin("存根.pdf")
        part._file.close()
        part._file = FULL_DISK.open("wb", buffering=0)
        with pytest.raises(SpoolFull):
            part.write(PDF)
        part.discard()
    assert is_empty(tmp_path)

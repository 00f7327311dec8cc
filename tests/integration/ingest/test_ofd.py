"""OFD as it comes: honest ones are read to their last page, all others end in one clear word."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.ingest.inspector import INSPECTION
from archive.ingest.limits import ScanLimits
from archive.ingest.refusals import BadScan
from archive.ingest.sandbox import Sandbox
from tests import ofd
from tests.integration.ingest import tasks
from tests.ofd import INVOICE, Line

MEMORY = 400 << 20
REFUSALS = {kind.__name__ for kind in BadScan.__subclasses__()}


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(INSPECTION, preload=tasks.__name__, jobs=10_000) as sandbox:
        yield sandbox


@pytest.fixture
def judged(sandbox, tmp_path):
    def judge(data, limits=None):
        path = tmp_path / "came"
        path.write_bytes(data)
        (word,) = sandbox.run(tasks.judged_document, [str(path), limits or ScanLimits()])
        assert sandbox.peak_memory < MEMORY
        return word

    return judge


def _many():
    return "".join(f'<b c="{n * 7919 % 399_989}"/>' for n in range(400_000))


def bomb(size=300 << 20):
    return ofd.spoiled(Doc_0__Res__a=bytes(size))


@pytest.mark.parametrize(
    ("make", "pages"),
    [
        (ofd.ofd, 1),
        (lambda: ofd.ofd(INVOICE, [Line("第二页")], []), 3),
        (ofd.of_pictures, 1),
        (lambda: ofd.many_pages(2000), 2000),
        (lambda: ofd.packed(ofd.parts(INVOICE), stored=True), 1),
        (lambda: ofd.packed(dict(reversed(ofd.parts(INVOICE).items()))), 1),
        (lambda: ofd.ofd().replace(b"Doc_0", b"DOC_0"), 1),
        (
            lambda: ofd.packed(
                {
                    name: str(part).replace("UTF-8", "GBK").encode("gb18030")
                    for name, part in ofd.parts(INVOICE).items()
                }
            ),
            1,
        ),
    ],
    ids=["one", "three", "pictures", "2,000", "stored", "backwards", "capitals", "in GBK"],
)
def test_an_honest_ofd_is_taken_with_all_its_pages(judged, make, pages):
    assert judged(make()) == f"ofd {pages}"


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: ofd.with_flags(ofd.ofd(), 1), "EncryptedOfd()"),
        (lambda: ofd.spoiled(Encryptions_xml="<x/>"), "EncryptedOfd()"),
        (bomb, "OfdBomb()"),
        (lambda: ofd.spoiled(Doc_0__Pages__Page_0__Content_xml=ofd.laughing()), "OfdTooTangled()"),
        (
            lambda: ofd.spoiled(
                OFD_xml='<!DOCTYPE x SYSTEM "http://a.invalid/x.dtd"><x xmlns="http://www.ofdspec.org"/>'
            ),
            "OfdTooTangled()",
        ),
        (lambda: ofd.many_pages(5000), "TooManyPages(limit=2000)"),
        (lambda: ofd.many_pages(0), "NoPages()"),
        (lambda: ofd.spoiled(OFD_xml=None), "NotAScan(looks_like='ZIP')"),
        (lambda: ofd.spoiled(OFD_xml="<a/>"), "Damaged()"),
        (lambda: ofd.spoiled(OFD_xml="no xml"), "Damaged()"),
        (lambda: ofd.spoiled(Doc_0__Document_xml=None), "Damaged()"),
        (lambda: ofd.spoiled(Doc_0__Pages__Page_0__Content_xml=None), "DamagedPage(page=1)"),
        (lambda: ofd.spoiled(Doc_0__Pages__Page_0__Content_xml="<a>"), "DamagedPage(page=1)"),
        (
            lambda: ofd.spoiled(Doc_0__Pages__Page_0__Content_xml="<a>" * 200 + "</a>" * 200),
            "OfdTooTangled()",
        ),
        (
            lambda: ofd.spoiled(Doc_0__Pages__Page_0__Content_xml=f"<a>{_many()}</a>"),
            "OfdTooTangled()",
        ),
        (lambda: ofd.spoiled(OFD_xml=None, **{"..__OFD_xml": "<a/>"}), "OfdTooTangled()"),
        (
            lambda: ofd.spoiled(**{f"Doc_0__{n}": b"" for n in range(20_001)}),
            "OfdTooTangled()",
        ),
    ],
    ids=[
        "encrypted parts",
        "a way to keys",
        "a bomb",
        "entities that multiply",
        "an entity from outside",
        "5,000 pages",
        "no page",
        "a plain ZIP",
        "another root",
        "no XML",
        "no document",
        "no content",
        "broken content",
        "deep content",
        "content without end",
        "a part outside",
        "20,000 parts",
    ],
)
def test_any_other_ofd_ends_in_a_clear_word(judged, make, word):
    assert judged(make()) == word


def test_a_part_that_says_less_than_it_holds_is_found(judged):
    data = bytearray(ofd.packed(ofd.parts(INVOICE), stored=True))
    place = data.index("电子发票".encode())
    data[place] ^= 0x20
    assert judged(bytes(data)) == "Damaged()"


def test_a_page_larger_than_any_paper_is_refused(judged):
    page = ofd.content(INVOICE).replace("0 0 210 140", "0 0 9000 140")
    word = judged(ofd.spoiled(Doc_0__Pages__Page_0__Content_xml=page))
    assert word == "PageTooBig(page=1, width_m=9.0, height_m=0.1)"


def test_a_stub_scan_is_never_an_ofd(sandbox, tmp_path):
    path = tmp_path / "stub"
    path.write_bytes(ofd.ofd())
    (word,) = sandbox.run(tasks.judged, [str(path), ScanLimits()])
    assert word == "NotAScan(looks_like='OFD')"


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_an_ofd_spoiled_anywhere_is_taken_or_refused_and_harms_nobody(judged, data):
    whole = bytearray(ofd.packed(ofd.parts(INVOICE, [Line("二")]), stored=data.draw(st.booleans())))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        match data.draw(st.sampled_from(["byte", "cut", "copy", "zero"])):
            case "byte":
                whole[at] = data.draw(st.integers(0, 255))
            case "cut":
                del whole[at:]
            case "copy":
                whole[at:at] = whole[at // 2 : at]
            case "zero":
                whole[at : at + 30] = bytes(len(whole[at : at + 30]))
        if not whole:
            break
    word = judged(bytes(whole)).split("(")[0].split(" ")[0]
    assert word in REFUSALS | {"ofd"}


@pytest.mark.parametrize("tenths", range(1, 10))
def test_an_ofd_cut_short_is_refused(judged, tenths):
    whole = ofd.ofd(INVOICE, [Line("第二页")])
    word = judged(whole[: len(whole) * tenths // 10]).split("(")[0]
    assert word in {"Truncated", "Damaged"}


def test_what_is_written_is_read_where_it_stands(sandbox, tmp_path):
    path = tmp_path / "invoice.ofd"
    path.write_bytes(ofd.ofd())
    (page,) = sandbox.run(tasks.written_on, [str(path)])
    found = dict(page)
    assert list(found) == [line.text for line in INVOICE]
    left, top, right, bottom = found["电子发票（普通发票）"]
    a_mm = 200 / 25.4
    assert abs(left - 60 * a_mm) < 2
    assert abs(bottom - 21 * a_mm) < 2
    assert 6 * a_mm < bottom - top < 10 * a_mm
    assert right > left + 70 * a_mm


def test_letters_written_one_by_one_make_one_line(sandbox, tmp_path):
    letters = [Line(letter, left=20 + 4 * n, top=30) for n, letter in enumerate("供电合同")]
    path = tmp_path / "letters.ofd"
    path.write_bytes(ofd.ofd([*letters, Line("很远", left=150, top=30), Line("下一行", top=37)]))
    (page,) = sandbox.run(tasks.written_on, [str(path)])
    assert [text for text, _ in page] == ["供电合同", "很远", "下一行"]


def test_turned_and_stretched_letters_keep_their_place(sandbox, tmp_path):
    path = tmp_path / "turned.ofd"
    path.write_bytes(ofd.ofd([Line("竖着", left=100, top=50, ctm="0 1 -1 0 0 0")]))
    (page,) = sandbox.run(tasks.written_on, [str(path)])
    ((text, (left, top, right, bottom)),) = page
    assert text == "竖着"
    assert bottom - top > right - left


def test_words_of_a_template_are_read_and_pictures_shown(sandbox, tmp_path):
    path = tmp_path / "pictures.ofd"
    path.write_bytes(ofd.of_pictures())
    (page,) = sandbox.run(tasks.written_on, [str(path)])
    assert [text for text, _ in page] == ["存根联"]
    (pixel,) = sandbox.run(tasks.pixel_at, [str(path), 60, 45])
    assert pixel == (200, 30, 30)


def test_numbers_no_page_can_have_do_no_harm(judged, sandbox, tmp_path):
    page = ofd.content([Line("字", left=1e30, top=-1e30, size=1e9, delta="g 99999999999 1e400")])
    data = ofd.spoiled(Doc_0__Pages__Page_0__Content_xml=page.replace('Size="', 'Size="-nan '))
    assert judged(data) == "ofd 1"
    path = tmp_path / "numbers.ofd"
    path.write_bytes(data)
    (page,) = sandbox.run(tasks.written_on, [str(path)])
    assert len(page) <= 1

"""Every hostile or broken file ends in one clear word, in bounded time and memory."""

import dataclasses

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archive.ingest.inspector import INSPECTION, Inspector
from archive.ingest.limits import ScanLimits
from archive.ingest.raster import PageUnreadable
from archive.ingest.refusals import BadScan, CannotBeChecked, EncryptedPdf
from archive.ingest.sandbox import Limits, Sandbox
from archive.messages import LANGUAGES, sentence
from tests.integration.ingest import evil, tasks

REFUSALS = {kind.__name__ for kind in (*BadScan.__subclasses__(), PageUnreadable)}
MEMORY = 500 << 20
"""What no file may make a child hold, though it could."""


@pytest.fixture(scope="module")
def sandbox():
    """One child that judges many files, as long as none takes it down."""
    with Sandbox(INSPECTION, preload=tasks.__name__, jobs=10_000) as sandbox:
        yield sandbox


@pytest.fixture
def judged(sandbox, tmp_path):
    def judge(data, limits=None):
        path = tmp_path / "scan"
        path.write_bytes(data)
        (word,) = sandbox.run(tasks.judged, [str(path), limits or ScanLimits()])
        assert sandbox.peak_memory < MEMORY
        return word

    return judge


@pytest.fixture
def inspector():
    with Inspector() as inspector:
        yield inspector


@pytest.mark.parametrize("kind", evil.HARMLESS)
def test_an_ordinary_pdf_is_taken(judged, kind):
    assert judged(evil.HARMLESS[kind]()) == "pdf 1"


@pytest.mark.parametrize("where", evil.JAVASCRIPT)
def test_a_program_is_found_wherever_it_hides(judged, where):
    assert judged(evil.JAVASCRIPT[where]()) == "PdfWithJavaScript()"


@pytest.mark.parametrize("where", evil.EMBEDDED)
def test_a_file_inside_is_found_wherever_it_hides(judged, where):
    assert judged(evil.EMBEDDED[where]()) == "PdfWithEmbeddedFiles()"


@pytest.mark.parametrize("action", evil.ACTIONS)
def test_a_pdf_that_acts_by_itself_is_refused(judged, action):
    assert judged(evil.ACTIONS[action]()) == f"PdfWithActions(action={action!r})"


@pytest.mark.parametrize("name", evil.STRANGERS)
def test_a_file_of_another_kind_is_named_whatever_its_name_says(judged, name):
    data, looks_like = evil.STRANGERS[name]
    assert judged(data) == f"NotAScan(looks_like={looks_like!r})"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "EmptyFile()"),
        (bytes(range(256)) * 9, "UnknownFile()"),
        (b"%PDF-1.7\n" + bytes(5000), "Truncated()"),
        (b"%PDF-1.7\n%%EOF\n", "Damaged()"),
        (evil.jpeg()[:2] + b"\xff" + bytes(500), "Damaged()"),
    ],
)
def test_what_is_hardly_a_file_is_refused(judged, data, word):
    assert judged(data) == word


@pytest.mark.parametrize("password", ["", "geheim"])
def test_a_protected_pdf_is_refused_even_if_it_opens_without_a_password(judged, password):
    data = evil.rewritten(evil.pdf(), password=password, owner="boss")
    assert judged(data) == "EncryptedPdf()"


@pytest.mark.parametrize("tenths", range(1, 10))
@pytest.mark.parametrize("kind", ["pdf", "jpeg", "png", "tiff"])
def test_a_file_cut_short_is_refused(judged, kind, tenths):
    whole = {
        "pdf": evil.pdf(3),
        "jpeg": evil.jpeg(),
        "png": evil.picture("PNG"),
        "tiff": evil.tiff(3),
    }[kind]
    assert judged(whole) == f"{kind} {3 if kind in {'pdf', 'tiff'} else 1}"
    word = judged(whole[: len(whole) * tenths // 10])
    assert word.split("(")[0] in {"Truncated", "Damaged", "DamagedPage"}


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: evil.pdf(5000), "TooManyPages(limit=2000)"),
        (lambda: evil.same_page_many_times(5000), "TooManyPages(limit=2000)"),
        (lambda: evil.tiff_chain(10_000), "TooManyPages(limit=2000)"),
        (lambda: evil.tree("", o3="null"), "NoPages()"),
        (lambda: evil.pdf(o2="<</Type /Pages /Count 1000 /Kids [3 0 R]>>"), "Damaged()"),
        (
            lambda: evil.tree("3 0 R 10 0 R", o10=evil.Pdf.page("")),
            "Damaged()",
        ),
        (lambda: evil.tree("2 0 R"), "PdfTooTangled()"),
        (lambda: evil.tree("3 0 R 2 0 R"), "PdfTooTangled()"),
        (evil.laughing_tree, "PdfTooTangled()"),
        (evil.deep_tree, "PdfTooTangled()"),
        (evil.deep_arrays, "Damaged()"),
        (evil.xref_ring, "pdf 1"),
        (lambda: evil.pdf(o4=evil.stream(b"q Q", length="4 0 R")), "PdfTooTangled()"),
        (lambda: evil.pdf(o4=evil.stream(b"q Q", length="99999999999")), "PdfTooTangled()"),
        (lambda: evil.pdf(o4="[4 0 R 4 0 R]"), "pdf 1"),
    ],
    ids=[
        "5,000 pages",
        "one page 5,000 times",
        "10,000 frames",
        "no page",
        "fewer pages than said",
        "more pages than said",
        "a tree in its own branch",
        "a tree in its second branch",
        "a tree that multiplies",
        "a deep tree",
        "deep arrays",
        "a table that follows itself",
        "a length that is its own",
        "a length without end",
        "contents that hold themselves",
    ],
)
def test_a_pdf_in_knots_is_undone_or_refused(judged, make, word):
    assert judged(make()) == word


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (evil.content_bomb, "ContentBomb(page=1)"),
        (evil.content_bomb_in_two_layers, "ContentBomb(page=1)"),
        (evil.content_bomb_in_many_parts, "ContentBomb(page=1)"),
        (evil.many_objects, "ContentBomb(page=1)"),
        (evil.object_stream_bomb, "PdfTooTangled()"),
        (evil.image_data_bomb, "pdf 1"),
        (evil.png_text_bomb, "Damaged()"),
        (evil.tiff_with_endless_tag, "Damaged()"),
        (evil.huge_image, "ImageBomb(page=1, width=100000, height=100000, limit=100000000)"),
        (evil.png_bomb, "ImageBomb(page=1, width=60000, height=60000, limit=100000000)"),
        (evil.jpeg_bomb, "ImageBomb(page=1, width=65500, height=65500, limit=100000000)"),
        (evil.tiff_bomb, "ImageBomb(page=1, width=60000, height=60000, limit=100000000)"),
        (
            lambda: evil.pdf(o3=evil.Pdf.page("", "0 0 1000000 900000")),
            "PageTooBig(page=1, width_m=352.8, height_m=317.5)",
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_bomb_does_not_go_off(judged, make, word):
    assert judged(make()) == word


@pytest.mark.parametrize(
    "make", [evil.form_bomb, evil.form_that_draws_itself, evil.forms_that_multiply]
)
def test_a_bomb_that_goes_off_hurts_nobody_else(inspector, tmp_path, make):
    bomb, scan = tmp_path / "bomb", tmp_path / "scan"
    bomb.write_bytes(make())
    scan.write_bytes(evil.pdf(2))
    with pytest.raises(CannotBeChecked):
        inspector.inspect([(bomb, "bomb.pdf")])
    assert inspector.inspect([(scan, "存根.pdf")])[0].pages == 2


@pytest.mark.parametrize(
    "make",
    [
        evil.image_data_bomb,
        evil.huge_soft_mask,
        lambda: evil.pdf(o3=evil.Pdf.page("/Contents 4 0 R", "0 0 14000 0.001")),
        lambda: evil.pdf(o3=evil.Pdf.page("/Contents 4 0 R", "0 0 14000 14000")),
        lambda: evil.pdf(o3=evil.Pdf.page("/Contents 4 0 R", "0 0 1e30 1e30")),
        lambda: evil.tiff_chain(50, is_ring=True),
    ],
    ids=["image data", "soft mask", "a thread of a page", "a wall", "a world", "a ring of frames"],
)
def test_what_is_taken_can_be_rendered_in_bounded_memory(tmp_path, make):
    path = tmp_path / "scan"
    path.write_bytes(make())
    with Sandbox(Limits(memory=1 << 30)) as sandbox:
        pages = list(sandbox.run(tasks.rendered, [[str(path)]], first=1))
        assert len(pages) in {1, 50}
        assert sandbox.peak_memory < MEMORY


def test_memory_does_not_grow_with_the_size_of_a_scan(inspector, tmp_path):
    path = tmp_path / "scan"
    evil.write_heavy_pdf(path, pages=200, bytes_a_page=1 << 20)
    assert path.stat().st_size > 200 << 20
    assert inspector.inspect([(path, "大.pdf")])[0].pages == 200
    assert inspector.peak_memory < 180 << 20
    with Sandbox(Limits(memory=1 << 30)) as sandbox:
        numbers = [number for number, _, _ in sandbox.run(tasks.rendered, [[str(path)]])]
        assert numbers == list(range(1, 201))
        assert sandbox.peak_memory < 180 << 20


def test_a_scan_over_the_limit_of_all_its_files_is_refused(inspector, tmp_path):
    files = []
    for number in range(3):
        path = tmp_path / str(number)
        path.write_bytes(evil.jpeg())
        files.append((path, f"{number}.jpg"))
    assert [found.kind for found in inspector.inspect(files)] == ["jpeg"] * 3
    inspector.limits = dataclasses.replace(inspector.limits, pages=2)
    with pytest.raises(BadScan) as caught:
        inspector.inspect(files)
    assert caught.value.facts == {"name": "2.jpg", "limit": 2}
    inspector.limits = ScanLimits(bytes_in_all=2 * len(evil.jpeg()))
    with pytest.raises(BadScan) as caught:
        inspector.inspect(files)
    assert caught.value.facts == {"name": "2.jpg", "limit": 2 * len(evil.jpeg())}


def test_a_file_of_more_than_two_gigabytes_is_refused_unread(inspector, tmp_path):
    path = tmp_path / "scan"
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.truncate((2 << 30) + 1)
    with pytest.raises(BadScan) as caught:
        inspector.inspect([(path, "存根.pdf")])
    assert str(caught.value) == "ScanTooLarge(limit=2000000000)"


def test_the_name_is_in_the_sentence_but_not_in_the_log(inspector, tmp_path):
    path = tmp_path / "scan"
    path.write_bytes(evil.rewritten(evil.pdf(), password="x"))
    with pytest.raises(EncryptedPdf) as caught:
        inspector.inspect([(path, "张三 九月.pdf")])
    assert "张三" not in str(caught.value)
    for language in LANGUAGES:
        told = sentence("error.EncryptedPdf", language, **caught.value.facts)
        assert "张三 九月.pdf" in told


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    flips=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12
    ),
    cut=st.floats(0.7, 1),
)
@example(flips=[(0.0, 0)], cut=1.0)
@pytest.mark.parametrize("kind", ["pdf", "pdf with streams", "jpeg", "png", "tiff"])
def test_a_scan_with_bytes_changed_is_read_or_refused(sandbox, tmp_path, kind, flips, cut):
    data = bytearray(_small(kind))
    for place, value in flips:
        data[int(place * len(data))] = value
    path = tmp_path / "scan"
    path.write_bytes(data[: int(len(data) * cut)])
    (word,) = sandbox.run(tasks.judged_and_rendered, [str(path)])
    before, _, after = word.partition(" ")
    assert before == after or word in REFUSALS
    assert sandbox.peak_memory < MEMORY


def _small(kind):
    """Small enough that changes hit the structure as often as the pixels."""
    return {
        "pdf": lambda: evil.pdf(2, size=(40, 56)),
        "pdf with streams": lambda: evil.in_object_stream((40, 56)),
        "jpeg": lambda: evil.picture("JPEG", 40, 56),
        "png": lambda: evil.picture("PNG", 40, 56),
        "tiff": lambda: evil.tiff(2, 20, 28),
    }[kind]()


@pytest.mark.parametrize("answers", [[], [()], [("pdf",)], [(), ()], ["pdf"], [None]])
def test_an_answer_that_is_no_inspection_is_not_believed(inspector, tmp_path, answers, monkeypatch):
    monkeypatch.setattr(inspector._sandbox, "run", lambda *_: iter(answers))
    with pytest.raises(CannotBeChecked) as caught:
        inspector.inspect([(tmp_path / "scan", "存根.pdf")])
    assert caught.value.facts == {"name": "存根.pdf", "how": "babbled"}

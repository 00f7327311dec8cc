"""``archive stubs check``: a scan is read against a run of numbers, and nothing is filed."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.demo.drawing import (
    DEVELOPMENT,
    Disorder,
    Look,
    VoidStyle,
    draw_images,
    draw_pdf,
    volume_of,
)
from tests.integration.cli.terminal import Ended, Terminal

CODE = "034002600104"
MARK = VoidStyle(words="作废", hand="stamp", colour="red", height=14.0, slant=12.0, over="table")
LOOK = Look(DEVELOPMENT[0], dpi=150, stubs_a_page=2, seal=None)


# ---------------------------------------------------------------- a scan with everything on it


@pytest.fixture(scope="module")
def tidy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four stubs as two images in a folder, 04210053 void; other programs left traces there."""
    spec = volume_of("04210051", 4, LOOK, code=CODE, voids={"04210053": MARK}, seed=3)
    folder = tmp_path_factory.mktemp("tidy")
    (first, second), _ = draw_images(spec, folder)
    first.rename(folder / "页2.jpg")
    second.rename(folder / "页10.jpg")
    (folder / "Thumbs.db").write_bytes(b"left by a file manager")
    return folder


@pytest.fixture(scope="module")
def told(tidy: Path, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    archive = Terminal(tmp_path_factory.mktemp("told") / "data")
    ended = archive("stubs", "check", tidy, "--code", CODE, "--from", "04210051",
                    "--to", "04210054", "--void", "04210053")  # fmt: skip
    assert not archive.data.exists()
    return ended


def test_a_scan_with_every_number_ends_with_status_0_and_a_line_for_each(told: Ended):
    assert told.status == 0, told
    assert {number: status for number, (status, _) in table(told).items()} == {
        "04210051": "✓",
        "04210052": "✓",
        "04210053": "废",
        "04210054": "✓",
    }


def test_the_pages_of_a_folder_run_as_they_are_numbered(told: Ended):
    assert {number: page for number, (_, page) in table(told).items()} == {
        "04210051": "1",
        "04210052": "1",
        "04210053": "2",
        "04210054": "2",
    }


def table(told: Ended) -> dict[str, tuple[str, str]]:
    """By number, the mark of its status and its page, as they were printed."""
    rows = [[cell.strip() for cell in line.split("│")] for line in told.out.splitlines()]
    return {row[1]: (row[2][0], row[3]) for row in rows if len(row) == 6}


def test_what_was_checked_is_summed_up_in_a_sentence(told: Ended):
    assert told.out.rstrip().endswith("4 个号码全部核对无误。")
    assert told.err == ""


# ---------------------------------------------------------------- a scan with everything wrong


@pytest.fixture(scope="module")
def untidy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """04210051–58, two a sheet: the first sheet scanned twice, the last not at all.

    53 and 54 have a void mark, and there is a blot on 55.
    """
    spec = volume_of(
        "04210051", 8, LOOK, code=CODE, voids={"04210053": MARK, "04210054": MARK}, seed=4,
        disorder=Disorder(scanned_twice=frozenset({1}), missing=frozenset({4})),
    )  # fmt: skip
    blotted = [
        replace(stub, spoilt="blot") if stub.number == "04210055" else stub for stub in spec.stubs
    ]
    path = tmp_path_factory.mktemp("untidy") / "十月.pdf"
    with path.open("wb") as out:
        draw_pdf(replace(spec, stubs=tuple(blotted)), out)
    return path


@pytest.fixture(scope="module")
def found(untidy: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the check of 04210052–58, with 53 and 56 registered as void, says as JSON."""
    archive = Terminal(tmp_path_factory.mktemp("found") / "data")
    ended = archive("stubs", "check", untidy, "--json", "--code", CODE, "--from", "04210052",
                    "--to", "04210058", "--void", "04210053、04210056")  # fmt: skip
    assert (ended.status, ended.err) == (1, ""), ended
    assert not archive.data.exists()
    said: dict[str, Any] = json.loads(ended.out)
    return said


def test_every_number_asked_for_is_told_with_its_status_and_place(found: dict[str, Any]):
    assert {number: (row["status"], row["page"]) for number, row in found["numbers"].items()} == {
        "04210052": ("double", 1),
        "04210053": ("void", 3),
        "04210054": ("void-unregistered", 3),
        "04210055": ("missing", 0),
        "04210056": ("void-unmarked", 4),
        "04210057": ("missing", 0),
        "04210058": ("missing", 0),
    }
    for number, row in found["numbers"].items():
        if row["page"]:
            left, top, right, bottom = row["box"]
            assert left < right, number
            assert top < bottom, number
            assert 0.5 < row["confidence"] <= 1
        else:
            assert (row["box"], row["confidence"]) == (None, 0)


def test_each_kind_of_finding_has_its_list(found: dict[str, Any]):
    lists = ("missing", "duplicate", "void_marked", "void_unmarked", "void_unregistered")
    assert {name: found[name] for name in lists} == {
        "missing": ["04210055", "04210057", "04210058"],
        "duplicate": ["04210052"],
        "void_marked": ["04210053", "04210054"],
        "void_unmarked": ["04210056"],
        "void_unregistered": ["04210054"],
    }
    assert set(found["foreign"]) == {"04210051"}
    assert found["all_accounted_for"] is False
    assert {one["code"] for one in found["findings"]} >= {
        "missing", "double", "foreign", "unreadable", "void-not-marked", "void-not-registered",
    }  # fmt: skip


def test_a_blotted_stub_is_said_to_be_unreadable_and_where_it_lies(found: dict[str, Any]):
    (stub,) = found["unreadable"]
    assert stub["page"] == 4
    assert len(stub["box"]) == 4
    assert stub["why"]


def test_findings_are_told_in_sentences(tidy: Path, archive: Terminal):
    """One page against a run of which only its second stub is a part."""
    ended = archive("stubs", "check", tidy / "页2.jpg", "--from", "04210052", "--to", "04210053")
    assert ended.status == 1
    assert "缺号 04210053" in ended.out
    assert "外来号码 04210051" in ended.out
    assert "2 个号码，有 2 处需要人工查看。" in ended.out


# ---------------------------------------------------------------- what cannot be used

RUN = ("--from", "04210051", "--to", "04210054")


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A file that is no scan: what is refused before it is looked into need not be one."""
    path = tmp_path / "十月.pdf"
    path.write_bytes(b"GIF89a")
    return path


@pytest.mark.parametrize(
    ("run", "error"),
    [
        (("--from", "1.2E+11", "--to", "04210054"), "SpoiledBySpreadsheet"),
        (("--from", "04210054", "--to", "04210051"), "RunEndsBeforeItBegins"),
        (("--from", "04210051", "--to", "042100054"), "WidthsDiffer"),
        (("--from", "4210", "--to", "4212"), "NotAnInvoiceNumber"),
        (("--from", "042lOO51", "--to", "04210054"), "NotAnInvoiceNumber"),
        (("--from", "0421005①", "--to", "04210054"), "NotAnInvoiceNumber"),
        (("--from", "00000001", "--to", "99999999"), "RunTooLong"),
        ((*RUN, "--code", "0340026"), "NotAnInvoiceCode"),
        ((*RUN, "--code", "3.4E+10"), "SpoiledBySpreadsheet"),
        ((*RUN, "--void", "04210055"), "VoidOutsideRun"),
        ((*RUN, "--void", "04210051,4.2E+6"), "SpoiledBySpreadsheet"),
        (("--from", "０４２１００５１", "--to", "０４２１００５４"), "NotAScan"),
        ((*RUN, "--void", "０４２１００５１，04210052 04210053"), "NotAScan"),
    ],
)
def test_bad_numbers_are_refused_before_anything_is_read_and_full_width_ones_are_not_bad(
    archive: Terminal, scan: Path, run: tuple[str, ...], error: str
):
    as_json = archive("stubs", "check", scan, "--json", *run)
    assert as_json.status == 2
    told = json.loads(as_json.out)
    assert told["error"] == error
    plainly = archive("stubs", "check", scan, *run)
    assert (plainly.status, plainly.out) == (2, "")
    assert plainly.err.strip() == told["message"]
    assert told["message"].endswith("。")
    assert "{" not in told["message"]


def test_what_is_no_scan_is_refused_with_its_name(archive: Terminal, tmp_path: Path):
    empty = tmp_path / "空文件夹"
    empty.mkdir()
    nested = tmp_path / "一月"
    (nested / "第二册").mkdir(parents=True)
    nothing = tmp_path / "零.pdf"
    nothing.touch()
    cases = [
        (tmp_path / "不在.pdf", "NoSuchFile"),
        (empty, "EmptyFolder"),
        (nested, "FolderInFolder"),
        (nothing, "EmptyFile"),
    ]
    for path, error in cases:
        ended = archive("stubs", "check", path, *RUN, "--json")
        told = json.loads(ended.out)
        assert (ended.status, told["error"]) == (2, error)
        assert path.name in told["message"] or error == "FolderInFolder"
    assert not archive.data.exists()


def test_a_refusal_speaks_the_language_that_is_set(archive: Terminal, tmp_path: Path):
    ended = archive("stubs", "check", tmp_path / "gone.pdf", *RUN, language="en")
    assert (ended.status, ended.err) == (2, "There is no file gone.pdf. Check the path.\n")


@pytest.mark.parametrize("left_out", ["--from", "--to"])
def test_a_run_has_two_ends(archive: Terminal, scan: Path, left_out: str):
    at = RUN.index(left_out)
    ended = archive("stubs", "check", scan, *RUN[:at], *RUN[at + 2 :])
    assert ended.status == 2
    assert left_out in ended.err

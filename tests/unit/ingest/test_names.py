import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.ingest.names import LONGEST, NAMELESS, name_as_received

hostile = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("/\\.\n\r\t\0 \u202e\u2066\u200b\u200f\ufeff\u2028\ud800a电.页"),
    ),
    max_size=300,
)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("九月存根.pdf", "九月存根.pdf"),
        ("C:\\fakepath\\存根 01.PDF", "存根 01.PDF"),
        ("../../etc/passwd", "passwd"),
        ("存根\n审核通过.pdf", "存根审核通过.pdf"),
        ("存根\u202efdp.exe", "存根fdp.exe"),
        ("\u2066\u200b存根\ufeff.tif", "存根.tif"),
        ("１２３／存根．ｐｄｆ", "１２３／存根．ｐｄｆ"),
        ("  多   空格 .pdf. . ", "多 空格 .pdf"),
        ("cafe\u0301.jpg", "caf\u00e9.jpg"),
        ("\ud800坏.pdf", "坏.pdf"),
        ("𠮷野.pdf", "𠮷野.pdf"),
        (None, NAMELESS),
        ("", NAMELESS),
        ("..", NAMELESS),
        ("folder/", NAMELESS),
        ("\u202e\u0007 ", NAMELESS),
    ],
)
def test_a_name_is_kept_as_a_person_would_read_it(raw, shown):
    assert name_as_received(raw) == shown


def test_an_over_long_chinese_name_is_cut_between_characters_and_keeps_its_suffix():
    shown = name_as_received("存根" * 200 + ".pdf")
    assert shown.endswith(("存根.pdf", "存.pdf"))
    assert LONGEST - 3 < len(shown.encode()) <= LONGEST


def test_an_over_long_suffix_is_no_suffix():
    shown = name_as_received("a." + "b" * 400)
    assert shown == "a." + "b" * (LONGEST - 2)


@given(hostile)
@example("." + "电" * 300)
@example("a" * 199 + " " + "b")
@example("a" * 300 + " .pdf")
@example("x" * 199 + "\u0344" * 4)
def test_whatever_the_name_what_is_shown_is_one_harmless_line(raw):
    shown = name_as_received(raw)
    assert shown
    assert len(shown.encode()) <= LONGEST
    assert "/" not in shown
    assert "\\" not in shown
    assert shown not in {".", ".."}
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(hostile)
@example("a" * 300 + " .pdf")
@example("x" * 198 + "\u0344" * 4)
def test_cleaning_a_clean_name_changes_nothing(raw):
    once = name_as_received(raw)
    assert name_as_received(once) == once


@given(st.text(alphabet="电费票据存根扫描abcXYZ0189-_", min_size=1, max_size=60))
def test_an_ordinary_name_comes_through_unchanged(name):
    assert name_as_received(f"{name}.pdf") == f"{name}.pdf"

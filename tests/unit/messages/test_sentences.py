import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from archive import messages
from archive.messages import (
    LANGUAGES,
    DuplicateSentence,
    MissingSentence,
    fields,
    load,
    sentence,
    sentences,
)


def test_both_languages_have_the_same_sentences():
    zh, en = (set(sentences(language)) for language in LANGUAGES)
    assert zh ^ en == set()


def test_both_languages_tell_the_same_facts():
    zh, en = (sentences(language) for language in LANGUAGES)
    assert [key for key in zh.keys() & en.keys() if fields(zh[key]) != fields(en[key])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty(language):
    assert [key for key, text in sentences(language).items() if not text.strip()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_is_written_in_a_way_there_is(language):
    ways = set(messages._WAYS)
    for key, text in sentences(language).items():
        for way in re.findall(r"\{\w+:([^}]*)\}", text):
            assert way in ways or way.startswith("plural|"), key


def test_chinese_sentences_end_in_full_width_marks():
    half_width = re.compile(r"[\u4e00-\u9fff][,;!?]|[\u4e00-\u9fff]\.(?:\s|$)")
    assert [key for key, text in sentences("zh").items() if half_width.search(text)] == []


def test_two_areas_of_one_language_are_merged(tmp_path: Path):
    (tmp_path / "one.toml").write_text('[error]\nNotAPdf = "这不是 PDF。"\n', "utf-8")
    (tmp_path / "two.toml").write_text('top = "顶"\n[error]\nEmpty = "空的。"\n', "utf-8")
    assert dict(load(tmp_path)) == {
        "error.NotAPdf": "这不是 PDF。",
        "top": "顶",
        "error.Empty": "空的。",
    }


def test_a_key_in_two_files_is_refused_with_its_name(tmp_path: Path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text('[error]\nNotAPdf = "…"\n', "utf-8")
    with pytest.raises(DuplicateSentence, match=r"error\.NotAPdf.*two\.toml"):
        load(tmp_path)


def test_a_key_nobody_wrote_is_shouted_about_and_the_page_still_stands():
    with pytest.warns(MissingSentence, match=r"no zh sentence for no\.such"):
        assert sentence("no.such", "zh") == "no.such"


def test_what_is_missing_in_english_is_said_in_chinese(monkeypatch):
    pieces = {"zh": {"a": (("只有中文", None, ""),)}, "en": {}}
    monkeypatch.setattr(messages, "_pieces", pieces.__getitem__)
    with pytest.warns(MissingSentence):
        assert sentence("a", "en") == "只有中文"


def test_a_fact_left_out_is_shouted_about():
    with pytest.warns(MissingSentence, match="list.position is said without its fact total"):
        assert sentence("list.position", "zh", first=1, last=5) == "第 1–5 条，共 {total} 条"


def said(text, language="zh", **facts):
    return "".join(
        messages._written(piece, "sample", facts, language) for piece in messages._parsed(text)
    )


@pytest.mark.parametrize(
    ("text", "facts", "zh", "en"),
    [
        ("{fee:money}", {"fee": 123450}, "1,234.50 元", "¥1,234.50"),
        ("{fee:money}", {"fee": -5}, "-0.05 元", "-¥0.05"),
        ("{used:kwh}", {"used": Decimal("12345.60")}, "12,345.60 千瓦时", "12,345.60 kWh"),
        ("{used:kwh}", {"used": Decimal("12345.6")}, "12,345.60 千瓦时", "12,345.60 kWh"),
        ("{used:kwh}", {"used": Decimal(100)}, "100.00 千瓦时", "100.00 kWh"),
        ("{used:kwh}", {"used": Decimal("1E+2")}, "100.00 千瓦时", "100.00 kWh"),
        ("{on:day}", {"on": date(2026, 10, 8)}, "2026年10月8日", "8 October 2026"),
        ("{on}", {"on": date(2026, 10, 8)}, "2026年10月8日", "8 October 2026"),
        ("{on:month}", {"on": "2026-01"}, "2026年1月", "January 2026"),
        ("{on:iso}", {"on": date(2026, 10, 8)}, "2026-10-08", "2026-10-08"),
        ("{n:quantity}", {"n": 1234567}, "1,234,567", "1,234,567"),
        ("{s:size}", {"s": 1_400_000}, "1.4 MB", "1.4 MB"),
        ("{s:size}", {"s": 999_999}, "1.0 MB", "1.0 MB"),
        ("{s:size}", {"s": 7}, "7 B", "7 B"),
        ("{left:duration}", {"left": 12}, "约 10 秒", "about 10 seconds"),
        ("{left:duration}", {"left": 200}, "约 3 分钟", "about 3 min"),
        ("{left:duration}", {"left": 5400}, "约 1 小时 30 分", "about 1 h 30 min"),
        ("{all}", {"all": ["04210051", "04210052"]}, "04210051、04210052", "04210051, 04210052"),
        ("{all}", {"all": frozenset({"b", "a"})}, "a、b", "a, b"),
        ("{who}", {"who": None}, "—", "—"),
        ("{fee:money}", {"fee": None}, "—", "—"),
        ("{n:plural|one book|# books}", {"n": 1}, "one book", "one book"),
        ("{n:plural|one book|# books}", {"n": 3}, "3 books", "3 books"),
    ],
)
def test_facts_are_written_as_the_language_writes_them(text, facts, zh, en):
    assert (said(text, "zh", **facts), said(text, "en", **facts)) == (zh, en)


def test_an_instant_is_told_in_the_time_of_the_station():
    at = datetime(2026, 9, 30, 16, 30, tzinfo=UTC)
    assert said("{at:moment}", at=at) == "2026年10月1日 00:30"
    assert said("{at:month}", at=at) == "2026年10月"

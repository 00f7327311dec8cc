import random

from hypothesis import given
from hypothesis import strategies as st

from archive.search.folding import Wording, fold, masked_numbers
from archive.search.sounds import sounds

WORDING = Wording(b"a key")


def test_full_width_capitals_and_traditional_characters_are_the_same_as_their_plain_forms():
    assert fold("ＡＢＣ１２３　臺灣電費") == "abc123 台湾电费"


@given(st.text())
def test_folding_keeps_the_length_of_every_text(text):
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


def test_a_chinese_phrase_is_one_word_a_character_whatever_breaks_its_lines():
    assert WORDING.words("供电\n所，电 费") == ["供", "电", "所", "电", "费"]


def test_a_number_is_the_same_with_and_without_its_leading_zeros():
    assert WORDING.words("04210051") == WORDING.words("4210051") == ["4210051"]
    assert WORDING.words("000") == ["0"]
    assert WORDING.runs("No.04210051") == {"no", "04210051"}


def test_numbers_of_people_stand_nowhere_in_clear_yet_are_found_again():
    for personal in ("13812345678", "11010119900307123X", "6222021234567890123", "110101900307123"):
        (word,) = WORDING.words(personal)
        assert word == WORDING.words(f"{personal}")[0]
        assert personal.lower() not in word
        assert not any(personal.lower() in run for run in WORDING.runs(personal))
    assert Wording(b"another").words("13812345678") != WORDING.words("13812345678")


def test_invoice_numbers_and_codes_are_nobodys_and_stay_readable():
    for number in ("04210051", "012345678901", "0123456789", "25332000000012345678"):
        assert WORDING.words(number) == [number.lstrip("0")]


def test_numbers_of_people_are_starred_for_showing_and_nothing_moves():
    text = "电话13812345678，证件110101199003071234，发票04210051"
    shown = masked_numbers(text)
    assert shown == "电话138****5678，证件110***********1234，发票04210051"
    assert len(shown) == len(text)


def test_a_name_is_typed_by_its_sound_or_its_initials():
    assert {"wangxiulan", "wxl", "wangxl"} <= sounds("王秀兰")
    assert {"shantianfang", "stf"} <= sounds("单田芳"), "a surname has a reading of its own"
    assert {"lisi", "wangwu"} <= sounds("李四、王五")
    assert sounds("ABC 123") == frozenset()


def test_where_words_stand_is_told_in_the_text_as_it_is_written():
    chance = random.Random(5)
    text = "".join(chance.choice("电费 ，No.0421臺\n") for _ in range(200))
    for word, start, end in WORDING.words_at(text):
        assert WORDING.words(text[start:end]) == [word]

"""Amounts in capitals (大写金额), as covers and receipts carry them.

Written in one way, read in every way 支付结算办法 (annex 1, 正确填写票据和结算凭证的基本规定) allows:
元 or 圆, 整 or 正, 零 at an empty 万 or 元 place or not, 整 after 角 or not and never after 分.
Two writings are compared as amounts, never as text. Everyday characters (一二三, 两, 廿, 毛, 〇)
and missing 零 are refused: a capital amount is there because it cannot be changed.
"""

import re
from collections.abc import Iterator

from archive.errors import Invalid

LARGEST = 10**14 - 1
"""Fen; just below ten thousand 亿 yuan."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = {"仟": 1000, "佰": 100, "拾": 10, "": 1}
_GROUPS = {"亿": 10**8, "万": 10**4, "": 1}
_SAME = str.maketrans("圆圓正貳陸億萬", "元元整贰陆亿万")
_AMOUNT = re.compile(
    r"(?P<minus>负?)(?:(?P<yuan>[零壹贰叁肆伍陆柒捌玖拾佰仟万亿]+)元)?"
    r"零?(?:(?P<jiao>[壹贰叁肆伍陆柒捌玖])角)?零?(?:(?P<fen>[壹贰叁肆伍陆柒捌玖])分)?整?"
)


class NotACapitalAmount(Invalid):
    """It is not an amount in capitals as the rules have it; nothing is guessed."""


class AmountTooLarge(Invalid):
    """An amount nobody collects; a typing slip."""


def capital_amount(fen: int) -> str:
    """The amount in capitals: 1640902 is 人民币壹万陆仟肆佰零玖元零贰分.

    Raises:
        AmountTooLarge: beyond what the characters can say.
    """
    return "人民币" + next(_writings(fen))


def parse_capital(text: str, *, field: str | None = None) -> int:
    """The amount, in fen, written in capitals in any allowed way, with or without 人民币.

    Raises:
        NotACapitalAmount: another way of writing it, or no amount at all.
    """
    written = "".join(text.split()).removeprefix("人民币").translate(_SAME)
    found = _AMOUNT.fullmatch(written)
    if found is not None:
        fen = _whole(found["yuan"] or "") * 100
        fen += 10 * _DIGITS.index(found["jiao"] or "零") + _DIGITS.index(found["fen"] or "零")
        fen = -fen if found["minus"] else fen
        if abs(fen) <= LARGEST and written in _writings(fen):
            return fen
    raise NotACapitalAmount(field=field, text=text.strip()[:40])


def _writings(fen: int) -> Iterator[str]:
    """Every allowed way to write it, without 人民币; the one we write comes first."""
    if abs(fen) > LARGEST:
        raise AmountTooLarge(fen=fen)
    sign = "负" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    for whole in _wholes(yuan):
        for tail in _tails(yuan, rest, after_yuan=bool(whole)):
            yield sign + whole + tail


def _wholes(yuan: int) -> list[str]:
    """Whole yuan; nothing before 角 or 分 may stand for none."""
    if yuan == 0:
        return ["", "零元"]
    return [f"{_grouped(yuan, zeros=zeros)}元" for zeros in (False, True)]


def _tails(yuan: int, rest: int, *, after_yuan: bool) -> list[str]:
    jiao, fen = divmod(rest, 10)
    if not rest:
        return ["整"] if after_yuan else []
    if not jiao:
        return [f"{'零' if after_yuan else ''}{_DIGITS[fen]}分"]
    tail = f"{_DIGITS[jiao]}角" + (f"{_DIGITS[fen]}分" if fen else "")
    tails = [tail] if fen else [f"{tail}整", tail]
    if yuan and yuan % 10 == 0:  # an empty 元 place may be said with 零, and we say it
        return [f"零{tail}" for tail in tails] + tails
    return tails


def _grouped(yuan: int, *, zeros: bool) -> str:
    """Groups of four digits; with ``zeros`` also the 零 that an empty 万 or 亿 place may have."""
    text, last_digit, gap = "", 1, False
    for name, size in _GROUPS.items():
        group = yuan // size % 10_000
        if not group:
            gap = bool(text)
            continue
        if text and (gap or group < 1000 or (zeros and last_digit == 0)):
            text += "零"
        text += _four(group) + name
        last_digit, gap = group % 10, False
    return text


def _four(group: int) -> str:
    text, gap = "", False
    for name, size in _PLACES.items():
        digit = group // size % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + name
        gap = not digit
    return text


def _whole(text: str) -> int:
    """What whole yuan add up to; whether they are well written is asked elsewhere."""
    total = group = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS.index(character)
        elif character in {"万", "亿"}:
            total, group, digit = total + (group + digit) * _GROUPS[character], 0, 0
        else:
            group, digit = group + digit * _PLACES[character], 0
    return total + group + digit
